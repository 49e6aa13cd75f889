//! Whether somebody's account may be used.

use doorward_model::ErrorCode;
use doorward_model::user::User;
use jiff::Timestamp;

use crate::error::{Error, Result};

/// Refuses an account that is disabled or has expired. It is asked only about people who have proved who they are.
///
/// # Errors
/// [`ErrorCode::USER_DISABLED`].
pub(crate) fn require_active(user: &User, now: Timestamp) -> Result<()> {
    inactive(user, now).map_or(Ok(()), |why| Err(Error::refused(ErrorCode::USER_DISABLED, why)))
}

/// Why an account may not be used, in words for the person; none when it may.
pub(super) fn inactive(user: &User, now: Timestamp) -> Option<&'static str> {
    if user.is_active_at(now) {
        None
    } else if user.account_enabled {
        Some("The account has expired. Ask an administrator of your organisation.")
    } else {
        Some("The account is disabled. Ask an administrator of your organisation.")
    }
}
