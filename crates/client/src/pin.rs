//! The app PIN. The apps that share it share this state: those of one publisher on iOS, all managed apps on Android.

use doorward_model::{Rng, rng};
use doorward_policy::protection::{Account, PinFlaw, PinState, Settings, pin_acceptable};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use crate::key_store::{KeyStore, KeyStoreError};

const PURPOSE: &str = "app PIN";
/// Old PINs that are remembered, as many as a policy can ask about.
const HISTORY: usize = 24;

/// What a PIN is checked against: a keyed hash, so that guesses need the phone's key store.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Verifier {
    salt: [u8; 16],
    mac: [u8; 32],
}

impl Verifier {
    fn new(keys: &dyn KeyStore, account: Account, salt: [u8; 16], pin: &str) -> Result<Self, KeyStoreError> {
        let mac = keys.mac(account, PURPOSE, &[&salt, pin.as_bytes()].concat())?;
        Ok(Self { salt, mac })
    }

    fn matches(&self, keys: &dyn KeyStore, account: Account, pin: &str) -> Result<bool, KeyStoreError> {
        let given = Self::new(keys, account, self.salt, pin)?;
        Ok(given.mac.ct_eq(&self.mac).into())
    }
}

/// Why a PIN was not set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetPinError {
    /// The policy does not accept it.
    #[error("the PIN is not acceptable: {0:?}")]
    Flaw(PinFlaw),
    /// The key store failed.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
}

/// A PIN that is set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppPin {
    account: Account,
    verifier: Verifier,
    /// Earlier ones, the latest first.
    earlier: Vec<Verifier>,
    set_at: Timestamp,
    failed: u32,
    unlocked_at: Option<Timestamp>,
    must_change: bool,
}

impl std::fmt::Debug for AppPin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppPin").field("set_at", &self.set_at).field("failed", &self.failed).finish_non_exhaustive()
    }
}

impl AppPin {
    /// Sets a PIN, the first one or in place of `before`.
    ///
    /// # Errors
    /// [`SetPinError`].
    pub fn set(
        keys: &dyn KeyStore,
        rng: &dyn Rng,
        account: Account,
        before: Option<Self>,
        settings: &Settings,
        pin: &str,
        now: Timestamp,
    ) -> Result<Self, SetPinError> {
        let mut earlier: Vec<Verifier> = before.map(|before| [vec![before.verifier], before.earlier].concat()).unwrap_or_default();
        let counted = usize::try_from(settings.previous_pin_block_count).unwrap_or(HISTORY);
        let mut used_before = false;
        for old in earlier.iter().take(counted) {
            used_before |= old.matches(keys, account, pin)?;
        }
        pin_acceptable(pin, settings, used_before).map_err(SetPinError::Flaw)?;
        earlier.truncate(HISTORY);
        let verifier = Verifier::new(keys, account, rng::bytes(rng), pin)?;
        Ok(Self { account, verifier, earlier, set_at: now, failed: 0, unlocked_at: Some(now), must_change: false })
    }

    /// Tries a PIN. A wrong one counts, and once the policy's number is reached even the right one is not looked at any more.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn enter(&mut self, keys: &dyn KeyStore, settings: &Settings, pin: &str, now: Timestamp) -> Result<bool, KeyStoreError> {
        if self.failed >= settings.pin_retries() {
            return Ok(false);
        }
        let right = self.verifier.matches(keys, self.account, pin)?;
        if right {
            self.failed = 0;
            self.unlocked_at = Some(now);
        } else {
            self.failed = self.failed.saturating_add(1);
        }
        Ok(right)
    }

    /// A biometric stood for the PIN.
    pub fn biometric_given(&mut self, now: Timestamp) {
        self.unlocked_at = Some(now);
    }

    /// The person signed in because of too many wrong entries: a new PIN comes next.
    pub fn reset_by_sign_in(&mut self) {
        self.failed = 0;
        self.must_change = true;
    }

    /// The device restarted (Android) or the shared session ended: the PIN is asked next time.
    pub fn lock(&mut self) {
        self.unlocked_at = None;
    }

    /// As the launch decision sees it.
    #[must_use]
    pub fn state(&self) -> PinState {
        PinState { set_at: self.set_at, failed: self.failed, unlocked_at: self.unlocked_at, must_change: self.must_change }
    }
}
