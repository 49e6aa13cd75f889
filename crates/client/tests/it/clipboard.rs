//! Scenario of the clipboard: work text stays in work apps, personal text goes anywhere.

use doorward_client::clipboard::{Clip, PasteError, paste};
use doorward_client::{Identity, ProtectedApp};
use doorward_policy::protection::{Party, Reason};
use rstest::rstest;
use serde_json::{Value, json};

use crate::phone::{Keys, Phone, android, anna};

fn text(content: &str) -> Clip {
    Clip::Text(content.to_owned())
}

fn paste_in_notes(phone: &Phone, item: &doorward_client::clipboard::ClipboardItem) -> Result<Clip, PasteError> {
    paste(&phone.keys("com.notes", false), item, &Party { app: &android("com.notes"), managed: None })
}

fn personal(app: &mut ProtectedApp<Keys>) {
    app.identities().set_process(Some(Identity::Personal("anna@home.example".into())));
}

fn paste_in() -> Value {
    json!({ "allowedOutboundClipboardSharingLevel": "managedAppsWithPasteIn" })
}

#[test]
fn work_text_goes_to_another_managed_app() {
    let phone = Phone::default();
    let (mail, files) = (phone.managed_app("com.mail", paste_in()), phone.managed_app("com.files", paste_in()));
    let item = mail.copy(text("salaries")).unwrap();
    assert_eq!(files.paste(&item), Ok(text("salaries")));
}

#[test]
fn work_text_does_not_go_to_an_unmanaged_app() {
    let phone = Phone::default();
    let item = phone.managed_app("com.mail", paste_in()).copy(text("salaries")).unwrap();
    assert_eq!(item.open, None, "an app that asks nobody finds nothing");
    assert_eq!(paste_in_notes(&phone, &item), Err(PasteError::Blocked(Reason::PasteOutBlocked)));
}

#[test]
fn the_personal_account_of_the_same_app_is_free() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", paste_in());
    let work = mail.copy(text("salaries")).unwrap();
    personal(&mut mail);
    assert_eq!(mail.paste(&work), Err(PasteError::Blocked(Reason::PasteOutBlocked)));
    let item = mail.copy(text("shopping list")).unwrap();
    assert_eq!(paste_in_notes(&phone, &item), Ok(text("shopping list")));
}

/// Text of another app into the managed account.
#[rstest]
#[case("allApps", true)]
#[case("managedAppsWithPasteIn", true)]
#[case("managedApps", false)]
#[case("blocked", false)]
fn pasting_in_asks_the_destinations_policy(#[case] level: &str, #[case] allowed: bool) {
    let phone = Phone::default();
    let mut other = phone.app("com.notes");
    personal(&mut other);
    let item = other.copy(text("poem")).unwrap();
    let mail = phone.managed_app("com.mail", json!({ "allowedOutboundClipboardSharingLevel": level }));
    assert_eq!(mail.paste(&item).is_ok(), allowed);
}

#[rstest]
#[case(20, true)]
#[case(19, false)]
fn short_text_may_leave_by_exception(#[case] limit: u32, #[case] allowed: bool) {
    let phone = Phone::default();
    let mut settings = paste_in();
    settings.as_object_mut().unwrap().insert("allowedOutboundClipboardSharingExceptionLength".into(), limit.into());
    let item = phone.managed_app("com.mail", settings).copy(text("twenty letters, äöü.")).unwrap();
    assert_eq!(paste_in_notes(&phone, &item).is_ok(), allowed);
}

#[test]
fn an_image_is_never_short() {
    let phone = Phone::default();
    let mut settings = paste_in();
    settings.as_object_mut().unwrap().insert("allowedOutboundClipboardSharingExceptionLength".into(), 1000.into());
    let mail = phone.managed_app("com.mail", settings);
    let item = mail.copy(Clip::Data { media_type: "image/png".into(), bytes: vec![1] }).unwrap();
    assert!(paste_in_notes(&phone, &item).is_err());
}

#[test]
fn what_the_policy_leaves_open_any_app_can_read() {
    let phone = Phone::default();
    let item = phone.managed_app("com.mail", json!({})).copy(text("lunch?")).unwrap();
    assert_eq!(paste_in_notes(&phone, &item), Ok(text("lunch?")));
}

#[test]
fn a_blocked_clipboard_works_within_the_app() {
    let phone = Phone::default();
    let blocked = || json!({ "allowedOutboundClipboardSharingLevel": "blocked" });
    let (mail, files) = (phone.managed_app("com.mail", blocked()), phone.managed_app("com.files", blocked()));
    let item = mail.copy(text("salaries")).unwrap();
    assert_eq!(mail.paste(&item), Ok(text("salaries")));
    assert!(files.paste(&item).is_err());
}

#[test]
fn the_screen_decides_and_not_the_thread_behind_it() {
    let phone = Phone::default();
    let mut mail = phone.managed_app("com.mail", paste_in());
    mail.identities().set_thread(Some(Identity::Personal(String::new())));
    let item = mail.copy(text("salaries")).unwrap();
    assert_eq!(item.owned.as_ref().map(|owned| owned.account), Some(anna()));
}
