//! A registered device as a sign-in describes it.

use doorward_model::device::TrustType;
use doorward_policy::conditional_access::DeviceFacts;

use super::json::{Node, Object, ReadError};

/// Everything that can be said of a device, `extensionAttribute1` to `15` besides. `ownership` is `deviceOwnership` elsewhere in Graph.
const DEVICE: &[&str] = &[
    "deviceId",
    "displayName",
    "isCompliant",
    "isManaged",
    "trustType",
    "deviceOwnership",
    "ownership",
    "profileType",
    "manufacturer",
    "model",
    "operatingSystem",
    "operatingSystemVersion",
    "mdmAppId",
    "enrollmentProfileName",
    "physicalIds",
    "systemLabels",
];

/// Reads a device. What is absent is not known; members that nobody knows are passed over.
///
/// # Errors
/// A member is not what it should be.
pub fn read(object: &Object<'_>) -> Result<DeviceFacts, ReadError> {
    let mut device = DeviceFacts {
        device_id: object.text("deviceId")?,
        display_name: object.text("displayName")?,
        is_compliant: object.optional("isCompliant", Node::boolean)?,
        is_managed: object.optional("isManaged", Node::boolean)?,
        trust_type: object.word("trustType", trust_type)?,
        device_ownership: object.text("deviceOwnership")?.or(object.text("ownership")?),
        profile_type: object.text("profileType")?,
        manufacturer: object.text("manufacturer")?,
        model: object.text("model")?,
        operating_system: object.text("operatingSystem")?,
        operating_system_version: object.text("operatingSystemVersion")?,
        mdm_app_id: object.text("mdmAppId")?,
        enrollment_profile_name: object.text("enrollmentProfileName")?,
        extension_attributes: Default::default(),
        physical_ids: object.strings("physicalIds")?,
        system_labels: object.strings("systemLabels")?,
    };
    for (number, attribute) in (1..).zip(&mut device.extension_attributes) {
        *attribute = object.text(&extension_attribute(number))?;
    }
    Ok(device)
}

/// Reads a device, and refuses members that nobody knows: a misspelt one must not look like an answer about it.
///
/// # Errors
/// As [`read`].
pub fn read_strictly(object: &Object<'_>) -> Result<DeviceFacts, ReadError> {
    let attributes: Vec<String> = (1..=15).map(extension_attribute).collect();
    let known: Vec<&str> = DEVICE.iter().copied().chain(attributes.iter().map(String::as_str)).collect();
    object.only(&known)?;
    read(object)
}

fn extension_attribute(number: u8) -> String {
    format!("extensionAttribute{number}")
}

fn trust_type(word: &str) -> Option<TrustType> {
    match word.to_ascii_lowercase().as_str() {
        "azuread" => Some(TrustType::AzureAd),
        "serverad" => Some(TrustType::ServerAd),
        "workplace" => Some(TrustType::Workplace),
        _ => None,
    }
}
