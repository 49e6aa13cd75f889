//! Personal and work accounts in one app.

use doorward_client::{Identities, Identity, SwitchResult};
use doorward_policy::protection::{Launch, PinAsk, Reason};
use rstest::rstest;

use crate::phone::{account, anna};

fn work() -> Identity {
    Identity::Managed(anna())
}

fn personal(name: &str) -> Identity {
    Identity::Personal(name.to_owned())
}

#[test]
fn thread_before_screen_before_process_and_files_never_follow_the_screen() {
    let mut identities = Identities::single(anna());
    let switch = identities.request(personal("anna"));
    assert_eq!(identities.finish(switch, None, false), SwitchResult::Succeeded);
    assert_eq!(identities.for_screen(), Some(&personal("anna")));
    assert_eq!(identities.for_clipboard(), Some(&personal("anna")));
    assert_eq!(identities.for_files(), Some(&work()));
    identities.set_thread(Some(personal("")));
    assert_eq!(identities.for_screen(), Some(&personal("")));
    assert_eq!(identities.for_files(), Some(&personal("")));
    assert_eq!(identities.for_clipboard(), Some(&personal("anna")));
}

#[test]
fn a_multi_identity_app_starts_under_none() {
    let identities = Identities::default();
    assert_eq!((identities.for_screen(), identities.for_files(), identities.for_clipboard()), (None, None, None));
}

#[rstest]
#[case::allowed(Some(Launch::Allow), false, SwitchResult::Succeeded)]
#[case::blocked(Some(Launch::Block(Reason::DeviceRooted)), false, SwitchResult::Failed)]
#[case::pin_missing(Some(Launch::NeedPin(PinAsk::Enter)), false, SwitchResult::Failed)]
#[case::not_decided(None, false, SwitchResult::Failed)]
#[case::backed_out(Some(Launch::NeedPin(PinAsk::Enter)), true, SwitchResult::Cancelled)]
fn a_managed_identity_is_shown_only_when_launch_allows_it(
    #[case] launch: Option<Launch>,
    #[case] cancelled: bool,
    #[case] expected: SwitchResult,
) {
    let mut identities = Identities::default();
    let switch = identities.request(work());
    assert_eq!(identities.finish(switch, launch, cancelled), expected);
    assert_eq!(identities.for_screen().is_some(), expected == SwitchResult::Succeeded);
}

#[test]
fn a_newer_request_replaces_an_older_one() {
    let mut identities = Identities::default();
    let (older, newer) = (identities.request(work()), identities.request(personal("anna")));
    assert_eq!(identities.finish(older, Some(Launch::Allow), false), SwitchResult::Replaced);
    assert_eq!(identities.finish(newer, None, false), SwitchResult::Succeeded);
    assert_eq!(identities.for_screen(), Some(&personal("anna")));
}

#[rstest]
#[case::same_name(personal("ANNA"), SwitchResult::Succeeded)]
#[case::other_name(personal("ben"), SwitchResult::NotAllowed)]
#[case::managed(work(), SwitchResult::NotAllowed)]
fn the_screen_cannot_contradict_the_thread(#[case] to: Identity, #[case] expected: SwitchResult) {
    let mut identities = Identities::default();
    identities.set_thread(Some(personal("anna")));
    let switch = identities.request(to);
    assert_eq!(identities.finish(switch, Some(Launch::Allow), false), expected);
}

#[test]
fn a_removed_account_leaves_the_screen() {
    let mut identities = Identities::single(anna());
    let switch = identities.request(work());
    assert_eq!(identities.finish(switch, Some(Launch::Allow), false), SwitchResult::Succeeded);
    identities.forget(account(2));
    assert_eq!(identities.for_screen(), Some(&work()));
    identities.forget(anna());
    assert_eq!(identities.for_screen(), None);
}
