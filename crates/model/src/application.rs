//! Application registrations: clients, resources and the brokers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::AppId;
use crate::protection::AppAttestationRequirement;

/// Where a redirect URI belongs; decides the client type and which flows are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RedirectPlatform {
    /// A confidential web application.
    Web,
    /// A single-page application in a browser: public, PKCE.
    Spa,
    /// A native application on a phone or a desktop: public, PKCE.
    PublicClient,
}

/// One registered redirect URI; compared as an exact string, but for the port of a loopback address (RFC 8252 §7.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectUri {
    /// The URI as registered.
    pub uri: String,
    /// The platform it belongs to.
    pub platform: RedirectPlatform,
}

/// A mobile platform on which app identity is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum MobilePlatform {
    /// iOS and iPadOS.
    #[serde(rename = "iOS")]
    Ios,
    /// Android.
    #[serde(rename = "android")]
    Android,
}

/// How the operating system names an app: what its broker redirect URI is derived from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "platform")]
pub enum PlatformIdentity {
    /// An iOS app by its bundle id.
    #[serde(rename = "iOS")]
    Ios {
        /// Bundle id, for example `com.contoso.mail`.
        #[serde(rename = "bundleId")]
        bundle_id: String,
    },
    /// An Android app by its package and the certificate that signed it.
    #[serde(rename = "android")]
    Android {
        /// Package name, for example `com.contoso.mail`.
        #[serde(rename = "packageName")]
        package_name: String,
        /// SHA-1 of the signing certificate, standard base64 (the form the platform's client libraries use).
        #[serde(rename = "signatureHash")]
        signature_hash: String,
    },
}

impl PlatformIdentity {
    /// The bundle id or package name.
    #[must_use]
    pub fn identifier(&self) -> &str {
        match self {
            Self::Ios { bundle_id } => bundle_id,
            Self::Android { package_name, .. } => package_name,
        }
    }

    /// The platform.
    #[must_use]
    pub fn platform(&self) -> MobilePlatform {
        match self {
            Self::Ios { .. } => MobilePlatform::Ios,
            Self::Android { .. } => MobilePlatform::Android,
        }
    }
}

/// A secret of a confidential client; only its hash is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientSecret {
    /// SHA-256 of the secret, hexadecimal. Secrets are made by the server with 256 random bits, so a fast hash suffices.
    pub sha256: String,
    /// First three characters, so that an administrator can tell secrets apart.
    pub hint: String,
    /// End of validity.
    pub expires: Timestamp,
}

impl std::fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClientSecret({}…)", self.hint)
    }
}

/// A certificate with which a confidential client signs its assertions (RFC 7523).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyCredential {
    /// The certificate, DER as standard base64.
    pub certificate: String,
}

/// Who agrees that a client may act for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConsentPolicy {
    /// The administrator has agreed for everyone.
    Preauthorized,
    /// Each person is asked once.
    #[default]
    User,
}

/// Signature algorithm of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048-bit keys: for clients that know nothing else.
    RS256,
    /// ECDSA on P-256 with SHA-256.
    #[default]
    ES256,
}

/// A permission that a client holds without a user, given by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppRoleAssignment {
    /// The resource application.
    pub resource: AppId,
    /// The app role's value, for example `Policy.Read.All`.
    pub value: String,
}

/// An application registration; one may be client, resource or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Client id.
    pub app_id: AppId,
    /// Name shown to people.
    pub display_name: String,
    /// A disabled application gets no tokens.
    pub enabled: bool,
    /// Where answers may go.
    #[serde(default)]
    pub redirect_uris: Vec<RedirectUri>,
    /// Its identity on phones. The broker redirect URIs that follow from it are accepted beside `redirect_uris`.
    #[serde(default)]
    pub platform_identities: Vec<PlatformIdentity>,
    /// Names by which it is asked for as a resource, for example `api://contoso-mail`.
    #[serde(default)]
    pub identifier_uris: Vec<String>,
    /// Delegated scopes it offers as a resource.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Application permissions it offers as a resource.
    #[serde(default)]
    pub app_roles: Vec<String>,
    /// Application permissions it holds as a client.
    #[serde(default)]
    pub app_role_assignments: Vec<AppRoleAssignment>,
    /// Secrets of a confidential client.
    #[serde(default)]
    pub secrets: Vec<ClientSecret>,
    /// Certificates of a confidential client.
    #[serde(default)]
    pub key_credentials: Vec<KeyCredential>,
    /// On the approved list: grant `approvedApplication` and the service policies.
    #[serde(default)]
    pub approved: bool,
    /// Can enforce an app protection policy: grant `compliantApplication`.
    #[serde(default)]
    pub protectable: bool,
    /// Whether its copies on phones must attest who they are, and by what they are known.
    #[serde(default)]
    pub attestation: AppAttestationRequirement,
    /// May redeem a primary refresh token for other apps and register devices.
    #[serde(default)]
    pub broker: bool,
    /// May use the password and device code grants, which have no redirect.
    #[serde(default)]
    pub is_fallback_public_client: bool,
    /// Who agrees to its use.
    #[serde(default)]
    pub consent: ConsentPolicy,
    /// Algorithm of the tokens made for it.
    #[serde(default)]
    pub signing_algorithm: SigningAlgorithm,
    /// Bundles it belongs to, for example `Office365`.
    #[serde(default)]
    pub bundles: Vec<String>,
    /// Address of its start page, shown where a person is sent away without knowing where to go.
    #[serde(default)]
    pub homepage: Option<String>,
    /// When the registration was made.
    pub created: Timestamp,
}

impl Application {
    /// An enabled registration with nothing in it: a starting point.
    #[must_use]
    pub fn new(app_id: AppId, display_name: &str, created: Timestamp) -> Self {
        Self {
            app_id,
            display_name: display_name.to_owned(),
            enabled: true,
            redirect_uris: Vec::new(),
            platform_identities: Vec::new(),
            identifier_uris: Vec::new(),
            scopes: Vec::new(),
            app_roles: Vec::new(),
            app_role_assignments: Vec::new(),
            secrets: Vec::new(),
            key_credentials: Vec::new(),
            approved: false,
            protectable: false,
            attestation: AppAttestationRequirement::default(),
            broker: false,
            is_fallback_public_client: false,
            consent: ConsentPolicy::default(),
            signing_algorithm: SigningAlgorithm::default(),
            bundles: Vec::new(),
            homepage: None,
            created,
        }
    }

    /// A confidential client holds a secret or a certificate.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        !self.secrets.is_empty() || !self.key_credentials.is_empty()
    }
}
