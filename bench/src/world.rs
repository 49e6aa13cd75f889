//! A made-up organisation: who is in it, what they use, and how they sign in. The same numbers give the same organisation.

pub(crate) mod directory;
pub(crate) mod file;
pub(crate) mod filter;
pub(crate) mod guid;
pub(crate) mod pick;
pub(crate) mod place;
pub(crate) mod policy;
mod policy_file;
pub(crate) mod sign_in;
