//! Discovery document (MS-DVRD §3.1.5.1.1.2): where the services of a domain are.

use doorward_model::TenantId;
use serde::{Deserialize, Serialize};

/// The document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Discovery {
    /// Join.
    pub device_join_service: DeviceJoinService,
    /// Keys of users.
    pub key_provisioning_service: KeyProvisioningService,
    /// Nonces.
    pub nonce_service: NonceService,
    /// Where users sign in.
    pub authentication_service: AuthenticationService,
    /// Whether users sign in elsewhere; never.
    pub identity_provider_service: IdentityProviderService,
    /// The tenant.
    pub tenant_info: TenantInfo,
}

/// Join service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DeviceJoinService {
    /// Address.
    pub join_endpoint: String,
    /// Resource of the token.
    pub join_resource_id: String,
    /// `2.0`.
    pub service_version: String,
}

/// Key provisioning service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyProvisioningService {
    /// Address.
    pub key_provision_endpoint: String,
    /// Resource of the token.
    pub key_provision_resource_id: String,
    /// `1.0`.
    pub service_version: String,
}

/// Nonce service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NonceService {
    /// Address.
    pub endpoint: String,
    /// Resource of the token.
    pub resource_id: String,
    /// `1.0`.
    pub service_version: String,
}

/// OAuth endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthenticationService {
    /// Endpoints.
    #[serde(rename = "OAuth2")]
    pub oauth2: OAuthEndpoints,
}

/// OAuth endpoints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OAuthEndpoints {
    /// Authorization endpoint.
    pub auth_code_endpoint: String,
    /// Token endpoint.
    pub token_endpoint: String,
}

/// Federation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IdentityProviderService {
    /// Users sign in elsewhere.
    pub federated: bool,
}

/// The tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TenantInfo {
    /// Id.
    pub tenant_id: TenantId,
    /// Default domain.
    pub tenant_name: String,
    /// Name for people.
    pub display_name: String,
}
