//! Apple App Attest: an attestation of a key in the Secure Enclave by Apple, and assertions that this key signs.
//!
//! After Apple's "Validating apps that connect to your server". The object is WebAuthn's (Level 2 §6.5) with a format and a certificate
//! extension of its own.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use doorward_model::protection::{AppAttestEnvironment, AppAttestation, EvidenceProblem, ProofKey};
use jiff::Timestamp;
use minicbor::Decoder;
use x509_parser::der_parser::oid;
use x509_parser::oid_registry::Oid;

use super::MAXIMUM_EVIDENCE_BYTES;
use super::chain::{self, Roots, proof_point};
use crate::der::{Reader, universal};
use crate::webauthn::{AuthenticatorData, PublicKey};

const NONCE: Oid<'static> = oid!(1.2.840.113635.100.8.2);
pub(super) const FORMAT: &str = "apple-appattest";
/// What stands in place of the make of an authenticator.
pub(super) const PRODUCTION: [u8; 16] = *b"appattest\0\0\0\0\0\0\0";
pub(super) const DEVELOPMENT: [u8; 16] = *b"appattestdevelop";
/// Apple sends two.
const CERTIFICATES: u64 = 4;

/// What an app hands to App Attest, in place of a browser's client data: the nonce of the service, and the key with which the app signs
/// its requests, so that the attested key vouches for it. The phone's API takes the SHA-256 of this text.
#[must_use]
pub fn client_data(nonce: &str, key: &ProofKey) -> String {
    // The members of a key are base64url, which has no full stop.
    format!("{nonce}.{}.{}", key.x, key.y)
}

/// SHA-256 of an App ID: team id, full stop, bundle id.
#[must_use]
pub fn app_id_hash(app_id: &str) -> [u8; 32] {
    sha256(&[app_id.as_bytes()])
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, &parts.concat()).as_ref());
    hash
}

/// Reads an attestation object, verifies its chain up to one of `roots` and that it is for `client_data`, and returns what it says.
///
/// # Errors
/// [`EvidenceProblem::Unreadable`], [`EvidenceProblem::Chain`], [`EvidenceProblem::Root`], [`EvidenceProblem::Expired`],
/// [`EvidenceProblem::Challenge`] or [`EvidenceProblem::OtherKey`].
pub fn verify_app_attestation(
    evidence: &[u8],
    client_data: &str,
    roots: &Roots,
    now: Timestamp,
) -> Result<AppAttestation, EvidenceProblem> {
    let unreadable = EvidenceProblem::Unreadable;
    let object = Some(evidence).filter(|evidence| evidence.len() <= MAXIMUM_EVIDENCE_BYTES);
    let object = object.and_then(|evidence| read_object(evidence).ok().flatten()).ok_or(unreadable)?;
    let data = AuthenticatorData::parse(object.data).map_err(|_| unreadable)?;
    let credential = data.attested.ok_or(unreadable)?;
    let environment = match credential.aaguid.into_bytes() {
        PRODUCTION => AppAttestEnvironment::Production,
        DEVELOPMENT => AppAttestEnvironment::Development,
        _ => return Err(unreadable),
    };
    let chain = roots.verify(&object.certificates, now)?;
    let leaf = chain.first().ok_or(unreadable)?;
    let nonce = chain::extension(leaf, &NONCE).and_then(nonce).ok_or(unreadable)?;
    if nonce != sha256(&[object.data, &sha256(&[client_data.as_bytes()])]) {
        return Err(EvidenceProblem::Challenge);
    }
    let key = chain::proof_key(leaf.public_key()).ok_or(unreadable)?;
    let point = &leaf.public_key().subject_public_key.data;
    let is_same = PublicKey::parse(&credential.public_key).is_ok_and(|key| key == PublicKey::Es256(point.to_vec()));
    if !is_same || credential.id != sha256(&[point]) || data.sign_count != 0 {
        return Err(EvidenceProblem::OtherKey);
    }
    Ok(AppAttestation { app_id_hash: data.rp_id_hash, environment, key })
}

struct Object<'b> {
    certificates: Vec<&'b [u8]>,
    data: &'b [u8],
}

