//! When a policy applies: one dimension after the other.

use doorward_model::conditional_access::{
    ClientAppCondition, DeviceStateCondition, Guests, MembershipKind, PlatformCondition, PolicyState, RiskCondition, TransferCondition,
    UserActionCondition,
};
use doorward_model::device::TrustType;
use doorward_model::named_location::{Area, IpRange, NamedLocation};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType, RiskLevel, TransferMethod, UserAction};
use doorward_model::user::UserType;
use doorward_policy::conditional_access::{DeviceFacts, PolicyOutcome, Reason, compile, decide};
use rstest::rstest;

use super::build::*;

#[test]
fn a_disabled_policy_is_not_looked_at() {
    let mut policy = policy("p");
    policy.state = PolicyState::Disabled;
    policy.conditions.users.include_users.clear();
    assert_eq!(reason(&policy, &facts()), Some(Reason::PolicyNotEnabled));
    assert_eq!(result(&policy, &facts()), PolicyOutcome::NotEnabled);
}

#[rstest]
#[case::everyone(&["all"], &[], &[], None)]
#[case::user_in_other_case(&["USER-1"], &[], &[], None)]
#[case::group(&[], &["Group-1"], &[], None)]
#[case::role(&[], &[], &["role-1"], None)]
#[case::nobody(&["None"], &[], &[], Some(Reason::EmptyPolicy))]
#[case::none_switches_off_the_direct_channel_only(&["None", USER], &["other"], &[], Some(Reason::Users))]
#[case::none_leaves_groups_live(&["None"], &[GROUP], &[], None)]
#[case::all_is_no_group(&[], &["All"], &[], Some(Reason::Users))]
#[case::nothing_at_all(&[], &[], &[], Some(Reason::EmptyPolicy))]
#[case::outsiders(&["GuestsOrExternalUsers"], &[], &[], Some(Reason::Users))]
fn users_are_included(#[case] users: &[&str], #[case] groups: &[&str], #[case] roles: &[&str], #[case] expected: Option<Reason>) {
    let mut policy = policy("p");
    policy.conditions.users.include_users = strings(users);
    policy.conditions.users.include_groups = strings(groups);
    policy.conditions.users.include_roles = strings(roles);
    assert_eq!(reason(&policy, &facts()), expected);
}

#[rstest]
#[case::user(&["user-1"], &[], &[])]
#[case::all(&["All"], &[], &[])]
#[case::group(&[], &[GROUP], &[])]
#[case::role(&[], &[], &["role-1"])]
fn exclusion_beats_inclusion(#[case] users: &[&str], #[case] groups: &[&str], #[case] roles: &[&str]) {
    let mut policy = policy("p");
    policy.conditions.users.exclude_users = strings(users);
    policy.conditions.users.exclude_groups = strings(groups);
    policy.conditions.users.exclude_roles = strings(roles);
    assert_eq!(reason(&policy, &facts()), Some(Reason::Users));
}

#[rstest]
#[case::member(UserType::Member, ExternalUserType::None, false)]
#[case::guest(UserType::Guest, ExternalUserType::None, true)]
#[case::external_member(UserType::Member, ExternalUserType::B2bCollaborationMember, true)]
fn outsiders_are_guests_or_external(#[case] user_type: UserType, #[case] external: ExternalUserType, #[case] expected: bool) {
    let mut policy = policy("p");
    policy.conditions.users.include_users = strings(&["GuestsOrExternalUsers"]);
    let facts = with_user(|user| (user.user_type, user.external_user_type) = (user_type, external));
    assert_eq!(reason(&policy, &facts).is_none(), expected);
}

