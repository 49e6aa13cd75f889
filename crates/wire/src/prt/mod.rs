//! Primary refresh tokens (MS-OAPXBC): messages signed by the device key or by the session key, and the answers to them.

pub(crate) mod device_signed;
mod kdf;
mod redemption;
mod request;
mod response;
mod session_key;
mod session_signed;

pub use kdf::{KdfVersion, derive};
pub use redemption::{
    CookieClaims, DeviceCredential, DeviceCredentialClaims, RedemptionClaims, build_cookie, build_device_credential, build_redemption,
    parse_cookie, parse_device_credential, parse_redemption,
};
pub use request::{PrtGrant, PrtRequest, PrtRequestClaims, build_request, is_device_signed, parse_request};
pub use response::{PrtResponse, ResponseEncryption, decrypt_response, encrypt_response};
pub use session_key::{SessionKeyError, unwrap_session_key, wrap_session_key};
pub use session_signed::{CarriesPrt, SessionSigned};
