//! Where the master key is: the environment, or a file that only the server's account may read.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::rng;
use doorward_service::master_key::MasterKey;

use crate::os::OsRng;
use crate::private_file::require_private;

/// Variable that holds the key as base64 instead of the file.
pub(crate) const VARIABLE: &str = "DOORWARD_MASTER_KEY";

/// Loads the key.
///
/// # Errors
/// Names the file or variable and what to do.
pub(crate) fn load(path: &Path) -> anyhow::Result<MasterKey> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return parse(&text).with_context(|| format!("{VARIABLE} must hold 32 bytes as base64"));
    }
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("cannot read the master key {}: run `doorward init` first, or set {VARIABLE}", path.display()))?;
    require_private(path)?;
    parse(&text).with_context(|| format!("{} must hold 32 bytes as base64: restore it from your backup", path.display()))
}

fn parse(text: &str) -> anyhow::Result<MasterKey> {
    let bytes = STANDARD.decode(text.trim()).context("not base64")?;
    let key: [u8; 32] = bytes.try_into().map_err(|bytes: Vec<u8>| anyhow::anyhow!("{} bytes instead of 32", bytes.len()))?;
    Ok(MasterKey::new(&key)?)
}

/// Makes the key file if neither it nor the variable exists.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn create_if_missing(path: &Path) -> anyhow::Result<()> {
    if path.exists() || std::env::var_os(VARIABLE).is_some() {
        return Ok(());
    }
    let key = rng::bytes::<32>(&OsRng);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write the master key {}", path.display()))?;
    writeln!(file, "{}", STANDARD.encode(key))?;
    file.sync_all()?;
    Ok(())
}
