//! How an attempt to get in ended.

use serde::Deserialize;

/// Tokens of an app.
#[derive(Clone, Deserialize)]
pub struct Tokens {
    /// Access token.
    pub access_token: String,
    /// Refresh token.
    pub refresh_token: Option<String>,
    /// Granted scope.
    pub scope: Option<String>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.scope.as_deref().unwrap_or("?"))
    }
}

/// The end of an attempt.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The app has its tokens.
    Token(Tokens),
    /// The person is told what to do.
    Interrupt {
        /// Code of the protocol.
        code: u32,
        /// What the screen says.
        text: String,
        /// Where to get the broker.
        store_link: Option<String>,
    },
    /// No.
    Refused {
        /// Code of the protocol; 0 when there was none.
        code: u32,
        /// What the screen says.
        text: String,
    },
}

impl Outcome {
    /// The code; 0 for tokens.
    #[must_use]
    pub fn code(&self) -> u32 {
        match self {
            Self::Token(_) => 0,
            Self::Interrupt { code, .. } | Self::Refused { code, .. } => *code,
        }
    }

    /// The tokens, if it ended well.
    #[must_use]
    pub fn tokens(&self) -> Option<&Tokens> {
        match self {
            Self::Token(tokens) => Some(tokens),
            _ => None,
        }
    }
}

/// An error of the token endpoint.
#[derive(Debug, Deserialize)]
pub(crate) struct OAuthError {
    pub(crate) error: String,
    #[serde(default)]
    pub(crate) error_description: String,
    #[serde(default)]
    pub(crate) error_codes: Vec<u32>,
}

impl OAuthError {
    pub(crate) fn outcome(self) -> Outcome {
        let code = self.error_codes.first().copied().unwrap_or_default();
        let text = self.error_description.lines().next().unwrap_or(&self.error).to_owned();
        // What clients act on: these can be met by the person, everything else is final.
        if self.error == "interaction_required" || self.error == "unauthorized_client" && code == 53005 {
            Outcome::Interrupt { code, text, store_link: None }
        } else {
            Outcome::Refused { code, text }
        }
    }
}
