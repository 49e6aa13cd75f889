//! The words of Doorward: entities, typed ids, enums in wire spelling, the clock and randomness that
//! everything else takes as arguments, and the error codes of the protocol.
//!
//! Nothing here does I/O and nothing decides: `doorward-policy` decides, `doorward-service` acts.

pub mod application;
pub mod authentication_method;
pub mod authentication_strength;
pub mod authorization_code;
pub mod clock;
pub mod compliance;
pub mod conditional_access;
pub mod consent;
pub mod device;
pub mod device_code;
pub mod directory_audit;
pub mod document;
pub mod domain;
pub mod error_code;
pub mod group;
pub mod ids;
pub mod json_text;
pub mod key;
pub mod named_location;
pub mod protection;
pub mod refresh_token;
pub mod rng;
pub mod role;
pub mod service_policy;
pub mod session;
pub mod sign_in;
pub mod sign_in_record;
pub mod tenant;
pub mod user;
mod wire_enum;

pub use clock::Clock;
pub use error_code::ErrorCode;
pub use ids::*;
pub use json_text::JsonText;
pub use rng::Rng;
