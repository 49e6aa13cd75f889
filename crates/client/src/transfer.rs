//! Handing data to another app, and taking it.

use doorward_policy::protection::{Account, Handover, Inbound, Party, Reason, Transfer, transfer};
use serde::{Deserialize, Serialize};

use crate::key_store::{KeyStore, KeyStoreError, Scope};

const PURPOSE: &str = "transfer";

/// What travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Payload {
    /// As it is.
    Plain(Vec<u8>),
    /// For managed apps of the account.
    Sealed {
        /// Whose.
        account: Account,
        /// Ciphertext.
        bytes: Vec<u8>,
    },
}

/// What the receiving app gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The data.
    pub payload: Payload,
    /// Whose it is; none: nobody's, or personal.
    pub owner: Option<Account>,
    /// The identity the receiver must take it under.
    pub take_as: TakeAs,
}

/// An identity that a receiver takes data under. An app that shows another one switches first, or refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakeAs {
    /// Whatever it shows.
    Any,
    /// The managed account.
    Managed(Account),
    /// A personal account.
    Personal,
}

/// Why nothing goes over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransferError {
    /// A policy does not allow it.
    #[error("{0}")]
    Blocked(Reason),
    /// The data could not be sealed.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
}

/// Hands data that belongs to `from` over to `to`. `personal_account`: the receiver has a personal account to switch to.
///
/// # Errors
/// [`TransferError`].
pub fn hand_over(
    keys: &dyn KeyStore,
    from: &Party<'_>,
    to: &Party<'_>,
    handover: &Handover<'_>,
    personal_account: bool,
    data: &[u8],
) -> Result<Delivery, TransferError> {
    let owner = from.managed.map(|managed| managed.account);
    let receiver = to.managed.map(|managed| managed.account);
    let managed = owner.map_or(TakeAs::Any, TakeAs::Managed);
    let plain = |owner, take_as| Delivery { payload: Payload::Plain(data.to_vec()), owner, take_as };
    match transfer(from, to, handover) {
        Transfer::Allow(Inbound::Allow | Inbound::SwitchToManaged) if receiver == owner => Ok(plain(owner, managed)),
        Transfer::Allow(Inbound::Allow) => Ok(plain(owner, TakeAs::Any)),
        Transfer::Allow(Inbound::SwitchToManaged) => Ok(plain(owner, managed)),
        Transfer::Allow(Inbound::AllowAsManaged) => Ok(plain(receiver, receiver.map_or(TakeAs::Any, TakeAs::Managed))),
        Transfer::Allow(Inbound::SwitchThenAllow) if personal_account => Ok(plain(owner, TakeAs::Personal)),
        Transfer::Allow(Inbound::SwitchThenAllow) => Err(TransferError::Blocked(Reason::SourceNotManaged)),
        Transfer::Allow(Inbound::Block(reason)) | Transfer::Block(reason) => Err(TransferError::Blocked(reason)),
        Transfer::AllowEncrypted => {
            // Only the data of a managed identity is ever sealed.
            let account = owner.ok_or(TransferError::Blocked(Reason::AppNotManaged))?;
            let bytes = keys.seal(account, Scope::ManagedApps, PURPOSE, data)?;
            Ok(Delivery { payload: Payload::Sealed { account, bytes }, owner, take_as: managed })
        }
    }
}

/// Opens what was handed over; none when it is sealed for somebody else.
///
/// # Errors
/// [`KeyStoreError`].
pub fn open(keys: &dyn KeyStore, payload: &Payload) -> Result<Option<Vec<u8>>, KeyStoreError> {
    match payload {
        Payload::Plain(bytes) => Ok(Some(bytes.clone())),
        Payload::Sealed { account, bytes } => keys.open(*account, Scope::ManagedApps, PURPOSE, bytes),
    }
}
