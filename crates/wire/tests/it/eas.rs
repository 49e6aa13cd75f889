//! Exchange ActiveSync.

use doorward_wire::eas::{Folder, Message, Query, SyncRequest, folder_sync, read_sync, sync};

#[test]
fn a_query_tells_command_and_device() {
    let query: Query = serde_urlencoded::from_str("Cmd=FolderSync&User=alice%40contoso.example&DeviceId=ABC123&DeviceType=iPhone").unwrap();
    assert_eq!((query.cmd.as_str(), query.device_id.as_str(), query.device_type.as_str()), ("FolderSync", "ABC123", "iPhone"));
    assert_eq!(query.user, "alice@contoso.example");
}

/// Byte by byte after WBXML 1.3 §5 and code page 7 of MS-ASWBXML.
#[test]
fn a_folder_hierarchy_is_wbxml() {
    let inbox = Folder { id: "1".into(), name: "In\0box".into(), kind: 2 };
    let expected = [
        &[0x03, 0x01, 0x6a, 0x00][..],      // version 1.3, unknown public id, UTF-8, no string table
        &[0x00, 0x07],                      // code page FolderHierarchy
        &[0x56],                            // FolderSync
        &[0x4c, 0x03, b'1', 0, 0x01],       // Status
        &[0x52, 0x03, b'k', b'1', 0, 0x01], // SyncKey
        &[0x4e, 0x57, 0x03, b'1', 0, 0x01], // Changes, Count
        &[0x4f, 0x48, 0x03, b'1', 0, 0x01], // Add, ServerId
        &[0x49, 0x03, b'0', 0, 0x01],       // ParentId
        &[0x47, 0x03],                      // DisplayName, in which a zero byte would end the string
        b"Inbox\0\x01",
        &[0x4a, 0x03, b'2', 0, 0x01], // Type
        &[0x01, 0x01, 0x01],
    ]
    .concat();
    assert_eq!(folder_sync("k1", &[inbox]), expected);
}

fn message() -> Message {
    Message {
        id: "1:1".into(),
        from: "it@contoso.example".into(),
        to: "alice@contoso.example".into(),
        subject: "Wählen Sie eine App".into(),
        received: "2026-11-23T12:00:00Z".parse().unwrap(),
        text: "Install the app.".into(),
    }
}

/// Byte by byte after code pages 0, 2 and 17 of MS-ASWBXML.
#[test]
fn messages_are_wbxml() {
    let text = |token: u8, text: &str| [&[token, 0x03][..], text.as_bytes(), &[0, 1]].concat();
    let expected = [
        vec![0x03, 0x01, 0x6a, 0x00, 0x45, 0x5c, 0x4f], // Sync, Collections, Collection
        text(0x4b, "k2"),
        text(0x52, "1"),
        text(0x4e, "1"),
        vec![0x56, 0x47], // Commands, Add
        text(0x4d, "1:1"),
        vec![0x5d, 0x00, 0x02], // ApplicationData; page Email
        text(0x58, "it@contoso.example"),
        text(0x56, "alice@contoso.example"),
        text(0x54, "Wählen Sie eine App"),
        text(0x4f, "2026-11-23T12:00:00.000Z"),
        text(0x53, "IPM.Note"),
        text(0x55, "0"),
        vec![0x00, 0x11, 0x4a], // page AirSyncBase; Body
        text(0x46, "1"),
        text(0x4c, "16"),
        text(0x4b, "Install the app."),
        vec![0x01; 7],
    ]
    .concat();
    assert_eq!(sync("1", "k2", &[message()]), expected);
}

#[test]
fn a_request_names_folder_and_state() {
    let request = SyncRequest { folder: "1".into(), sync_key: "k2".into() };
    assert_eq!(read_sync(&sync("1", "k2", &[])), Some(request.clone()));
    // Sync, Collections, Collection, SyncKey as opaque bytes, GetChanges without content, CollectionId.
    let opaque = b"\x03\x01\x6a\x00\x45\x5c\x4f\x4b\xc3\x02k2\x01\x13\x52\x031\0\x01\x01\x01\x01";
    assert_eq!(read_sync(opaque), Some(request));
}

#[test]
fn other_requests_are_not_understood() {
    let deep = [&[0x03, 0x01, 0x6a, 0x00][..], &[0x45; 100]].concat();
    for body in [&b""[..], b"\x03\x01\x6a\x00\xc5", b"\x03\x01\x6a\x00\x01", b"\x03\xff\xff\xff\xff", &deep, &folder_sync("0", &[])] {
        assert_eq!(read_sync(body), None, "{body:?}");
    }
}
