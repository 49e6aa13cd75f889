//! Attestations of apps on phones: Android key attestation and Apple App Attest. Which of them is good enough is judged in
//! `doorward-policy`.
//!
//! Everything here comes from a stranger until its certificates have been verified, and is read strictly: sizes are bounded before
//! anything is parsed, DER and CBOR have one form, nothing is left over, and nothing stands twice.

mod android;
mod app_attest;
mod chain;
mod key_description;
mod revocation;
mod software;

pub use android::verify_key_attestation;
pub use app_attest::{Assertion, app_id_hash, client_data, verify_app_attestation};
pub use chain::{Roots, RootsError};
pub use key_description::{read_key_description, write_key_description};
pub use revocation::{Revocations, RevocationsError};
pub use software::{SoftwareEnclave, SoftwareMaker};

/// Most bytes of one piece of evidence.
pub const MAXIMUM_EVIDENCE_BYTES: usize = 32 * 1024;
