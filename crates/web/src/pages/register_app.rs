//! Registering an authenticator app.

use askama::Template;

use super::other_way::OtherWay;
use super::qr_code::QrCode;
use super::{FormState, Frame, Link};

/// Shows the key of a new app and asks for its first code; posts `newotc`.
#[derive(Clone, Template)]
#[template(path = "register_app.html")]
pub struct RegisterApp {
    /// Surroundings.
    pub frame: Frame,
    /// Hidden state.
    pub form: FormState,
    /// The account that signs in.
    pub login: String,
    /// The key for scanning; none when the names in it are too long for a QR code.
    pub qr_code: Option<QrCode>,
    /// The same for an app on this device.
    pub link: Option<Link>,
    /// The key for typing.
    pub secret: String,
    /// Other ways; the form posts `instead`.
    pub others: Vec<OtherWay>,
    /// What was wrong with the last attempt.
    pub problem: Option<String>,
}

/// A key in groups of four letters: nobody types 32 in a row without losing their place.
pub(crate) fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
