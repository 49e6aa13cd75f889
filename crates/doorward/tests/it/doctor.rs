//! `doorward doctor`: what it finds, and that it changes nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A configuration file for a data folder beside it, and perhaps a tenant.
fn installation(folder: &Path, init: bool) -> PathBuf {
    let file = folder.join("doorward.toml");
    let data = folder.join("data");
    fs::write(&file, format!("data = {data:?}\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n")).unwrap();
    if init {
        let arguments = ["--tenant-domain", "contoso.example", "--admin", "admin@contoso.example"];
        let output = Command::new(env!("CARGO_BIN_EXE_doorward")).args(["init", "--config"]).arg(&file).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    file
}

fn doctor(configuration: &Path) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_doorward")).args(["doctor", "--config"]).arg(configuration).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Every file below a folder with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.extend([(path.clone(), fs::read(&path).unwrap())]) }
    }
    found
}

fn unchanged(before: &BTreeMap<PathBuf, Vec<u8>>, folder: &Path) {
    let after = files(folder);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    let changed: Vec<_> = before.iter().filter(|(path, content)| after[*path] != **content).map(|(path, _)| path).collect();
    assert!(changed.is_empty(), "{changed:?}");
}

#[test]
fn a_sound_installation_is_found_sound_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = installation(folder.path(), true);
    let before = files(folder.path());
    let (sound, said) = doctor(&configuration);
    assert!(sound && said.contains("the next start makes the local authority"), "{said}");
    unchanged(&before, folder.path());
}

#[test]
fn where_nothing_is_installed_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = installation(folder.path(), false);
    let before = files(folder.path());
    let (sound, said) = doctor(&configuration);
    assert!(!sound && said.contains("doorward init"), "{said}");
    unchanged(&before, folder.path());
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_database_that_others_may_read_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let configuration = installation(folder.path(), true);
    let database = folder.path().join("data/doorward.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o644)).unwrap();
    let (sound, said) = doctor(&configuration);
    assert!(!sound && said.contains("chmod 600"), "{said}");
}
