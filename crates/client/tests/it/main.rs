//! The protected-app runtime, driven as a phone drives it.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod clipboard;
mod enrolment;
mod identity;
mod launch;
mod owned;
mod phone;
mod pin;
mod transfer;
