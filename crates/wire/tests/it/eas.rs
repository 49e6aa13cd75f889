//! Exchange ActiveSync.

use doorward_wire::eas::{Folder, Query, folder_sync};

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
