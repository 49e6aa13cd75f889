//! An on-premises domain: what its accounts become here, and who its tickets let in.

mod expiry;
mod forest;
mod sync;
mod tickets;
