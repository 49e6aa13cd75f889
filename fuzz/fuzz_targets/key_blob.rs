//! Public keys as devices send them (BCRYPT_RSAKEY_BLOB): nothing panics, a key that is taken is strong enough, can be used, and comes
//! back as it was written.
#![no_main]

use doorward_wire::drs::{KeyBlobError, KeyRequest, blob_to_spki, spki_to_blob, user_key};
use doorward_wire::prt::wrap_session_key;
use libfuzzer_sys::fuzz_target;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

fuzz_target!(|bytes: &[u8]| {
    match blob_to_spki(bytes) {
        Ok(spki) => {
            let again = spki_to_blob(&spki).expect("a blob");
            assert_eq!(blob_to_spki(&again).as_ref(), Ok(&spki));
            // Zeros in front of the exponent are all that another blob of the same key can differ in.
            assert!(again == bytes || (again.len() < bytes.len() && bytes[24] == 0), "one key, one blob");
            assert!((283..=539).contains(&bytes.len()), "2048 to 4096 bits");
            assert!(wrap_session_key(&STANDARD.encode(&spki), &[7; 32]).is_ok(), "a key that is taken can be used");
            let key = user_key(&KeyRequest { kngc: STANDARD.encode(bytes) }).expect("the same key");
            assert_eq!((key.spki, key.id.len()), (spki, 32));
        }
        Err(KeyBlobError::Malformed | KeyBlobError::Size | KeyBlobError::Numbers) => {
            assert!(user_key(&KeyRequest { kngc: STANDARD.encode(bytes) }).is_err());
        }
    }
    if let Ok(blob) = spki_to_blob(bytes)
        && let Ok(spki) = blob_to_spki(&blob)
    {
        assert_eq!(spki_to_blob(&spki), Ok(blob));
    }
});
