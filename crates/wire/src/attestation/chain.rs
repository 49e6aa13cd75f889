//! Certificate chains of attestations, from the leaf to a configured root (RFC 5280 §6.1, as far as these chains go).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::protection::{EvidenceProblem, ProofKey};
use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use x509_parser::extensions::ParsedExtension;
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA,
    OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, Oid,
};
use x509_parser::prelude::{ASN1Time, FromDer as _, X509Certificate};
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::der::{Reader, universal};

/// Most certificates of a chain. Android's longest has six.
const LONGEST: usize = 8;

/// Why roots cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RootsError {
    /// Not PEM.
    #[error("not PEM: {0}")]
    Pem(String),
    /// No certificate in it.
    #[error("there is no certificate in it")]
    Empty,
    /// One of them is none.
    #[error("certificate {0} cannot be read")]
    Certificate(usize),
}

/// Certificates that are trusted for attestations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roots(Vec<Vec<u8>>);

impl Roots {
    /// Reads certificates in PEM.
    ///
    /// # Errors
    /// [`RootsError`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, RootsError> {
        let certificates = CertificateDer::pem_slice_iter(pem).map(|item| item.map(|der| der.to_vec()));
        let certificates: Vec<Vec<u8>> = certificates.collect::<Result<_, _>>().map_err(|error| RootsError::Pem(error.to_string()))?;
        if certificates.is_empty() {
            return Err(RootsError::Empty);
        }
        match certificates.iter().position(|der| read(der).is_none()) {
            Some(index) => Err(RootsError::Certificate(index + 1)),
            None => Ok(Self(certificates)),
        }
    }

    /// Trusts these too.
    pub fn extend(&mut self, more: &Self) {
        self.0.extend(more.0.iter().cloned());
    }

    /// Whether nobody is trusted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Verifies a chain, leaf first, with or without the root at its end.
    pub(super) fn verify<'c>(&self, chain: &[&'c [u8]], now: Timestamp) -> Result<Vec<X509Certificate<'c>>, EvidenceProblem> {
        if chain.is_empty() || chain.len() > LONGEST {
            return Err(EvidenceProblem::Unreadable);
        }
        let chain: Option<Vec<_>> = chain.iter().map(|der| read(der)).collect();
        let chain = chain.ok_or(EvidenceProblem::Unreadable)?;
        for (depth, (certificate, issuer)) in chain.iter().zip(chain.iter().skip(1)).enumerate() {
            if !may_issue(issuer, depth) || !is_issued_by(certificate, issuer) {
                return Err(EvidenceProblem::Chain);
            }
        }
        let last = chain.last().ok_or(EvidenceProblem::Unreadable)?;
        let roots: Vec<_> = self.0.iter().filter_map(|der| read(der)).collect();
        let root = roots.iter().find(|root| is_issued_by(last, root)).ok_or(EvidenceProblem::Root)?;
        let at = ASN1Time::from_timestamp(now.as_second()).map_err(|_| EvidenceProblem::Expired)?;
        // A root is trusted because it is configured, not for a time: that of the end of the chain may be an older edition.
        let is_root = |certificate: &X509Certificate<'_>| certificate.public_key().raw == root.public_key().raw;
        let is_valid = |certificate: &X509Certificate<'_>| is_root(certificate) || certificate.validity().is_valid_at(at);
        if chain.iter().all(is_valid) { Ok(chain) } else { Err(EvidenceProblem::Expired) }
    }
}

/// One certificate and nothing behind it, with each extension once and none that must be understood and is not.
fn read(der: &[u8]) -> Option<X509Certificate<'_>> {
    frame(der)?;
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    let understood = |extension: &ParsedExtension<'_>| {
        matches!(extension, ParsedExtension::BasicConstraints(_) | ParsedExtension::KeyUsage(_) | ParsedExtension::ExtendedKeyUsage(_))
    };
    let extensions_are_good = certificate.extensions_map().is_ok()
        && certificate.extensions().iter().all(|extension| !extension.critical || understood(extension.parsed_extension()));
    (rest.is_empty() && extensions_are_good).then_some(certificate)
}

