//! placeholder
pub mod protection;
