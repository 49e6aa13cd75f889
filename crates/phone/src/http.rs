//! The network of a phone: HTTPS with a given authority, redirects left to the caller.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doorward_model::{Clock, Rng};
use reqwest::{Client, ClientBuilder, RequestBuilder};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use url::Url;

use crate::error::PhoneError;

/// Where the server is, and how to reach it.
#[derive(Clone)]
pub struct Network {
    /// Address of the server, without a final slash.
    pub base_url: String,
    /// Tenant, by id or domain.
    pub tenant: String,
    /// The phone's clock.
    pub clock: Arc<dyn Clock>,
    /// The phone's randomness.
    pub rng: Arc<dyn Rng>,
    tls: ClientConfig,
}

impl Network {
    /// A network that trusts the authority in a PEM file.
    ///
    /// # Errors
    /// [`PhoneError::Tls`].
    pub fn new(base_url: &str, tenant: &str, ca_file: &Path, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Result<Self, PhoneError> {
        let tls = |error: &dyn std::fmt::Display| PhoneError::Tls(format!("{}: {error}", ca_file.display()));
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(ca_file).map_err(|error| tls(&error))? {
            roots.add(certificate.map_err(|error| tls(&error))?).map_err(|error| tls(&error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| tls(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { base_url: base_url.trim_end_matches('/').to_owned(), tenant: tenant.to_owned(), clock, rng, tls: config })
    }

    /// The tenant's authority, without a final slash.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}/{}", self.base_url, self.tenant)
    }

    /// A client with its own cookie jar that follows no redirects.
    ///
    /// # Errors
    /// [`PhoneError::Network`].
    pub fn client(&self, user_agent: &str) -> Result<Client, PhoneError> {
        Ok(ClientBuilder::new()
            .tls_backend_preconfigured(self.tls.clone())
            .redirect(reqwest::redirect::Policy::none())
            .cookie_store(true)
            .user_agent(user_agent)
            .timeout(Duration::from_secs(20))
            .build()?)
    }
}

/// Status, the headers that clients act on, and body of an answer, and where it came from.
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) www_authenticate: Option<String>,
    pub(crate) body: String,
}

/// Sends a request and reads the answer whole.
pub(crate) async fn send(request: RequestBuilder) -> Result<Answer, PhoneError> {
    let response = request.send().await?;
    let (url, status) = (response.url().clone(), response.status().as_u16());
    let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (location, www_authenticate) = (header("location"), header("www-authenticate"));
    Ok(Answer { url, status, location, www_authenticate, body: response.text().await? })
}
