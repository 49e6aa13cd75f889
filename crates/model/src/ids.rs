//! Typed ids: a user id cannot be passed where a device id is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A string that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind} must be a GUID, got {text:?}")]
pub struct ParseIdError {
    kind: &'static str,
    text: String,
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh random id.
            #[must_use]
            pub fn random(rng: &dyn crate::Rng) -> Self {
                Self(crate::rng::uuid(rng))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self).map_err(|_| ParseIdError {
                    kind: stringify!($name),
                    text: text.chars().take(64).collect(),
                })
            }
        }
    )+};
}

typed_id! {
    /// A tenant (directory).
    TenantId,
    /// A user object.
    UserId,
    /// A group object.
    GroupId,
    /// The client id of an application registration; also the id of a resource.
    AppId,
    /// One scope or app role of a resource.
    PermissionId,
    /// One secret or certificate of a client.
    CredentialId,
    /// The device id of a registered device object: the common name of its certificate.
    DeviceId,
    /// One registered authentication method of a user.
    MethodId,
    /// One sign-in session: everything issued from one authentication.
    SessionId,
    /// One record of the sign-in log.
    SignInId,
    /// One record of the directory audit log.
    AuditId,
    /// One refresh token or primary refresh token (not its value).
    TokenId,
    /// One authorization code (not its value).
    CodeId,
    /// One registration of a managed app: user × app × device.
    RegistrationId,
    /// A request, for correlation between client, log and help desk.
    CorrelationId,
}
