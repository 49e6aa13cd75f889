//! The sign-in page as programs read it: the state that stands in every page as `$Config`, and the messages beside the forms.
//!
//! Brokers of Linux computers sign people in at the pages that browsers get. What they need of a page they read from this block; what
//! they post are the same forms. The block is data in the eyes of a browser: it is never run, and no policy has to allow it.

use doorward_model::ErrorCode;
use serde::{Deserialize, Serialize};

/// Kind of page (`pgid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PageKind {
    /// Name and password.
    ConvergedSignIn,
    /// A second factor.
    #[serde(rename = "ConvergedTFA")]
    ConvergedTfa,
    /// A second factor must be registered first, which takes a browser.
    ConvergedProofUpRedirect,
    /// The password must be changed.
    ConvergedChangePassword,
    /// The person must agree to what the client wants.
    ConvergedConsent,
    /// The sign-in has ended with an error.
    ConvergedError,
}

/// A second factor that a program can take from the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthMethod {
    /// A code of an authenticator app.
    #[serde(rename = "PhoneAppOTP")]
    PhoneAppOtp,
}

/// One entry of `arrUserProofs`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserProof {
    /// Method.
    pub auth_method_id: AuthMethod,
    /// To be asked for unless the person chooses another.
    pub is_default: bool,
    /// Name for people.
    pub display: String,
}

/// The state of a page. Names are those of the protocol; addresses are absolute.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PageConfig {
    /// Kind of page.
    pub pgid: PageKind,
    /// Id of the sign-in, for messages about a second factor.
    #[serde(rename = "sessionId")]
    pub session_id: String,
    /// Token against forged posts; the forms' `canary`.
    pub canary: String,
    /// The request that the sign-in answers; the forms' `ctx`.
    #[serde(rename = "sCtx", skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// State of the sign-in so far; the forms' `flowToken`.
    #[serde(rename = "sFT", skip_serializing_if = "Option::is_none")]
    pub flow_token: Option<String>,
    /// Where the form goes.
    #[serde(rename = "urlPost", skip_serializing_if = "Option::is_none")]
    pub url_post: Option<String>,
    /// Where to ask how an account signs in.
    #[serde(rename = "urlGetCredentialType", skip_serializing_if = "Option::is_none")]
    pub url_get_credential_type: Option<String>,
    /// Where a second factor begins.
    #[serde(rename = "urlBeginAuth", skip_serializing_if = "Option::is_none")]
    pub url_begin_auth: Option<String>,
    /// Where it is given.
    #[serde(rename = "urlEndAuth", skip_serializing_if = "Option::is_none")]
    pub url_end_auth: Option<String>,
    /// Second factors of the person.
    #[serde(rename = "arrUserProofs", skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<UserProof>,
    /// Number of the error that the page shows.
    #[serde(rename = "sErrorCode", skip_serializing_if = "Option::is_none")]
    pub error_code: Option<String>,
    /// Its text.
    #[serde(rename = "sErrTxt", skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
}

impl std::fmt::Debug for PageConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageConfig").field("pgid", &self.pgid).field("error_code", &self.error_code).finish_non_exhaustive()
    }
}

impl PageConfig {
    /// The state of a page without a form.
    #[must_use]
    pub fn new(pgid: PageKind, session_id: String, canary: String) -> Self {
        Self {
            pgid,
            session_id,
            canary,
            context: None,
            flow_token: None,
            url_post: None,
            url_get_credential_type: None,
            url_begin_auth: None,
            url_end_auth: None,
            proofs: Vec::new(),
            error_code: None,
            error_text: None,
        }
    }

    /// The same with an error.
    #[must_use]
    pub fn with_error(self, code: ErrorCode, text: &str) -> Self {
        Self { error_code: Some(code.0.to_string()), error_text: Some(text.to_owned()), ..self }
    }

    /// The block as text for an element that is neither run nor escaped by HTML. Characters that could end the element, or begin another
    /// one in a careless reader, are written as JSON escapes. Readers cut two characters off before the closing mark.
    #[must_use]
    pub fn block(&self) -> String {
        // Texts, lists and enums only, so this always serialises; an empty object is no page state, and readers say so.
        let json = serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned());
        let mut safe = String::with_capacity(json.len());
        for character in json.chars() {
            match character {
                '<' => safe.push_str("\\u003c"),
                '>' => safe.push_str("\\u003e"),
                '&' => safe.push_str("\\u0026"),
                '\u{2028}' => safe.push_str("\\u2028"),
                '\u{2029}' => safe.push_str("\\u2029"),
                other => safe.push(other),
            }
        }
        format!("//<![CDATA[\n$Config={safe};\n//]]>")
    }
}

/// Question how an account signs in. Other members say what the client can do.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CredentialTypeRequest {
    /// Sign-in name.
    pub username: String,
    /// `sCtx` of the page.
    #[serde(default)]
    pub original_request: String,
}

/// Whether an account exists (`IfExistsResult`), in the numbers of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfExists {
    /// It does, and signs in here.
    Exists,
    /// It does not.
    NotFound,
    /// Asked too often.
    Throttled,
}

/// Answer: accounts here sign in with a password first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialTypeResponse {
    /// The name, as asked.
    pub username: String,
    /// 0 exists, 1 does not, 2 throttled.
    pub if_exists_result: i32,
    /// 0, or 1 when asked too often.
    pub throttle_status: u8,
    /// How.
    pub credentials: Credentials,
}

/// How an account signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Credentials {
    /// 1: with a password.
    pub pref_credential: u8,
    /// Always.
    pub has_password: bool,
}

impl CredentialTypeResponse {
    /// The answer for a name.
    #[must_use]
    pub fn new(username: &str, exists: IfExists) -> Self {
        let (if_exists_result, throttle_status) = match exists {
            IfExists::Exists => (0, 0),
            IfExists::NotFound => (1, 0),
            IfExists::Throttled => (2, 1),
        };
        let credentials = Credentials { pref_credential: 1, has_password: true };
        Self { username: username.to_owned(), if_exists_result, throttle_status, credentials }
    }
}

/// Message that begins or ends giving a second factor.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthMessage {
    /// Method.
    pub auth_method_id: AuthMethod,
    /// `sCtx` of the page.
    #[serde(alias = "ctx")]
    pub ctx: String,
    /// `sFT` of the page.
    #[serde(alias = "flowToken")]
    pub flow_token: String,
    /// `sessionId` of the page.
    #[serde(default)]
    pub session_id: String,
    /// What the person typed.
    #[serde(default)]
    pub additional_auth_data: Option<String>,
}

/// Answer to such a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthAnswer {
    /// The step is done.
    pub success: bool,
    /// The same step may be tried again.
    pub retry: bool,
    /// What was wrong, for the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub err_code: Option<u32>,
    /// For the next message.
    pub ctx: String,
    /// For the next message.
    pub flow_token: String,
    /// For the next message.
    pub session_id: String,
    /// Number to be compared on a phone; 0 where there is none.
    pub entropy: u8,
}
