//! Decisions per CPU second, beside other engines. What they depend on stays out of this workspace: `bench/` is one of its own.

use std::path::Path;
use std::process::Command;

use super::{Figures, must, read};

/// Builds the comparison, runs it, and gives its figures.
pub(super) fn measure(target: &Path) -> anyhow::Result<Figures> {
    let file = target.join("bench-decide.json");
    let manifest = ["run", "--quiet", "--release", "--locked", "--manifest-path", "bench/Cargo.toml"];
    must(Command::new("cargo").args(manifest).arg("--target-dir").arg(target).args(["--", "decide", "--json"]).arg(&file))?;
    read(&file)
}
