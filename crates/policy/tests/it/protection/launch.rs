//! Conditional launch.

use doorward_model::application::MobilePlatform::Ios;
use doorward_policy::protection::{
    Biometrics, Checkpoint, ClockReading, Launch, LaunchState, PinAsk, PinState, Reason, Reckoning, Settings, UserState, launch, reckon,
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{case_policy, settings};

fn now() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

/// An enrolled app in order: checked in, PIN given, used a moment ago.
fn in_order() -> LaunchState {
    LaunchState {
        clock: Reckoning { now: now(), set_back: false, jumped: false },
        online: true,
        service_failed: false,
        wipe_requested: false,
        user: UserState::Enabled,
        last_check_in: Some(ago(5)),
        rooted: Some(false),
        enrolled: false,
        lock_set: true,
        pin: Some(PinState { set_at: ago(60), failed: 0, unlocked_at: Some(ago(5)), must_change: false }),
        biometrics: Biometrics::default(),
        last_foreground: Some(ago(1)),
        credentials_at: Some(ago(60)),
    }
}

fn with(change: impl FnOnce(&mut LaunchState)) -> LaunchState {
    let mut state = in_order();
    change(&mut state);
    state
}

fn pinned(change: impl FnOnce(&mut PinState)) -> LaunchState {
    with(|state| change(state.pin.as_mut().unwrap()))
}

fn policy() -> Settings {
    case_policy(Ios, json!({}))
}

#[test]
fn an_app_in_order_opens() {
    assert_eq!(launch(&policy(), &in_order()), Launch::Allow);
}

#[rstest]
#[case::case_29_block("block", Some(true), Launch::Block(Reason::DeviceRooted))]
#[case::case_29_wipe("wipe", Some(true), Launch::Wipe(Reason::DeviceRooted))]
#[case::case_29_unknown("block", None, Launch::Allow)]
#[case::unknown_never_wipes("wipe", None, Launch::Allow)]
#[case::sound("wipe", Some(false), Launch::Allow)]
fn rooted_devices(#[case] action: &str, #[case] rooted: Option<bool>, #[case] expected: Launch) {
    let policy = case_policy(Ios, json!({ "appActionIfDeviceComplianceRequired": action }));
    assert_eq!(launch(&policy, &with(|state| state.rooted = rooted)), expected);
}

#[test]
fn a_rooted_device_passes_where_no_policy_asks() {
    let policy = case_policy(Ios, json!({ "deviceComplianceRequired": false }));
    assert_eq!(launch(&policy, &with(|state| state.rooted = Some(true))), Launch::Allow);
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

#[rstest]
#[case::within_grace(12 * HOUR, false, UserState::Unknown, Launch::Allow)]
#[case::case_34_offline(13 * HOUR, false, UserState::Unknown, Launch::Block(Reason::OfflineTooLong))]
#[case::over_grace_online(13 * HOUR, true, UserState::Unknown, Launch::NeedOnline(Reason::OfflineTooLong))]
#[case::case_34_without_network(91 * DAY, false, UserState::Unknown, Launch::Block(Reason::OfflineTooLong))]
#[case::case_34_password_changed(91 * DAY, true, UserState::Enabled, Launch::NeedCredentials(Reason::OfflineTooLong))]
#[case::case_34_disabled(91 * DAY, true, UserState::Gone, Launch::Wipe(Reason::AccountDisabled))]
fn offline_intervals(#[case] minutes: i64, #[case] online: bool, #[case] user: UserState, #[case] expected: Launch) {
    let state = with(|state| {
        state.last_check_in = Some(ago(minutes));
        state.online = online;
        state.user = user;
        state.credentials_at = Some(ago(minutes));
    });
    assert_eq!(launch(&policy(), &state), expected);
}

#[test]
fn past_the_wipe_limit_a_sign_in_leads_to_a_check_in() {
    let state = with(|state| {
        state.last_check_in = Some(ago(91 * DAY));
        state.credentials_at = Some(ago(1));
    });
    assert_eq!(launch(&policy(), &state), Launch::NeedOnline(Reason::OfflineTooLong));
}

#[test]
fn a_service_that_fails_blocks_and_never_wipes() {
    let state = with(|state| {
        state.last_check_in = Some(ago(13 * HOUR));
        state.service_failed = true;
    });
    assert_eq!(launch(&policy(), &state), Launch::Block(Reason::ServiceUnavailable));
}

#[rstest]
#[case(true, Launch::NeedOnline(Reason::NotEnrolled))]
#[case(false, Launch::Block(Reason::NotEnrolled))]
fn an_app_that_never_checked_in_stays_shut(#[case] online: bool, #[case] expected: Launch) {
    let state = with(|state| {
        state.last_check_in = None;
        state.online = online;
    });
    assert_eq!(launch(&policy(), &state), expected);
}

#[rstest]
#[case::silent(json!({}), Launch::Block(Reason::AccountDisabled))]
#[case::block(json!({ "appActionIfUnableToAuthenticateUser": "block" }), Launch::Block(Reason::AccountDisabled))]
#[case::wipe(json!({ "appActionIfUnableToAuthenticateUser": "wipe" }), Launch::Wipe(Reason::AccountDisabled))]
fn a_disabled_account_needs_a_definite_answer(#[case] changes: Value, #[case] expected: Launch) {
    let policy = case_policy(Ios, changes);
    assert_eq!(launch(&policy, &with(|state| state.user = UserState::Gone)), expected);
    assert_eq!(launch(&policy, &with(|state| state.user = UserState::Unknown)), Launch::Allow);
}

#[test]
fn a_requested_wipe_comes_before_everything() {
    let state = with(|state| {
        state.wipe_requested = true;
        state.rooted = Some(true);
        state.online = false;
    });
    assert_eq!(launch(&policy(), &state), Launch::Wipe(Reason::WipeRequested));
}

#[test]
fn of_several_blocks_the_first_is_shown() {
    let state = with(|state| {
        state.user = UserState::Gone;
        state.rooted = Some(true);
    });
    assert_eq!(launch(&policy(), &state), Launch::Block(Reason::AccountDisabled));
}

/// Idle minutes, PIN given before, biometrics offered, result.
#[rstest]
#[case::case_26_in_use(29, true, false, Launch::Allow)]
#[case::case_26_idle(31, true, false, Launch::NeedPin(PinAsk::Enter))]
#[case::case_26_biometric(31, true, true, Launch::NeedBiometric)]
#[case::locked(1, false, true, Launch::NeedPin(PinAsk::Enter))]
fn the_pin_is_asked_again_after_inactivity(#[case] idle: i64, #[case] unlocked: bool, #[case] fingerprint: bool, #[case] expected: Launch) {
    let state = with(|state| {
        state.last_foreground = Some(ago(idle));
        state.pin.as_mut().unwrap().unlocked_at = unlocked.then(|| ago(idle));
        state.biometrics.fingerprint = fingerprint;
    });
    assert_eq!(launch(&policy(), &state), expected);
}

#[rstest]
#[case::case_27(json!({ "pinRequiredInsteadOfBiometricTimeout": "PT30M" }), false, Launch::NeedPin(PinAsk::Enter))]
#[case::in_time(json!({ "pinRequiredInsteadOfBiometricTimeout": "PT12H" }), false, Launch::NeedBiometric)]
#[case::blocked(json!({ "fingerprintBlocked": true }), false, Launch::NeedPin(PinAsk::Enter))]
#[case::changed(json!({}), true, Launch::NeedPin(PinAsk::Enter))]
fn a_biometric_stands_for_the_pin_within_limits(#[case] changes: Value, #[case] changed: bool, #[case] expected: Launch) {
    let state = with(|state| {
        state.last_foreground = Some(ago(31));
        state.pin.as_mut().unwrap().unlocked_at = Some(ago(31));
        state.biometrics = Biometrics { fingerprint: true, other: false, changed };
    });
    assert_eq!(launch(&case_policy(Ios, changes), &state), expected);
}

#[rstest]
#[case::case_28_block("block", Launch::NeedCredentials(Reason::PinAttemptsExceeded))]
#[case::case_28_wipe("wipe", Launch::Wipe(Reason::PinAttemptsExceeded))]
fn too_many_wrong_pins(#[case] action: &str, #[case] expected: Launch) {
    let policy = case_policy(Ios, json!({ "appActionIfMaximumPinRetriesExceeded": action }));
    assert_eq!(launch(&policy, &pinned(|pin| pin.failed = 4)), Launch::Allow);
    assert_eq!(launch(&policy, &pinned(|pin| pin.failed = 5)), expected);
}

#[test]
fn after_signing_in_for_a_lost_pin_a_new_one_is_set() {
    assert_eq!(launch(&policy(), &pinned(|pin| pin.must_change = true)), Launch::NeedPin(PinAsk::Change));
}

#[rstest]
#[case::signed_in(1, Launch::NeedPin(PinAsk::Set))]
#[case::long_ago(3 * HOUR, Launch::NeedCredentials(Reason::CredentialsRequired))]
fn a_first_pin_is_set_right_after_a_sign_in(#[case] minutes: i64, #[case] expected: Launch) {
    let state = with(|state| {
        state.pin = None;
        state.last_foreground = None;
        state.credentials_at = Some(ago(minutes));
    });
    assert_eq!(launch(&policy(), &state), expected);
}

#[test]
fn an_old_pin_must_be_changed() {
    let policy = case_policy(Ios, json!({ "periodBeforePinReset": "P90D" }));
    assert_eq!(launch(&policy, &pinned(|pin| pin.set_at = ago(91 * DAY))), Launch::NeedPin(PinAsk::Change));
    assert_eq!(launch(&policy, &pinned(|pin| pin.set_at = ago(90 * DAY))), Launch::Allow);
}

#[rstest]
#[case::enrolled_and_locked(true, true, Launch::Allow)]
#[case::not_enrolled(false, true, Launch::NeedPin(PinAsk::Enter))]
#[case::no_lock(true, false, Launch::NeedPin(PinAsk::Enter))]
fn the_pin_is_waived_on_enrolled_devices_with_a_lock(#[case] enrolled: bool, #[case] lock_set: bool, #[case] expected: Launch) {
    let policy = case_policy(Ios, json!({ "disableAppPinIfDevicePinIsSet": true }));
    let state = with(|state| {
        state.enrolled = enrolled;
        state.lock_set = lock_set;
        state.pin.as_mut().unwrap().unlocked_at = None;
    });
    assert_eq!(launch(&policy, &state), expected);
}

#[test]
fn credentials_are_asked_before_the_pin_and_do_not_replace_it() {
    let policy = case_policy(Ios, json!({ "organizationalCredentialsRequired": true }));
    let idle = |credentials_at| {
        with(|state| {
            state.last_foreground = Some(ago(31));
            state.pin.as_mut().unwrap().unlocked_at = Some(ago(31));
            state.credentials_at = Some(credentials_at);
        })
    };
    assert_eq!(launch(&policy, &idle(ago(60))), Launch::NeedCredentials(Reason::CredentialsRequired));
    assert_eq!(launch(&policy, &idle(now())), Launch::NeedPin(PinAsk::Enter));
}

#[rstest]
#[case::lately(HOUR, Launch::Allow)]
#[case::long_ago(13 * HOUR, Launch::NeedOnline(Reason::CredentialsRequired))]
fn offline_the_last_sign_in_counts_within_the_grace(#[case] minutes: i64, #[case] expected: Launch) {
    let policy = case_policy(Ios, json!({ "organizationalCredentialsRequired": true, "pinRequired": false }));
    let state = with(|state| {
        state.online = false;
        state.last_foreground = Some(ago(31));
        state.credentials_at = Some(ago(minutes));
    });
    assert_eq!(launch(&policy, &state), expected);
}

fn checkpoint() -> Checkpoint {
    Checkpoint { server_time: now(), monotonic_seconds: 100, boot_id: "one".to_owned(), last_known: now() }
}

fn reading(wall_hours: i64, monotonic_seconds: u64, boot: &str) -> ClockReading {
    ClockReading { wall: now() + SignedDuration::from_hours(wall_hours), monotonic_seconds, boot_id: boot.to_owned() }
}

#[test]
fn while_the_device_runs_its_wall_clock_is_ignored() {
    let reckoned = reckon(&checkpoint(), &reading(-48, 160, "one"));
    assert_eq!(reckoned, Reckoning { now: now() + SignedDuration::from_mins(1), set_back: false, jumped: false });
}

#[test]
fn case_41_a_clock_set_back_over_a_restart_asks_for_the_service_and_never_wipes() {
    let reckoned = reckon(&checkpoint(), &reading(-48, 10, "two"));
    assert_eq!(reckoned, Reckoning { now: now(), set_back: true, jumped: false });
    let state = |online| {
        with(|state| {
            state.clock = reckoned;
            state.online = online;
        })
    };
    assert_eq!(launch(&policy(), &state(true)), Launch::NeedOnline(Reason::ClockTampered));
    assert_eq!(launch(&policy(), &state(false)), Launch::Block(Reason::ClockTampered));
}

#[test]
fn a_clock_that_jumps_over_a_restart_is_not_believed_about_the_wipe_limit() {
    let mut before = checkpoint();
    before.last_known = now() - SignedDuration::from_hours(91 * 24);
    let reckoned = reckon(&before, &reading(0, 10, "two"));
    assert!(reckoned.jumped);
    let state = with(|state| {
        state.clock = reckoned;
        state.last_check_in = Some(before.last_known);
        state.user = UserState::Gone;
    });
    assert_eq!(launch(&policy(), &state), Launch::Block(Reason::AccountDisabled));
    let enabled = with(|state| {
        state.clock = reckoned;
        state.last_check_in = Some(before.last_known);
    });
    assert_eq!(launch(&policy(), &enabled), Launch::NeedOnline(Reason::OfflineTooLong));
}

#[test]
fn a_small_step_back_is_tolerated() {
    let mut reading = reading(0, 10, "two");
    reading.wall = now() - SignedDuration::from_mins(5);
    assert_eq!(reckon(&checkpoint(), &reading), Reckoning { now: now(), set_back: false, jumped: false });
}

#[test]
fn without_limits_nothing_is_asked() {
    let policy = settings(Ios, json!({ "periodOfflineBeforeAccessCheck": "PT0S", "periodOfflineBeforeWipeIsEnforced": "PT0S" }));
    let state = with(|state| {
        state.last_check_in = Some(ago(400 * DAY));
        state.online = false;
        state.pin = None;
        state.rooted = Some(true);
    });
    assert_eq!(launch(&policy, &state), Launch::Allow);
}

fn some_minutes() -> impl Strategy<Value = Option<Timestamp>> {
    prop::option::of((0_i64..200 * DAY).prop_map(ago))
}

proptest! {
    /// Without a definite word (of the service, of the device, or of a person who guesses PINs) nothing is ever wiped.
    #[test]
    fn doubt_never_wipes(
        last_check_in in some_minutes(), last_foreground in some_minutes(), credentials_at in some_minutes(),
        online: bool, service_failed: bool, set_back: bool, jumped: bool, lock_set: bool, enrolled: bool,
    ) {
        let strictest = case_policy(Ios, json!({
            "appActionIfDeviceComplianceRequired": "wipe",
            "appActionIfMaximumPinRetriesExceeded": "wipe",
            "appActionIfUnableToAuthenticateUser": "wipe",
            "periodOfflineBeforeWipeIsEnforced": "PT1M",
        }));
        let state = LaunchState {
            clock: Reckoning { now: now(), set_back, jumped },
            user: UserState::Unknown,
            rooted: None,
            pin: None,
            last_check_in, last_foreground, credentials_at, online, service_failed, lock_set, enrolled,
            ..in_order()
        };
        prop_assert!(!matches!(launch(&strictest, &state), Launch::Wipe(_)));
    }
}
