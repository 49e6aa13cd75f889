//! The layers: which crate may use which. A crate may use only what stands below it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

/// For each crate, the crates of ours that it may depend on.
const LAYERS: [(&str, &[&str]); 11] = [
    ("doorward-model", &[]),
    ("doorward-policy", &["doorward-model"]),
    ("doorward-wire", &["doorward-model", "doorward-policy"]),
    ("doorward-store", &["doorward-model"]),
    ("doorward-client", &["doorward-model", "doorward-policy", "doorward-wire"]),
    ("doorward-store-sql", &["doorward-model", "doorward-store"]),
    ("doorward-phone", &["doorward-model", "doorward-policy", "doorward-wire", "doorward-client"]),
    ("doorward-service", &["doorward-model", "doorward-policy", "doorward-wire", "doorward-store"]),
    ("doorward-web", &["doorward-model", "doorward-policy", "doorward-wire", "doorward-store", "doorward-service"]),
    ("doorward-gate", &["doorward-model", "doorward-policy", "doorward-wire", "doorward-store", "doorward-service"]),
    (
        "doorward",
        &[
            "doorward-model",
            "doorward-policy",
            "doorward-wire",
            "doorward-store",
            "doorward-client",
            "doorward-store-sql",
            "doorward-phone",
            "doorward-service",
            "doorward-web",
            "doorward-gate",
        ],
    ),
];

/// Crates that decide or only name things must not be able to do anything else.
const PURE: [&str; 2] = ["doorward-model", "doorward-policy"];
/// What a pure crate must not depend on.
const IMPURE: [&str; 13] = [
    "tokio",
    "async-trait",
    "futures-util",
    "reqwest",
    "hyper",
    "axum",
    "sqlx",
    "rustls",
    "aws-lc-rs",
    "moka",
    "quick_cache",
    "tracing",
    "tempfile",
];

/// Crates whose tests run on a real database.
const TESTED_ON_A_DATABASE: [&str; 3] = ["doorward-service", "doorward-web", "doorward-gate"];

/// Longest source file.
const LINES: usize = 800;

/// Checks the workspace.
pub(crate) fn run() -> anyhow::Result<()> {
    let output = Command::new("cargo").args(["metadata", "--no-deps", "--format-version", "1"]).output().context("cargo metadata")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let mut problems = Vec::new();
    for package in array(&metadata, "packages") {
        let name = text(package, "name");
        for dependency in array(package, "dependencies") {
            let is_test = dependency.get("kind").and_then(Value::as_str) == Some("dev");
            problems.extend(judge(name, text(dependency, "name"), is_test));
        }
        if let Some(folder) = Path::new(text(package, "manifest_path")).parent() {
            for code in ["src", "tests", "examples", "benches"].map(|name| folder.join(name)).iter().filter(|code| code.is_dir()) {
                long_files(code, &mut problems)?;
            }
        }
    }
    if problems.is_empty() {
        println!("layers: every crate keeps to its place");
        return Ok(());
    }
    bail!("{}", problems.join("\n"))
}

/// What is wrong with `user` depending on `used`, if anything.
fn judge(user: &str, used: &str, is_test: bool) -> Option<String> {
    if PURE.contains(&user) && !is_test && IMPURE.contains(&used) {
        return Some(format!("{user} is pure and must not depend on {used}: move what needs it to a crate above"));
    }
    if !used.starts_with("doorward") || user == "xtask" {
        return None;
    }
    let Some((_, below)) = LAYERS.iter().find(|(name, _)| *name == user) else {
        return Some(format!("{user} has no place among the layers: give it one in xtask/src/arch.rs and in ARCHITECTURE.md"));
    };
    if below.contains(&used) || (is_test && used == "doorward-store-sql" && TESTED_ON_A_DATABASE.contains(&user)) {
        return None;
    }
    Some(format!("{user} must not depend on {used}, which does not stand below it: move the code, or turn the dependency round"))
}

fn long_files(folder: &Path, problems: &mut Vec<String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            long_files(&path, problems)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let lines = std::fs::read_to_string(&path)?.lines().count();
            if lines > LINES {
                problems.push(format!("{} has {lines} lines, more than {LINES}: split it by idea", path.display()));
            }
        }
    }
    Ok(())
}

fn array<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn a_crate_may_use_only_what_stands_below_it() {
        let cases = [
            ("doorward-policy", "doorward-model", false, true),
            ("doorward-policy", "doorward-wire", false, false),
            ("doorward-policy", "tokio", false, false),
            ("doorward-policy", "proptest", true, true),
            ("doorward-service", "doorward-store-sql", false, false),
            ("doorward-service", "doorward-store-sql", true, true),
            ("doorward-gate", "doorward-store-sql", true, true),
            ("doorward-client", "doorward-store-sql", true, false),
            ("doorward-wire", "doorward-store-sql", true, false),
            ("doorward-phone", "doorward-service", false, false),
            ("doorward-web", "doorward-service", false, true),
            ("doorward-service", "doorward-web", false, false),
            ("doorward-new", "doorward-model", false, false),
            ("doorward-service", "tokio", false, true),
        ];
        for (user, used, is_test, allowed) in cases {
            assert_eq!(judge(user, used, is_test).is_none(), allowed, "{user} -> {used}");
        }
    }
}
