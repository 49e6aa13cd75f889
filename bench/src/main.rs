//! Measures the decision engine beside other engines, and makes up directories, policies and sign-ins.
//!
//! All engines decide the same sign-ins by the same policies, in one thread, and must agree before any is timed. Each gets both in
//! the form that suits it best, made beforehand: ours the classes of a sign-in, the plain scan numbers and bits, Cedar entities and
//! requests, Rego values. The engines take turns; what counts is CPU time. Cedar and Rego answer yes or no, ours and the plain scan
//! the error and the next control as well.
//!
//! This crate is a workspace of its own: what it compares with never enters the dependency graph of the product or of its tests.
//! `cargo xtask bench decide` runs it; format and lints are checked by `cargo fmt` and `cargo clippy` in this folder.

mod compare;
mod engine;
mod measure;
mod world;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use serde::de::IgnoredAny;

const USAGE: &str = "usage: bench decide [--json FILE]
       bench generate --out FOLDER [--users N] [--sign-ins N] [--policies N]
       bench read --file FILE";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let task = arguments.next().unwrap_or_default();
    let (mut json, mut out, mut file, mut users, mut sign_ins, mut policies) = (None, None, None, 10_000, 10_000, 0);
    while let Some(name) = arguments.next() {
        let value = arguments.next().with_context(|| format!("{name} takes a value"))?;
        match (task.as_str(), name.as_str()) {
            ("decide", "--json") => json = Some(PathBuf::from(value)),
            ("generate", "--out") => out = Some(PathBuf::from(value)),
            ("read", "--file") => file = Some(PathBuf::from(value)),
            ("generate", "--users") => users = number(&name, &value)?,
            ("generate", "--sign-ins") => sign_ins = number(&name, &value)?,
            ("generate", "--policies") => policies = number(&name, &value)?,
            _ => bail!("{USAGE}"),
        }
    }
    match (task.as_str(), out.or(file)) {
        ("decide", _) => {
            let figures = serde_json::Value::from(compare::run()?);
            json.map_or(Ok(()), |file| std::fs::write(&file, format!("{figures:#}\n")).with_context(|| file.display().to_string()))
        }
        ("generate", Some(folder)) => {
            ensure!(users > 0, "--users must be at least 1: somebody signs in");
            world::file::generate(&folder, users, sign_ins, policies)
        }
        ("read", Some(file)) => read(&file).with_context(|| file.display().to_string()),
        _ => bail!("{USAGE}"),
    }
}

/// Reads JSON lines and forgets them: what no program that takes such a file can do without.
fn read(file: &Path) -> anyhow::Result<()> {
    let mut rows = BufReader::with_capacity(1 << 18, File::open(file)?);
    let mut line = String::new();
    while rows.read_line(&mut line)? > 0 {
        serde_json::from_str::<IgnoredAny>(&line)?;
        line.clear();
    }
    Ok(())
}

fn number(name: &str, value: &str) -> anyhow::Result<u32> {
    value.parse().with_context(|| format!("{name} {value:?} is not a number"))
}
