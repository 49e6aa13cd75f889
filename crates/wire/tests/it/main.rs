//! Formats, tested from outside.
#![cfg(test)]

mod attestation;
mod drs;
mod eas;
mod jws;
mod kerberos;
mod linux_management;
mod mam;
mod oauth;
mod odata;
mod pkeyauth;
mod policy_file;
mod prt;
mod robustness;
mod seal;
mod sign_in_page;
mod totp;
mod vectors;
mod webauthn;
