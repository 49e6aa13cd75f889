//! Sending, receiving, pasting, saving and opening.

use doorward_model::application::MobilePlatform::{self, Android, Ios};
use doorward_policy::protection::{
    Channel, Class, Content, Handover, Inbound, Outbound, Place, Reason, Settings, Transfer, Verdict, backup, class, open_from, paste,
    receive, save_to, send, transfer,
};
use rstest::rstest;
use serde_json::{Value, json};

use super::{account, android, anna, case_policy, ios, managed, settings, unmanaged};

const CLASSES: [Class; 6] =
    [Class::SameApp, Class::ManagedApp, Class::SameAppUnmanaged, Class::UnmanagedApp, Class::Exempt, Class::Platform];

fn handover(platform: MobilePlatform, channel: Channel<'_>) -> Handover<'_> {
    Handover { platform, channel, enrolled: false, recipient_deployed: false }
}

fn outbound(level: &str) -> Settings {
    settings(Android, json!({ "allowedOutboundDataTransferDestinations": level }))
}

fn inbound(level: &str) -> Settings {
    settings(Android, json!({ "allowedInboundDataTransferSources": level }))
}

fn clipboard(level: &str, exception: u32) -> Settings {
    settings(Android, json!({ "allowedOutboundClipboardSharingLevel": level, "allowedOutboundClipboardSharingExceptionLength": exception }))
}

/// Columns: SameApp, ManagedApp, SameAppUnmanaged, UnmanagedApp, Exempt, Platform. A: allow, -: block.
#[rstest]
#[case::not_managed(None, "AAAAAA")]
#[case::all_apps(Some("allApps"), "AAAAAA")]
#[case::managed_apps(Some("managedApps"), "AA--AA")]
#[case::none(Some("none"), "A----A")]
fn sending_follows_the_outbound_level(#[case] level: Option<&str>, #[case] expected: &str) {
    let owner = level.map(outbound);
    let row: String = CLASSES
        .map(|to| match send(owner.as_ref(), to, &handover(Android, Channel::Direct)) {
            Outbound::Allow => 'A',
            Outbound::AllowEncrypted => 'E',
            Outbound::Block(_) => '-',
        })
        .iter()
        .collect();
    assert_eq!(row, expected);
}

/// The share sheet of iOS tells the destination too late; only there a file may leave encrypted instead.
#[rstest]
#[case::ios_open_in(Ios, Channel::OpenIn, "managedApps", Outbound::AllowEncrypted)]
#[case::ios_open_in_none(Ios, Channel::OpenIn, "none", Outbound::AllowEncrypted)]
#[case::ios_text(Ios, Channel::Direct, "managedApps", Outbound::Block(Reason::AppNotManaged))]
#[case::ios_url(Ios, Channel::Url { scheme: "https" }, "managedApps", Outbound::Block(Reason::AppNotManaged))]
#[case::android_open_in(Android, Channel::OpenIn, "managedApps", Outbound::Block(Reason::AppNotManaged))]
#[case::android_none(Android, Channel::OpenIn, "none", Outbound::Block(Reason::OutboundBlocked))]
fn only_files_in_the_ios_share_sheet_leave_encrypted(
    #[case] platform: MobilePlatform,
    #[case] channel: Channel<'_>,
    #[case] level: &str,
    #[case] expected: Outbound,
) {
    let owner = outbound(level);
    assert_eq!(send(Some(&owner), Class::UnmanagedApp, &handover(platform, channel)), expected);
}

#[rstest]
#[case::filtered(json!({ "filterOpenInToOnlyManagedApps": true }), true, true, Outbound::Block(Reason::AppNotManaged))]
#[case::os_sharing(json!({ "disableProtectionOfManagedOutboundOpenInData": true }), true, true, Outbound::Allow)]
#[case::os_sharing_unenrolled(json!({ "disableProtectionOfManagedOutboundOpenInData": true }), false, true, Outbound::AllowEncrypted)]
#[case::os_sharing_to_private_app(json!({ "disableProtectionOfManagedOutboundOpenInData": true }), true, false, Outbound::AllowEncrypted)]
fn open_in_can_be_filtered_or_opened_to_deployed_apps(
    #[case] changes: Value,
    #[case] enrolled: bool,
    #[case] recipient_deployed: bool,
    #[case] expected: Outbound,
) {
    let owner = case_policy(Ios, changes);
    let how = Handover { platform: Ios, channel: Channel::OpenIn, enrolled, recipient_deployed };
    assert_eq!(send(Some(&owner), Class::UnmanagedApp, &how), expected);
}

#[test]
fn ios_exempts_url_schemes_and_nothing_but_urls() {
    let owner = case_policy(Ios, json!({ "exemptedAppProtocols": [{ "name": "Default", "value": "skype;app-settings" }] }));
    let to = |channel| send(Some(&owner), Class::UnmanagedApp, &handover(Ios, channel));
    assert_eq!(to(Channel::Url { scheme: "SKYPE" }), Outbound::Allow);
    assert_eq!(to(Channel::Url { scheme: "other" }), Outbound::Block(Reason::AppNotManaged));
    assert_eq!(to(Channel::Direct), Outbound::Block(Reason::AppNotManaged));
}

/// Columns as above. A: allow, S: switch to the managed identity, P: switch to a personal account, -: block.
#[rstest]
#[case::not_managed(None, Android, "ASAAAA")]
#[case::all_apps(Some("allApps"), Android, "AAAAAA")]
#[case::managed_apps(Some("managedApps"), Android, "AAPPAA")]
#[case::managed_apps_ios(Some("managedApps"), Ios, "AAPPPA")]
#[case::none(Some("none"), Android, "A-PP-A")]
fn receiving_follows_the_inbound_level(#[case] level: Option<&str>, #[case] platform: MobilePlatform, #[case] expected: &str) {
    let receiver = level.map(inbound);
    let row: String = CLASSES
        .map(|from| match receive(receiver.as_ref(), from, &handover(platform, Channel::Direct)) {
            Inbound::Allow => 'A',
            Inbound::AllowAsManaged => 'M',
            Inbound::SwitchToManaged => 'S',
            Inbound::SwitchThenAllow => 'P',
            Inbound::Block(_) => '-',
        })
        .iter()
        .collect();
    assert_eq!(row, expected);
}

#[rstest]
#[case(Ios, true, Inbound::AllowAsManaged)]
#[case(Ios, false, Inbound::Allow)]
#[case(Android, true, Inbound::Allow)]
fn unowned_data_becomes_the_organisations_on_enrolled_ios(
    #[case] platform: MobilePlatform,
    #[case] enrolled: bool,
    #[case] expected: Inbound,
) {
    let receiver = settings(Ios, json!({ "protectInboundDataFromUnknownSources": true }));
    let how = Handover { platform, channel: Channel::OpenIn, enrolled, recipient_deployed: false };
    assert_eq!(receive(Some(&receiver), Class::UnmanagedApp, &how), expected);
    assert_eq!(receive(Some(&receiver), Class::ManagedApp, &how), Inbound::Allow);
}

#[test]
fn classes_are_seen_from_one_end() {
    let policy = case_policy(Android, json!({ "exemptedAppPackages": [{ "name": "Maps", "value": "com.maps" }] }));
    let (mail, files, maps, vending) = (android("com.mail"), android("com.files"), android("com.maps"), android("com.android.vending"));
    let me = managed(&mail, anna(), &policy);
    for (other, expected) in [
        (managed(&mail, anna(), &policy), Class::SameApp),
        (unmanaged(&mail), Class::SameAppUnmanaged),
        (managed(&mail, account(2), &policy), Class::SameAppUnmanaged),
        (managed(&files, anna(), &policy), Class::ManagedApp),
        (managed(&files, account(2), &policy), Class::UnmanagedApp),
        (unmanaged(&files), Class::UnmanagedApp),
        (unmanaged(&maps), Class::Exempt),
        (unmanaged(&vending), Class::Platform),
    ] {
        assert_eq!(class(&me, &other), expected, "{other:?}");
    }
    assert_eq!(class(&unmanaged(&mail), &unmanaged(&files)), Class::UnmanagedApp);
}

#[test]
fn cases_1_to_10_of_transfer() {
    let direct = handover(Android, Channel::Direct);
    let policy = case_policy(Android, json!({ "exemptedAppPackages": [{ "name": "Maps", "value": "com.maps" }] }));
    let (mail, files, notes) = (android("com.mail"), android("com.files"), android("com.notes"));
    let (maps, picker) = (android("com.maps"), android("com.android.documentsui"));
    let me = managed(&mail, anna(), &policy);
    let blocked = Transfer::Block(Reason::AppNotManaged);

    assert_eq!(transfer(&me, &managed(&files, anna(), &policy), &direct), Transfer::Allow(Inbound::Allow), "1");
    assert_eq!(transfer(&me, &unmanaged(&notes), &direct), blocked, "2");
    let (ios_mail, ios_notes, ios_policy) = (ios("com.mail"), ios("com.notes"), case_policy(Ios, json!({})));
    let open_in = handover(Ios, Channel::OpenIn);
    assert_eq!(transfer(&managed(&ios_mail, anna(), &ios_policy), &unmanaged(&ios_notes), &open_in), Transfer::AllowEncrypted, "3");
    let none = case_policy(
        Android,
        json!({ "allowedOutboundDataTransferDestinations": "none",
        "exemptedAppPackages": [{ "name": "Maps", "value": "com.maps" }] }),
    );
    let closed = managed(&mail, anna(), &none);
    assert_eq!(transfer(&closed, &managed(&files, anna(), &none), &direct), Transfer::Block(Reason::OutboundBlocked), "4");
    assert_eq!(transfer(&unmanaged(&mail), &unmanaged(&notes), &direct), Transfer::Allow(Inbound::Allow), "5");
    assert_eq!(transfer(&me, &unmanaged(&mail), &direct), blocked, "6");
    assert_eq!(transfer(&me, &unmanaged(&maps), &direct), Transfer::Allow(Inbound::Allow), "7");
    assert_eq!(paste(&me, &unmanaged(&maps), Content::Text(5)), Verdict::Block(Reason::PasteOutBlocked), "7, clipboard");
    assert_eq!(transfer(&closed, &unmanaged(&maps), &direct), Transfer::Block(Reason::OutboundBlocked), "8");
    assert_eq!(transfer(&closed, &unmanaged(&picker), &direct), Transfer::Allow(Inbound::Allow), "8, document picker");
    let guarded = case_policy(Android, json!({ "allowedInboundDataTransferSources": "managedApps" }));
    let receiver = managed(&mail, anna(), &guarded);
    assert_eq!(transfer(&unmanaged(&notes), &receiver, &direct), Transfer::Allow(Inbound::SwitchThenAllow), "9");
    assert_eq!(transfer(&unmanaged(&notes), &me, &direct), Transfer::Allow(Inbound::Allow), "10");
}

#[test]
fn encrypted_files_are_readable_only_in_managed_apps_of_the_tenant() {
    let policy = case_policy(Ios, json!({}));
    let closed = case_policy(Ios, json!({ "allowedInboundDataTransferSources": "none" }));
    let (mail, files) = (ios("com.mail"), ios("com.files"));
    let me = managed(&mail, anna(), &policy);
    let open_in = handover(Ios, Channel::OpenIn);
    assert_eq!(transfer(&me, &managed(&files, account(2), &policy), &open_in), Transfer::AllowEncrypted);
    assert_eq!(transfer(&me, &managed(&files, anna(), &closed), &open_in), Transfer::Block(Reason::InboundBlocked));
}

/// Columns: same app, managed app, same app unmanaged, other app. Content of 20 characters.
#[rstest]
#[case::all_apps("allApps", 0, "AAAA")]
#[case::paste_in("managedAppsWithPasteIn", 0, "AA--")]
#[case::paste_in_short("managedAppsWithPasteIn", 20, "AAAA")]
#[case::paste_in_long("managedAppsWithPasteIn", 19, "AA--")]
#[case::managed_apps("managedApps", 0, "AA--")]
#[case::managed_apps_short("managedApps", 20, "AAAA")]
#[case::blocked("blocked", 0, "A---")]
#[case::blocked_short("blocked", 20, "AAAA")]
fn copying_out_follows_the_source_policy(#[case] level: &str, #[case] exception: u32, #[case] expected: &str) {
    let source = clipboard(level, exception);
    let open = clipboard("allApps", 0);
    let (mail, files) = (android("com.mail"), android("com.files"));
    let from = managed(&mail, anna(), &source);
    let to = [managed(&mail, anna(), &source), managed(&files, anna(), &open), unmanaged(&mail), unmanaged(&files)];
    let row: String = to.map(|to| if paste(&from, &to, Content::Text(20)) == Verdict::Allow { 'A' } else { '-' }).iter().collect();
    assert_eq!(row, expected);
}

/// Columns: from the same app, a managed app without limits of its own and with a 20-character exception, the same app
/// unmanaged, another app. Content of 20 characters.
#[rstest]
#[case::all_apps("allApps", "AAAAA")]
#[case::paste_in("managedAppsWithPasteIn", "AAAAA")]
#[case::managed_apps("managedApps", "AAA--")]
#[case::blocked("blocked", "A-A--")]
fn pasting_in_follows_the_destination_policy(#[case] level: &str, #[case] expected: &str) {
    let destination = clipboard(level, 0);
    let (open, excepting) = (clipboard("allApps", 0), clipboard("allApps", 20));
    let (mail, files) = (android("com.mail"), android("com.files"));
    let to = managed(&mail, anna(), &destination);
    let from = [
        managed(&mail, anna(), &destination),
        managed(&files, anna(), &open),
        managed(&files, anna(), &excepting),
        unmanaged(&mail),
        unmanaged(&files),
    ];
    let row: String = from.map(|from| if paste(&from, &to, Content::Text(20)) == Verdict::Allow { 'A' } else { '-' }).iter().collect();
    assert_eq!(row, expected);
}

#[rstest]
#[case::nothing(Content::Text(0), 0, false)]
#[case::nothing_with_exception(Content::Text(0), 1, true)]
#[case::image(Content::Other, 1000, false)]
fn the_exception_is_for_short_plain_text(#[case] content: Content, #[case] exception: u32, #[case] allowed: bool) {
    let source = clipboard("managedApps", exception);
    let (mail, notes) = (android("com.mail"), android("com.notes"));
    let verdict = paste(&managed(&mail, anna(), &source), &unmanaged(&notes), content);
    assert_eq!(verdict == Verdict::Allow, allowed);
}

#[test]
fn the_clipboard_of_another_users_managed_app_is_that_of_an_unmanaged_app() {
    let policy = clipboard("managedApps", 0);
    let (mail, files) = (android("com.mail"), android("com.files"));
    let verdict = paste(&managed(&mail, anna(), &policy), &managed(&files, account(2), &policy), Content::Text(1));
    assert_eq!(verdict, Verdict::Block(Reason::PasteOutBlocked));
}

#[rstest]
#[case::case_11(Place::OneDriveForBusiness, true, true)]
#[case::case_12(Place::OneDriveForBusiness, false, false)]
#[case::case_13(Place::Other, true, false)]
#[case::case_14(Place::LocalStorage, false, false)]
#[case::site(Place::SharePoint, true, true)]
#[case::own_unlisted_store(Place::AccountDocument, true, true)]
#[case::foreign_unlisted_store(Place::AccountDocument, false, false)]
#[case::not_listed(Place::Box, true, false)]
fn copies_are_kept_only_in_listed_places(#[case] place: Place, #[case] managed_account: bool, #[case] allowed: bool) {
    let policy = case_policy(Ios, json!({}));
    assert_eq!(save_to(Some(&policy), place, managed_account) == Verdict::Allow, allowed);
    assert_eq!(save_to(None, place, managed_account), Verdict::Allow);
}

#[rstest]
#[case::case_14_listed(json!({ "allowedDataStorageLocations": ["localStorage"] }), Place::LocalStorage, false, true)]
#[case::free(json!({ "saveAsBlocked": false, "allowedDataStorageLocations": [] }), Place::Other, false, true)]
#[case::none_blocks(json!({ "saveAsBlocked": false, "allowedOutboundDataTransferDestinations": "none" }), Place::Other, false, false)]
#[case::none_empties(json!({ "allowedOutboundDataTransferDestinations": "none" }), Place::OneDriveForBusiness, true, false)]
#[case::none_keeps_own(json!({ "allowedOutboundDataTransferDestinations": "none" }), Place::AccountDocument, true, true)]
fn outbound_none_closes_every_place(#[case] changes: Value, #[case] place: Place, #[case] managed_account: bool, #[case] allowed: bool) {
    let policy = case_policy(Ios, changes);
    assert_eq!(save_to(Some(&policy), place, managed_account) == Verdict::Allow, allowed);
}

#[rstest]
#[case::case_15_photos(Place::PhotoLibrary, false, false)]
#[case::case_15_camera(Place::Camera, false, true)]
#[case::own_drive(Place::OneDriveForBusiness, true, true)]
#[case::private_drive(Place::OneDriveForBusiness, false, false)]
#[case::own_unlisted_store(Place::AccountDocument, true, true)]
#[case::local(Place::LocalStorage, false, false)]
#[case::other(Place::Other, true, false)]
fn foreign_data_is_opened_only_from_listed_places(#[case] place: Place, #[case] managed_account: bool, #[case] allowed: bool) {
    let policy = settings(
        Ios,
        json!({ "blockDataIngestionIntoOrganizationDocuments": true, "allowedDataIngestionLocations": ["oneDriveForBusiness", "camera"] }),
    );
    assert_eq!(open_from(Some(&policy), place, managed_account) == Verdict::Allow, allowed);
    assert_eq!(open_from(None, place, managed_account), Verdict::Allow);
}

#[test]
fn inbound_none_keeps_foreign_data_out_of_documents() {
    let policy = inbound("none");
    assert_eq!(open_from(Some(&policy), Place::Camera, false), Verdict::Block(Reason::OpenFromBlocked));
    assert_eq!(open_from(Some(&inbound("managedApps")), Place::Camera, false), Verdict::Allow);
}

#[test]
fn organisation_files_stay_out_of_the_backup() {
    let policy = settings(Ios, json!({ "dataBackupBlocked": true }));
    assert_ne!(backup(Some(&policy)), Verdict::Allow);
    assert_eq!(backup(Some(&settings(Ios, json!({})))), Verdict::Allow);
    assert_eq!(backup(None), Verdict::Allow);
}
