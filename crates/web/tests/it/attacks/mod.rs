//! What attackers try, at every door that takes something from a stranger: the table is in `SECURITY.md`.

mod at_once;
mod bodies;
mod floods;
mod keys_kept;
pub(crate) mod messages;
mod redirects;
