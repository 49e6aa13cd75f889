//! Device registration: a record and a certificate (MS-DVRJ, MS-DVRE), not management.

pub mod domain_join;
pub mod join;
pub mod unregister;
