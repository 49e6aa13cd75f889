//! The request of a device to be forgotten: a message signed with its key over method, address and a nonce.

use doorward_model::DeviceId;
use serde::{Deserialize, Serialize};

use crate::certificate::DeviceCertificate;
use crate::jwt::JwtError;
use crate::key::{KeyError, SigningKey};
use crate::prt::device_signed;

/// Media type of the message, so that it cannot be mistaken for another one by the same key.
const TYP: &str = "device-delete+jwt";

/// What the device says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteClaims {
    /// Device to be removed.
    pub device_id: DeviceId,
    /// HTTP method.
    pub htm: String,
    /// Address.
    pub htu: String,
    /// Server nonce.
    pub nonce: String,
}

/// A message whose signature fits the certificate that came with it.
#[derive(Debug, Clone)]
pub struct SignedDelete {
    /// Claims.
    pub claims: DeleteClaims,
    /// Certificate: the device it belongs to must still be looked up.
    pub certificate: DeviceCertificate,
}

/// Builds the message.
///
/// # Errors
/// [`KeyError::Signing`].
pub fn build_delete(key: &SigningKey, certificate: &[u8], claims: &DeleteClaims) -> Result<String, KeyError> {
    device_signed::build(key, certificate, TYP, claims)
}

/// Parses the message and checks its signature.
///
/// # Errors
/// [`JwtError`].
pub fn parse_delete(message: &str) -> Result<SignedDelete, JwtError> {
    let (claims, certificate) = device_signed::parse(message, TYP)?;
    Ok(SignedDelete { claims, certificate })
}
