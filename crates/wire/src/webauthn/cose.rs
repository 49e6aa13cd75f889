//! Public keys of credentials: `COSE_Key` (RFC 9052 §7, RFC 9053) of the three algorithms that are offered.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use minicbor::Decoder;
use minicbor::data::Type;

use super::WebauthnError;

/// Algorithms offered at registration, by their numbers in the COSE registry, best first: ES256, EdDSA, RS256.
pub const SUPPORTED_ALGORITHMS: [i64; 3] = [-7, -8, -257];

/// A credential's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// ES256 on P-256: the point, uncompressed.
    Es256(Vec<u8>),
    /// EdDSA with Ed25519.
    Ed25519(Vec<u8>),
    /// RS256: modulus and exponent, big-endian.
    Rs256 {
        /// Modulus.
        n: Vec<u8>,
        /// Exponent.
        e: Vec<u8>,
    },
}

/// The members of a key that count here.
#[derive(Default)]
struct Members<'b> {
    kind: Option<i64>,
    algorithm: Option<i64>,
    curve: Option<i64>,
    /// Label -1 where it is no curve: the modulus.
    modulus: Option<&'b [u8]>,
    /// Label -2: x, or the exponent.
    second: Option<&'b [u8]>,
    /// Label -3: y.
    third: Option<&'b [u8]>,
}

impl PublicKey {
    /// Reads a `COSE_Key`.
    ///
    /// # Errors
    /// [`WebauthnError::PublicKey`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        read(bytes).ok().flatten().and_then(|members| members.key()).ok_or(WebauthnError::PublicKey)
    }

    /// Whether a signature over `message` was made with this key.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature).is_ok(),
            Self::Ed25519(key) => UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok(),
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok(),
        }
    }
}

impl Members<'_> {
    fn key(&self) -> Option<PublicKey> {
        match (self.kind?, self.algorithm?, self.curve) {
            (2, -7, Some(1)) => {
                let (x, y) = (self.second?, self.third?);
                (x.len() == 32 && y.len() == 32).then(|| PublicKey::Es256([&[4], x, y].concat()))
            }
            (1, -8, Some(6)) => self.second.filter(|x| x.len() == 32).map(|x| PublicKey::Ed25519(x.to_vec())),
            (3, -257, None) => {
                let (n, e) = (self.modulus?, self.second?);
                ((256..=1024).contains(&n.len()) && (1..=8).contains(&e.len())).then(|| PublicKey::Rs256 { n: n.to_vec(), e: e.to_vec() })
            }
            _ => None,
        }
    }
}

fn read(bytes: &[u8]) -> Result<Option<Members<'_>>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(bytes);
    let Some(count @ 1..=16) = decoder.map()? else { return Ok(None) };
    let mut members = Members::default();
    for _ in 0..count {
        let label = decoder.i64()?;
        let fresh = match label {
            1 => members.kind.replace(decoder.i64()?).is_none(),
            3 => members.algorithm.replace(decoder.i64()?).is_none(),
            -1 if decoder.datatype()? == Type::Bytes => members.modulus.replace(decoder.bytes()?).is_none(),
            -1 => members.curve.replace(decoder.i64()?).is_none(),
            -2 => members.second.replace(decoder.bytes()?).is_none(),
            -3 => members.third.replace(decoder.bytes()?).is_none(),
            _ => {
                decoder.skip()?;
                true
            }
        };
        if !fresh {
            return Ok(None);
        }
    }
    Ok(Some(members).filter(|_| decoder.position() == bytes.len()))
}
