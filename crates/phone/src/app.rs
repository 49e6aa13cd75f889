//! An installed app, with what the operating system knows of it.

use doorward_model::AppId;
use doorward_model::application::PlatformIdentity;
use doorward_wire::oauth::redirect;

use crate::broker::{BROKER, BROKER_REDIRECT};
use crate::hardware::Signer;

/// An app. What the operating system says of it fixes its redirect URI; `client_id` is what the app itself claims to be.
#[derive(Debug, Clone)]
pub struct App {
    /// Name on the screen.
    pub name: String,
    /// Client id in its code.
    pub client_id: AppId,
    /// Bundle id, or package and signing certificate; none on a desktop.
    pub identity: Option<PlatformIdentity>,
    /// Who signed it, where that matters.
    pub signer: Option<Signer>,
    /// Its client library asks the broker, where there is one.
    pub asks_broker: bool,
    /// Its client library shows the sign-in pages in the system's browser, not in a web view of its own.
    pub in_system_browser: bool,
    redirect_uri: String,
}

impl App {
    /// An app on a phone. Its redirect URI follows from the identity, so it cannot take another app's.
    #[must_use]
    pub fn on_phone(name: &str, client_id: AppId, identity: PlatformIdentity) -> Self {
        let redirect_uri = redirect::broker_redirect(&identity);
        Self {
            name: name.to_owned(),
            client_id,
            identity: Some(identity),
            signer: None,
            asks_broker: true,
            in_system_browser: false,
            redirect_uri,
        }
    }

    /// The same, signed by somebody.
    #[must_use]
    pub fn signed_by(self, signer: Signer) -> Self {
        Self { signer: Some(signer), ..self }
    }

    /// The same with a client library that knows of no broker.
    #[must_use]
    pub fn without_broker(self) -> Self {
        Self { asks_broker: false, ..self }
    }

    /// The broker itself, as it signs in.
    pub(crate) fn broker() -> Self {
        Self { redirect_uri: BROKER_REDIRECT.into(), ..Self::on_desktop("Broker", BROKER) }
    }

    /// A program on a PC, which answers on the loopback address.
    #[must_use]
    pub fn on_desktop(name: &str, client_id: AppId) -> Self {
        Self {
            name: name.to_owned(),
            client_id,
            identity: None,
            signer: None,
            asks_broker: true,
            in_system_browser: false,
            redirect_uri: "http://localhost".into(),
        }
    }

    /// Where the phone takes answers for this app.
    #[must_use]
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }
}
