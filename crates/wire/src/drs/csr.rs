//! Certificate requests of devices (PKCS#10, RFC 2986).

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::prelude::FromDer as _;

use crate::certificate::{CertificateError, PublicKey};

/// Common name that every request carries (MS-DVRJ §3.1.5.1.1.2): the server gives the device its real name.
pub const SUBJECT: &str = "7E980AD9-B86D-4306-9425-9AC066FB014A";

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CsrError {
    /// Another type than PKCS#10.
    #[error("CertificateRequest.Type must be 'pkcs10'")]
    Kind,
    /// Not base64 of DER.
    #[error("the certificate request is not PKCS#10 in base64")]
    Malformed,
    /// Another subject.
    #[error("the certificate request: its subject must be CN={SUBJECT}")]
    Subject,
    /// A key that is too weak or of another kind.
    #[error("the certificate request: its key must be RSA of 2048 to 4096 bits or P-256")]
    Key,
    /// The requester does not hold the private key.
    #[error("the certificate request: its signature does not fit the key")]
    Signature,
}

/// A request whose sender holds the private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCsr {
    /// The key.
    pub public_key: PublicKey,
}

/// Checks a request of a device that joins. An extension request attribute, empty or not, is passed over: the server decides what a
/// certificate says.
pub(super) fn check(der: &[u8]) -> Result<CheckedCsr, CsrError> {
    let request = parse(der)?;
    let subject = &request.certification_request_info.subject;
    let name = subject.iter_common_name().next().and_then(|name| name.as_str().ok());
    if name.is_none_or(|name| !name.eq_ignore_ascii_case(SUBJECT)) || subject.iter_attributes().count() != 1 {
        return Err(CsrError::Subject);
    }
    checked(&request)
}

/// Checks a request whose subject says nothing: the server knows who asks.
///
/// # Errors
/// [`CsrError`].
pub fn check_any(der: &[u8]) -> Result<CheckedCsr, CsrError> {
    checked(&parse(der)?)
}

fn parse(der: &[u8]) -> Result<X509CertificationRequest<'_>, CsrError> {
    match X509CertificationRequest::from_der(der) {
        Ok(([], request)) => Ok(request),
        _ => Err(CsrError::Malformed),
    }
}

fn checked(request: &X509CertificationRequest<'_>) -> Result<CheckedCsr, CsrError> {
    let public_key = PublicKey::read(&request.certification_request_info.subject_pki).map_err(|_| CsrError::Key)?;
    request.verify_signature().map_err(|_| CsrError::Signature)?;
    Ok(CheckedCsr { public_key })
}

/// Makes the request of a device for its key (PKCS#8); DER.
///
/// # Errors
/// [`CertificateError::Issue`].
pub fn build_csr(key: &[u8]) -> Result<Vec<u8>, CertificateError> {
    let key = KeyPair::try_from(key)?;
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, SUBJECT);
    params.distinguished_name = name;
    Ok(params.serialize_request(&key)?.der().to_vec())
}
