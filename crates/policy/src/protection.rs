//! App protection: which policy applies to an app instance, and what it allows.
//!
//! A policy document is read into an [`AppProtectionPolicy`]; those that [`covers`] an instance are [`merge`]d into one [`Effective`]
//! policy, of which every setting is the strictest. The app runtime asks [`launch`] before it shows organisation data, [`send`],
//! [`receive`] and [`transfer`] before data crosses between apps, [`paste`] before the clipboard does, [`save_to`] and [`open_from`]
//! before files do. The service asks [`applied`] whether an instance counts as protected, [`explain`] which policy gave which setting, and
//! [`missed`] why a policy is not for an instance. [`judge_key`] and [`judge_app`] accept attestations, and [`attested`] says whether an
//! instance still counts as attested.
//!
//! In all of them a managed identity is represented by its settings and every other identity by `None`: whoever holds no
//! settings is not governed by them. Doubt denies access, but it never destroys data.

mod applied;
mod attestation;
mod catalogue;
mod clipboard;
mod clock;
mod explain;
mod identity;
mod launch;
mod member;
mod merge;
mod pin;
mod policy;
mod reason;
mod rule;
mod settings;
mod storage;
mod target;
mod transfer;

pub use applied::{Criterion, Standing, applied, current_since, freshness};
pub use attestation::{Enrolling, app_id, attested, is_described, judge_app, judge_key, requires_attestation};
pub use catalogue::{Choice, Kind, Naming, Section, Setting};
pub use clipboard::{Content, paste};
pub use clock::{Checkpoint, ClockReading, Reckoning, reckon};
pub use explain::{Explained, Origin, explain};
pub use identity::{Account, Class, Managed, Party, class};
pub use launch::{Biometrics, Launch, LaunchState, PinAsk, PinState, UserState, device_action, launch};
pub use member::{Member, is_read_only, members};
pub use merge::{Effective, merge};
pub use pin::{PinFlaw, pin_acceptable};
pub use policy::{AppProtectionPolicy, ParseError, parse};
pub use reason::Reason;
pub use settings::{Problem, Settings, Warning};
pub use storage::{Place, backup, open_from, save_to};
pub use target::{Instance, Missed, covers, is_assigned, missed};
pub use transfer::{Channel, Handover, Inbound, Outbound, Transfer, receive, send, transfer};

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Allow,
    /// It may not.
    Block(Reason),
}

impl Verdict {
    fn allow_if(allowed: bool, otherwise: Reason) -> Self {
        if allowed { Self::Allow } else { Self::Block(otherwise) }
    }
}
