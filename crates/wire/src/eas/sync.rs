//! `Sync`: the messages of a folder (MS-ASCMD §2.2.1.21).

use super::wbxml::{Tag, Writer, first_text};

const SYNC: Tag = Tag(0, 0x05);
const ADD: Tag = Tag(0, 0x07);
const SYNC_KEY: Tag = Tag(0, 0x0b);
const SERVER_ID: Tag = Tag(0, 0x0d);
const STATUS: Tag = Tag(0, 0x0e);
const COLLECTION: Tag = Tag(0, 0x0f);
const COLLECTION_ID: Tag = Tag(0, 0x12);
const COMMANDS: Tag = Tag(0, 0x16);
const COLLECTIONS: Tag = Tag(0, 0x1c);
const APPLICATION_DATA: Tag = Tag(0, 0x1d);
const DATE_RECEIVED: Tag = Tag(2, 0x0f);
const MESSAGE_CLASS: Tag = Tag(2, 0x13);
const SUBJECT: Tag = Tag(2, 0x14);
const READ: Tag = Tag(2, 0x15);
const TO: Tag = Tag(2, 0x16);
const FROM: Tag = Tag(2, 0x18);
const BODY_TYPE: Tag = Tag(17, 0x06);
const BODY: Tag = Tag(17, 0x0a);
const BODY_DATA: Tag = Tag(17, 0x0b);
const BODY_SIZE: Tag = Tag(17, 0x0c);

/// What a mail client asks for: the first folder of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRequest {
    /// Folder.
    pub folder: String,
    /// State that the client has; `0` for none, which is answered with a key and no messages.
    pub sync_key: String,
}

/// A message of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Id on the server.
    pub id: String,
    /// Sender.
    pub from: String,
    /// Recipient.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// When it came.
    pub received: jiff::Timestamp,
    /// Text.
    pub text: String,
}

/// Reads a request; none when it is not of this form.
#[must_use]
pub fn read_sync(body: &[u8]) -> Option<SyncRequest> {
    Some(SyncRequest { folder: first_text(body, COLLECTION_ID)?, sync_key: first_text(body, SYNC_KEY)? })
}

/// The answer: new messages of a folder, and the key of the state after them.
#[must_use]
pub fn sync(folder: &str, sync_key: &str, messages: &[Message]) -> Vec<u8> {
    let mut out = Writer::new();
    out.open(SYNC);
    out.open(COLLECTIONS);
    out.open(COLLECTION);
    out.text(SYNC_KEY, sync_key);
    out.text(COLLECTION_ID, folder);
    out.text(STATUS, "1");
    if !messages.is_empty() {
        out.open(COMMANDS);
        for message in messages {
            add(&mut out, message);
        }
        out.close();
    }
    out.close();
    out.close();
    out.close();
    out.finish()
}

fn add(out: &mut Writer, message: &Message) {
    out.open(ADD);
    out.text(SERVER_ID, &message.id);
    out.open(APPLICATION_DATA);
    out.text(FROM, &message.from);
    out.text(TO, &message.to);
    out.text(SUBJECT, &message.subject);
    out.text(DATE_RECEIVED, &message.received.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string());
    out.text(MESSAGE_CLASS, "IPM.Note");
    out.text(READ, "0");
    out.open(BODY);
    // 1: plain text.
    out.text(BODY_TYPE, "1");
    out.text(BODY_SIZE, &message.text.len().to_string());
    out.text(BODY_DATA, &message.text);
    out.close();
    out.close();
    out.close();
}