#[rstest]
#[case::any_tenant(MembershipKind::All, &[], ExternalUserType::ServiceProvider, true)]
#[case::listed(MembershipKind::Enumerated, &["HOME"], ExternalUserType::ServiceProvider, true)]
#[case::not_listed(MembershipKind::Enumerated, &["other"], ExternalUserType::ServiceProvider, false)]
#[case::enumerated_without_members(MembershipKind::Enumerated, &[], ExternalUserType::ServiceProvider, false)]
#[case::internal_guest_has_no_tenant(MembershipKind::Enumerated, &["other"], ExternalUserType::InternalGuest, true)]
#[case::other_type(MembershipKind::All, &[], ExternalUserType::OtherExternalUser, false)]
#[case::future(MembershipKind::UnknownFutureValue, &[], ExternalUserType::ServiceProvider, false)]
fn guests_are_told_by_type_and_tenant(
    #[case] tenants: MembershipKind,
    #[case] members: &[&str],
    #[case] external: ExternalUserType,
    #[case] expected: bool,
) {
    let mut policy = policy("p");
    policy.conditions.users.include_users.clear();
    let types = vec![ExternalUserType::ServiceProvider, ExternalUserType::InternalGuest];
    policy.conditions.users.include_guests = Some(Guests { types, tenants, members: strings(members) });
    let facts = with_user(|user| (user.external_user_type, user.home_tenant_id) = (external, Some("home".to_owned())));
    assert_eq!(reason(&policy, &facts).is_none(), expected);
}

#[rstest]
#[case::of_tenant(&["ServicePrincipalsInMyTenant"], &[], true, None)]
#[case::foreign(&["ServicePrincipalsInMyTenant"], &[], false, Some(Reason::WorkloadIdentities))]
#[case::by_id(&["SP-1"], &[], false, None)]
#[case::excluded(&["ServicePrincipalsInMyTenant"], &["sp-1"], true, Some(Reason::WorkloadIdentities))]
#[case::none_is_no_target(&["None"], &[], true, Some(Reason::EmptyPolicy))]
#[case::all_is_no_service_principal(&["All"], &[], true, Some(Reason::WorkloadIdentities))]
fn workloads_are_included(#[case] include: &[&str], #[case] exclude: &[&str], #[case] mine: bool, #[case] expected: Option<Reason>) {
    let mut policy = policy("p");
    policy.conditions.users.include_users = strings(&["None"]);
    policy.conditions.client_applications.include_service_principals = strings(include);
    policy.conditions.client_applications.exclude_service_principals = strings(exclude);
    assert_eq!(reason(&policy, &workload("sp-1", mine)), expected);
}

#[test]
fn people_and_workloads_do_not_meet_each_others_policies() {
    let for_people = policy("people");
    assert_eq!(reason(&for_people, &workload("sp-1", true)), Some(Reason::Users));
    let mut for_workloads = policy("workloads");
    for_workloads.conditions.users.include_users = strings(&["None"]);
    for_workloads.conditions.client_applications.include_service_principals = strings(&["sp-1"]);
    assert_eq!(reason(&for_workloads, &facts()), Some(Reason::WorkloadIdentities));
}

#[rstest]
#[case::all(&["All"], &[], None)]
#[case::app(&["MAIL"], &[], None)]
#[case::bundle(&["office365"], &[], None)]
#[case::other_bundle(&["MicrosoftAdminPortals"], &[], Some(Reason::Application))]
#[case::excluded_bundle(&["All"], &["Office365"], Some(Reason::Application))]
#[case::excluded_all(&["All"], &["All"], Some(Reason::Application))]
#[case::none_switches_off(&["None", MAIL], &[], Some(Reason::EmptyPolicy))]
#[case::other(&["files"], &[], Some(Reason::Application))]
fn resources_are_included(#[case] include: &[&str], #[case] exclude: &[&str], #[case] expected: Option<Reason>) {
    let mut policy = policy("p");
    policy.conditions.applications.include_applications = strings(include);
    policy.conditions.applications.exclude_applications = strings(exclude);
    assert_eq!(reason(&policy, &facts()), expected);
}

