//! What people do with their own account: their devices, sessions, password and second factors. Every change is audited as theirs.

mod devices;
mod password;
mod second_factors;
mod sessions;

pub use devices::{devices, remove_device};
pub use password::{PasswordChangeError, change_password};
pub use second_factors::{remove_method, renew_recovery_codes, second_factors};
pub use sessions::{end_session, sessions, sign_out_everywhere};
