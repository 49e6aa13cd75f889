//! Tests of the gates.
#![cfg(test)]

mod active_sync;
mod mail_api;
mod world;
