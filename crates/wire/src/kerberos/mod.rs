//! Kerberos as a service accepts it over HTTP: SPNEGO (RFC 4178, RFC 4559), the request of a client (RFC 4120 §5.5.1, RFC 4121 §4.1),
//! and the certificate of privileges in which Active Directory says who the client is (MS-PAC).
//!
//! Only what Active Directory issues today is accepted: tickets and session keys of AES with SHA-1 (RFC 3962). Nothing asks a domain
//! controller: whoever holds a ticket for one of the keys in a [`Keytab`] got it from there.

mod ap_req;
mod encryption;
mod fields;
mod keytab;
mod negotiate;
mod pac;

pub use ap_req::{Ticket, TicketError, accept};
pub use keytab::{Keytab, KeytabError};
