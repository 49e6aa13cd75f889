//! Device registration: a record and a certificate (MS-DVRJ, MS-DVRE), not management.

pub mod join;
pub mod unregister;
