//! Passkeys, which are read before somebody is signed in: nothing panics, nothing is left over, and nothing verifies.
#![no_main]

use doorward_wire::webauthn::{AuthenticatorData, ClientData, PublicKey, attested};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(key) = PublicKey::parse(bytes) {
        assert!(!key.verify(b"message", bytes), "nobody has its private half");
        is_read_whole(bytes, |bytes| PublicKey::parse(bytes).is_ok());
    }
    if let Ok(data) = AuthenticatorData::parse(bytes) {
        assert_eq!(data.rp_id_hash, bytes[..32]);
        assert_eq!(data.sign_count.to_be_bytes(), bytes[33..37]);
        assert_eq!((data.user_present, data.user_verified), (bytes[32] & 1 != 0, bytes[32] & 4 != 0));
        if let Some(credential) = &data.attested {
            assert!(PublicKey::parse(&credential.public_key).is_ok());
            let parts = [credential.id.as_slice(), &credential.public_key].concat();
            assert_eq!(bytes.get(55..55 + parts.len()), Some(parts.as_slice()), "the parts are those of the data");
        }
        is_read_whole(bytes, |bytes| AuthenticatorData::parse(bytes).is_ok());
    }
    if let Ok(data) = attested(bytes) {
        let tail = bytes.windows(32).any(|window| window == data.rp_id_hash);
        assert!(tail, "the data stand within the object");
        is_read_whole(bytes, |bytes| attested(bytes).is_ok());
    }
    if let Ok(data) = ClientData::parse(bytes) {
        assert!(data.origin.len() <= bytes.len() && data.challenge.len() <= bytes.len());
    }
});

fn is_read_whole(bytes: &[u8], is_taken: fn(&[u8]) -> bool) {
    assert!(!is_taken(&[bytes, &[0]].concat()), "something behind it");
    assert!(!is_taken(&bytes[..bytes.len() - 1]), "cut short");
}
