//! A mailbox of sample messages.

use doorward_wire::eas::Folder;
use serde::Serialize;

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Subject.
    pub subject: String,
    /// Sender.
    pub from: String,
    /// Text.
    pub body_preview: String,
}

/// The same messages for everybody: a stand-in for a mail server.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    /// Messages, newest first.
    pub messages: Vec<Message>,
}

impl Mailbox {
    /// A mailbox with a few messages.
    #[must_use]
    pub fn sample() -> Self {
        let message =
            |subject: &str, from: &str, text: &str| Message { subject: subject.into(), from: from.into(), body_preview: text.into() };
        Self {
            messages: vec![
                message("Figures for the third quarter", "finance@contoso.example", "Confidential: revenue is up by eleven per cent."),
                message("Welcome to work on your own phone", "it@contoso.example", "Your mail app is protected; your photos stay yours."),
            ],
        }
    }

    /// Its folders.
    #[must_use]
    pub fn folders(&self) -> Vec<Folder> {
        let folder = |id: &str, name: &str, kind| Folder { id: id.into(), name: name.into(), kind };
        vec![folder("1", "Inbox", 2), folder("2", "Drafts", 3), folder("3", "Deleted Items", 4), folder("4", "Sent Items", 5)]
    }
}
