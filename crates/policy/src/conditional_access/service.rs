//! Service policies: app access and device access to one service, and what happens to those whom both are for.

use doorward_model::conditional_access::{Conditions, PlatformCondition};
use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::DevicePlatform;

/// What device access asks for on Windows and elsewhere. App access asks for the same everywhere.
pub(super) fn device_requirements(policy: &ServicePolicy) -> [WindowsRequirement; 2] {
    let windows = policy.device_access.as_ref().map_or(WindowsRequirement::Compliant, |access| access.windows);
    [windows, WindowsRequirement::Compliant]
}

/// Who app access is for, in the words of conditional access; the resource is set apart.
pub(super) fn app_conditions(access: &AppAccess) -> Conditions {
    let mut conditions = Conditions::default();
    conditions.users.include_groups.clone_from(&access.restricted_groups);
    conditions.users.exclude_groups.clone_from(&access.exempted_groups);
    conditions
}

/// Allowing all apps restricts nothing; enforced, it would let every app past device access.
pub(super) fn app_is_enabled(access: &AppAccess) -> bool {
    access.enabled && !access.allows_all_apps
}

/// Who device access is for, in the words of conditional access; the resource is set apart.
pub(super) fn device_conditions(access: &DeviceAccess) -> Conditions {
    let mut conditions = Conditions::default();
    if access.targets_all_users {
        conditions.users.include_users.push("All".to_owned());
    }
    conditions.users.include_groups.clone_from(&access.targeted_groups);
    conditions.users.exclude_groups.clone_from(&access.exempted_groups);
    if let Some(platforms) = &access.platforms {
        // A list restricts even when it is empty.
        let listed = platforms.iter().map(|platform| named(*platform));
        conditions.platforms.include = listed.chain([PlatformCondition::UnknownFutureValue]).collect();
    }
    conditions
}

fn named(platform: DevicePlatform) -> PlatformCondition {
    match platform {
        DevicePlatform::Android => PlatformCondition::Android,
        DevicePlatform::Ios => PlatformCondition::Ios,
        DevicePlatform::Windows => PlatformCondition::Windows,
        DevicePlatform::WindowsPhone => PlatformCondition::WindowsPhone,
        DevicePlatform::MacOs => PlatformCondition::MacOs,
        DevicePlatform::Linux => PlatformCondition::Linux,
    }
}
