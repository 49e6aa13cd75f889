//! AES with ciphertext stealing and HMAC-SHA-1 (RFC 3961 §5.3, RFC 3962): reading and checksums.

use aws_lc_rs::cipher::{AES_128, AES_256, DecryptingKey, DecryptionContext, EncryptingKey, UnboundCipherKey};
use aws_lc_rs::hmac;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Bytes of a block.
const BLOCK: usize = 16;
/// Bytes of a checksum (RFC 3962 §6).
const MAC: usize = 12;

type Block = [u8; BLOCK];

/// What keys are for (RFC 4120 §7.5.1, MS-PAC §2.8).
#[derive(Debug, Clone, Copy)]
pub(super) enum Usage {
    Ticket = 2,
    Authenticator = 11,
    Pac = 17,
}

/// A key of a service or a session.
#[derive(Clone)]
pub(super) struct Key {
    bytes: Zeroizing<Vec<u8>>,
    encryption_type: u64,
}

impl Key {
    /// A key of an encryption type; none when it is not AES with SHA-1 or has another length.
    pub(super) fn new(encryption_type: u64, bytes: &[u8]) -> Option<Self> {
        let length = match encryption_type {
            17 => 16,
            18 => 32,
            _ => return None,
        };
        (bytes.len() == length).then(|| Self { bytes: Zeroizing::new(bytes.to_vec()), encryption_type })
    }

    /// Number of the encryption type.
    pub(super) fn encryption_type(&self) -> u64 {
        self.encryption_type
    }

    /// Number of the type of checksums by this key.
    pub(super) fn checksum_type(&self) -> u32 {
        if self.encryption_type == 17 { 15 } else { 16 }
    }

    /// What was encrypted for a use; none when it is not by this key.
    pub(super) fn decrypt(&self, usage: Usage, ciphertext: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encrypted, mac) = ciphertext.split_at_checked(ciphertext.len().checked_sub(MAC)?)?;
        let text = Zeroizing::new(unsteal(&self.derived(usage, 0xaa)?, encrypted)?);
        if !is_mac(&self.derived(usage, 0x55)?, &text, mac) {
            return None;
        }
        text.get(BLOCK..).map(|text| Zeroizing::new(text.to_vec()))
    }

    /// Whether a checksum was made by this key for a use.
    pub(super) fn verifies(&self, usage: Usage, data: &[u8], checksum: &[u8]) -> bool {
        self.derived(usage, 0x99).is_some_and(|key| is_mac(&key, data, checksum))
    }

    /// The key that is used in place of this one for a purpose (RFC 3961 §5.1).
    fn derived(&self, usage: Usage, purpose: u8) -> Option<Zeroizing<Vec<u8>>> {
        let [a, b, c, d] = (usage as u32).to_be_bytes();
        let mut block = folded([a, b, c, d, purpose]);
        let mut derived = Zeroizing::new(Vec::with_capacity(self.bytes.len()));
        while derived.len() < self.bytes.len() {
            EncryptingKey::ecb(aes(&self.bytes)?).ok()?.encrypt(&mut block).ok()?;
            derived.extend_from_slice(&block);
        }
        Some(derived)
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key(type {})", self.encryption_type)
    }
}

fn aes(key: &[u8]) -> Option<UnboundCipherKey> {
    let algorithm = if key.len() == 16 { &AES_128 } else { &AES_256 };
    UnboundCipherKey::new(algorithm, key).ok()
}

fn is_mac(key: &[u8], data: &[u8], mac: &[u8]) -> bool {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), data);
    mac.len() == MAC && tag.as_ref().get(..MAC).is_some_and(|tag| tag.ct_eq(mac).into())
}

/// CBC decryption with a zero vector, where the last two blocks are swapped and the last may be short (RFC 3962 §5).
fn unsteal(key: &[u8], ciphertext: &[u8]) -> Option<Vec<u8>> {
    let whole = ciphertext.len().checked_sub(1)? / BLOCK * BLOCK;
    let (before, last) = ciphertext.split_at_checked(whole)?;
    let (blocks, _) = before.as_chunks::<BLOCK>();
    let Some((stolen_from, chain)) = blocks.split_last() else {
        let only: Block = last.try_into().ok()?;
        return decrypted(key, only).map(|text| text.to_vec());
    };
    let mut text = Vec::with_capacity(ciphertext.len());
    let mut previous = [0; BLOCK];
    for block in chain {
        text.extend_from_slice(&xor(decrypted(key, *block)?, previous));
        previous = *block;
    }
    let middle = decrypted(key, *stolen_from)?;
    // The short block, filled up with what was stolen for it.
    let mut full = middle;
    for (to, from) in full.iter_mut().zip(last) {
        *to = *from;
    }
    text.extend_from_slice(&xor(decrypted(key, full)?, previous));
    text.extend(middle.iter().zip(last).map(|(a, b)| a ^ b));
    Some(text)
}

fn decrypted(key: &[u8], mut block: Block) -> Option<Block> {
    DecryptingKey::ecb(aes(key)?).ok()?.decrypt(&mut block, DecryptionContext::None).ok()?;
    Some(block)
}

fn xor(a: Block, b: Block) -> Block {
    (u128::from_be_bytes(a) ^ u128::from_be_bytes(b)).to_be_bytes()
}

/// `128-fold` of five bytes (RFC 3961 §5.1): copies, each turned by 13 bits more, added up with the carry brought round.
fn folded(constant: [u8; 5]) -> Block {
    const BITS: u32 = 40;
    let value = constant.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let turned = |copy: u32| {
        let by = copy * 13 % BITS;
        (value >> by | value << (BITS - by)) & ((1 << BITS) - 1)
    };
    // Eighty bytes are the least that both five and sixteen divide.
    let copies: Vec<u8> = (0..16).flat_map(|copy| turned(copy).to_be_bytes().into_iter().skip(3)).collect();
    let sum = copies.as_chunks::<BLOCK>().0.iter().fold(0_u128, |sum, block| {
        let (sum, carry) = sum.overflowing_add(u128::from_be_bytes(*block));
        sum + u128::from(carry)
    });
    sum.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
    }

    /// RFC 3962, appendix B: ciphertext stealing with the key "chicken teriyaki".
    #[test]
    fn the_vectors_of_rfc_3962_decrypt() {
        let text = b"I would like the General Gau's Chicken, please, and wonton soup.";
        let cases = [
            (17, "c6353568f2bf8cb4d8a580362da7ff7f97"),
            (31, "fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5"),
            (32, "39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584"),
            (47, "97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5"),
            (48, "97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8"),
        ];
        for (length, ciphertext) in cases {
            assert_eq!(unsteal(b"chicken teriyaki", &bytes(ciphertext)).unwrap(), &text[..length], "{length}");
        }
        assert_eq!(unsteal(b"chicken teriyaki", b""), None);
        assert_eq!(unsteal(b"chicken teriyaki", b"short"), None);
    }
}
