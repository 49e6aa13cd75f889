//! Formats only: JOSE, primary refresh tokens, device registration, app protection, attestations, passkeys, one-time codes, policy files. No sockets, no storage, no decisions.
//!
//! Server and phone share these types and nothing else, so a fault in the server is not hidden by a phone that repeats it.

pub mod active_directory;
pub mod attestation;
pub mod certificate;
mod der;
pub mod drs;
pub mod eas;
pub mod jwt;
pub mod kerberos;
pub mod key;
pub mod linux_management;
pub mod mam;
pub mod oauth;
pub mod odata;
pub mod pkeyauth;
pub mod policy_file;
pub mod prt;
pub mod seal;
pub mod sign_in_page;
mod spki;
pub mod totp;
pub mod webauthn;

use std::fmt::Write as _;

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