#[test]
fn an_action_meets_policies_that_name_it_and_policies_for_all_resources() {
    let mut facts = facts();
    facts.resources.clear();
    facts.user_action = Some(UserAction::RegisterOrJoinDevices);
    let mut everything = policy("all");
    everything.conditions.applications.exclude_applications = strings(&["All"]);
    assert_eq!(reason(&everything, &facts), None, "exclusions of resources have no effect on actions");

    let mut naming = policy("action");
    naming.conditions.applications.include_applications.clear();
    naming.conditions.applications.include_user_actions = vec![UserActionCondition::RegisterOrJoinDevices];
    assert_eq!(reason(&naming, &facts), None);
    facts.user_action = Some(UserAction::RegisterSecurityInformation);
    assert_eq!(reason(&naming, &facts), Some(Reason::UserActions));
}

#[test]
fn a_context_meets_only_policies_that_name_it() {
    let mut facts = facts();
    facts.resources.clear();
    facts.authentication_context = Some("C1".to_owned());
    assert_eq!(reason(&policy("all"), &facts), Some(Reason::Application));
    let mut naming = policy("context");
    naming.conditions.applications.include_applications.clear();
    naming.conditions.applications.include_authentication_contexts = strings(&["c1"]);
    assert_eq!(reason(&naming, &facts), None);
    facts.authentication_context = Some("c2".to_owned());
    assert_eq!(reason(&naming, &facts), Some(Reason::AuthenticationContext));
}

#[rstest]
#[case::named(&[PlatformCondition::Ios], &[], Some(DevicePlatform::Ios), true)]
#[case::other(&[PlatformCondition::Android], &[], Some(DevicePlatform::Ios), false)]
#[case::unknown_meets_all(&[PlatformCondition::All], &[PlatformCondition::Ios], None, true)]
#[case::unknown_meets_no_name(&[PlatformCondition::Ios], &[], None, false)]
#[case::only_exclusions(&[], &[PlatformCondition::Ios], Some(DevicePlatform::Android), true)]
#[case::excluded(&[PlatformCondition::All], &[PlatformCondition::Ios], Some(DevicePlatform::Ios), false)]
#[case::all_excluded(&[], &[PlatformCondition::All], None, false)]
#[case::future(&[PlatformCondition::UnknownFutureValue], &[], None, false)]
fn platforms_are_included(
    #[case] include: &[PlatformCondition],
    #[case] exclude: &[PlatformCondition],
    #[case] platform: Option<DevicePlatform>,
    #[case] expected: bool,
) {
    let mut policy = policy("p");
    policy.conditions.platforms.include = include.to_vec();
    policy.conditions.platforms.exclude = exclude.to_vec();
    let mut facts = facts();
    facts.device_platform = platform;
    assert_eq!(reason(&policy, &facts), (!expected).then_some(Reason::DevicePlatform));
}

#[rstest]
#[case::unset(&[], Some(ClientAppType::Other), true)]
#[case::all(&[ClientAppCondition::All], None, true)]
#[case::unknown_client(&[ClientAppCondition::Browser], None, false)]
#[case::older_name_of_active_sync(&[ClientAppCondition::EasSupported], Some(ClientAppType::ExchangeActiveSync), true)]
#[case::other(&[ClientAppCondition::Browser], Some(ClientAppType::Other), false)]
fn client_types_are_included(#[case] types: &[ClientAppCondition], #[case] client: Option<ClientAppType>, #[case] expected: bool) {
    let mut policy = policy("p");
    policy.conditions.client_app_types = types.to_vec();
    let mut facts = facts();
    facts.client_app_type = client;
    assert_eq!(reason(&policy, &facts), (!expected).then_some(Reason::ClientApps));
}

