//! Use cases: what happens when somebody signs in, a broker asks for a token, a device registers, an administrator changes a policy.
//!
//! Services know storage as traits, take clock and randomness from [`context::Context`], and ask `doorward-policy` for every
//! decision through [`access`]. They know nothing of HTTP.

pub mod access;
pub mod account;
pub mod attempts;
pub mod authentication_method;
pub mod broker;
mod by_generation;
pub mod caller;
pub mod client;
pub mod compliance;
pub mod conditional_access;
pub mod context;
pub mod device;
pub mod directory;
pub mod directory_search;
pub mod domain;
pub mod error;
pub mod gaps;
pub mod jobs;
pub mod keys;
pub mod mail;
pub mod master_key;
pub mod nested;
pub mod one_time;
pub mod overview;
pub mod password;
pub mod policies;
pub mod preview;
pub mod protection;
mod read_lately;
pub mod resource;
pub mod service_access;
pub mod setup;
pub mod sign_in;
pub mod sign_in_log;
pub mod sign_in_search;
pub mod tenants;
pub mod token;

pub use context::Context;
pub use error::{Error, Refusal, Result};
