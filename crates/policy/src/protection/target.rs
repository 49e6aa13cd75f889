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

/// Why a policy is not for an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Missed {
    /// It is made for the other platform.
    OtherPlatform,
    /// It includes nobody.
    Unassigned,
    /// It excludes a group that the user is in, which beats every inclusion.
    Excluded(GroupId),
    /// It includes none of the user's groups.
    NotIncluded,
    /// It does not list the app.
    OtherApp,
    /// It is for devices that are managed otherwise.
    OtherManagement,
}

/// True when the policy applies to the instance: assigned to the user, and made for the app, its platform and the management level.
#[must_use]
pub fn covers(policy: &AppProtectionPolicy, instance: &Instance<'_>) -> bool {
    missed(policy, instance).is_none()
}

/// Why the policy does not apply to the instance; none when it does. Of several reasons the first.
#[must_use]
pub fn missed(policy: &AppProtectionPolicy, instance: &Instance<'_>) -> Option<Missed> {
    if policy.platform != instance.app.platform() {
        return Some(Missed::OtherPlatform);
    }
    unassigned(&policy.assignments, instance.groups)
        .or((!covers_app(policy, instance.app)).then_some(Missed::OtherApp))
        .or((!policy.targeted_app_management_levels.cover(instance.level)).then_some(Missed::OtherManagement))
}

/// True when the policy is assigned to a user in these groups, whatever the app and the device.
#[must_use]
pub fn is_assigned(policy: &AppProtectionPolicy, groups: &BTreeSet<GroupId>) -> bool {
    unassigned(&policy.assignments, groups).is_none()
}

/// Exclusion beats inclusion; without an inclusion a policy applies to nobody.
fn unassigned(assignments: &[AssignmentTarget], groups: &BTreeSet<GroupId>) -> Option<Missed> {
    let mut includes = false;
    let mut included = false;
    for target in assignments {
        match target {
            AssignmentTarget::ExclusionGroup { group_id } if groups.contains(group_id) => return Some(Missed::Excluded(*group_id)),
            AssignmentTarget::Group { group_id } => {
                includes = true;
                included |= groups.contains(group_id);
            }
            AssignmentTarget::AllLicensedUsers {} => {
                includes = true;
                included = true;
            }
            AssignmentTarget::ExclusionGroup { .. } => {}
        }
    }
    match (includes, included) {
        (_, true) => None,
        (true, false) => Some(Missed::NotIncluded),
        (false, false) => Some(Missed::Unassigned),
    }
}

/// The catalogue group types list the apps of the catalogue in `apps`, so the list decides for them as well.
fn covers_app(policy: &AppProtectionPolicy, app: &MobileAppIdentifier) -> bool {
    policy.app_group_type == AppGroupType::AllApps || policy.apps.contains(app)
}
