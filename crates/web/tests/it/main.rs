//! Tests of the HTTP layer.
#![cfg(test)]

mod page_samples;
mod pages;
