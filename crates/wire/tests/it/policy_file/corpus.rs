//! Policies that other people published, where a copy of them lies beside the project.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_wire::policy_file::conditional_access::{PolicyReading, read_node, write};
use doorward_wire::policy_file::{Json, parse, policies_of_file};
use insta::assert_snapshot;

/// What the reader gives no meaning to, so that it need not come back.
const PASSED_OVER: &[&str] = &["description", "createddatetime", "modifieddatetime", "templateid"];

fn json_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            json_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

/// The published files by their path; none when they are absent.
fn published() -> Option<Vec<(String, Json)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/conditional-access");
    if !root.is_dir() {
        eprintln!("skipped: no published policies at {}", root.display());
        return None;
    }
    let mut files = Vec::new();
    json_files(&root, &mut files);
    files.sort();
    let load = |file: PathBuf| {
        let name = file.strip_prefix(&root).unwrap().display().to_string();
        let document = parse(fs::read(&file).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, document)
    };
    Some(files.into_iter().map(load).collect())
}

fn readings(document: &Json) -> Vec<(Json, PolicyReading)> {
    let nodes = policies_of_file(&document.root()).unwrap();
    nodes.iter().map(|node| (node.json().clone(), read_node(node, "p").unwrap())).collect()
}

#[test]
fn every_published_file_loads_and_what_is_unsupported_is_known() {
    let Some(files) = published() else { return };
    let mut table = BTreeMap::<_, [usize; 4]>::new();
    let mut reasons = BTreeMap::<String, usize>::new();
    for (name, document) in &files {
        let row = table.entry(name.split('/').next().unwrap().to_owned()).or_default();
        row[0] += 1;
        for (_, reading) in readings(document) {
            row[1] += 1;
            row[if reading.policy.is_some() { 2 } else { 3 }] += 1;
            for finding in reading.unsupported() {
                let place = finding.path.strip_prefix(&reading.path).unwrap();
                *reasons.entry(format!("${place} {}", finding.message)).or_default() += 1;
            }
        }
    }
    let mut text = String::from("files  policies  load  unsupported\n");
    for (repository, [files, policies, load, unsupported]) in table {
        writeln!(text, "{files:5}  {policies:8}  {load:4}  {unsupported:11}  {repository}").unwrap();
    }
    text.push('\n');
    for (reason, times) in reasons {
        writeln!(text, "{times} × {reason}").unwrap();
    }
    assert_snapshot!("published", text);
}

#[test]
fn published_policies_survive_being_written() {
    let Some(files) = published() else { return };
    for (name, document) in &files {
        for (original, reading) in readings(document) {
            let Some(policy) = reading.policy else { continue };
            let written = Json::from(&write(&policy));
            let again = read_node(&written.root(), "none").unwrap();
            assert_eq!((again.policy.as_ref(), again.findings.as_slice()), (Some(&policy), [].as_slice()), "{name}");

            let mut said = said(&original);
            let unknown: Vec<_> = reading.findings.iter().map(|finding| finding.path[reading.path.len()..].to_lowercase()).collect();
            said.retain(|(path, _)| !unknown.iter().any(|unknown| path.starts_with(unknown.as_str())));
            let kept = self::said(&written);
            let lost: Vec<_> = said.difference(&kept).collect();
            assert!(lost.is_empty(), "{name}: {lost:?}");
        }
    }
}

/// Everything that a policy says, as pairs of path and value, in lower case.
fn said(policy: &Json) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    match member(policy, "details") {
        Some(details) => collect(details, "", &mut found),
        None => collect(policy, "", &mut found),
    }
    found
}

fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    let Json::Object(members) = json else { return None };
    members.iter().find(|(key, value)| key.eq_ignore_ascii_case(name) && *value != Json::Null).map(|(_, value)| value)
}

fn collect(json: &Json, path: &str, found: &mut BTreeSet<(String, String)>) {
    match json {
        Json::Null => {}
        // Switched off and absent are the same.
        Json::Bool(false) => {}
        Json::Bool(flag) => drop(found.insert((path.to_owned(), flag.to_string()))),
        Json::Number(number) => drop(found.insert((path.to_owned(), number.to_string()))),
        Json::Text(text) if text.is_empty() => {}
        Json::Text(text) if path.ends_with("levels") || path.ends_with("methods") || path.ends_with("usertypes") => {
            found.extend(text.split(',').map(|flag| (path.to_owned(), flag.trim().to_lowercase())).filter(|(_, flag)| flag != "none"));
        }
        Json::Text(text) => drop(found.insert((path.to_owned(), text.to_lowercase()))),
        Json::List(items) => items.iter().for_each(|item| collect(item, path, found)),
        Json::Object(_)
            if path.starts_with(".sessioncontrols.") && member(json, "isEnabled").is_some_and(|on| *on == Json::Bool(false)) => {}
        Json::Object(members) => {
            for (name, value) in members {
                let name = name.to_lowercase();
                let described = path.ends_with(".authenticationstrength") && !["id", "allowedcombinations"].contains(&name.as_str());
                if !(name.contains("@odata.") || name.starts_with('#') || described || PASSED_OVER.contains(&name.as_str())) {
                    collect(value, &format!("{path}.{name}"), found);
                }
            }
        }
    }
}
