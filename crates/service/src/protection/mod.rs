//! App protection: enrolment and check-in of app instances, the policy each of them gets, and whether it applies it.
//!
//! An instance is a user in an app on a device. It is known by two proofs: an access token for the protection resource, which says
//! who and which app, and a signature by the key it enrolled with, which says that it is still the same instance. An attestation may add
//! the word of the phone's maker about both.

mod answer;
mod applied;
mod attestation;
mod check_in;
mod diagnosis;
mod effective;
mod enrol;
mod error;
mod explain;
mod limits;
mod policies;
mod principal;
mod proof;
mod registered;
mod registration;
mod state;
mod wipe;

pub use answer::Answer;
pub use applied::{AppliedFacts, applied};
pub use attestation::{AttestationTrust, SentEvidence, TestTenant, Trust, assurance, missing_attestation};
pub use check_in::{CheckIn, check_in, get, unenrol};
pub use diagnosis::{Diagnosis, diagnose};
pub use effective::{Current, effective, level};
pub use enrol::{Enrolment, enrol};
pub use error::ProtectionError;
pub use explain::{Effect, Judged, explain};
pub use limits::Limits;
pub use policies::{AppProtectionCache, Stored, all as policies, assign, beginning, duplicate, of_user as policies_of_user, target_apps};
pub use principal::{Principal, principal};
pub use proof::{ProofError, Proven, challenge};
pub use registered::{Listed, Registered, Search, Show, one as registered, open_wipes, search};
pub use registration::{all, find, of_user};
pub use wipe::{Acknowledgement, acknowledge, cancel_operation, request_wipe};
