//! Error answer of the token endpoint (RFC 6749 §5.2) with the members that client libraries read.

use doorward_model::{CorrelationId, ErrorCode, SignInId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// OAuth error.
    pub error: String,
    /// Text with code, trace id, correlation id and time.
    pub error_description: String,
    /// Numbered code.
    pub error_codes: Vec<u32>,
    /// `YYYY-MM-DD HH:MM:SSZ`.
    pub timestamp: String,
    /// Id of the sign-in record.
    pub trace_id: Uuid,
    /// The client's id.
    pub correlation_id: Uuid,
    /// What clients act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
    /// Claims challenge, JSON as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
    /// Sign-in name ("additional id"), where the client needs it to enrol for app protection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adi: Option<String>,
    /// See [`super::client_info`]; for the same purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_info: Option<String>,
}

impl ErrorBody {
    /// The body for a code.
    #[must_use]
    pub fn new(
        code: ErrorCode,
        message: &str,
        trace_id: SignInId,
        correlation_id: CorrelationId,
        time: Timestamp,
        claims: Option<String>,
    ) -> Self {
        Self {
            error: code.oauth_error().to_owned(),
            error_description: description(code, message, trace_id.0, correlation_id, time),
            error_codes: vec![code.0],
            timestamp: timestamp(time),
            trace_id: trace_id.0,
            correlation_id: correlation_id.0,
            suberror: code.suberror().map(str::to_owned),
            claims,
            adi: None,
            client_info: None,
        }
    }
}

/// The text of an error: `AADSTSnnnnn: message` and what the help desk needs, in the form that client libraries parse.
#[must_use]
pub fn description(code: ErrorCode, message: &str, trace_id: Uuid, correlation_id: CorrelationId, time: Timestamp) -> String {
    format!("{code}: {message}\r\nTrace ID: {trace_id}\r\nCorrelation ID: {correlation_id}\r\nTimestamp: {}", timestamp(time))
}

fn timestamp(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}
