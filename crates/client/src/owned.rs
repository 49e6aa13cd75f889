//! Files and buffers with an owner: those of a managed identity are encrypted, all others only tagged.

use doorward_policy::protection::{Account, Reason};
use serde::{Deserialize, Serialize};

use crate::identity::Identity;
use crate::key_store::{KeyStore, KeyStoreError, Scope};

const PURPOSE: &str = "file";

/// Content with its owner, which is fixed when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owned {
    owner: Option<Account>,
    content: Vec<u8>,
}

/// Why content is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its owner is not the identity on the screen.
    #[error("the identity that owns the data must be shown first")]
    OtherIdentity,
    /// Its keys are gone, or it was altered.
    #[error("{}", Reason::WipeRequested)]
    Unreadable,
    /// The key store failed.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
}

impl Owned {
    /// Protects content for the identity under which files are written.
    ///
    /// # Errors
    /// [`KeyStoreError`]; nothing may be stored then.
    pub fn protect(keys: &dyn KeyStore, identity: Option<&Identity>, content: &[u8]) -> Result<Self, KeyStoreError> {
        let owner = identity.and_then(Identity::account);
        let content = match owner {
            Some(account) => keys.seal(account, Scope::App, PURPOSE, content)?,
            None => content.to_vec(),
        };
        Ok(Self { owner, content })
    }

    /// Whose it is; none: not the organisation's.
    #[must_use]
    pub fn owner(&self) -> Option<Account> {
        self.owner
    }

    /// The content, to show it to `identity`. Organisation data opens only for the identity that owns it.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, keys: &dyn KeyStore, identity: Option<&Identity>) -> Result<Vec<u8>, OpenError> {
        let Some(account) = self.owner else { return Ok(self.content.clone()) };
        if identity.and_then(Identity::account) != Some(account) {
            return Err(OpenError::OtherIdentity);
        }
        keys.open(account, Scope::App, PURPOSE, &self.content)?.ok_or(OpenError::Unreadable)
    }
}
