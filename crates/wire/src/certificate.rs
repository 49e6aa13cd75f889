//! Device certificates: reading them, and issuing them from the tenant's device authority.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use doorward_model::{DeviceId, Rng, TenantId, UserId, rng};
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, PublicKeyData, SanType, SerialNumber, SignatureAlgorithm,
};
use uuid::Uuid;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::key::{Scheme, VerifyingKey};
use crate::{hex, spki};

/// Object identifiers under which the device's certificate names device, user and tenant (MS-DVRJ), each an OCTET STRING of a
/// GUID in mixed-endian order.
const OID_DEVICE: &[u64] = &[1, 2, 840, 113_556, 1, 5, 284, 2];
const OID_USER: &[u64] = &[1, 2, 840, 113_556, 1, 5, 284, 3];
const OID_TENANT: &[u64] = &[1, 2, 840, 113_556, 1, 5, 284, 5];

/// Common name of the device authority; its `OU` is the tenant's GUID for it.
const AUTHORITY_NAME: &str = "Doorward Device Registration";

/// Why a certificate cannot be used or made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not DER, or not a certificate.
    #[error("not an X.509 certificate")]
    Malformed,
    /// Neither RSA of 2048 to 4096 bits nor P-256, or not written in the one form of such keys.
    #[error("the key must be RSA of 2048 to 4096 bits or P-256")]
    Key,
    /// The issuing library refused.
    #[error("the certificate could not be issued: {0}")]
    Issue(String),
}

impl From<rcgen::Error> for CertificateError {
    fn from(error: rcgen::Error) -> Self {
        Self::Issue(error.to_string())
    }
}

/// What an uncompressed point begins with (SEC 1 §2.3.3).
const UNCOMPRESSED: u8 = 4;

/// Kind of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA.
    Rsa,
    /// P-256.
    P256,
}

/// A public key as it stands in a certificate or a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
    /// SHA-256 of it, lower-case hexadecimal.
    pub sha256: String,
    /// Kind.
    pub kind: KeyKind,
    bits: Vec<u8>,
}

impl PublicKey {
    pub(crate) fn read(info: &SubjectPublicKeyInfo<'_>) -> Result<Self, CertificateError> {
        let (kind, one_form) = match info.parsed() {
            Ok(ParsedKey::RSA(key)) if (2048..=4096).contains(&bits(key.modulus)) => (KeyKind::Rsa, spki::rsa(key.modulus, key.exponent)),
            Ok(ParsedKey::EC(point)) if point.data().first() == Some(&UNCOMPRESSED) => {
                let point = point.data().try_into().map_err(|_| CertificateError::Key)?;
                (KeyKind::P256, spki::p256(point))
            }
            _ => return Err(CertificateError::Key),
        };
        if one_form != info.raw {
            return Err(CertificateError::Key);
        }
        Ok(Self {
            spki: info.raw.to_vec(),
            sha256: hex(digest(&SHA256, info.raw).as_ref()),
            kind,
            bits: info.subject_public_key.data.to_vec(),
        })
    }

    /// The key for checking signatures.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::from_spki(&self.spki)
    }

    /// The one scheme under which messages by this kind of key are accepted.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        match self.kind {
            KeyKind::Rsa => Scheme::Rs256,
            KeyKind::P256 => Scheme::Es256,
        }
    }
}

/// How many bits a number of a key has, whatever zeros stand in front of it.
fn bits(number: &[u8]) -> usize {
    let digits: Vec<u8> = number.iter().copied().skip_while(|byte| *byte == 0).collect();
    let unused = digits.first().map_or(0, |first| usize::try_from(first.leading_zeros()).unwrap_or(0));
    digits.len() * 8 - unused
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        &self.bits
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        match self.kind {
            KeyKind::Rsa => &PKCS_RSA_SHA256,
            KeyKind::P256 => &PKCS_ECDSA_P256_SHA256,
        }
    }
}

/// A certificate that came with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// DER.
    pub der: Vec<u8>,
    /// Its key.
    pub public_key: PublicKey,
}

