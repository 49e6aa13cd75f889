//! Sign-in at the pages: from the authorization request to the code.

mod account;
mod account_state;
mod code;
pub mod consent;
pub mod credentials;
pub mod device_challenge;
pub mod flow;
mod passwordless;
pub mod request;
pub mod second_factor;
pub mod session;
mod step;
pub mod steps;
mod ticket;

pub use account::existence;
pub(crate) use account_state::require_active;
pub use step::{FactorAnswer, Journey, Outcome, Step, Submission, Wish};
