//! BCRYPT_RSAKEY_BLOB: how devices send RSA public keys. A little-endian header of six 32-bit words (magic `RSA1`, bits, length
//! of exponent, length of modulus, 0, 0), then exponent and modulus, big-endian.

use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::PublicKey as ParsedKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use crate::spki;

const MAGIC: u32 = u32::from_le_bytes(*b"RSA1");

/// Why a key blob is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyBlobError {
    /// Not such a structure.
    #[error("it is not a BCRYPT_RSAKEY_BLOB in base64")]
    Malformed,
    /// Too short or too long a key.
    #[error("it must be an RSA key of 2048 to 4096 bits")]
    Size,
    /// Numbers that no RSA key has, with which nothing could be encrypted later on.
    #[error("it is not an RSA key: modulus and exponent must be odd, and the exponent from 3 to 4294967295")]
    Numbers,
}

/// SubjectPublicKeyInfo (DER) of the key in a blob.
///
/// # Errors
/// [`KeyBlobError`].
pub fn blob_to_spki(blob: &[u8]) -> Result<Vec<u8>, KeyBlobError> {
    let (header, rest) = blob.split_at_checked(24).ok_or(KeyBlobError::Malformed)?;
    let mut words = header.chunks_exact(4).filter_map(|word| word.first_chunk::<4>()).map(|word| u32::from_le_bytes(*word));
    let (Some(MAGIC), Some(bits), Some(exponent_length), Some(modulus_length), Some(0), Some(0)) =
        (words.next(), words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return Err(KeyBlobError::Malformed);
    };
    if !(2048..=4096).contains(&bits) || modulus_length.checked_mul(8) != Some(bits) || !(1..=4).contains(&exponent_length) {
        return Err(KeyBlobError::Size);
    }
    let length = |value: u32| usize::try_from(value).map_err(|_| KeyBlobError::Malformed);
    let (exponent, modulus) = rest.split_at_checked(length(exponent_length)?).ok_or(KeyBlobError::Malformed)?;
    if modulus.len() != length(modulus_length)? || modulus.first().is_none_or(|byte| byte & 0x80 == 0) {
        return Err(KeyBlobError::Malformed);
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    let is_one = exponent.iter().rev().skip(1).all(|byte| *byte == 0) && exponent.last() == Some(&1);
    if !is_odd(modulus) || !is_odd(exponent) || is_one {
        return Err(KeyBlobError::Numbers);
    }
    Ok(spki::rsa(modulus, exponent))
}

/// The blob of an RSA key given as SubjectPublicKeyInfo (DER).
///
/// # Errors
/// [`KeyBlobError`].
pub fn spki_to_blob(spki: &[u8]) -> Result<Vec<u8>, KeyBlobError> {
    let (_, info) = SubjectPublicKeyInfo::from_der(spki).map_err(|_| KeyBlobError::Malformed)?;
    let Ok(ParsedKey::RSA(key)) = info.parsed() else { return Err(KeyBlobError::Malformed) };
    let strip = |bytes: &[u8]| bytes.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<u8>>();
    let (modulus, exponent) = (strip(key.modulus), strip(key.exponent));
    let word = |value: usize| u32::try_from(value).map(u32::to_le_bytes).map_err(|_| KeyBlobError::Size);
    let header = [MAGIC.to_le_bytes(), word(modulus.len().saturating_mul(8))?, word(exponent.len())?, word(modulus.len())?, [0; 4], [0; 4]];
    Ok([header.concat(), exponent, modulus].concat())
}
