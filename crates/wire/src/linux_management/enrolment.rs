//! Enrolment: a certificate request in, an id and a certificate out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::drs::{CheckedCsr, CsrError, check_any_csr};

/// Longest certificate request, in characters.
const LONGEST: usize = 16 * 1024;

/// Body of an enrolment. Which device it is, the access token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EnrolmentRequest {
    /// PKCS#10 as PEM; its subject is the computer's name and says nothing.
    pub certificate_signing_request: String,
    /// Name of the computer.
    #[serde(default)]
    pub device_name: String,
}

/// Certificate in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CertificateAnswer {
    /// DER, as a list of numbers.
    pub cert_blob: Vec<u8>,
    /// SHA-1, upper-case hexadecimal.
    pub thumbprint: String,
}

/// Answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnrolmentResponse {
    /// Id of the device in management.
    pub device_id: String,
    /// Certificate.
    pub certificate: CertificateAnswer,
    /// Days after which the client enrols again.
    pub renew_period: u32,
}

/// Reads and checks a certificate request, with or without the lines of PEM around it.
///
/// # Errors
/// [`CsrError`].
pub fn read_csr(pem: &str) -> Result<CheckedCsr, CsrError> {
    if pem.len() > LONGEST {
        return Err(CsrError::Malformed);
    }
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).flat_map(str::split_whitespace).collect();
    check_any_csr(&STANDARD.decode(base64).map_err(|_| CsrError::Malformed)?)
}
