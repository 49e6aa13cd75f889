//! A built-in mail client: Exchange ActiveSync with name and password, as phones have had it since long ago.

use crate::account::Account;
use crate::body::Body;
use crate::error::PhoneError;
use crate::http::{Network, send};

/// What the mail client got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailAnswer {
    /// HTTP status.
    pub status: u16,
    /// Text of the answer, where it is text.
    pub text: String,
}

impl MailAnswer {
    /// The mailbox was served.
    #[must_use]
    pub fn is_served(&self) -> bool {
        self.status == 200
    }

    /// The code of the protocol that a refusal begins with, 0 for a mailbox that was served, none for any other answer.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        if self.is_served() {
            return Some(0);
        }
        let (number, _) = self.text.strip_prefix("AADSTS")?.split_once(':')?;
        number.parse().ok()
    }
}

/// The built-in mail client of a phone.
pub struct MailClient {
    network: Network,
    body: Body,
    /// Its ActiveSync device id, made when the account was set up.
    pub device_id: String,
}

impl MailClient {
    /// A mail client with that ActiveSync device id.
    #[must_use]
    pub fn new(network: Network, body: Body, device_id: &str) -> Self {
        Self { network, body, device_id: device_id.to_owned() }
    }

    /// Asks for the folders of the mailbox.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub async fn synchronise(&self, account: &Account) -> Result<MailAnswer, PhoneError> {
        let (agent, kind) = match self.body {
            Body::IPhone => ("Apple-iPhone17C3/2301.1", "iPhone"),
            Body::AndroidPhone => ("Android-Mail/2025.10", "Android"),
            Body::WindowsPc => ("Windows-Mail/16.0", "WindowsMail"),
        };
        let client = self.network.client(agent)?;
        let query = [("Cmd", "FolderSync"), ("User", account.name.as_str()), ("DeviceId", self.device_id.as_str()), ("DeviceType", kind)];
        let request = client
            .post(format!("{}/Microsoft-Server-ActiveSync", self.network.base_url))
            .query(&query)
            .basic_auth(&account.name, Some(&account.password))
            .header("MS-ASProtocolVersion", "16.1")
            .header("content-type", "application/vnd.ms-sync.wbxml");
        let answer = send(request).await?;
        Ok(MailAnswer { status: answer.status, text: answer.body })
    }
}

#[cfg(test)]
mod tests {
    use super::MailAnswer;

    #[test]
    fn the_code_is_what_the_server_said_and_nothing_is_made_up() {
        let table = [
            (200, "", Some(0)),
            (403, "AADSTS53003: blocked\n", Some(53003)),
            (403, "AADSTS53001: not joined\n", Some(53001)),
            (403, "the words AADSTS53003: later on", None),
            (401, "", None),
            (503, "AADSTS: ", None),
        ];
        for (status, text, expected) in table {
            assert_eq!(MailAnswer { status, text: text.into() }.code(), expected, "{status} {text}");
        }
    }
}
