//! The key store of the phone, as the runtime needs it.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::ProofKey;
use doorward_policy::protection::Account;

/// The key store failed or does not have the key: the device was restored, the keys were withdrawn, the store is locked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("key store: {0}")]
pub struct KeyStoreError(pub String);

/// Which apps share a key of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// This app alone: files and what the runtime remembers.
    App,
    /// The managed apps of the device, and no other app: the clipboard, what is handed over, the PIN.
    ManagedApps,
}

/// What the phone's maker says of an app's keys, as the phone hands it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// Whose format: App Attest on iOS, key attestation on Android.
    pub platform: MobilePlatform,
    /// The attestation or assertion.
    pub data: Vec<u8>,
}

/// Keys that never leave the phone. The proof key belongs to one app, all others to an account and a [`Scope`].
pub trait KeyStore {
    /// Public part of this app's proof key. Makes the key when there is none.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn proof_key(&self) -> Result<ProofKey, KeyStoreError>;

    /// Signs with the proof key: ECDSA on P-256 with SHA-256, the two numbers one after the other (RFC 7518 §3.4).
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyStoreError>;

    /// Has the maker of the phone attest the proof key, for a nonce of the service; none when this phone cannot.
    ///
    /// On Android the key is made anew, with the nonce as its challenge. On iOS a new key of App Attest vouches for it, over the client
    /// data of `doorward-wire`.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn attest(&self, nonce: &str) -> Result<Option<Attested>, KeyStoreError> {
        let _not_this_phone = nonce;
        Ok(None)
    }

    /// Shows the attested key again, for the nonce of a request; none where the proof itself does, or nothing was attested.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn assert(&self, nonce: &str) -> Result<Option<Attested>, KeyStoreError> {
        let _not_this_phone = nonce;
        Ok(None)
    }

    /// Encrypts and authenticates under a key of an account. What was sealed for one purpose does not open for another.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn seal(&self, account: Account, scope: Scope, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, KeyStoreError>;

    /// Undoes [`seal`](Self::seal); none when it was not sealed so, or was altered.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn open(&self, account: Account, scope: Scope, purpose: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyStoreError>;

    /// A keyed hash (HMAC-SHA-256 or as strong) under a key of the account that its managed apps share.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn mac(&self, account: Account, purpose: &str, data: &[u8]) -> Result<[u8; 32], KeyStoreError>;

    /// Destroys this app's own keys of an account and its access to the shared ones: whatever it had sealed is gone.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn forget(&self, account: Account) -> Result<(), KeyStoreError>;
}
