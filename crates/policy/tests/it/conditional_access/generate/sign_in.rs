//! Sign-ins.

use doorward_model::conditional_access::GrantControl;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_model::user::UserType;
use doorward_policy::conditional_access::{ClientFacts, DeviceFacts, Facts, ResourceFacts, Subject, UserFacts};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::oracle::Property;
use super::device_filter::values;
use super::{at_times, perhaps, some_of, word, words};

pub(in super::super) fn any_sign_in() -> impl Strategy<Value = Facts> {
    let risk = || select(&[RiskLevel::None, RiskLevel::None, RiskLevel::Low, RiskLevel::Medium, RiskLevel::High][..]);
    let insider_risk = select(InsiderRiskLevel::ALL);
    let transfer = select(TransferMethod::ALL);
    let from = (weighted(0.8, select(super::places::ADDRESSES)), perhaps(&["NL", "nl", "DE", "FR", ""]));
    let levels = (risk(), risk(), risk(), insider_risk, transfer);
    (any_subject(), any_target(), any_client(), from, levels, weighted(0.6, any_device()), any_evidence()).prop_map(
        |(subject, target, client, (ip, country), levels, device, evidence)| {
            let (resources, user_action, authentication_context) = target;
            let (client, client_app_type, device_platform) = client;
            let (sign_in_risk, user_risk, service_principal_risk, insider_risk, transfer_method) = levels;
            Facts {
                subject,
                resources,
                user_action,
                authentication_context,
                client,
                client_app_type,
                device_platform,
                ip: ip.map(|address| address.parse().unwrap()),
                country,
                sign_in_risk,
                user_risk,
                service_principal_risk,
                insider_risk,
                transfer_method,
                device,
                ..evidence
            }
        },
    )
}

fn any_subject() -> impl Strategy<Value = Subject> {
    let kind = (select(&[UserType::Member, UserType::Guest][..]), at_times(5, select(ExternalUserType::ALL)));
    let user = (
        word(super::words::USERS),
        words(super::words::GROUPS, 0..=3),
        words(super::words::ROLES, 0..=2),
        kind,
        perhaps(super::words::TENANTS),
    )
        .prop_map(|(id, groups, roles, (user_type, external_user_type), home_tenant_id)| {
            Subject::User(UserFacts { id, groups, roles, user_type, external_user_type, home_tenant_id })
        });
    let workload = (word(super::words::WORKLOADS), any::<bool>())
        .prop_map(|(service_principal_id, in_my_tenant)| Subject::Workload { service_principal_id, in_my_tenant });
    prop_oneof![8 => user, 2 => workload]
}

fn any_target() -> impl Strategy<Value = (Vec<ResourceFacts>, Option<UserAction>, Option<String>)> {
    let bundles = at_times(4, words(super::words::BUNDLES, 1..=2));
    let resource = (word(super::words::APPS), bundles).prop_map(|(app_id, bundles)| ResourceFacts { app_id, bundles });
    let resource = resource.boxed();
    let resources = prop_oneof![
        8 => proptest::collection::vec(resource.clone(), 1),
        2 => proptest::collection::vec(resource, 0..=3),
    ];
    (resources, weighted(0.15, select(UserAction::ALL)), weighted(0.2, word(super::words::CONTEXTS)))
}

fn any_client() -> impl Strategy<Value = (Option<ClientFacts>, Option<ClientAppType>, Option<DevicePlatform>)> {
    let app = (any::<bool>(), any::<bool>()).prop_map(|(approved, protectable)| ClientFacts {
        app_id: "client".to_owned(),
        approved,
        protectable,
    });
    let kind = prop_oneof![Just(Some(ClientAppType::MobileAppsAndDesktopClients)), proptest::option::of(select(ClientAppType::ALL)),];
    let platform = prop_oneof![
        select(&[Some(DevicePlatform::Ios), Some(DevicePlatform::Android), Some(DevicePlatform::Windows)][..]),
        weighted(0.8, select(DevicePlatform::ALL)),
    ];
    (weighted(0.9, app), kind, platform)
}

/// What has been shown, in facts about nobody.
fn any_evidence() -> impl Strategy<Value = Facts> {
    const WAIVABLE: &[GrantControl] = &[
        GrantControl::ApprovedApplication,
        GrantControl::CompliantApplication,
        GrantControl::CompliantDevice,
        GrantControl::DomainJoinedDevice,
    ];
    let mostly = || proptest::bool::weighted(0.7);
    let accepted = words(super::words::TERMS, 0..=2);
    let waived = at_times(1, some_of(WAIVABLE, 1..=4));
    ([mostly(), mostly(), mostly(), mostly(), mostly()], words(super::words::METHODS, 0..=4), accepted, waived).prop_map(
        |([broker_present, app_protection_applied, attested, mfa, password_changed], authentication_methods, accepted, waived_controls)| {
            Facts {
                broker_present,
                app_protection_applied,
                attestation_missing: !attested,
                mfa,
                authentication_methods,
                password_changed,
                terms_of_use_accepted: accepted,
                waived_controls,
                ..Facts::new(Subject::User(UserFacts::default()))
            }
        },
    )
}

fn any_device() -> impl Strategy<Value = DeviceFacts> {
    use doorward_model::device::TrustType;
    let text = |property| perhaps(values(property));
    let flag = || select(&[Some(true), Some(true), Some(false), None][..]);
    let trust = select(&[None, Some(TrustType::AzureAd), Some(TrustType::ServerAd), Some(TrustType::Workplace)][..]);
    let names = (text(Property::DeviceId), text(Property::DisplayName), text(Property::MdmAppId), text(Property::EnrollmentProfileName));
    let kinds = (text(Property::DeviceOwnership), text(Property::ProfileType), flag(), flag(), trust);
    let make =
        (text(Property::Manufacturer), text(Property::Model), text(Property::OperatingSystem), text(Property::OperatingSystemVersion));
    // Only the attributes that filters of these tests ask for.
    let extensions =
        [text(Property::ExtensionAttribute(1)), text(Property::ExtensionAttribute(10)), text(Property::ExtensionAttribute(15))];
    let collections = (words(values(Property::PhysicalIds), 0..=2), words(values(Property::SystemLabels), 0..=2));
    (names, kinds, make, extensions, collections).prop_map(|(names, kinds, make, [first, tenth, last], (physical_ids, system_labels))| {
        let mut extension_attributes: [Option<String>; 15] = Default::default();
        (extension_attributes[0], extension_attributes[9], extension_attributes[14]) = (first, tenth, last);
        DeviceFacts {
            device_id: names.0,
            display_name: names.1,
            is_compliant: kinds.2,
            is_managed: kinds.3,
            trust_type: kinds.4,
            device_ownership: kinds.0,
            profile_type: kinds.1,
            manufacturer: make.0,
            model: make.1,
            operating_system: make.2,
            operating_system_version: make.3,
            mdm_app_id: names.2,
            enrollment_profile_name: names.3,
            extension_attributes,
            physical_ids,
            system_labels,
        }
    })
}
