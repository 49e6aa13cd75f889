//! Service policies.

use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::DevicePlatform;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::{at_times, some_of, word, words};

pub(super) fn any_service_policy() -> impl Strategy<Value = ServicePolicy> {
    let id = word(&["exo", "spo", "EXO"]);
    (id, word(super::words::APPS), weighted(0.7, any_app_access()), weighted(0.7, any_device_access()))
        .prop_map(|(id, resource, app_access, device_access)| ServicePolicy { id, resource, app_access, device_access })
}

fn any_app_access() -> impl Strategy<Value = AppAccess> {
    let groups = words(super::words::NAMED_GROUPS, 0..=4);
    let exempted = at_times(2, words(super::words::NAMED_GROUPS, 0..=2));
    (proptest::bool::weighted(0.9), proptest::bool::weighted(0.1), groups, exempted).prop_map(
        |(enabled, allows_all_apps, restricted_groups, exempted_groups)| AppAccess {
            enabled,
            allows_all_apps,
            restricted_groups,
            exempted_groups,
        },
    )
}

fn any_device_access() -> impl Strategy<Value = DeviceAccess> {
    let platforms = weighted(0.4, some_of(DevicePlatform::ALL, 0..=4));
    let groups = || at_times(5, words(super::words::NAMED_GROUPS, 0..=3));
    let exempted = at_times(2, words(super::words::NAMED_GROUPS, 0..=2));
    (proptest::bool::weighted(0.9), platforms, any::<bool>(), groups(), exempted, select(WindowsRequirement::ALL)).prop_map(
        |(enabled, platforms, targets_all_users, targeted_groups, exempted_groups, windows)| DeviceAccess {
            enabled,
            platforms,
            targets_all_users,
            targeted_groups,
            exempted_groups,
            windows,
        },
    )
}
