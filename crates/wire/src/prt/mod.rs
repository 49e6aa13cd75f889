//! Primary refresh tokens (MS-OAPXBC): messages signed by the device key or by the session key, and the answers to them.

pub(crate) mod device_signed;
mod hello;
mod kdf;
mod peer_certificate;
mod redemption;
mod request;
mod response;
mod session_key;
mod session_signed;

pub use hello::{HelloAssertion, HelloClaims, build_hello_assertion, parse_hello_assertion};
pub use kdf::{KdfVersion, derive};
pub use peer_certificate::{
    PeerCertificateClaims, PeerCertificateRequest, PeerCertificateResponse, build_peer_certificate_request, parse_peer_certificate_request,
};
pub use redemption::{
    CookieClaims, DeviceCredential, DeviceCredentialClaims, RedemptionClaims, build_cookie, build_device_credential, build_redemption,
    parse_cookie, parse_device_credential, parse_redemption,
};
pub use request::{PrtGrant, PrtRequest, PrtRequestClaims, asks_for_certificate, build_request, is_device_signed, parse_request};
pub use response::{PrtResponse, ResponseEncryption, decrypt_response, encrypt_response};
pub use session_key::{SessionKeyError, unwrap_session_key, wrap_session_key};
pub use session_signed::{CarriesPrt, SessionSigned};