#[rstest]
#[case::trusted(&["AllTrusted"], &[], "203.0.113.7", None, true)]
#[case::mapped_address(&["office"], &[], "::ffff:203.0.113.7", None, true)]
#[case::outside(&["OFFICE"], &[], "198.51.100.1", None, false)]
#[case::only_exclusions(&[], &["AllTrusted"], "198.51.100.1", None, true)]
#[case::excluded(&["All"], &["office"], "203.0.113.7", None, false)]
#[case::country(&["benelux"], &[], "198.51.100.1", Some("nl"), true)]
#[case::unknown_country(&["benelux"], &[], "198.51.100.1", None, true)]
#[case::empty_country_is_unknown(&["benelux"], &[], "198.51.100.1", Some(""), true)]
#[case::other_country(&["benelux"], &[], "198.51.100.1", Some("FR"), false)]
#[case::unknown_location(&["nowhere"], &[], "203.0.113.7", None, false)]
fn locations_are_included(
    #[case] include: &[&str],
    #[case] exclude: &[&str],
    #[case] ip: &str,
    #[case] country: Option<&str>,
    #[case] expected: bool,
) {
    let office = Area::Ip { ranges: vec![IpRange::from_prefix("203.0.113.99/24").unwrap()], is_trusted: true };
    let benelux = Area::Countries { countries: strings(&["NL", "BE", "LU"]), include_unknown: true };
    let locations = [NamedLocation { id: "office".to_owned(), area: office }, NamedLocation { id: "benelux".to_owned(), area: benelux }];
    let mut policy = policy("p");
    policy.conditions.locations.include = strings(include);
    policy.conditions.locations.exclude = strings(exclude);
    let mut facts = facts();
    facts.ip = Some(ip.parse().unwrap());
    facts.country = country.map(str::to_owned);
    let decision = decide(&compile(&[policy], &[], &locations, &[]).unwrap(), &facts);
    assert_eq!(decision.policies[0].reason, (!expected).then_some(Reason::Location));
}

#[test]
fn risks_are_sets_and_hidden_never_matches() {
    let mut policy = policy("p");
    policy.conditions.sign_in_risk_levels = vec![RiskCondition::Medium, RiskCondition::Hidden];
    let at = |risk| {
        let mut facts = facts();
        facts.sign_in_risk = risk;
        reason(&policy, &facts)
    };
    assert_eq!(at(RiskLevel::Medium), None);
    assert_eq!(at(RiskLevel::High), Some(Reason::SignInRisk), "a level is no threshold");
    assert_eq!(at(RiskLevel::None), Some(Reason::SignInRisk));
}

#[test]
fn a_transfer_condition_is_met_by_that_transfer() {
    let mut policy = policy("p");
    policy.conditions.transfer_methods = vec![TransferCondition::DeviceCodeFlow];
    let mut facts = facts();
    assert_eq!(reason(&policy, &facts), Some(Reason::AuthenticationFlow));
    facts.transfer_method = TransferMethod::DeviceCodeFlow;
    assert_eq!(reason(&policy, &facts), None);
}

#[test]
fn older_device_states_exclude_compliant_and_joined_devices() {
    let mut policy = policy("p");
    policy.conditions.devices.states.exclude = vec![DeviceStateCondition::Compliant, DeviceStateCondition::DomainJoined];
    let mut facts = facts();
    assert_eq!(reason(&policy, &facts), None);
    facts.device = Some(DeviceFacts { is_compliant: Some(true), ..DeviceFacts::default() });
    assert_eq!(reason(&policy, &facts), Some(Reason::Devices));
    facts.device = Some(DeviceFacts { trust_type: Some(TrustType::ServerAd), ..DeviceFacts::default() });
    assert_eq!(reason(&policy, &facts), Some(Reason::Devices));
}

#[test]
fn the_first_dimension_that_does_not_match_is_the_reason() {
    let mut policy = policy("p");
    policy.conditions.platforms.include = vec![PlatformCondition::Android];
    policy.conditions.client_app_types = vec![ClientAppCondition::Browser];
    policy.conditions.sign_in_risk_levels = vec![RiskCondition::High];
    assert_eq!(reason(&policy, &facts()), Some(Reason::DevicePlatform));
}
