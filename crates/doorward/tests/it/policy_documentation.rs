//! What `docs/policy-tools.md` shows is what the program prints.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_examples_of_the_documentation_are_what_the_program_prints() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = fs::read_to_string(docs.join("policy-tools.md")).unwrap();
    let table: [&[&str]; 2] = [
        &[
            "gaps",
            "--policies",
            "policies",
            "--resource",
            "Exchange Online",
            "--require",
            "approvedApplication,compliantApplication",
            "--most",
            "3",
        ],
        &["diff", "policies", "proposed", "--most", "2"],
    ];
    for arguments in table {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command.current_dir(docs.join("examples/policy-tools")).arg("policy").args(arguments).args(["--directory", "directory.json"]);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(page.contains(&printed), "the page does not show:\n{printed}");
    }
}
