//! How long the server takes for every list of a large company.

use std::path::Path;
use std::process::Command;

use super::{Figures, must, read};

/// Builds the measurement, runs it, and gives its figures.
pub(super) fn measure(target: &Path) -> anyhow::Result<Figures> {
    let file = target.join("bench-lists.json");
    must(Command::new("cargo").args(["run", "--quiet", "--release", "--package", "doorward-web", "--example", "lists", "--"]).arg(&file))?;
    read(&file)
}
