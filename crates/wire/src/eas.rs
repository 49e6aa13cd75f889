//! Exchange ActiveSync, as far as a thin gate needs it: the query of a request, and WBXML for a folder hierarchy (MS-ASHTTP §2.2.1.1,
//! MS-ASWBXML §2.1.2.1).

mod wbxml;

use serde::Deserialize;

use wbxml::Writer;

/// The query of a request in its plain form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query {
    /// Command, for example `FolderSync`.
    #[serde(default)]
    pub cmd: String,
    /// Sign-in name; the credentials count, not this.
    #[serde(default)]
    pub user: String,
    /// Id that the mail client made for itself.
    #[serde(default)]
    pub device_id: String,
    /// Kind of device, for example `iPhone`.
    #[serde(default)]
    pub device_type: String,
}

/// A folder of a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Id on the server.
    pub id: String,
    /// Name.
    pub name: String,
    /// Type (MS-ASCMD §2.2.3.186.3): 2 inbox, 3 drafts, 4 deleted items, 5 sent items.
    pub kind: u8,
}

/// Names of the FolderHierarchy code page.
mod tag {
    use super::wbxml::Tag;

    pub(super) const DISPLAY_NAME: Tag = Tag(7, 0x07);
    pub(super) const SERVER_ID: Tag = Tag(7, 0x08);
    pub(super) const PARENT_ID: Tag = Tag(7, 0x09);
    pub(super) const TYPE: Tag = Tag(7, 0x0a);
    pub(super) const STATUS: Tag = Tag(7, 0x0c);
    pub(super) const CHANGES: Tag = Tag(7, 0x0e);
    pub(super) const ADD: Tag = Tag(7, 0x0f);
    pub(super) const SYNC_KEY: Tag = Tag(7, 0x12);
    pub(super) const FOLDER_SYNC: Tag = Tag(7, 0x16);
    pub(super) const COUNT: Tag = Tag(7, 0x17);
}

/// The answer to `FolderSync`: the whole hierarchy, under a synchronization key.
#[must_use]
pub fn folder_sync(sync_key: &str, folders: &[Folder]) -> Vec<u8> {
    let mut out = Writer::new();
    out.open(tag::FOLDER_SYNC);
    out.text(tag::STATUS, "1");
    out.text(tag::SYNC_KEY, sync_key);
    out.open(tag::CHANGES);
    out.text(tag::COUNT, &folders.len().to_string());
    for folder in folders {
        out.open(tag::ADD);
        out.text(tag::SERVER_ID, &folder.id);
        out.text(tag::PARENT_ID, "0");
        out.text(tag::DISPLAY_NAME, &folder.name);
        out.text(tag::TYPE, &folder.kind.to_string());
        out.close();
    }
    out.close();
    out.close();
    out.finish()
}
