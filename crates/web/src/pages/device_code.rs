//! Sign-in on another device (RFC 8628): the pages of the device that has a keyboard.

use askama::Template;

use super::consent::AppOrigin;
use super::{FormState, Frame};

/// Asks for the code; posts `user_code`.
#[derive(Debug, Clone, Template)]
#[template(path = "device_code_entry.html")]
pub struct DeviceCodeEntry {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// Code to start from: of `verification_uri_complete`, or what was typed before.
    pub user_code: String,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}

/// Shows what the code stands for and asks once more (RFC 8628 section 5.4: phishing); posts `user_code` and `answer` =
/// `continue` or `cancel`.
#[derive(Debug, Clone, Template)]
#[template(path = "device_code_confirm.html")]
pub struct DeviceCodeConfirm {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// The app that waits on the other device.
    pub app: AppOrigin,
    /// The code, as the other device shows it.
    pub user_code: String,
}

/// The end.
#[derive(Debug, Clone, Template)]
#[template(path = "device_code_done.html")]
pub struct DeviceCodeDone {
    /// Surroundings.
    pub frame: Frame,
    /// Display name of the app on the other device.
    pub app: String,
    /// What the person answered.
    pub approved: bool,
}
