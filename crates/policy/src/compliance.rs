//! Device compliance: whether a managed device meets the policies that are for it.
//!
//! What a policy can ask for stands in the [`catalogue`]: each setting with the kinds of policy that have it, the shape of its operand, the
//! fact it is about and the rule between the two. [`judge`] compares; [`conclude`] says again what has come of that when only time has
//! passed. Both are pure: facts, policies, tenant settings, the judgement before and the time in, a [`Judgement`] and the actions that are
//! due out.
//!
//! [`Judgement`]: doorward_model::compliance::Judgement

mod assess;
pub mod catalogue;
mod compare;
mod conclude;
mod custom;
mod kind;
mod linux;
mod merge;
mod operand;
mod password;
mod policy;
mod shown;
mod threat;
mod version;

pub use catalogue::{Rule, Section, Setting, Shape};
pub use conclude::{Concluded, DueAction, conclude};
pub use custom::{CustomRule, DataType, Operator};
pub use kind::{Platform, PolicyKind};
pub use merge::expectation;
pub use operand::{App, Distribution, Operand, Script, VersionRange};
pub use policy::{Action, Case, CompliancePolicy, assigned, judge};
pub use shown::expected;
pub use threat::ThreatPartner;
pub use version::{Build, Version, date};
