//! A software key store, in place of a phone's secure element.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::hmac;
use doorward_client::{Attested, KeyStore, KeyStoreError, Scope};
use doorward_model::application::{MobilePlatform, SigningAlgorithm};
use doorward_model::protection::ProofKey;
use doorward_model::{Rng, rng};
use doorward_policy::protection::Account;
use doorward_wire::key::SigningKey;
use doorward_wire::seal::Sealer;

use crate::hardware::Attestor;

/// Keys that the managed apps of a device share, by account.
pub type SharedKeys = Arc<Mutex<HashMap<Account, [u8; 32]>>>;

/// Keys of one app, and its access to the shared ones.
pub struct SoftwareKeys {
    proof: Mutex<SigningKey>,
    attestor: Mutex<Option<Attestor>>,
    own: Mutex<HashMap<Account, [u8; 32]>>,
    shared: SharedKeys,
    /// A managed app: others never see the shared keys.
    managed: bool,
    rng: Arc<dyn Rng>,
}

impl SoftwareKeys {
    /// The keys of a freshly installed app. `managed`: the app carries the protection runtime, and so may use the shared keys.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn new(shared: SharedKeys, managed: bool, rng: Arc<dyn Rng>) -> Result<Self, KeyStoreError> {
        Ok(Self { proof: Mutex::new(new_proof_key()?), attestor: Mutex::default(), own: Mutex::default(), shared, managed, rng })
    }

    /// Lets secure hardware speak for the app.
    pub(crate) fn with_attestor(self, attestor: Option<Attestor>) -> Self {
        Self { attestor: Mutex::new(attestor), ..self }
    }

    fn key(&self, account: Account, scope: Scope) -> Result<[u8; 32], KeyStoreError> {
        let keys = match scope {
            Scope::App => &self.own,
            Scope::ManagedApps if self.managed => self.shared.as_ref(),
            Scope::ManagedApps => return Err(KeyStoreError("this app has no access to the keys of managed apps".into())),
        };
        let mut keys = lock(keys);
        Ok(*keys.entry(account).or_insert_with(|| rng::bytes(self.rng.as_ref())))
    }
}

fn new_proof_key() -> Result<SigningKey, KeyStoreError> {
    SigningKey::generate(SigningAlgorithm::ES256).map(|(key, _)| key).map_err(failed)
}

/// What a thread that panicked left behind is as good as before: every change is a single step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failed(error: impl std::fmt::Display) -> KeyStoreError {
    KeyStoreError(error.to_string())
}

impl KeyStore for SoftwareKeys {
    fn proof_key(&self) -> Result<ProofKey, KeyStoreError> {
        serde_json::from_value(lock(&self.proof).public_jwk().clone()).map_err(failed)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        lock(&self.proof).sign(message).map_err(failed)
    }

    fn attest(&self, nonce: &str) -> Result<Option<Attested>, KeyStoreError> {
        let mut attestor = lock(&self.attestor);
        let Some(attestor) = attestor.as_mut() else { return Ok(None) };
        if attestor.platform() == MobilePlatform::Android {
            // A challenge is put into a key when it is made.
            *lock(&self.proof) = new_proof_key()?;
        }
        let data = attestor.attest(nonce, &self.proof_key()?)?;
        Ok(Some(Attested { platform: attestor.platform(), data }))
    }

    fn assert(&self, nonce: &str) -> Result<Option<Attested>, KeyStoreError> {
        let mut attestor = lock(&self.attestor);
        let Some(attestor) = attestor.as_mut() else { return Ok(None) };
        let data = attestor.assert(nonce, &self.proof_key()?)?;
        Ok(data.map(|data| Attested { platform: attestor.platform(), data }))
    }

    fn seal(&self, account: Account, scope: Scope, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let sealer = Sealer::new(&self.key(account, scope)?).map_err(failed)?;
        sealer.seal(self.rng.as_ref(), purpose.as_bytes(), plain).map_err(failed)
    }

    fn open(&self, account: Account, scope: Scope, purpose: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyStoreError> {
        if scope == Scope::ManagedApps && !self.managed {
            return Ok(None);
        }
        let sealer = Sealer::new(&self.key(account, scope)?).map_err(failed)?;
        Ok(sealer.open(purpose.as_bytes(), sealed))
    }

    fn mac(&self, account: Account, purpose: &str, data: &[u8]) -> Result<[u8; 32], KeyStoreError> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.key(account, Scope::ManagedApps)?);
        let tag = hmac::sign(&key, &[purpose.as_bytes(), &[0], data].concat());
        tag.as_ref().try_into().map_err(failed)
    }

    fn forget(&self, account: Account) -> Result<(), KeyStoreError> {
        lock(&self.own).remove(&account);
        Ok(())
    }
}
