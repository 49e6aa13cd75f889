//! Conditional access: resolved facts and a compiled set of policies in, a decision with a reason for every policy out.
//!
//! Everything that decides calls [`decide`]: the token endpoint, the gates, the offline tools. The same facts give the same decision
//! everywhere. Nothing here asks a clock, a network or a directory; who belongs to which group has been settled in [`Facts`].

mod advice;
mod asked;
pub mod check;
mod circumstances;
mod classes;
mod compile;
mod condition;
mod control;
mod decide;
mod decision;
mod decision_cache;
mod device;
mod explain;
mod factor;
mod facts;
pub mod filter;
mod fits;
mod frequency;
mod grant;
mod ids;
mod index;
mod layout;
mod location;
mod mask;
mod outcome;
mod proof;
pub mod regions;
mod service;
mod session;
mod sign_in;
mod subject;
mod table;
mod target;
mod wanted;
mod written;

pub use advice::{Advice, advice};
pub use circumstances::Circumstances;
pub use classes::Classes;
pub use compile::{CompileError, PolicySet, check, compile};
pub use condition::{Condition, ConditionState};
pub use control::Control;
pub use decide::decide;
pub use decision::{Decision, Outcome, PolicyOutcome, PolicyResult, Reason};
pub use decision_cache::{Decided, DecisionCache};
pub use explain::{Explained, Explanation};
pub use facts::{ClientFacts, DeviceFacts, Facts, ResourceFacts, Subject, UserFacts};
pub use frequency::{Renewal, renewal};
pub use grant::Standing;
pub use outcome::Answer;
pub use sign_in::{CircumstancesClass, DeviceClass, Evidence, FactorsClass, Parts, SignIn, SubjectClass, Waived};
pub use table::Class;
pub use wanted::Wanted;
pub use written::{Contradiction, contradiction};
