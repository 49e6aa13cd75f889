//! What a person can prove themselves with beside the password.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{DeviceId, MethodId, UserId};

/// A second factor, in the words of authentication strengths where these have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SecondFactor {
    /// A passkey: resists phishing, and is a second factor and a first one at once.
    Fido2,
    /// A code from an authenticator app.
    SoftwareOath,
    /// One of the codes that were handed out when the first second factor was registered.
    RecoveryCode,
    /// A key behind a PIN on a registered device. The device's broker uses it; no page can ask for it.
    #[serde(rename = "windowsHelloForBusiness")]
    WindowsHello,
}

impl SecondFactor {
    /// Those that a person can give at a page, best first.
    pub const ALL: [Self; 3] = [Self::Fido2, Self::SoftwareOath, Self::RecoveryCode];

    /// The method as the `amr` claim spells it (RFC 8176 where it has a word). `mfa` stands beside it in a session.
    #[must_use]
    pub fn amr(self) -> &'static str {
        match self {
            Self::Fido2 => "fido",
            Self::SoftwareOath => "otp",
            Self::RecoveryCode => "recovery",
            Self::WindowsHello => "ngcmfa",
        }
    }

    /// The method as authentication strengths spell it. They have no word for recovery codes, so these meet none of them.
    #[must_use]
    pub fn strength_word(self) -> Option<&'static str> {
        match self {
            Self::Fido2 => Some("fido2"),
            Self::SoftwareOath => Some("softwareOath"),
            Self::RecoveryCode => None,
            Self::WindowsHello => Some("windowsHelloForBusiness"),
        }
    }
}

/// A registered method.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationMethod {
    /// Id.
    pub id: MethodId,
    /// Whose it is.
    pub user_id: UserId,
    /// Name shown to people.
    pub display_name: String,
    /// When it was registered.
    pub created: Timestamp,
    /// When it was last used.
    #[serde(skip)]
    pub last_used: Option<Timestamp>,
    /// The last time step of a one-time code, or the signature counter of a passkey. It only ever grows; 0 is no count.
    #[serde(skip)]
    pub counter: i64,
    /// What it is verified with.
    pub credential: Credential,
}

/// What a method is verified with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Credential {
    /// An authenticator app.
    SoftwareOath {
        /// The secret, wrapped by the master key.
        wrapped_secret: Vec<u8>,
    },
    /// A passkey.
    Fido2 {
        /// Credential id, unique in the tenant.
        credential_id: Vec<u8>,
        /// Public key as the authenticator gave it (`COSE_Key`).
        public_key: Vec<u8>,
        /// Make of the authenticator; zero when it does not say.
        aaguid: Uuid,
    },
    /// A key behind a PIN on a registered device.
    WindowsHello {
        /// SHA-256 of the key as the device sent it: how the device names it, unique in the tenant.
        key_id: Vec<u8>,
        /// Public key: SubjectPublicKeyInfo, DER.
        public_key: Vec<u8>,
        /// The device that it is on.
        device_id: DeviceId,
    },
}

impl AuthenticationMethod {
    /// Which second factor it is.
    #[must_use]
    pub fn factor(&self) -> SecondFactor {
        match self.credential {
            Credential::SoftwareOath { .. } => SecondFactor::SoftwareOath,
            Credential::Fido2 { .. } => SecondFactor::Fido2,
            Credential::WindowsHello { .. } => SecondFactor::WindowsHello,
        }
    }

    /// What the method is found by: the credential id of a passkey, the key id of a device's key.
    #[must_use]
    pub fn credential_id(&self) -> Option<&[u8]> {
        match &self.credential {
            Credential::Fido2 { credential_id, .. } => Some(credential_id),
            Credential::WindowsHello { key_id, .. } => Some(key_id),
            Credential::SoftwareOath { .. } => None,
        }
    }

    /// The registered device that the method is on and goes with.
    #[must_use]
    pub fn device_id(&self) -> Option<DeviceId> {
        match &self.credential {
            Credential::WindowsHello { device_id, .. } => Some(*device_id),
            Credential::Fido2 { .. } | Credential::SoftwareOath { .. } => None,
        }
    }
}

impl std::fmt::Debug for AuthenticationMethod {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthenticationMethod({:?} {} of {})", self.factor(), self.id, self.user_id)
    }
}
