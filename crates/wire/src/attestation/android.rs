//! Android key attestation: a chain of certificates whose leaf describes a key and the app that asked for it.

use doorward_model::protection::{EvidenceProblem, KeyAttestation};
use jiff::Timestamp;
use x509_parser::der_parser::oid;
use x509_parser::oid_registry::Oid;

use super::chain::{self, Roots};
use super::key_description::read_key_description;
use super::{MAXIMUM_EVIDENCE_BYTES, Revocations};
use crate::der::{Reader, universal};
use crate::hex;

const KEY_DESCRIPTION: Oid<'static> = oid!(1.3.6.1.4.1.11129.2.1.17);

/// Reads a chain, its certificates one after the other and leaf first, verifies it up to one of `roots`, and returns what it says.
///
/// The description must stand in the leaf and nowhere else: whoever holds an attested key could otherwise sign a second description
/// with it.
///
/// # Errors
/// [`EvidenceProblem::Unreadable`], [`EvidenceProblem::Chain`], [`EvidenceProblem::Root`], [`EvidenceProblem::Expired`] or
/// [`EvidenceProblem::Revoked`].
pub fn verify_key_attestation(
    evidence: &[u8],
    roots: &Roots,
    revoked: &Revocations,
    now: Timestamp,
) -> Result<KeyAttestation, EvidenceProblem> {
    let certificates = split(evidence).ok_or(EvidenceProblem::Unreadable)?;
    let chain = roots.verify(&certificates, now)?;
    let (leaf, issuers) = chain.split_first().ok_or(EvidenceProblem::Unreadable)?;
    if issuers.iter().any(|issuer| chain::has_extension(issuer, &KEY_DESCRIPTION)) {
        return Err(EvidenceProblem::Unreadable);
    }
    let serials: Vec<String> = chain.iter().map(|certificate| serial(certificate.raw_serial())).collect();
    if revoked.name_any(&serials) {
        return Err(EvidenceProblem::Revoked);
    }
    let description = chain::extension(leaf, &KEY_DESCRIPTION).and_then(read_key_description);
    let (key, description) = chain::proof_key(leaf.public_key()).zip(description).ok_or(EvidenceProblem::Unreadable)?;
    Ok(KeyAttestation { key, description, serials })
}

/// The certificates, each with its header.
fn split(evidence: &[u8]) -> Option<Vec<&[u8]>> {
    let mut certificates = Vec::new();
    let mut rest = Some(evidence).filter(|evidence| evidence.len() <= MAXIMUM_EVIDENCE_BYTES)?;
    while !rest.is_empty() {
        let mut reader = Reader::new(rest);
        reader.element(universal::SEQUENCE)?;
        let (certificate, behind) = rest.split_at_checked(rest.len() - reader.len())?;
        certificates.push(certificate);
        rest = behind;
    }
    Some(certificates)
}

/// A serial number as revocation lists write it.
fn serial(raw: &[u8]) -> String {
    hex(raw).trim_start_matches('0').to_owned()
}
