//! The effective policy of an app instance, from the policy documents of the tenant.

use std::collections::BTreeSet;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use doorward_model::UserId;
use doorward_model::application::MobilePlatform;
use doorward_model::device::Device;
use doorward_model::document::DocumentKind;
use doorward_model::protection::{ManagementLevel, MobileAppIdentifier};
use doorward_policy::protection::{AppProtectionPolicy, Effective, Instance, covers, merge, parse};
use doorward_store::Unit;
use jiff::Timestamp;

use crate::error::Result;

/// The policy that an instance should enforce now.
#[derive(Debug, Clone)]
pub struct Current {
    /// The merged policies.
    pub effective: Effective,
    /// Names its settings.
    pub tag: String,
    /// When one of the policies last changed.
    pub changed: Timestamp,
}

/// The policy for a user in an app on a device managed like that; none when no policy targets them.
///
/// # Errors
/// Storage failure.
pub async fn effective(unit: &mut dyn Unit, user: UserId, app: &MobileAppIdentifier, level: ManagementLevel) -> Result<Option<Current>> {
    let groups: BTreeSet<_> = unit.groups().transitive_of(user).await?.into_iter().collect();
    let instance = Instance { app, groups: &groups, level };
    let mut policies = Vec::new();
    for document in unit.documents().list(DocumentKind::AppProtectionPolicy).await? {
        match parse(&document.id, document.version, &document.body) {
            Ok((policy, _)) if covers(&policy, &instance) => policies.push((policy, document.modified)),
            Ok(_) => {}
            // Documents are checked when they are written, so this one was made by another version or by hand.
            Err(error) => tracing::warn!(policy = document.id, %error, "app protection policy cannot be read"),
        }
    }
    let changed = policies.iter().map(|(_, modified)| *modified).max();
    let policies: Vec<&AppProtectionPolicy> = policies.iter().map(|(policy, _)| policy).collect();
    Ok(merge(&policies).zip(changed).map(|(effective, changed)| Current { tag: tag(&effective), effective, changed }))
}

/// The first 16 bytes of SHA-256 over the canonical settings, base64url.
fn tag(effective: &Effective) -> String {
    let hash = digest::digest(&digest::SHA256, effective.canonical().as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..16).unwrap_or_default())
}

/// How the device under an instance is managed: our record of the device decides; the app's own word only refines it, and counts
/// alone where there is no record.
#[must_use]
pub fn level(device: Option<&Device>, platform: MobilePlatform, reported: ManagementLevel) -> ManagementLevel {
    match device {
        None => reported,
        Some(device) if !device.is_managed => ManagementLevel::Unmanaged,
        Some(_) if platform == MobilePlatform::Android && reported != ManagementLevel::Unmanaged => reported,
        Some(_) => ManagementLevel::Mdm,
    }
}
