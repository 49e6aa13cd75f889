//! What the pages about second factors post, in a sign-in and in My account.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::authentication_method::SecondFactor;
use doorward_service::authentication_method::fido2::{Creation, Proof};
use doorward_service::sign_in::{FactorAnswer, Submission};
use serde::Deserialize;

/// Fields of the forms, one group for each page.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PostedFactor {
    /// Code of the app.
    otc: Option<String>,
    /// First code of a new app.
    newotc: Option<String>,
    /// Recovery code.
    recovery: Option<String>,
    /// Another way to sign in, or to be registered: `fido2`, `softwareOath`, `recoveryCode`.
    instead: Option<String>,
    /// The recovery codes have been saved.
    saved: Option<String>,
    /// A passkey's answer, each part base64url.
    credential_id: Option<String>,
    #[serde(rename = "clientDataJSON")]
    client_data: Option<String>,
    authenticator_data: Option<String>,
    signature: Option<String>,
    user_handle: Option<String>,
    attestation_object: Option<String>,
}

impl PostedFactor {
    /// Nothing more than what was given before.
    pub(crate) fn go_on() -> Self {
        Self { saved: Some("yes".to_owned()), ..Self::default() }
    }

    /// The submission, when the form was one about second factors. Fields of a passkey that the script left empty do not count.
    pub(crate) fn submission(&self) -> Option<Submission> {
        let given = |field: &Option<String>| field.clone().filter(|value| !value.is_empty());
        if let Some(attestation) = given(&self.attestation_object) {
            let creation = Creation { client_data: decode(self.client_data.as_deref()), attestation_object: decode(Some(&attestation)) };
            return Some(Submission::SecondFactor(FactorAnswer::NewPasskey(creation)));
        }
        if let Some(credential_id) = given(&self.credential_id) {
            return Some(Submission::Passkey(Proof {
                credential_id: decode(Some(&credential_id)),
                client_data: decode(self.client_data.as_deref()),
                authenticator_data: decode(self.authenticator_data.as_deref()),
                signature: decode(self.signature.as_deref()),
                user_handle: given(&self.user_handle).map(|handle| decode(Some(&handle))),
            }));
        }
        let answer = if let Some(instead) = &self.instead {
            FactorAnswer::UseInstead(factor(instead)?)
        } else if self.saved.is_some() {
            FactorAnswer::GoOn
        } else if let Some(code) = &self.otc {
            FactorAnswer::AppCode(code.clone())
        } else if let Some(code) = &self.newotc {
            FactorAnswer::NewApp(code.clone())
        } else {
            FactorAnswer::RecoveryCode(self.recovery.clone()?)
        };
        Some(Submission::SecondFactor(answer))
    }
}

/// What is no base64url cannot be what an authenticator gave; an empty value is refused further on.
fn decode(value: Option<&str>) -> Vec<u8> {
    value.and_then(|value| URL_SAFE_NO_PAD.decode(value).ok()).unwrap_or_default()
}

/// The second factor of a posted name.
pub(crate) fn factor(name: &str) -> Option<SecondFactor> {
    match name {
        "fido2" => Some(SecondFactor::Fido2),
        "softwareOath" => Some(SecondFactor::SoftwareOath),
        "recoveryCode" => Some(SecondFactor::RecoveryCode),
        _ => None,
    }
}
