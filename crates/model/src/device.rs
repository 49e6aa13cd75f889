//! Registered devices.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{DeviceId, UserId};

/// How a device came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TrustType {
    /// Registered by its owner: a personal phone.
    Workplace,
    /// Joined to the tenant.
    #[serde(rename = "AzureAD", alias = "AzureAd")]
    AzureAd,
    /// Joined to an on-premises domain and known here as well.
    #[serde(rename = "ServerAD", alias = "ServerAd")]
    ServerAd,
}

/// A registered device object: a record and a certificate, not management.
///
/// Registration stores four derived attributes (certificate thumbprint with the public key's hash, OS type, OS version, display
/// name), the owner, and the public transport key without which no session key could be sent. There is no app inventory and no profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// Device id, the common name of its certificate.
    pub id: DeviceId,
    /// Name given by the owner or the system.
    pub display_name: String,
    /// OS type, as the device named it.
    pub operating_system: String,
    /// OS version, as the device named it.
    pub operating_system_version: String,
    /// SHA-1 of the device certificate, upper-case hexadecimal: its name in existing protocols, never proof of anything.
    pub certificate_thumbprint: String,
    /// SHA-256 of the certificate's SubjectPublicKeyInfo, lower-case hexadecimal: what proofs are checked against.
    pub public_key_sha256: String,
    /// Public key that session keys are encrypted to: SubjectPublicKeyInfo, DER as standard base64. None: no broker on this device.
    #[serde(default)]
    pub transport_key: Option<String>,
    /// A disabled device proves nothing.
    pub account_enabled: bool,
    /// Under device management.
    pub is_managed: bool,
    /// Meets the compliance policies, as of its last judgement: see [`Self::is_compliant_at`].
    pub is_compliant: bool,
    /// Compliant no longer than this without another report; none: until somebody says otherwise.
    #[serde(default)]
    pub compliance_expiration: Option<Timestamp>,
    /// How it came to be known.
    pub trust_type: TrustType,
    /// Whose it is; none for a domain-joined device made by an administrator.
    pub owner: Option<UserId>,
    /// The id its built-in mail client uses in ActiveSync requests, recorded by management, never by the device itself.
    #[serde(default)]
    pub eas_device_id: Option<String>,
    /// When it was registered.
    pub registered: Timestamp,
}

impl Device {
    /// Whether it counts as compliant. What it was judged by may end before anybody has judged it again.
    #[must_use]
    pub fn is_compliant_at(&self, now: Timestamp) -> bool {
        self.is_compliant && self.compliance_expiration.is_none_or(|end| now <= end)
    }
}
