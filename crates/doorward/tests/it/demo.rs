//! The demo: every scenario over HTTPS, and a restart on the same data.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Steps of all scenarios together.
const STEPS: usize = 56;

fn play(data: &Path) -> (bool, Value, Value) {
    let results = data.join("results.json");
    let status = Command::new(env!("CARGO_BIN_EXE_doorward"))
        .args(["demo", "--once", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .arg("--json")
        .arg(&results)
        .status()
        .unwrap();
    let read = |path: &Path| serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    (status.success(), read(&results), read(&data.join("demo.json")))
}

#[test]
fn every_scenario_ends_as_expected_and_a_restart_on_the_same_data_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let (success, results, first) = play(folder.path());
    let unexpected: Vec<&Value> = results.as_array().unwrap().iter().filter(|result| result["asExpected"] != true).collect();
    assert!(success && unexpected.is_empty(), "{unexpected:#?}");
    assert_eq!(results.as_array().unwrap().len(), STEPS, "no step is left out in silence");
    let scenarios: std::collections::BTreeSet<u64> =
        results.as_array().unwrap().iter().filter_map(|result| result["scenario"].as_u64()).collect();
    assert_eq!(scenarios, (1..=17).collect(), "every scenario is played");
    let (success, results, second) = play(folder.path());
    assert!(success);
    assert_eq!(results.as_array().unwrap().len(), STEPS);
    for kept in ["tenantId", "admin", "users", "groups", "applications"] {
        assert_eq!(first[kept], second[kept], "{kept}");
    }
}
