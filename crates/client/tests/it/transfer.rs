//! Handing files to other apps.

use doorward_client::Identity;
use doorward_client::transfer::{Payload, TakeAs, TransferError, open};
use doorward_model::application::MobilePlatform;
use doorward_policy::protection::{Channel, Handover, Party, Reason};
use serde_json::json;

use crate::phone::{Phone, android, anna};

fn android_intent() -> Handover<'static> {
    Handover { platform: MobilePlatform::Android, channel: Channel::Direct, enrolled: false, recipient_deployed: false }
}

fn ios_share_sheet() -> Handover<'static> {
    Handover { platform: MobilePlatform::Ios, channel: Channel::OpenIn, enrolled: false, recipient_deployed: false }
}

fn work() -> Identity {
    Identity::Managed(anna())
}

#[test]
fn work_data_goes_to_a_managed_app_and_keeps_its_owner() {
    let phone = Phone::default();
    let settings = || json!({ "allowedOutboundDataTransferDestinations": "managedApps" });
    let (mail, files) = (phone.managed_app("com.mail", settings()), phone.managed_app("com.files", settings()));
    let delivery = mail.hand_over(Some(&work()), &files.party(Some(&work())), &android_intent(), false, b"plan").unwrap();
    assert_eq!(delivery.payload, Payload::Plain(b"plan".to_vec()));
    assert_eq!((delivery.owner, delivery.take_as), (Some(anna()), TakeAs::Managed(anna())));
}

#[test]
fn work_data_does_not_go_to_an_unmanaged_app_and_personal_data_does() {
    let phone = Phone::default();
    let mail = phone.managed_app("com.mail", json!({ "allowedOutboundDataTransferDestinations": "managedApps" }));
    let notes = android("com.notes");
    let to = Party { app: &notes, managed: None };
    let blocked = mail.hand_over(Some(&work()), &to, &android_intent(), false, b"plan").unwrap_err();
    assert_eq!(blocked, TransferError::Blocked(Reason::AppNotManaged));
    let personal = Identity::Personal("anna@home.example".into());
    let delivery = mail.hand_over(Some(&personal), &to, &android_intent(), false, b"photo").unwrap();
    assert_eq!((delivery.owner, delivery.take_as), (None, TakeAs::Any));
}

#[test]
fn the_ios_share_sheet_delivers_what_only_managed_apps_can_open() {
    let phone = Phone::default();
    let mail = phone.managed_app("com.mail", json!({ "allowedOutboundDataTransferDestinations": "managedApps" }));
    let notes = android("com.notes");
    let to = Party { app: &notes, managed: None };
    let delivery = mail.hand_over(Some(&work()), &to, &ios_share_sheet(), false, b"plan").unwrap();
    assert_eq!(open(&phone.keys("com.notes", false), &delivery.payload), Ok(None));
    assert_eq!(open(&phone.keys("com.files", true), &delivery.payload), Ok(Some(b"plan".to_vec())));
}

#[test]
fn foreign_data_needs_a_personal_account_where_only_managed_apps_may_send() {
    let phone = Phone::default();
    let notes = phone.app("com.notes");
    let mail = phone.managed_app("com.mail", json!({ "allowedInboundDataTransferSources": "managedApps" }));
    let to = mail.party(Some(&work()));
    let delivery = notes.hand_over(None, &to, &android_intent(), true, b"poem").unwrap();
    assert_eq!(delivery.take_as, TakeAs::Personal);
    let refused = notes.hand_over(None, &to, &android_intent(), false, b"poem").unwrap_err();
    assert_eq!(refused, TransferError::Blocked(Reason::SourceNotManaged));
}
