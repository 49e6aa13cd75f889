//! Files with an owner.

use doorward_client::{Identity, KeyStore as _, OpenError, Owned};

use crate::phone::{Phone, account, anna};

#[test]
fn work_files_open_only_under_the_identity_that_owns_them() {
    let phone = Phone::default();
    let keys = phone.keys("com.mail", true);
    let work = Identity::Managed(anna());
    let file = Owned::protect(&keys, Some(&work), b"plan").unwrap();
    assert_eq!(file.owner(), Some(anna()));
    assert_eq!(file.open(&keys, Some(&work)), Ok(b"plan".to_vec()));
    for other in [None, Some(Identity::Personal("anna".into())), Some(Identity::Managed(account(2)))] {
        assert_eq!(file.open(&keys, other.as_ref()), Err(OpenError::OtherIdentity));
    }
    assert!(!serde_json::to_string(&file).unwrap().contains(&serde_json::to_string(b"plan").unwrap()));
}

#[test]
fn personal_files_are_only_tagged() {
    let phone = Phone::default();
    let keys = phone.keys("com.mail", true);
    let file = Owned::protect(&keys, Some(&Identity::Personal("anna".into())), b"photo").unwrap();
    assert_eq!(file.open(&keys, None), Ok(b"photo".to_vec()));
}

#[test]
fn without_their_keys_work_files_are_gone() {
    let phone = Phone::default();
    let keys = phone.keys("com.mail", true);
    let work = Identity::Managed(anna());
    let file = Owned::protect(&keys, Some(&work), b"plan").unwrap();
    keys.forget(anna()).unwrap();
    assert_eq!(file.open(&keys, Some(&work)), Err(OpenError::Unreadable));
}
