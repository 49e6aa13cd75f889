//! Policies that other people published, where a copy of them lies beside the project.

use std::path::{Path, PathBuf};

use doorward_policy::protection::{Problem, merge, parse};
use serde_json::Value;

fn json_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

#[test]
fn published_policies_are_read_without_doubt() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/app-protection");
    if !directory.is_dir() {
        eprintln!("skipped: no published policies at {}", directory.display());
        return;
    }
    let mut files = Vec::new();
    json_files(&directory, &mut files);
    let mut policies = 0;
    for file in files {
        let document: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let Ok((policy, warnings)) = parse("p", 1, &document) else {
            assert!(document.get("displayName").is_none(), "{} is a policy", file.display());
            continue;
        };
        policies += 1;
        let unreadable: Vec<_> = warnings.iter().filter(|warning| warning.problem == Problem::Unreadable).collect();
        assert!(unreadable.is_empty(), "{}: {unreadable:?}", file.display());
        let settings = merge(&[&policy]).unwrap().settings;
        assert!(settings.pin_required && settings.pin_retries() == 5 && settings.device_compliance_required, "{}", file.display());
    }
    assert_eq!(policies, 10);
}
