//! App protection: enrolment and check-in of app instances, the policy each of them gets, and whether it applies it.
//!
//! An instance is a user in an app on a device. It is known by two proofs: an access token for the protection resource, which says
//! who and which app, and a signature by the key it enrolled with, which says that it is still the same instance.

mod answer;
mod applied;
mod check_in;
mod effective;
mod enrol;
mod error;
mod limits;
mod principal;
mod proof;
mod registration;
mod state;
mod wipe;

pub use answer::Answer;
pub use applied::{AppliedFacts, applied};
pub use check_in::{CheckIn, check_in, get, unenrol};
pub use effective::{Current, effective, level};
pub use enrol::{Enrolment, enrol};
pub use error::ProtectionError;
pub use limits::Limits;
pub use principal::{Principal, principal};
pub use proof::{ProofError, Proven, challenge};
pub use registration::{all, find, of_user};
pub use wipe::{Acknowledgement, acknowledge, cancel_operation, request_wipe};
