//! Signature keys: RSA-2048 (RS256) and P-256 (ES256), with their JSON Web Key forms.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_SHA256, RSA_PSS_2048_8192_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::application::SigningAlgorithm;
use serde_json::{Value, json};

/// A key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Generation failed in the cryptographic library.
    #[error("the key could not be generated")]
    Generation,
    /// Not a key of the expected kind and size.
    #[error("not a usable {0} key")]
    Rejected(&'static str),
    /// Signing failed in the cryptographic library.
    #[error("the signature could not be made")]
    Signing,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

/// A private key that signs.
pub struct SigningKey {
    pair: Pair,
    kid: String,
    jwk: Value,
}

impl SigningKey {
    /// Makes a key; also returns its PKCS#8 form for storage.
    ///
    /// # Errors
    /// [`KeyError::Generation`].
    pub fn generate(algorithm: SigningAlgorithm) -> Result<(Self, Vec<u8>), KeyError> {
        let pkcs8 = match algorithm {
            SigningAlgorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
                let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Generation)?;
                der.as_ref().to_vec()
            }
            SigningAlgorithm::ES256 => EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
                .and_then(|pair| pair.to_pkcs8v1())
                .map_err(|_| KeyError::Generation)?
                .as_ref()
                .to_vec(),
        };
        Ok((Self::from_pkcs8(algorithm, &pkcs8)?, pkcs8))
    }

    /// Loads a key.
    ///
    /// # Errors
    /// [`KeyError::Rejected`].
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let (pair, mut jwk) = match algorithm {
            SigningAlgorithm::RS256 => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Rejected("RSA"))?;
                let n = URL_SAFE_NO_PAD.encode(pair.public_key().modulus().big_endian_without_leading_zero());
                let e = URL_SAFE_NO_PAD.encode(pair.public_key().exponent().big_endian_without_leading_zero());
                (Pair::Rsa(pair), json!({ "kty": "RSA", "n": n, "e": e }))
            }
            SigningAlgorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).map_err(|_| KeyError::Rejected("P-256"))?;
                let point = pair.public_key().as_ref();
                let (x, y) = point.get(1..33).zip(point.get(33..65)).ok_or(KeyError::Rejected("P-256"))?;
                let jwk = json!({ "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y) });
                (Pair::Ec(pair), jwk)
            }
        };
        let kid = thumbprint(&jwk).ok_or(KeyError::Rejected("JSON Web"))?;
        if let Value::Object(members) = &mut jwk {
            members.insert("kid".into(), kid.clone().into());
            members.insert("use".into(), "sig".into());
            members.insert("alg".into(), json!(algorithm));
        }
        Ok(Self { pair, kid, jwk })
    }

    /// Key id: the key's thumbprint (RFC 7638).
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a JSON Web Key.
    #[must_use]
    pub fn public_jwk(&self) -> &Value {
        &self.jwk
    }

    /// Algorithm of the signatures.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        match self.pair {
            Pair::Rsa(_) => SigningAlgorithm::RS256,
            Pair::Ec(_) => SigningAlgorithm::ES256,
        }
    }

    /// Signs a message; the form is that of JWS (RFC 7518 §3.3, §3.4).
    ///
    /// # Errors
    /// [`KeyError::Signing`].
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature).map_err(|_| KeyError::Signing)?;
                Ok(signature)
            }
            Pair::Ec(pair) => {
                pair.sign(&SystemRandom::new(), message).map(|signature| signature.as_ref().to_vec()).map_err(|_| KeyError::Signing)
            }
        }
    }
}

/// RFC 7638 thumbprint: SHA-256 over the required members in lexicographic order.
fn thumbprint(jwk: &Value) -> Option<String> {
    let member = |name: &str| jwk.get(name)?.as_str();
    let canonical = match member("kty")? {
        "RSA" => format!(r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#, member("e")?, member("n")?),
        "EC" => format!(r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#, member("crv")?, member("x")?, member("y")?),
        _ => return None,
    };
    Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, canonical.as_bytes())))
}

/// How a signature is checked. The caller fixes it by context; it is never read from a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA P-256 with SHA-256, fixed-length signature.
    Es256,
}

impl Scheme {
    /// The `alg` header that goes with it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
        }
    }
}

impl From<SigningAlgorithm> for Scheme {
    fn from(algorithm: SigningAlgorithm) -> Self {
        match algorithm {
            SigningAlgorithm::RS256 => Self::Rs256,
            SigningAlgorithm::ES256 => Self::Es256,
        }
    }
}

enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Spki(Vec<u8>),
    EcPoint(Vec<u8>),
}

/// A public key that verifies.
pub struct VerifyingKey(Material);

impl VerifyingKey {
    /// The key of a JSON Web Key (RFC 7517): RSA of at least 2048 bits, or P-256.
    ///
    /// # Errors
    /// [`KeyError::Rejected`].
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let rejected = KeyError::Rejected("JSON Web");
        let member = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).filter(|text| text.len() <= 1024).ok_or(rejected)?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| rejected)
        };
        match jwk.get("kty").and_then(Value::as_str) {
            Some("RSA") => Ok(Self(Material::Rsa { n: member("n")?, e: member("e")? })),
            Some("EC") if jwk.get("crv").and_then(Value::as_str) == Some("P-256") => {
                let (x, y) = (member("x")?, member("y")?);
                if x.len() != 32 || y.len() != 32 {
                    return Err(rejected);
                }
                Ok(Self(Material::EcPoint([&[4][..], &x, &y].concat())))
            }
            _ => Err(rejected),
        }
    }

    /// The key of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7), DER.
    #[must_use]
    pub fn from_spki(spki: &[u8]) -> Self {
        Self(Material::Spki(spki.to_vec()))
    }

    /// Whether the signature over the message is by this key, under the given scheme.
    #[must_use]
    pub fn verify(&self, scheme: Scheme, message: &[u8], signature: &[u8]) -> bool {
        match (&self.0, scheme) {
            (Material::Rsa { n, e }, Scheme::Rs256) => {
                PublicKeyComponents { n, e }.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            (Material::Rsa { n, e }, Scheme::Ps256) => {
                PublicKeyComponents { n, e }.verify(&RSA_PSS_2048_8192_SHA256, message, signature).is_ok()
            }
            (Material::Spki(spki), Scheme::Rs256) => {
                ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
            }
            (Material::Spki(spki), Scheme::Ps256) => {
                ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, spki).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
            }
            (Material::Spki(bytes) | Material::EcPoint(bytes), Scheme::Es256) => {
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, bytes).is_ok_and(|key| key.verify_sig(message, signature).is_ok())
            }
            (Material::Rsa { .. }, Scheme::Es256) | (Material::EcPoint(_), Scheme::Rs256 | Scheme::Ps256) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7638 §3.1.
    #[test]
    fn the_thumbprint_of_the_standard_is_found_whatever_else_the_key_says() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMs\
            tn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91\
            CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" });
        assert_eq!(thumbprint(&key).unwrap(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }
}
