//! What goes wrong on a phone that is neither a grant nor a refusal.

/// A fault of network, server or phone.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// The server cannot be reached, or does not prove who it is.
    #[error("network: {0}")]
    Network(#[from] reqwest::Error),
    /// TLS cannot be set up with the given authority.
    #[error("TLS: {0}")]
    Tls(String),
    /// The server answered with something the protocol does not provide for.
    #[error("{place}: unexpected answer: {what}")]
    Protocol {
        /// Which exchange.
        place: &'static str,
        /// What came.
        what: String,
    },
    /// The phone's own cryptography or storage failed.
    #[error("phone: {0}")]
    Local(String),
}

impl PhoneError {
    pub(crate) fn protocol(place: &'static str, what: impl Into<String>) -> Self {
        let mut what: String = what.into();
        what.truncate(what.char_indices().nth(400).map_or(what.len(), |(index, _)| index));
        Self::Protocol { place, what }
    }

    pub(crate) fn local(error: impl std::fmt::Display) -> Self {
        Self::Local(error.to_string())
    }
}
