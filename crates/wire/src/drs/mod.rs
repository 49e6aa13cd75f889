//! Device registration messages (MS-DVRD, MS-DVRJ): discovery, join, and the signed request to unregister.

mod csr;
pub mod discover;
mod key_blob;
mod unregister;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

pub use crate::certificate::thumbprint;
pub use csr::{CheckedCsr, CsrError, SUBJECT, build_csr, check_any as check_any_csr};
pub use key_blob::{KeyBlobError, blob_to_spki, spki_to_blob};
pub use unregister::{DeleteClaims, SignedDelete, build_delete, parse_delete};

/// Body of a key registration (`kngc`: the key, as a BCRYPT_RSAKEY_BLOB in base64).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyRequest {
    /// The key.
    pub kngc: String,
}

/// A user's key as a device sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserKey {
    /// SHA-256 of the blob: how messages by the key name it.
    pub id: Vec<u8>,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
}

/// The key of a registration.
///
/// # Errors
/// [`KeyBlobError`].
pub fn user_key(request: &KeyRequest) -> Result<UserKey, KeyBlobError> {
    if request.kngc.len() > 4096 {
        return Err(KeyBlobError::Malformed);
    }
    let blob = STANDARD.decode(request.kngc.trim()).map_err(|_| KeyBlobError::Malformed)?;
    Ok(UserKey { spki: blob_to_spki(&blob)?, id: digest(&SHA256, &blob).as_ref().to_vec() })
}

/// The certificate request of a join.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CertificateRequest {
    /// `pkcs10`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// PKCS#10, DER as standard base64.
    pub data: String,
}

/// Body of a join. Names and versions are free text of the device.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JoinRequest {
    /// Request for the device certificate.
    pub certificate_request: CertificateRequest,
    /// Public key to which session keys will be encrypted: BCRYPT_RSAKEY_BLOB as base64.
    pub transport_key: String,
    /// Domain of the user.
    #[serde(default)]
    pub target_domain: String,
    /// OS type.
    #[serde(default)]
    pub device_type: String,
    /// OS version.
    #[serde(default, rename = "OSVersion")]
    pub os_version: String,
    /// Name.
    #[serde(default)]
    pub device_display_name: String,
    /// 0 and 8 join, 4 registers, 6 is hybrid.
    #[serde(default)]
    pub join_type: i64,
}

/// Certificate in the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct IssuedCertificate {
    /// SHA-1, upper-case hexadecimal.
    pub thumbprint: String,
    /// DER as standard base64, in one line.
    pub raw_body: String,
}

/// User in the answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JoinedUser {
    /// Sign-in name.
    pub upn: String,
}

/// Answer of a join.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct JoinResponse {
    /// The device certificate.
    pub certificate: IssuedCertificate,
    /// Whose device it is.
    pub user: JoinedUser,
    /// Local group changes that the device should make; none.
    #[serde(default)]
    pub membership_changes: Vec<serde_json::Value>,
}

impl JoinResponse {
    /// The answer for an issued certificate.
    #[must_use]
    pub fn new(certificate: &[u8], thumbprint: &str, upn: &str) -> Self {
        Self {
            certificate: IssuedCertificate { thumbprint: thumbprint.to_owned(), raw_body: STANDARD.encode(certificate) },
            user: JoinedUser { upn: upn.to_owned() },
            membership_changes: Vec::new(),
        }
    }
}

/// Checks the certificate request of a join: PKCS#10 with the fixed subject, a usable key and its own signature.
///
/// # Errors
/// [`CsrError`].
pub fn check_csr(request: &JoinRequest) -> Result<CheckedCsr, CsrError> {
    if !request.certificate_request.kind.eq_ignore_ascii_case("pkcs10") {
        return Err(CsrError::Kind);
    }
    if request.certificate_request.data.len() > 16 * 1024 {
        return Err(CsrError::Malformed);
    }
    csr::check(&STANDARD.decode(request.certificate_request.data.trim()).map_err(|_| CsrError::Malformed)?)
}

/// The transport key of a join as SubjectPublicKeyInfo, DER as standard base64.
///
/// # Errors
/// [`KeyBlobError`].
pub fn transport_key_spki(request: &JoinRequest) -> Result<String, KeyBlobError> {
    if request.transport_key.len() > 4096 {
        return Err(KeyBlobError::Malformed);
    }
    let blob = STANDARD.decode(request.transport_key.trim()).map_err(|_| KeyBlobError::Malformed)?;
    blob_to_spki(&blob).map(|spki| STANDARD.encode(spki))
}
