//! Formats, tested from outside.
#![cfg(test)]

mod mam;
