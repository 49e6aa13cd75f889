//! What the help desk needs to find a request in the logs.

use doorward_model::CorrelationId;
use jiff::Timestamp;

/// Identity and time of one request, as pages show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestFacts {
    /// This request; the trace id of the protocol's error body.
    pub request_id: CorrelationId,
    /// The sign-in as the client numbered it (`client-request-id`).
    pub correlation_id: CorrelationId,
    /// When the request was answered.
    pub time: Timestamp,
}

impl RequestFacts {
    /// The time for people, in UTC and saying so.
    #[must_use]
    pub fn human_time(&self) -> String {
        self.time.strftime("%-d %B %Y, %H:%M:%S UTC").to_string()
    }

    /// The time for the `datetime` attribute (RFC 3339, whole seconds).
    #[must_use]
    pub fn machine_time(&self) -> String {
        self.time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }
}
