//! Putting a whole file in place or none.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};

/// Writes a text and a line end beside its place and moves it there when it is complete.
pub(in super::super) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let place = || format!("{}", path.display());
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        bail!("{} is there already and is not a file", path.display());
    }
    let Some(name) = path.file_name() else { bail!("{:?} does not name a file", path.display().to_string()) };
    let mut beside = name.to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = fill(&beside, text).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // There may be none to take away, and the first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(place)
}

fn fill(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}
