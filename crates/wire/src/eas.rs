//! Exchange ActiveSync, as far as a thin gate needs it: the query of a request, and WBXML for a folder hierarchy (MS-ASHTTP §2.2.1.1,
//! MS-ASWBXML §2.1.2.1).

use serde::Deserialize;

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

/// Tokens of the FolderHierarchy code page.
mod token {
    pub(super) const CODE_PAGE: u8 = 7;
    pub(super) const DISPLAY_NAME: u8 = 0x07;
    pub(super) const SERVER_ID: u8 = 0x08;
    pub(super) const PARENT_ID: u8 = 0x09;
    pub(super) const TYPE: u8 = 0x0a;
    pub(super) const STATUS: u8 = 0x0c;
    pub(super) const CHANGES: u8 = 0x0e;
    pub(super) const ADD: u8 = 0x0f;
    pub(super) const SYNC_KEY: u8 = 0x12;
    pub(super) const FOLDER_SYNC: u8 = 0x16;
    pub(super) const COUNT: u8 = 0x17;
}

/// Has content, by the bit of the tag.
const CONTENT: u8 = 0x40;
const END: u8 = 0x01;
const STR_I: u8 = 0x03;

struct Writer(Vec<u8>);

impl Writer {
    fn new() -> Self {
        // WBXML 1.3, public id 1, UTF-8, empty string table; then the code page.
        Self(vec![0x03, 0x01, 0x6a, 0x00, 0x00, token::CODE_PAGE])
    }

    fn open(&mut self, tag: u8) {
        self.0.push(tag | CONTENT);
    }

    fn close(&mut self) {
        self.0.push(END);
    }

    fn text(&mut self, tag: u8, text: &str) {
        self.open(tag);
        self.0.push(STR_I);
        // An inline string ends at the first zero byte.
        self.0.extend(text.bytes().filter(|byte| *byte != 0));
        self.0.push(0);
        self.close();
    }
}

/// The answer to `FolderSync`: the whole hierarchy, under a synchronization key.
#[must_use]
pub fn folder_sync(sync_key: &str, folders: &[Folder]) -> Vec<u8> {
    let mut out = Writer::new();
    out.open(token::FOLDER_SYNC);
    out.text(token::STATUS, "1");
    out.text(token::SYNC_KEY, sync_key);
    out.open(token::CHANGES);
    out.text(token::COUNT, &folders.len().to_string());
    for folder in folders {
        out.open(token::ADD);
        out.text(token::SERVER_ID, &folder.id);
        out.text(token::PARENT_ID, "0");
        out.text(token::DISPLAY_NAME, &folder.name);
        out.text(token::TYPE, &folder.kind.to_string());
        out.close();
    }
    out.close();
    out.close();
    out.0
}