/// Each part must be there once, and nothing else.
fn read_object(bytes: &[u8]) -> Result<Option<Object<'_>>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    if decoder.map()? != Some(3) {
        return Ok(None);
    }
    let (mut format, mut certificates, mut data) = (None, None, None);
    for _ in 0..3 {
        match decoder.str()? {
            "fmt" if format.is_none() => format = Some(decoder.str()?),
            "attStmt" if certificates.is_none() => match read_statement(&mut decoder)? {
                Some(read) => certificates = Some(read),
                None => return Ok(None),
            },
            "authData" if data.is_none() => data = Some(decoder.bytes()?),
            _ => return Ok(None),
        }
    }
    let all = certificates.zip(data).filter(|_| format == Some(FORMAT) && decoder.position() == bytes.len());
    Ok(all.map(|(certificates, data)| Object { certificates, data }))
}

/// The certificates. The receipt beside them is for Apple, and nothing is decided by it.
fn read_statement<'b>(decoder: &mut Decoder<'b>) -> Result<Option<Vec<&'b [u8]>>, minicbor::decode::Error> {
    let Some(members @ 1..=2) = decoder.map()? else { return Ok(None) };
    let (mut certificates, mut receipt) = (None, None);
    for _ in 0..members {
        match decoder.str()? {
            "x5c" if certificates.is_none() => {
                let Some(count @ 1..=CERTIFICATES) = decoder.array()? else { return Ok(None) };
                certificates = Some((0..count).map(|_| decoder.bytes()).collect::<Result<Vec<_>, _>>()?);
            }
            "receipt" if receipt.is_none() => receipt = Some(decoder.bytes()?),
            _ => return Ok(None),
        }
    }
    Ok(certificates)
}

/// The one octet string of the extension, which stands in a tagged field of a sequence.
fn nonce(extension: &[u8]) -> Option<[u8; 32]> {
    let mut outside = Reader::new(extension);
    let mut sequence = outside.enter(universal::SEQUENCE)?;
    outside.end()?;
    let (tag, content) = sequence.any()?;
    tag.as_explicit().filter(|number| *number == 1)?;
    sequence.end()?;
    let mut field = Reader::new(content);
    let nonce = field.element(universal::OCTET_STRING)?;
    field.end()?;
    nonce.try_into().ok()
}

/// An assertion, its parts apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assertion {
    /// SHA-256 of the App ID.
    pub app_id_hash: [u8; 32],
    /// How many assertions the key has made, this one included.
    pub counter: u32,
    data: [u8; 37],
    signature: Vec<u8>,
}

impl Assertion {
    /// Reads an assertion; none when it is not CBOR of that form.
    #[must_use]
    pub fn parse(evidence: &[u8]) -> Option<Self> {
        let evidence = Some(evidence).filter(|evidence| evidence.len() <= MAXIMUM_EVIDENCE_BYTES)?;
        let (signature, data) = read_assertion(evidence)?;
        // Hash, flags, counter. What the flags say of a person is nothing that App Attest knows.
        let data: [u8; 37] = data.try_into().ok()?;
        let (app_id_hash, rest) = data.split_first_chunk::<32>()?;
        let counter = u32::from_be_bytes(*rest.last_chunk::<4>()?);
        Some(Self { app_id_hash: *app_id_hash, counter, data, signature: signature.to_vec() })
    }

    /// Whether the attested key signed this for `client_data`.
    #[must_use]
    pub fn is_signed(&self, key: &ProofKey, client_data: &str) -> bool {
        let Some(point) = proof_point(key) else { return false };
        // The message is itself a hash, which is hashed once more for the signature.
        let message = sha256(&[&self.data, &sha256(&[client_data.as_bytes()])]);
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(&message, &self.signature).is_ok()
    }
}

/// Signature and data, each once, and nothing else.
fn read_assertion(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut decoder = Decoder::new(bytes);
    decoder.map().ok()?.filter(|members| *members == 2)?;
    let (mut signature, mut data) = (None, None);
    for _ in 0..2 {
        match decoder.str().ok()? {
            "signature" if signature.is_none() => signature = decoder.bytes().ok(),
            "authenticatorData" if data.is_none() => data = decoder.bytes().ok(),
            _ => return None,
        }
    }
    signature.zip(data).filter(|_| decoder.position() == bytes.len())
}