/// What the signature does not cover has one form too: the parser of certificates takes more than DER there. The algorithm stands
/// twice, in and beside what is signed, and must be the same.
fn frame(der: &[u8]) -> Option<()> {
    let mut outside = Reader::new(der);
    let mut certificate = outside.enter(universal::SEQUENCE)?;
    outside.end()?;
    let mut signed = certificate.enter(universal::SEQUENCE)?;
    let algorithm = certificate.element(universal::SEQUENCE)?;
    let [0, ..] = certificate.element(universal::BIT_STRING)? else { return None };
    certificate.end()?;
    signed.any()?.0.as_explicit().filter(|version| *version == 0)?;
    signed.element(universal::INTEGER)?;
    (signed.element(universal::SEQUENCE)? == algorithm).then_some(())
}

/// `depth`: certificates between this one and the leaf.
fn may_issue(issuer: &X509Certificate<'_>, depth: usize) -> bool {
    let constraints = issuer.basic_constraints().ok().flatten();
    let is_authority = constraints.is_some_and(|constraints| {
        let length = constraints.value.path_len_constraint;
        constraints.value.ca && length.is_none_or(|length| usize::try_from(length).is_ok_and(|length| depth <= length))
    });
    let signs_certificates = issuer.key_usage().is_ok_and(|usage| usage.is_none_or(|usage| usage.value.key_cert_sign()));
    is_authority && signs_certificates
}

/// The algorithms are those of the two vendors; everything older or odd is refused.
fn is_issued_by(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let algorithms =
        [OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384, OID_PKCS1_SHA256WITHRSA, OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA];
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && algorithms.contains(&certificate.signature_algorithm.algorithm)
        && certificate.verify_signature(Some(issuer.public_key())).is_ok()
}

/// The content of an extension.
pub(super) fn extension<'c>(certificate: &X509Certificate<'c>, oid: &Oid<'_>) -> Option<&'c [u8]> {
    certificate.get_extension_unique(oid).ok().flatten().map(|extension| extension.value)
}

/// Whether the certificate has an extension at all, in whatever form.
pub(super) fn has_extension(certificate: &X509Certificate<'_>, oid: &Oid<'_>) -> bool {
    certificate.extensions().iter().any(|extension| extension.oid == *oid)
}

/// A key on P-256.
pub(super) fn proof_key(spki: &SubjectPublicKeyInfo<'_>) -> Option<ProofKey> {
    let curve = spki.algorithm.parameters.as_ref().and_then(|parameters| parameters.as_oid().ok());
    if spki.algorithm.algorithm != OID_KEY_TYPE_EC_PUBLIC_KEY || curve != Some(OID_EC_P256) || spki.subject_public_key.unused_bits != 0 {
        return None;
    }
    proof_key_of_point(&spki.subject_public_key.data)
}

/// The key of an uncompressed point (SEC 1 §2.3.3).
pub(super) fn proof_key_of_point(point: &[u8]) -> Option<ProofKey> {
    let (4, coordinates) = point.split_first().map(|(form, rest)| (*form, rest))? else { return None };
    let (x, y) = coordinates.split_at_checked(32).filter(|(_, y)| y.len() == 32)?;
    Some(ProofKey { kty: "EC".into(), crv: "P-256".into(), x: URL_SAFE_NO_PAD.encode(x), y: URL_SAFE_NO_PAD.encode(y) })
}

/// A key as an uncompressed point (SEC 1 §2.3.3).
pub(super) fn proof_point(key: &ProofKey) -> Option<Vec<u8>> {
    let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == 32);
    let (x, y) = coordinate(&key.x).zip(coordinate(&key.y))?;
    Some([&[4], x.as_slice(), &y].concat())
}
