//! Whether a policy is for an app instance.

use std::collections::BTreeSet;

use doorward_model::GroupId;
use doorward_model::protection::{AppGroupType, AssignmentTarget, ManagementLevel, MobileAppIdentifier};

use super::AppProtectionPolicy;

/// A user in an app on a device, as far as targeting asks.
#[derive(Debug, Clone, Copy)]
pub struct Instance<'a> {
    /// The app.
    pub app: &'a MobileAppIdentifier,
    /// Every group the user is in, directly or through others.
    pub groups: &'a BTreeSet<GroupId>,
    /// How the device is managed.
    pub level: ManagementLevel,
}

/// True when the policy applies to the instance: assigned to the user, and made for the app, its platform and the management level.
#[must_use]
pub fn covers(policy: &AppProtectionPolicy, instance: &Instance<'_>) -> bool {
    policy.platform == instance.app.platform()
        && assigned(&policy.assignments, instance.groups)
        && covers_app(policy, instance.app)
        && policy.targeted_app_management_levels.cover(instance.level)
}

/// Exclusion beats inclusion; without an inclusion a policy applies to nobody.
fn assigned(assignments: &[AssignmentTarget], groups: &BTreeSet<GroupId>) -> bool {
    let mut included = false;
    for target in assignments {
        match target {
            AssignmentTarget::ExclusionGroup { group_id } if groups.contains(group_id) => return false,
            AssignmentTarget::Group { group_id } => included |= groups.contains(group_id),
            AssignmentTarget::AllLicensedUsers {} => included = true,
            AssignmentTarget::ExclusionGroup { .. } => {}
        }
    }
    included
}

/// The catalogue group types list the apps of the catalogue in `apps`, so the list decides for them as well.
fn covers_app(policy: &AppProtectionPolicy, app: &MobileAppIdentifier) -> bool {
    policy.app_group_type == AppGroupType::AllApps || policy.apps.contains(app)
}
