//! Attestations of software phones: what secure hardware and its maker would say, said under a root of one's own. Only a tenant for tests
//! has a reason to believe it.

use aws_lc_rs::digest::{SHA256, digest};
use doorward_model::protection::{AppAttestEnvironment, KeyDescription, ProofKey};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey as _,
};

use super::app_attest::{DEVELOPMENT, FORMAT, PRODUCTION, app_id_hash};
use super::chain::{proof_key_of_point, proof_point};
use super::write_key_description;
use crate::certificate::CertificateError;
use crate::der;

const KEY_DESCRIPTION: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];
const NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

/// The maker of software phones.
pub struct SoftwareMaker {
    issuer: Issuer<'static, KeyPair>,
    root: Certificate,
}

/// A point as the subject of a certificate.
struct Point(Vec<u8>);

impl PublicKeyData for Point {
    fn der_bytes(&self) -> &[u8] {
        &self.0
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SoftwareMaker {
    /// A new maker with a root of its own.
    ///
    /// # Errors
    /// [`CertificateError::Issue`].
    pub fn generate() -> Result<Self, CertificateError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut params = named("Attestations of software phones");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = params.self_signed(&key)?;
        Ok(Self { issuer: Issuer::new(params, key), root })
    }

    /// The root, PEM.
    #[must_use]
    pub fn root(&self) -> String {
        self.root.pem()
    }

    /// What Android's key store says of a key: the evidence that [`super::verify_key_attestation`] takes.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn attest_key(&self, key: &ProofKey, said: &KeyDescription) -> Result<Vec<u8>, CertificateError> {
        let point = proof_point(key).ok_or(CertificateError::Key)?;
        self.chain(point, KEY_DESCRIPTION, write_key_description(said)).map(|chain| chain.concat())
    }

    /// The leaf with an extension, and the root.
    fn chain(&self, point: Vec<u8>, oid: &[u64], content: Vec<u8>) -> Result<[Vec<u8>; 2], CertificateError> {
        let mut params = named("Attested key");
        params.is_ca = IsCa::ExplicitNoCa;
        params.custom_extensions = vec![CustomExtension::from_oid_content(oid, content)];
        let leaf = params.signed_by(&Point(point), &self.issuer)?;
        Ok([leaf.der().to_vec(), self.root.der().to_vec()])
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    params.distinguished_name = distinguished;
    params
}

/// A key of App Attest in a software phone.
pub struct SoftwareEnclave {
    key: KeyPair,
    app_id: String,
    counter: u32,
}

impl SoftwareEnclave {
    /// A new key of the app with that App ID.
    ///
    /// # Errors
    /// [`CertificateError::Issue`].
    pub fn generate(app_id: &str) -> Result<Self, CertificateError> {
        Ok(Self { key: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?, app_id: app_id.to_owned(), counter: 0 })
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> Option<ProofKey> {
        proof_key_of_point(self.key.public_key_raw())
    }

    /// What Apple says of the key: the evidence that [`super::verify_app_attestation`] takes.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn attest(&self, maker: &SoftwareMaker, environment: AppAttestEnvironment, client_data: &str) -> Result<Vec<u8>, CertificateError> {
        let point = self.key.public_key_raw();
        let (x, y) = point.get(1..33).zip(point.get(33..65)).ok_or(CertificateError::Key)?;
        let make = match environment {
            AppAttestEnvironment::Production => PRODUCTION,
            AppAttestEnvironment::Development => DEVELOPMENT,
        };
        // kty EC2, alg ES256, crv P-256, x, y.
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        let id = sha256(point);
        let data = [&self.authenticator_data(0), &make[..], &[0, 32], &id, &cose].concat();
        let nonce = sha256(&[&data[..], &sha256(client_data.as_bytes())].concat());
        let extension = der::sequence(&[&der::explicit(1, &der::octet_string(&nonce))]);
        let [leaf, root] = maker.chain(point.to_vec(), NONCE, extension)?;
        let statement = [&[0xa1][..], &cbor(3, b"x5c"), &[0x82], &cbor(2, &leaf), &cbor(2, &root)].concat();
        Ok([
            &[0xa3][..],
            &cbor(3, b"fmt"),
            &cbor(3, FORMAT.as_bytes()),
            &cbor(3, b"attStmt"),
            &statement,
            &cbor(3, b"authData"),
            &cbor(2, &data),
        ]
        .concat())
    }

    /// An assertion, counted: the evidence that [`super::Assertion`] reads.
    ///
    /// # Errors
    /// [`CertificateError::Issue`].
    pub fn assert(&mut self, client_data: &str) -> Result<Vec<u8>, CertificateError> {
        self.counter = self.counter.saturating_add(1);
        let data = self.authenticator_data(self.counter);
        let signature = self.key.sign(&sha256(&[&data[..], &sha256(client_data.as_bytes())].concat()))?;
        let members = [&cbor(3, b"signature")[..], &cbor(2, &signature), &cbor(3, b"authenticatorData"), &cbor(2, &data)].concat();
        Ok([&[0xa2][..], &members].concat())
    }

    fn authenticator_data(&self, counter: u32) -> Vec<u8> {
        [&app_id_hash(&self.app_id)[..], &[0x40], &counter.to_be_bytes()].concat()
    }
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    digest(&SHA256, bytes).as_ref().to_vec()
}

/// A text (3) or bytes (2) in CBOR (RFC 8949 §3).
fn cbor(kind: u8, content: &[u8]) -> Vec<u8> {
    let kind = kind << 5;
    let head = match content.len() {
        short @ 0..=23 => vec![kind | u8::try_from(short).unwrap_or_default()],
        byte @ 24..=255 => vec![kind | 24, u8::try_from(byte).unwrap_or_default()],
        long => [&[kind | 25][..], &u16::try_from(long).unwrap_or(u16::MAX).to_be_bytes()].concat(),
    };
    [head.as_slice(), content].concat()
}
