//! Linux computers: enrolment by their own client, and check-in.
//!
//! The client is given the policies as a list of settings, looks itself, and says how it stands to each. What it says becomes facts like
//! those of any other agent, and the same judgement is made of them. It is a claim: a client can say what it likes.

mod check_in;
mod computer;
mod enrol;
mod item;
mod told;

pub use check_in::{details, policies, status};
pub use computer::{Computer, ComputerError};
pub use enrol::{Enrolled, enrol};
pub use told::{State, state};
