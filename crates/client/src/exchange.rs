//! Requests to the protection service and its answers. The phone brings the transport: it sends a [`Request`] as it is and hands the
//! [`Response`] back.

use doorward_model::protection::Interval;

use crate::answer::{Refused, RefusedDetails};

/// A request to send over HTTPS.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Method.
    pub method: &'static str,
    /// Absolute address.
    pub url: String,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// Body; empty when there is none.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The headers hold the access token.
        write!(f, "{} {} ({} bytes)", self.method, self.url, self.body.len())
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Body.
    pub body: Vec<u8>,
}

/// What became of an exchange, in the words of the platform's SDKs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Enrolled and up to date.
    Enrolled,
    /// The policy changed: decisions shown on the screen are void, and the app checks in at once to say so.
    PolicyChanged,
    /// No policy targets this account in this app.
    NotTargeted,
    /// The service does not take the token: get a new one, the second time with the person.
    AuthorizationNeeded,
    /// Another person is enrolled in this app on this device.
    WrongUser,
    /// The registration is gone or was replaced: enrol again. Organisation data stays shut meanwhile.
    EnrolAgain,
    /// The registration has ended: remove the organisation's data.
    Unenrolled,
    /// The nonce was old; a new one was taken from the answer. Send the request again, once.
    Retry,
    /// The app stays unmanaged; ask again later.
    NotProtected {
        /// The service's word for why.
        code: String,
        /// When to ask again.
        retry: Interval,
    },
    /// The service did not do it. What was shut stays shut.
    Failed {
        /// The service's word for why, if it had one.
        code: Option<String>,
    },
}

/// A refusal of the service, as an outcome, with the nonce it may carry.
pub(crate) fn refused(response: &Response) -> (Outcome, Option<String>) {
    let refused: Option<Refused> = serde_json::from_slice(&response.body).ok();
    let code = refused.as_ref().map(|refused| refused.error.code.clone());
    let nonce = refused.and_then(|refused| refused.error.details).and_then(|RefusedDetails { nonce }| nonce);
    let outcome = match (response.status, code.as_deref()) {
        (400, Some("staleNonce")) if nonce.is_some() => Outcome::Retry,
        (401, _) => Outcome::AuthorizationNeeded,
        (403, Some(code)) => Outcome::NotProtected { code: code.to_owned(), retry: Interval::hours(12) },
        (404 | 412, _) => Outcome::EnrolAgain,
        (409, _) => Outcome::WrongUser,
        (410, _) => Outcome::Unenrolled,
        _ => Outcome::Failed { code },
    };
    (outcome, nonce)
}
