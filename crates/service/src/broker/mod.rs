//! The broker protocol: primary refresh tokens bound to a registered device (MS-OAPXBC), and their use for apps.

pub mod credential;
pub mod peer_certificate;
pub(crate) mod pkeyauth;
pub mod prt;
pub mod redeem;
