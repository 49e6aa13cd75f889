//! Application registrations: clients, resources and the brokers.

mod credential;
mod permission;

pub use credential::{ClientSecret, KeyCredential};
pub use permission::{
    AppRole, AppRoleAssignment, MemberType, PermissionScope, PreAuthorizedApplication, RequiredResourceAccess, ResourceAccess,
    ResourceAccessType, ScopeType,
};

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

/// Addresses that tell people about an application.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct InformationalUrls {
    /// Its logo.
    pub logo_url: Option<String>,
    /// What it is for.
    pub marketing_url: Option<String>,
    /// What it does with people's data.
    pub privacy_statement_url: Option<String>,
    /// Where help is.
    pub support_url: Option<String>,
    /// Under which terms it is used.
    pub terms_of_service_url: Option<String>,
}

/// An application registration; one may be client, resource or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Application {
    /// Client id.
    pub app_id: AppId,
    /// Name shown to people.
    pub display_name: String,
    /// What it is, for administrators.
    #[serde(default)]
    pub description: Option<String>,
    /// What else administrators want to remember of it.
    #[serde(default)]
    pub notes: Option<String>,
    /// Its number in the organisation's service management.
    #[serde(default)]
    pub service_management_reference: Option<String>,
    /// Words by which administrators sort their applications.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Addresses that tell people about it.
    #[serde(default)]
    pub info: InformationalUrls,
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
    /// Delegated permissions it offers as a resource.
    #[serde(default)]
    pub scopes: Vec<PermissionScope>,
    /// App roles it offers as a resource.
    #[serde(default)]
    pub app_roles: Vec<AppRole>,
    /// Clients that get some of its scopes without asking the person.
    #[serde(default)]
    pub pre_authorized_applications: Vec<PreAuthorizedApplication>,
    /// Clients that belong to it. Kept for the tools that set it.
    #[serde(default)]
    pub known_client_applications: Vec<AppId>,
    /// Version of the access tokens made for it as a resource, 1 or 2; without it the endpoint that was asked decides.
    #[serde(default)]
    pub requested_access_token_version: Option<u8>,
    /// Permissions it says that it needs as a client. Kept for the tools that set it: giving them is somebody else's decision.
    #[serde(default)]
    pub required_resource_access: Vec<RequiredResourceAccess>,
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
    /// Apps that may get tokens for it, in whose pages it runs (nested app authentication).
    #[serde(default)]
    pub hub_applications: Vec<AppId>,
    /// One of the apps of the organisation that share their refresh tokens (the family of clients).
    #[serde(default)]
    pub family_member: bool,
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
    /// Where it would be told of a sign-out. Kept for the tools that set it.
    #[serde(default)]
    pub logout_url: Option<String>,
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
            description: None,
            notes: None,
            service_management_reference: None,
            tags: Vec::new(),
            info: InformationalUrls::default(),
            enabled: true,
            redirect_uris: Vec::new(),
            platform_identities: Vec::new(),
            identifier_uris: Vec::new(),
            scopes: Vec::new(),
            app_roles: Vec::new(),
            pre_authorized_applications: Vec::new(),
            known_client_applications: Vec::new(),
            requested_access_token_version: None,
            required_resource_access: Vec::new(),
            app_role_assignments: Vec::new(),
            secrets: Vec::new(),
            key_credentials: Vec::new(),
            approved: false,
            protectable: false,
            attestation: AppAttestationRequirement::default(),
            broker: false,
            hub_applications: Vec::new(),
            family_member: false,
            is_fallback_public_client: false,
            consent: ConsentPolicy::default(),
            signing_algorithm: SigningAlgorithm::default(),
            bundles: Vec::new(),
            homepage: None,
            logout_url: None,
            created,
        }
    }

    /// A confidential client holds a secret or a certificate.
    #[must_use]
    pub fn is_confidential(&self) -> bool {
        !self.secrets.is_empty() || !self.key_credentials.is_empty()
    }

    /// The redirect URIs of one platform.
    pub fn redirect_uris_of(&self, platform: RedirectPlatform) -> impl Iterator<Item = &str> {
        self.redirect_uris.iter().filter(move |redirect| redirect.platform == platform).map(|redirect| redirect.uri.as_str())
    }

    /// The delegated permissions that clients can ask for.
    pub fn offered_scopes(&self) -> impl Iterator<Item = &PermissionScope> {
        self.scopes.iter().filter(|scope| scope.is_enabled)
    }

    /// Whether applications can hold this app role.
    #[must_use]
    pub fn offers_to_applications(&self, role: &str) -> bool {
        self.app_roles.iter().any(|offered| offered.value == role && offered.is_enabled && offered.is_for(MemberType::Application))
    }
}
