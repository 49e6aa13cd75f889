//! Certificates of a registration in Graph's shape.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::{self, Application};
use doorward_model::{CredentialId, Rng};
use doorward_service::client;
use doorward_wire::certificate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::graph::error::GraphError;

/// One certificate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct KeyCredential {
    #[serde(default)]
    key_id: Option<CredentialId>,
    #[serde(rename = "type")]
    kind: Kind,
    usage: Usage,
    /// DER in base64. May be left out of one that is there already.
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    custom_key_identifier: Option<String>,
    #[serde(default)]
    display_name: Option<String>,
    #[serde(default)]
    start_date_time: Option<Timestamp>,
    #[serde(default)]
    end_date_time: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Kind {
    AsymmetricX509Cert,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Usage {
    Verify,
}

impl KeyCredential {
    /// A certificate as it is shown, with what it says itself where the registration says nothing.
    pub(super) fn of(credential: &application::KeyCredential) -> Self {
        let (start, end) = client::validity(credential).unzip();
        Self {
            key_id: Some(credential.key_id),
            kind: Kind::AsymmetricX509Cert,
            usage: Usage::Verify,
            key: Some(credential.certificate.clone()),
            custom_key_identifier: credential.custom_key_identifier.clone().or_else(|| thumbprint(&credential.certificate)),
            display_name: credential.display_name.clone(),
            start_date_time: start.or(credential.start),
            end_date_time: end.or(credential.end),
        }
    }

    /// The certificate to keep. One that is as it was shown stays as it is.
    pub(super) fn apply(self, index: usize, present: &Application, rng: &dyn Rng) -> Result<application::KeyCredential, GraphError> {
        let held = present.key_credentials.iter().find(|held| Some(held.key_id) == self.key_id);
        if let Some(held) = held
            && Self::of(held) == self
        {
            return Ok(held.clone());
        }
        let Some(certificate) = self.key.or_else(|| held.map(|held| held.certificate.clone())) else {
            let problem = "the certificate is missing: only one that is there already, by its keyId, may leave it out";
            return Err(GraphError::BadRequest(format!("keyCredentials[{index}].key: {problem}")));
        };
        Ok(application::KeyCredential {
            key_id: self.key_id.unwrap_or_else(|| CredentialId::random(rng)),
            display_name: self.display_name,
            custom_key_identifier: self.custom_key_identifier,
            certificate,
            start: self.start_date_time,
            end: self.end_date_time,
        })
    }
}

/// The bytes by which clients name a certificate, in base64.
fn thumbprint(certificate: &str) -> Option<String> {
    let der = STANDARD.decode(certificate).ok()?;
    Some(STANDARD.encode(certificate::thumbprint_bytes(&der)))
}
