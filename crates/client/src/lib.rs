//! What a protected app links: it enrols with the protection service, keeps the policy, and enforces it.
//!
//! [`ProtectedApp`] is a state machine without I/O. It makes requests that the phone sends and takes the answers; it asks the
//! phone's [`KeyStore`] for keys; and it decides with `doorward-policy` what may be shown, copied, pasted and handed over. What it
//! stores is sealed under keys of the managed account, so removing those keys removes the organisation's data and nothing else.

mod answer;
mod app;
pub mod clipboard;
mod exchange;
mod identity;
mod instance;
mod key_store;
mod owned;
mod pin;
mod proof;
pub mod transfer;

pub use app::{ProtectedApp, Sending};
pub use exchange::{Outcome, Request, Response};
pub use identity::{Identities, Identity, Switch, SwitchResult};
pub use instance::{Circumstances, Instance, Wiped};
pub use key_store::{Attested, KeyStore, KeyStoreError, Scope};
pub use owned::{OpenError, Owned};
pub use pin::{AppPin, SetPinError};
