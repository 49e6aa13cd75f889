//! Whether an app instance counts as protected: the input of the grant control `compliantApplication`.

use doorward_model::protection::{Interval, ManagedAppRegistration, ProtectionState, RemediationAction};
use jiff::{SignedDuration, Timestamp};

use super::{Settings, device_action};

/// How long an app may keep enforcing the policy before the present one.
const POLICY_LAG: SignedDuration = SignedDuration::from_hours(1);
/// A check-in counts for at least, and at most, so long.
const FRESHNESS: (Interval, Interval) = (Interval::hours(1), Interval::hours(24));

/// What must be true of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Criterion {
    /// a. It is registered, not ended, and policies target it.
    Active,
    /// b. It has checked in lately.
    Fresh,
    /// c. It enforces the present policy, or one that was right until a short while ago.
    Current,
    /// d. No wipe is open.
    NotWiped,
    /// e. Its device would not be blocked or wiped by the policy.
    DeviceSound,
    /// f. Its key proves it.
    Proven,
}

impl Criterion {
    /// The letter in the sign-in log.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Active => 'a',
            Self::Fresh => 'b',
            Self::Current => 'c',
            Self::NotWiped => 'd',
            Self::DeviceSound => 'e',
            Self::Proven => 'f',
        }
    }
}

/// The policy that an instance should enforce now.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Its settings.
    pub settings: &'a Settings,
    /// Its tag.
    pub tag: &'a str,
    /// Since when it is the right one, at the earliest. See [`current_since`].
    pub since: Timestamp,
}

/// The criteria that the instance does not meet; none: the policy is applied. `standing` is none when no policy targets it.
#[must_use]
pub fn applied(registration: &ManagedAppRegistration, standing: Option<&Standing<'_>>, now: Timestamp) -> Vec<Criterion> {
    let active = registration.ended.is_none() && registration.protection == ProtectionState::Active && standing.is_some();
    let age = now.duration_since(registration.last_sync_date_time);
    let fresh = standing.is_some_and(|standing| age <= freshness(standing.settings).duration());
    let current = standing.is_some_and(|standing| enforces(registration.applied_tag.as_deref(), standing, now));
    let wiped = registration.operations.iter().any(doorward_model::protection::ManagedAppOperation::is_open_wipe);
    let action = standing.and_then(|standing| device_action(standing.settings, registration.state.rooted));
    let sound = action.is_none_or(|action| action < RemediationAction::BlockWhenSettingIsSupported);
    let criteria = [
        (active, Criterion::Active),
        (fresh, Criterion::Fresh),
        (current, Criterion::Current),
        (!wiped, Criterion::NotWiped),
        (sound, Criterion::DeviceSound),
        (registration.proof_key.is_some(), Criterion::Proven),
    ];
    criteria.into_iter().filter(|(met, _)| !met).map(|(_, criterion)| criterion).collect()
}

/// An instance that never enforced anything gets no grace: the grace is for policies that change under it.
fn enforces(applied: Option<&str>, standing: &Standing<'_>, now: Timestamp) -> bool {
    applied.is_some_and(|applied| applied == standing.tag || now.duration_since(standing.since) < POLICY_LAG)
}

/// How long a check-in counts: the offline grace, within bounds. Without a grace, the upper bound.
#[must_use]
pub fn freshness(settings: &Settings) -> Interval {
    let (least, most) = FRESHNESS;
    match settings.period_offline_before_access_check {
        grace if grace.is_off() => most,
        grace => grace.clamp(least, most),
    }
}

/// Since when `tag` is the right one, at the earliest: since then if it was so at the last check-in; otherwise it became so after
/// that check-in, and not before the last change of the policies it is made of.
#[must_use]
pub fn current_since(registration: &ManagedAppRegistration, tag: &str, policies_changed: Timestamp) -> Timestamp {
    match &registration.intended {
        Some(intended) if intended.tag == tag => intended.since,
        _ => registration.last_sync_date_time.max(policies_changed),
    }
}
