//! SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) in its one form. Keys are known by its hash, so no key may have two.

/// AlgorithmIdentifier rsaEncryption with NULL parameters (RFC 3279 §2.3.1).
const RSA: [u8; 15] = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
/// AlgorithmIdentifier id-ecPublicKey with the curve P-256 (RFC 5480 §2.1.1).
const P256: [u8; 21] =
    [0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// That of an RSA key; DER. Both numbers are big-endian, zeros in front of them do not count.
pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = der(0x30, &[integer(modulus), integer(exponent)].concat());
    info(&RSA, &key)
}

/// That of a key on P-256, given as an uncompressed point; DER.
pub(crate) fn p256(point: &[u8; 65]) -> Vec<u8> {
    info(&P256, point)
}

fn info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bit_string = der(0x03, &[&[0][..], key].concat());
    der(0x30, &[algorithm, &bit_string].concat())
}

/// A positive DER INTEGER.
fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    if content.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    der(0x02, &content)
}

/// A DER element of up to 64 KiB.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let [.., high, low] = length.to_be_bytes();
    let mut out = match length {
        0..=0x7f => vec![tag, low],
        0x80..=0xff => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    out.extend_from_slice(content);
    out
}
