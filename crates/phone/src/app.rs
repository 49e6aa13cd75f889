//! An installed app, with what the operating system knows of it.

use doorward_model::AppId;
use doorward_model::application::PlatformIdentity;
use doorward_wire::oauth::redirect;

/// An app. `identity` is the operating system's word, `client_id` is what the app itself claims to be.
#[derive(Debug, Clone)]
pub struct App {
    /// Name on the screen.
    pub name: String,
    /// Client id in its code.
    pub client_id: AppId,
    /// Bundle id, or package and signing certificate.
    pub identity: PlatformIdentity,
}

impl App {
    /// The redirect URI that the phone uses for this app: it follows from the identity, so an app cannot take another's.
    #[must_use]
    pub fn redirect_uri(&self) -> String {
        redirect::broker_redirect(&self.identity)
    }
}
