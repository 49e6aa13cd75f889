//! Software phones: key store, broker, apps and mail clients that speak the public protocols and nothing else.
//!
//! A [`Phone`] is a body around product code: the broker's messages come from `doorward-wire`, the enforcement of app protection
//! from `doorward-client`. It never looks into the server; what it knows of it, it read over HTTPS.

mod account;
mod app;
mod body;
mod broker;
mod broker_call;
mod challenge;
mod error;
mod hardware;
mod html;
mod http;
mod key_store;
mod log;
mod mail_client;
mod outcome;
mod phone;
mod protection;
mod refresh;
mod web_view;

pub use account::Account;
pub use app::App;
pub use body::Body;
pub use broker::Proofs;
pub use error::PhoneError;
pub use hardware::{Hardware, Signer};
pub use http::Network;
pub use key_store::{SharedKeys, SoftwareKeys};
pub use mail_client::{MailAnswer, MailClient};
pub use outcome::{Outcome, Tokens};
pub use phone::Phone;
pub use protection::Protected;