impl DeviceCertificate {
    /// The key for checking signatures.
    #[must_use]
    pub fn key(&self) -> VerifyingKey {
        self.public_key.verifying_key()
    }
}

/// Reads a certificate. Neither validity nor issuer is judged: a device is known by its key (see `docs/decisions`).
///
/// # Errors
/// [`CertificateError::Malformed`], [`CertificateError::Key`].
pub fn parse(der: &[u8]) -> Result<DeviceCertificate, CertificateError> {
    let (rest, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
    if !rest.is_empty() {
        return Err(CertificateError::Malformed);
    }
    Ok(DeviceCertificate { der: der.to_vec(), public_key: PublicKey::read(certificate.public_key())? })
}

/// Whether a certificate says that it comes from the authority with that id. Its word alone: no signature is checked.
#[must_use]
pub fn claims_issuer(der: &[u8], authority: Uuid) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return false };
    let mut units = certificate.issuer().iter_organizational_unit().filter_map(|unit| unit.as_str().ok());
    units.any(|unit| unit.parse() == Ok(authority))
}

/// When a certificate begins and ends.
///
/// # Errors
/// [`CertificateError::Malformed`].
pub fn validity(der: &[u8]) -> Result<(Timestamp, Timestamp), CertificateError> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
    let time = |seconds: i64| Timestamp::from_second(seconds).map_err(|_| CertificateError::Malformed);
    let validity = certificate.validity();
    Ok((time(validity.not_before.timestamp())?, time(validity.not_after.timestamp())?))
}

/// SHA-1 of a certificate, upper-case hexadecimal: its name in existing protocols, proof of nothing.
#[must_use]
pub fn thumbprint(der: &[u8]) -> String {
    hex(&thumbprint_bytes(der)).to_uppercase()
}

/// The same as bytes.
#[must_use]
pub fn thumbprint_bytes(der: &[u8]) -> Vec<u8> {
    digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref().to_vec()
}

/// A new device authority.
pub struct NewDeviceCa {
    /// Certificate, DER.
    pub certificate: Vec<u8>,
    /// Private key, PKCS#8.
    pub private_key: Vec<u8>,
}

/// Makes a device authority with a P-256 key; valid for thirty years.
///
/// # Errors
/// [`CertificateError::Issue`].
pub fn create_device_ca(id: Uuid, now: Timestamp) -> Result<NewDeviceCa, CertificateError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = authority_params(id);
    set_validity(&mut params, now, now.as_second().saturating_add(30 * 365 * 86_400));
    let certificate = params.self_signed(&key)?;
    Ok(NewDeviceCa { certificate: certificate.der().to_vec(), private_key: key.serialize_der() })
}

/// The name of the authority with that id as text (RFC 4514). Phones look in it for the `OU` of the issuer of their certificate.
#[must_use]
pub fn authority_name(id: Uuid) -> String {
    format!("OU={id},CN={AUTHORITY_NAME}")
}

fn authority_params(id: Uuid) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, AUTHORITY_NAME);
    name.push(DnType::OrganizationalUnitName, id.to_string());
    params.distinguished_name = name;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// What a device certificate says.
#[derive(Debug, Clone, Copy)]
pub struct DeviceCertificateTemplate {
    /// Device id: the subject is `CN=<device id>` and nothing else.
    pub device: DeviceId,
    /// Tenant.
    pub tenant: TenantId,
    /// Owner; none for a computer of a domain.
    pub user: Option<UserId>,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
}

/// Issues a device certificate for a public key, by the authority with that id and private key (PKCS#8); DER.
///
/// # Errors
/// [`CertificateError::Issue`].
pub fn issue_device_certificate(
    authority: Uuid,
    authority_key: &[u8],
    key: &PublicKey,
    template: &DeviceCertificateTemplate,
    rng: &dyn Rng,
) -> Result<Vec<u8>, CertificateError> {
    let signer = KeyPair::try_from(authority_key)?;
    let mut params = leaf_params(&template.device.to_string(), rng);
    set_validity(&mut params, template.not_before, template.not_after.as_second());
    params.custom_extensions = vec![guid_extension(OID_DEVICE, template.device.0)];
    params.custom_extensions.extend(template.user.map(|user| guid_extension(OID_USER, user.0)));
    params.custom_extensions.push(guid_extension(OID_TENANT, template.tenant.0));
    params.use_authority_key_identifier_extension = true;
    let issuer = Issuer::new(authority_params(authority), signer);
    Ok(params.signed_by(key, &issuer)?.der().to_vec())
}

