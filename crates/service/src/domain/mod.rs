//! An on-premises domain (Active Directory): its users and computers are followed, and its Kerberos tickets are accepted.
//!
//! How a domain is read is told by [`Source`]; what its accounts become here is the same for every source.

mod computers;
mod people;
mod source;
mod sync;
pub(crate) mod tickets;

pub use source::{Account, DomainUser, Position, Source, SourceError};
pub use sync::{Options, Report, SyncError, Tally, standing, sync};
pub use tickets::Tickets;
