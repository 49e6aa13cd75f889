//! Files with secrets, which only the server's account may read.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::bail;

/// Refuses a file that others may read.
///
/// # Errors
/// Names the file and what to do.
pub(crate) fn require_private(path: &Path) -> anyhow::Result<()> {
    let mode = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        bail!("{} may be read by others (mode {mode:o}): run `chmod 600 {}`", path.display(), path.display());
    }
    Ok(())
}
