//! Finding and reading files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use doorward_wire::policy_file::conditional_access::{self, PolicyReading};
use doorward_wire::policy_file::{self, Json, policies_of_file};

/// Many times the policies of the largest tenant. A larger file is something else, and would be in memory before that shows.
const LARGEST_POLICY_FILE: u64 = 64 * 1024 * 1024;

/// A policy as it was read, and where it stands.
pub(super) struct LocatedPolicy {
    pub(super) file: PathBuf,
    pub(super) reading: PolicyReading,
    pub(super) document: Json,
}

/// The files of a command line: files as named, folders with every `*.json` below them in the order of their paths.
pub(super) fn expand(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).with_context(|| format!("{}", path.display()))?;
        if metadata.is_dir() {
            let mut found = Vec::new();
            collect(path, &mut found)?;
            // Paths compare component by component, and components by their bytes.
            found.sort();
            files.append(&mut found);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Linked folders are not entered: they could lead back up.
fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let place = || format!("{}", folder.display());
    for entry in fs::read_dir(folder).with_context(place)? {
        let entry = entry.with_context(place)?;
        let path = entry.path();
        if entry.file_type().with_context(place)?.is_dir() {
            collect(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// The policies of one file.
pub(super) fn read_policies(file: &Path) -> anyhow::Result<Vec<LocatedPolicy>> {
    let size = fs::metadata(file).with_context(|| format!("{}", file.display()))?.len();
    if size > LARGEST_POLICY_FILE {
        bail!("{}: {size} bytes are too many for a policy file, which may have {LARGEST_POLICY_FILE}", file.display());
    }
    let document = read_json(file)?;
    let nodes = policies_of_file(&document.root()).with_context(|| format!("{}", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let read = |(index, node)| {
        let reading = conditional_access::read_node(&node, &format!("{name}#{index}")).with_context(|| format!("{}", file.display()))?;
        Ok(LocatedPolicy { file: file.to_owned(), reading, document: node.json().clone() })
    };
    nodes.into_iter().enumerate().map(read).collect()
}

/// A JSON document.
pub(super) fn read_json(file: &Path) -> anyhow::Result<Json> {
    policy_file::parse(read_bytes(file)?).with_context(|| format!("{}", file.display()))
}

/// The text of a file.
pub(super) fn read_text(file: &Path) -> anyhow::Result<String> {
    policy_file::decode(read_bytes(file)?).with_context(|| format!("{}", file.display()))
}

fn read_bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{}", file.display()))
}
