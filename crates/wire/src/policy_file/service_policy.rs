//! Service policies.

use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::DevicePlatform;
use serde_json::Value;

use super::json::{Json, Node, Object, ReadError};

/// Reads a file of service policies: `{"servicePolicies":[…]}`.
///
/// # Errors
/// What is wrong and where.
pub fn read_file(node: &Node<'_>) -> Result<Vec<ServicePolicy>, ReadError> {
    node.object()?.require("servicePolicies")?.list()?.iter().map(read_node).collect()
}

/// Reads one service policy from a document of the store or the admin API.
///
/// # Errors
/// What is wrong and where.
pub fn read(document: &Value) -> Result<ServicePolicy, ReadError> {
    read_node(&Json::from(document).root())
}

/// Reads one service policy.
///
/// # Errors
/// What is wrong and where.
pub fn read_node(node: &Node<'_>) -> Result<ServicePolicy, ReadError> {
    let policy = node.object()?;
    Ok(ServicePolicy {
        id: policy.require("id")?.text()?.to_owned(),
        resource: policy.require("resource")?.text()?.to_owned(),
        app_access: policy.optional("appAccess", |node| app_access(&node.object()?))?,
        device_access: policy.optional("deviceAccess", |node| device_access(&node.object()?))?,
    })
}

fn app_access(access: &Object<'_>) -> Result<AppAccess, ReadError> {
    Ok(AppAccess {
        enabled: is_enabled(access)?,
        allows_all_apps: access.word("allowedApps", |word| choice(word, "supportAppProtection", "all"))?.unwrap_or(false),
        restricted_groups: access.strings("restrictedGroups")?,
        exempted_groups: access.strings("exemptedGroups")?,
    })
}

fn device_access(access: &Object<'_>) -> Result<DeviceAccess, ReadError> {
    Ok(DeviceAccess {
        enabled: is_enabled(access)?,
        platforms: access.optional("platforms", platforms)?.flatten(),
        targets_all_users: access.flag("targetsAllUsers")?,
        targeted_groups: access.strings("targetedGroups")?,
        exempted_groups: access.strings("exemptedGroups")?,
        windows: access.word("windows", WindowsRequirement::from_wire)?.unwrap_or(WindowsRequirement::DomainJoinedOrCompliant),
    })
}

fn is_enabled(access: &Object<'_>) -> Result<bool, ReadError> {
    Ok(access.word("state", |word| choice(word, "disabled", "enabled"))?.unwrap_or(false))
}

/// One of two words; true for the second.
fn choice(word: &str, no: &str, yes: &str) -> Option<bool> {
    if word.eq_ignore_ascii_case(yes) { Some(true) } else { word.eq_ignore_ascii_case(no).then_some(false) }
}

/// `"all"`, which is none here, or a list.
fn platforms(node: &Node<'_>) -> Result<Option<Vec<DevicePlatform>>, ReadError> {
    if node.text().is_ok_and(|text| text.eq_ignore_ascii_case("all")) {
        return Ok(None);
    }
    let listed = node.list().map_err(|_| node.error("must be \"all\" or a list of platforms"))?;
    listed.iter().map(|platform| platform.word(DevicePlatform::from_wire)).collect::<Result<_, _>>().map(Some)
}
