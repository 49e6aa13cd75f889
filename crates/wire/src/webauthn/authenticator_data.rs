//! What the authenticator says about itself, the person and the credential (WebAuthn Level 2 §6.1).

use minicbor::Decoder;
use uuid::Uuid;

use super::{MAXIMUM_CREDENTIAL_ID_BYTES, PublicKey, WebauthnError};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
const EXTENSIONS: u8 = 0x80;

/// Authenticator data, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// SHA-256 of the relying party's id.
    pub rp_id_hash: [u8; 32],
    /// Somebody touched the authenticator.
    pub user_present: bool,
    /// The authenticator knows who: PIN, finger or face.
    pub user_verified: bool,
    /// Signatures so far; 0 when the authenticator does not count.
    pub sign_count: u32,
    /// The new credential; only at registration.
    pub attested: Option<AttestedCredential>,
}

/// A new credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttestedCredential {
    /// Make of the authenticator; zero when it does not say.
    pub aaguid: Uuid,
    /// Credential id.
    pub id: Vec<u8>,
    /// Its key, as it came: a `COSE_Key`.
    pub public_key: Vec<u8>,
}

impl AuthenticatorData {
    /// Reads authenticator data.
    ///
    /// # Errors
    /// [`WebauthnError::AuthenticatorData`], [`WebauthnError::PublicKey`].
    pub fn parse(bytes: &[u8]) -> Result<Self, WebauthnError> {
        Self::read(bytes).ok_or(WebauthnError::AuthenticatorData).and_then(|data| match &data.attested {
            Some(attested) => PublicKey::parse(&attested.public_key).map(|_| data),
            None => Ok(data),
        })
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>()?;
        let ([flags], rest) = rest.split_first_chunk::<1>()?;
        let (sign_count, rest) = rest.split_first_chunk::<4>()?;
        let (attested, rest) = if flags & ATTESTED == 0 {
            (None, rest)
        } else {
            let (attested, rest) = AttestedCredential::read(rest)?;
            (Some(attested), rest)
        };
        let rest = if flags & EXTENSIONS == 0 { rest } else { after_item(rest)?.1 };
        rest.is_empty().then(|| Self {
            rp_id_hash: *rp_id_hash,
            user_present: flags & USER_PRESENT != 0,
            user_verified: flags & USER_VERIFIED != 0,
            sign_count: u32::from_be_bytes(*sign_count),
            attested,
        })
    }
}

impl AttestedCredential {
    fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (aaguid, rest) = bytes.split_first_chunk::<16>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 || length > MAXIMUM_CREDENTIAL_ID_BYTES {
            return None;
        }
        let (id, rest) = rest.split_at_checked(length)?;
        let (public_key, rest) = after_item(rest)?;
        Some((Self { aaguid: Uuid::from_bytes(*aaguid), id: id.to_vec(), public_key: public_key.to_vec() }, rest))
    }
}

/// One CBOR map and what follows it.
fn after_item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut decoder = Decoder::new(bytes);
    // Only maps stand here, and only such as tell their length.
    decoder.probe().map().ok().flatten()?;
    decoder.skip().ok()?;
    bytes.split_at_checked(decoder.position())
}
