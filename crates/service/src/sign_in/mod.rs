//! Sign-in at the pages: from the authorization request to the code.

mod code;
pub mod consent;
pub mod credentials;
pub mod flow;
mod passwordless;
pub mod request;
mod second_factor;
pub mod session;
mod step;
pub mod steps;

pub use step::{FactorAnswer, Journey, Outcome, Step, Submission, Wish};
