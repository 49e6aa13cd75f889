//! The credentials of the sample company, kept in the data folder.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::durable_file;

/// Sample credentials, kept so that a restart on the same data finds them.
#[derive(Serialize, Deserialize)]
pub(super) struct Secrets {
    pub(super) password: String,
    pub(super) web_secret: String,
}

fn file(data: &Path) -> PathBuf {
    data.join("sample-credentials.json")
}

/// The credentials of an earlier run on this folder.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(data: &Path) -> anyhow::Result<Option<Secrets>> {
    let path = file(data);
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text)
            .map(Some)
            .with_context(|| format!("{} is damaged: choose another folder with --data", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Keeps the credentials.
///
/// # Errors
/// When the file cannot be written.
pub(super) fn write(data: &Path, secrets: &Secrets) -> anyhow::Result<()> {
    durable_file::replace(&file(data), &serde_json::to_string_pretty(secrets)?, 0o600)
}