/// What a certificate for the peers of a device says.
#[derive(Debug, Clone, Copy)]
pub struct PeerCertificateTemplate<'a> {
    /// Device id: the subject is `CN=<device id>` and nothing else.
    pub device: DeviceId,
    /// Name of the device. Only a single label counts: names with a dot are those of servers, which the authority does not vouch for.
    pub name: &'a str,
    /// Start of validity.
    pub not_before: Timestamp,
    /// End of validity.
    pub not_after: Timestamp,
}

/// Issues a certificate with which a device shows itself to other devices of its tenant, by the authority with that id and private key
/// (PKCS#8); DER.
///
/// # Errors
/// [`CertificateError::Issue`].
pub fn issue_peer_certificate(
    authority: Uuid,
    authority_key: &[u8],
    key: &PublicKey,
    template: &PeerCertificateTemplate<'_>,
    rng: &dyn Rng,
) -> Result<Vec<u8>, CertificateError> {
    let signer = KeyPair::try_from(authority_key)?;
    let mut params = leaf_params(&template.device.to_string(), rng);
    set_validity(&mut params, template.not_before, template.not_after.as_second());
    params.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    if is_label(template.name) {
        params.subject_alt_names = vec![SanType::DnsName(template.name.try_into()?)];
    }
    params.use_authority_key_identifier_extension = true;
    let issuer = Issuer::new(authority_params(authority), signer);
    Ok(params.signed_by(key, &issuer)?.der().to_vec())
}

/// A single label of a host name (RFC 1123 §2.1).
fn is_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// A certificate that a domain-joined PC makes for itself, valid for ten years; DER. `key` is PKCS#8.
///
/// # Errors
/// [`CertificateError::Issue`].
pub fn self_signed(common_name: &str, key: &[u8], now: Timestamp, rng: &dyn Rng) -> Result<Vec<u8>, CertificateError> {
    let signer = KeyPair::try_from(key)?;
    let mut params = leaf_params(common_name, rng);
    set_validity(&mut params, now, now.as_second().saturating_add(10 * 365 * 86_400));
    Ok(params.self_signed(&signer)?.der().to_vec())
}

fn leaf_params(common_name: &str, rng: &dyn Rng) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    params.distinguished_name = name;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let mut serial = rng::bytes::<16>(rng);
    // A serial number is a positive integer (RFC 5280 §4.1.2.2).
    if let Some(first) = serial.first_mut() {
        *first = (*first & 0x7f) | 0x40;
    }
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    params
}

fn set_validity(params: &mut CertificateParams, from: Timestamp, until: i64) {
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let since = |seconds: i64| epoch + std::time::Duration::from_secs(seconds.max(0).unsigned_abs());
    // Clocks of phones run late.
    params.not_before = since(from.as_second().saturating_sub(300));
    params.not_after = since(until);
}

fn guid_extension(oid: &[u64], id: Uuid) -> CustomExtension {
    // DER: OCTET STRING, 16 bytes.
    let content = [&[0x04, 0x10][..], &id.to_bytes_le()].concat();
    CustomExtension::from_oid_content(oid, content)
}

/// The device that a certificate names: its subject must be `CN=<device id>`.
///
/// # Errors
/// [`CertificateError::Malformed`], [`CertificateError::Key`].
pub fn device_name(der: &[u8]) -> Result<(DeviceId, DeviceCertificate), CertificateError> {
    let parsed = parse(der)?;
    let (_, certificate) = X509Certificate::from_der(der).map_err(|_| CertificateError::Malformed)?;
    let name = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
    let id = name.and_then(|name| name.parse().ok()).ok_or(CertificateError::Malformed)?;
    Ok((id, parsed))
}
