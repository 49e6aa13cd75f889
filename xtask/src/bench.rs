//! Measurements of release builds. The figures of one part are merged into `bench.json` in the target folder, beside those of the others.

mod decide;
mod lists;
mod startup;
mod tokens;
mod tools;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::{Map, Value};

/// Figures by name.
type Figures = Map<String, Value>;

/// Measures one part, or every part.
pub(crate) fn run(part: Option<&str>) -> anyhow::Result<()> {
    let target = std::path::absolute(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))?;
    let measures: &[fn(&Path) -> anyhow::Result<Figures>] = match part {
        None => &[startup::measure, decide::measure, lists::measure, tools::measure, tokens::measure, tokens::sessions, tokens::soak],
        Some("startup") => &[startup::measure],
        Some("decide") => &[decide::measure],
        Some("lists") => &[lists::measure],
        Some("tools") => &[tools::measure],
        Some("tokens") => &[tokens::measure],
        Some("sessions") => &[tokens::sessions],
        Some("soak") => &[tokens::soak],
        Some(other) => bail!("there is no part {other:?}: cargo xtask bench [startup | decide | lists | tools | tokens | sessions | soak]"),
    };
    let file = target.join("bench.json");
    for measure in measures {
        merge(&file, measure(&target)?)?;
    }
    println!("written to {}", file.display());
    Ok(())
}

/// Puts figures in the place of older ones of their names.
fn merge(file: &PathBuf, new: Figures) -> anyhow::Result<()> {
    let place = || file.display().to_string();
    let mut figures = if file.exists() { read(file)? } else { Figures::new() };
    figures.extend(new);
    std::fs::write(file, format!("{:#}\n", Value::from(figures))).with_context(place)
}

fn read(file: &Path) -> anyhow::Result<Figures> {
    let place = || file.display().to_string();
    serde_json::from_slice(&std::fs::read(file).with_context(place)?).with_context(place)
}

/// Builds the program as it is installed, and says where it is.
fn program(target: &Path) -> anyhow::Result<PathBuf> {
    must(Command::new("cargo").args(["build", "--quiet", "--profile", "dist", "--package", "doorward"]))?;
    Ok(target.join("dist/doorward"))
}

fn must(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed: {status}") }
}
