//! Whether organisation data may be shown: conditional launch.
//!
//! The strongest result wins: wipe, block, go online, sign in, PIN or biometric, allow. Of several blocks the first in the order of
//! the tests is shown. Needs come one at a time: the app meets the one it is told and asks again.

use doorward_model::protection::{Interval, RemediationAction};
use jiff::{SignedDuration, Timestamp};

use super::{Reason, Reckoning, Settings};

/// What the service said about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UserState {
    /// In order.
    Enabled,
    /// Disabled or deleted: a definite, signed answer.
    Gone,
    /// No answer. A network that fails is no answer.
    Unknown,
}

/// Biometrics the device offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Biometrics {
    /// A fingerprint reader with enrolled fingers.
    pub fingerprint: bool,
    /// A face or another kind, enrolled.
    pub other: bool,
    /// What is enrolled has changed since the last PIN.
    pub changed: bool,
}

/// The app PIN, which the apps of one publisher (iOS) or all managed apps (Android) share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinState {
    /// When it was set.
    pub set_at: Timestamp,
    /// Wrong entries since the last right one. Survives a restart.
    pub failed: u32,
    /// When it, or a biometric for it, was last given. None: not since the shared unlock ended.
    pub unlocked_at: Option<Timestamp>,
    /// The person signed in instead of giving it and must set a new one.
    pub must_change: bool,
}

/// The state of an app instance.
#[derive(Debug, Clone)]
pub struct LaunchState {
    /// The time.
    pub clock: Reckoning,
    /// The service can be reached.
    pub online: bool,
    /// A check-in was tried just now and the service failed.
    pub service_failed: bool,
    /// The service asked for a wipe that is not done.
    pub wipe_requested: bool,
    /// The last answer about the account.
    pub user: UserState,
    /// Last successful check-in; none: never.
    pub last_check_in: Option<Timestamp>,
    /// Rooted or jailbroken; none: cannot tell.
    pub rooted: Option<bool>,
    /// The device is under device management.
    pub enrolled: bool,
    /// A screen lock is set.
    pub lock_set: bool,
    /// The app PIN; none: not set.
    pub pin: Option<PinState>,
    /// What could stand for the PIN.
    pub biometrics: Biometrics,
    /// When the app, or one that shares its PIN, was last in the foreground before this launch.
    pub last_foreground: Option<Timestamp>,
    /// When the person last signed in.
    pub credentials_at: Option<Timestamp>,
}

/// What a PIN prompt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinAsk {
    /// Choose a first one.
    Set,
    /// Enter it.
    Enter,
    /// Choose a new one.
    Change,
}

/// The result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Launch {
    /// Remove the organisation's data.
    Wipe(Reason),
    /// Do not show organisation data.
    Block(Reason),
    /// Check in first, in the foreground.
    NeedOnline(Reason),
    /// Have the person sign in first.
    NeedCredentials(Reason),
    /// Have the person give or choose a PIN first.
    NeedPin(PinAsk),
    /// Have the person give a biometric, or the PIN, first.
    NeedBiometric,
    /// Show it.
    Allow,
}

impl Launch {
    fn rank(self) -> u8 {
        match self {
            Self::Wipe(_) => 6,
            Self::Block(_) => 5,
            Self::NeedOnline(_) => 4,
            Self::NeedCredentials(_) => 3,
            Self::NeedPin(_) | Self::NeedBiometric => 2,
            Self::Allow => 1,
        }
    }
}

/// Decides for the managed identity that the settings govern.
#[must_use]
pub fn launch(settings: &Settings, state: &LaunchState) -> Launch {
    let tests = [
        clock(state),
        if state.wipe_requested { Launch::Wipe(Reason::WipeRequested) } else { Launch::Allow },
        account(settings, state),
        offline(settings, state),
        device(settings, state),
        credentials(settings, state),
        pin(settings, state),
    ];
    // The first of the strongest: `max_by_key` would take the last.
    tests.into_iter().reduce(|strongest, next| if next.rank() > strongest.rank() { next } else { strongest }).unwrap_or(Launch::Allow)
}

/// What the settings call for on a device in that state, if it does not pass.
///
/// A device that cannot tell whether it is rooted passes; it is asked for evidence elsewhere.
#[must_use]
pub fn device_action(settings: &Settings, rooted: Option<bool>) -> Option<RemediationAction> {
    settings.app_action_if_device_compliance_required.filter(|_| settings.device_compliance_required && rooted == Some(true))
}

fn clock(state: &LaunchState) -> Launch {
    match (state.clock.set_back, state.online) {
        (false, _) => Launch::Allow,
        (true, true) => go_online(state, Reason::ClockTampered),
        (true, false) => Launch::Block(Reason::ClockTampered),
    }
}

fn go_online(state: &LaunchState, reason: Reason) -> Launch {
    if state.service_failed { Launch::Block(Reason::ServiceUnavailable) } else { Launch::NeedOnline(reason) }
}

fn account(settings: &Settings, state: &LaunchState) -> Launch {
    if state.user != UserState::Gone {
        return Launch::Allow;
    }
    by_action(settings.app_action_if_unable_to_authenticate_user, Reason::AccountDisabled)
}

