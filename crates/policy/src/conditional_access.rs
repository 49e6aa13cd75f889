//! Conditional access: resolved facts and a compiled set of policies in, a decision with a reason for every policy out.
//!
//! Everything that decides calls [`decide`]: the token endpoint, the gates, the offline tools. The same facts give the same decision
//! everywhere. Nothing here asks a clock, a network or a directory; who belongs to which group has been settled in [`Facts`].

mod compile;
mod control;
mod decide;
mod decision;
mod device;
mod facts;
pub mod filter;
mod grant;
mod identity;
mod ids;
mod location;
mod service;
mod session;
mod target;

pub use compile::{CompileError, PolicySet, check, compile};
pub use control::Control;
pub use decide::decide;
pub use decision::{Decision, Outcome, PolicyOutcome, PolicyResult, Reason};
pub use facts::{ClientFacts, DeviceFacts, Facts, ResourceFacts, Subject, UserFacts};
