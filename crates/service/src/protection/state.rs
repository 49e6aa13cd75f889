//! Whether what an app says of itself can be kept.

use doorward_model::protection::{AppState, MobileAppIdentifier, ProofKey};
use doorward_wire::key::VerifyingKey;

use super::error::{ProtectionError, Result};

/// Longest string of a state.
const STRING: usize = 256;
/// Longest id.
const ID: usize = 64;

pub(super) fn check(state: &AppState, app: &MobileAppIdentifier) -> Result<()> {
    if state.platform != app.platform() {
        return Err(ProtectionError::InvalidState("platform differs from that of appIdentifier"));
    }
    let required = [&state.device_name, &state.device_type, &state.platform_version, &state.application_version, &state.sdk_version];
    let optional = [
        &state.device_model,
        &state.device_manufacturer,
        &state.patch_level,
        &state.broker_version,
        &state.threat_level,
        &state.threat_partner,
    ];
    let mut strings = required.into_iter().chain([&state.locale]).chain(optional.into_iter().flatten());
    if strings.any(|string| string.len() > STRING) {
        return Err(ProtectionError::InvalidState("a string is longer than 256 bytes"));
    }
    if state.boot_id.len() > ID {
        return Err(ProtectionError::InvalidState("bootId is longer than 64 bytes"));
    }
    Ok(())
}

pub(super) fn check_key(key: &ProofKey) -> Result<()> {
    let usable = VerifyingKey::from_jwk(&serde_json::json!(key)).is_ok();
    if usable { Ok(()) } else { Err(ProtectionError::InvalidState("publicKey must be an EC key on P-256")) }
}

pub(super) fn check_tag(device_tag: &str) -> Result<()> {
    match device_tag.len() {
        0 => Err(ProtectionError::InvalidState("deviceTag is empty")),
        length if length > ID => Err(ProtectionError::InvalidState("deviceTag is longer than 64 bytes")),
        _ => Ok(()),
    }
}
