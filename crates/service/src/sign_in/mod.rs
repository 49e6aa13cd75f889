//! Sign-in at the pages: from the authorization request to the code.

mod code;
pub mod consent;
pub mod credentials;
pub mod flow;
pub mod request;
pub mod session;
pub mod steps;

pub use steps::{Outcome, Step, Submission};