/// An action that no policy names blocks.
fn by_action(action: Option<RemediationAction>, reason: Reason) -> Launch {
    if action == Some(RemediationAction::Wipe) { Launch::Wipe(reason) } else { Launch::Block(reason) }
}

fn offline(settings: &Settings, state: &LaunchState) -> Launch {
    let Some(last_check_in) = state.last_check_in else {
        return if state.online { go_online(state, Reason::NotEnrolled) } else { Launch::Block(Reason::NotEnrolled) };
    };
    let age = state.clock.now.duration_since(last_check_in);
    let over = |limit: Interval| !limit.is_off() && age > limit.duration();
    // A clock that jumped over a restart proves nothing: the service's time decides first.
    let over_wipe_limit = over(settings.period_offline_before_wipe_is_enforced) && !state.clock.jumped;
    if over_wipe_limit && state.user == UserState::Gone {
        return Launch::Wipe(Reason::AccountDisabled);
    }
    let over_any = over(settings.period_offline_before_access_check) || over(settings.period_offline_before_wipe_is_enforced);
    match (over_any, state.online) {
        (false, _) => Launch::Allow,
        (true, false) => Launch::Block(Reason::OfflineTooLong),
        (true, true) if over_wipe_limit && !signed_in_since(state, last_check_in) => Launch::NeedCredentials(Reason::OfflineTooLong),
        (true, true) => go_online(state, Reason::OfflineTooLong),
    }
}

fn signed_in_since(state: &LaunchState, instant: Timestamp) -> bool {
    // Only a sign-in within the last minutes is the answer to this question.
    state.credentials_at.is_some_and(|at| at > instant && state.clock.now.duration_since(at) <= SignedDuration::from_mins(5))
}

fn device(settings: &Settings, state: &LaunchState) -> Launch {
    match device_action(settings, state.rooted) {
        None => Launch::Allow,
        action => by_action(action, Reason::DeviceRooted),
    }
}

/// Time without use since the person gave a proof (PIN or sign-in) at `proved`.
fn idle(state: &LaunchState, proved: Timestamp) -> SignedDuration {
    let used = state.last_foreground.map_or(proved, |foreground| foreground.max(proved));
    state.clock.now.duration_since(used)
}

/// True when a proof has to be given again: never given, or not used for longer than the policy allows.
fn recheck_due(settings: &Settings, state: &LaunchState, proved: Option<Timestamp>) -> bool {
    let period = settings.period_online_before_access_check;
    proved.is_none_or(|proved| !period.is_off() && idle(state, proved) > period.duration())
}

fn credentials(settings: &Settings, state: &LaunchState) -> Launch {
    if !settings.organizational_credentials_required || !recheck_due(settings, state, state.credentials_at) {
        return Launch::Allow;
    }
    if state.online {
        return Launch::NeedCredentials(Reason::CredentialsRequired);
    }
    let grace = settings.period_offline_before_access_check;
    let counts = state.credentials_at.is_some_and(|at| grace.is_off() || state.clock.now.duration_since(at) <= grace.duration());
    if counts { Launch::Allow } else { Launch::NeedOnline(Reason::CredentialsRequired) }
}

fn pin(settings: &Settings, state: &LaunchState) -> Launch {
    let waived = settings.disable_app_pin_if_device_pin_is_set && state.enrolled && state.lock_set;
    if !settings.pin_required || waived {
        return Launch::Allow;
    }
    let Some(pin) = state.pin else {
        // Whoever sets a first PIN has just shown who they are.
        let sign_in_due = recheck_due(settings, state, state.credentials_at);
        return if sign_in_due { Launch::NeedCredentials(Reason::CredentialsRequired) } else { Launch::NeedPin(PinAsk::Set) };
    };
    if pin.failed >= settings.pin_retries() {
        return match settings.app_action_if_maximum_pin_retries_exceeded {
            Some(RemediationAction::Wipe) => Launch::Wipe(Reason::PinAttemptsExceeded),
            _ => Launch::NeedCredentials(Reason::PinAttemptsExceeded),
        };
    }
    let limit = settings.period_before_pin_reset;
    if pin.must_change || (!limit.is_off() && state.clock.now.duration_since(pin.set_at) > limit.duration()) {
        return Launch::NeedPin(PinAsk::Change);
    }
    let Some(unlocked) = pin.unlocked_at else { return Launch::NeedPin(PinAsk::Enter) };
    if !recheck_due(settings, state, Some(unlocked)) {
        Launch::Allow
    } else if biometric_suffices(settings, state, unlocked) {
        Launch::NeedBiometric
    } else {
        Launch::NeedPin(PinAsk::Enter)
    }
}

fn biometric_suffices(settings: &Settings, state: &LaunchState, unlocked: Timestamp) -> bool {
    let offered = state.biometrics;
    // The other platform's member is never set.
    let other_blocked = settings.face_id_blocked || settings.biometric_authentication_blocked;
    let accepted = (offered.fingerprint && !settings.fingerprint_blocked) || (offered.other && !other_blocked);
    let timeout = settings.pin_required_instead_of_biometric_timeout;
    let in_time = timeout.is_off() || idle(state, unlocked) <= timeout.duration();
    accepted && !offered.changed && in_time
}
