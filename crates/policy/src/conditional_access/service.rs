//! Service policies: app access and device access to one service, and what happens to those whom both are for.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::{Conditions, GrantControl, GrantOperator, PlatformCondition};
use doorward_model::service_policy::{AppAccess, DeviceAccess, WindowsRequirement};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};

use super::control::Control;
use super::grant::{Failing, Standing, Verdict, approved_app, combine};
use super::mask::Mask;
use super::sign_in::{DeviceClass, SignIn};

/// What device access asks for. App access always asks for the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DeviceRule {
    pub(super) windows: WindowsRequirement,
}

/// Which parts of a service policy apply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    pub(super) app: bool,
    pub(super) device: bool,
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

/// Whoever is targeted by both parts must meet one of the two.
pub(super) fn judge(rule: DeviceRule, parts: Parts, sign_in: &SignIn, factors: &Mask) -> Verdict {
    let device = parts.device.then(|| rule.standing(sign_in));
    let app = parts.app.then(|| approved_app(sign_in, factors));
    // A device comes before an app in the prompt order.
    combine(GrantOperator::Or, device.into_iter().chain(app))
}

impl DeviceRule {
    /// What is asked of the device on a platform.
    pub(super) fn wanted(self, platform: Option<DevicePlatform>) -> WindowsRequirement {
        if platform == Some(DevicePlatform::Windows) { self.windows } else { WindowsRequirement::Compliant }
    }

    pub(super) fn standing(self, sign_in: &SignIn) -> Standing {
        let wanted = self.wanted(sign_in.device_platform());
        let joined_only = wanted == WindowsRequirement::DomainJoined;
        let (control, waiver, code) = if joined_only {
            (Control::DomainJoinedDevice, GrantControl::DomainJoinedDevice, ErrorCode::DEVICE_NOT_DOMAIN_JOINED)
        } else {
            (Control::CompliantDevice, GrantControl::CompliantDevice, ErrorCode::DEVICE_NOT_COMPLIANT)
        };
        let can_show_device = sign_in.client_app_type() != Some(ClientAppType::Other);
        if (can_show_device && meets(wanted, sign_in.device)) || sign_in.evidence.waived.contains(waiver) {
            Standing::Satisfied
        } else {
            Standing::Final(Failing { control, code: if sign_in.is_legacy() { ErrorCode::BLOCKED } else { code } })
        }
    }
}

fn meets(wanted: WindowsRequirement, device: DeviceClass) -> bool {
    match wanted {
        WindowsRequirement::DomainJoinedOrCompliant => device.is_domain_joined || device.is_managed_and_compliant,
        WindowsRequirement::DomainJoined => device.is_domain_joined,
        WindowsRequirement::Compliant => device.is_managed_and_compliant,
    }
}
