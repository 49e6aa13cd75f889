//! Who is at the other end of the connection, as far as the request itself tells.

use std::net::IpAddr;

use doorward_model::CorrelationId;

/// What a request says about its sender. Nothing in it is proved but the address.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Network address of the client.
    pub ip: IpAddr,
    /// User agent, at most 256 characters.
    pub user_agent: String,
    /// `x-client-SKU`, the client library's name; tells the platform where the user agent does not.
    pub client_sku: String,
    /// `x-client-brkrver` was sent: the app says that a broker is there. A hint for the right advice, never a proof.
    pub broker_hint: bool,
    /// The client says that it answers challenges for its device (PKeyAuth).
    pub answers_pkeyauth: bool,
    /// An app's library on iOS opened the system's browser for this request, where it acts on addresses of its own app alone.
    pub in_system_browser: bool,
    /// The client's correlation id, or a fresh one.
    pub correlation_id: CorrelationId,
}
