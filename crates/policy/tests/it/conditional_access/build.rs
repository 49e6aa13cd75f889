//! Policies and facts in few words.

use doorward_model::conditional_access::{
    ConditionalAccessPolicy, Conditions, GrantControl, GrantControls, GrantOperator, PolicyState, SessionControls,
};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{
    ClientFacts, Decision, DeviceFacts, Facts, PolicyOutcome, Reason, ResourceFacts, Subject, UserFacts, compile, decide,
};

pub(crate) const USER: &str = "user-1";
pub(crate) const GROUP: &str = "group-1";
pub(crate) const MAIL: &str = "mail";

pub(crate) fn strings(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

/// An enabled policy for everyone and everything that asks for nothing.
pub(crate) fn policy(id: &str) -> ConditionalAccessPolicy {
    let mut conditions = Conditions::default();
    conditions.users.include_users = strings(&["All"]);
    conditions.applications.include_applications = strings(&["All"]);
    ConditionalAccessPolicy {
        id: id.to_owned(),
        display_name: None,
        state: PolicyState::Enabled,
        conditions,
        grant_controls: GrantControls::default(),
        session_controls: SessionControls::default(),
    }
}

pub(crate) fn asking(id: &str, operator: GrantOperator, controls: &[GrantControl]) -> ConditionalAccessPolicy {
    let mut policy = policy(id);
    policy.grant_controls.operator = Some(operator);
    policy.grant_controls.built_in_controls = controls.to_vec();
    policy
}

/// A member with an unlisted app on an unregistered iPhone, with a password only.
pub(crate) fn facts() -> Facts {
    let user = UserFacts { id: USER.to_owned(), groups: strings(&[GROUP]), roles: strings(&["role-1"]), ..UserFacts::default() };
    let mut facts = Facts::new(Subject::User(user));
    facts.resources = vec![ResourceFacts { app_id: MAIL.to_owned(), bundles: strings(&["Office365"]) }];
    facts.client = Some(ClientFacts { app_id: "app".to_owned(), approved: false, protectable: false });
    facts.client_app_type = Some(ClientAppType::MobileAppsAndDesktopClients);
    facts.device_platform = Some(DevicePlatform::Ios);
    facts
}

pub(crate) fn with_user(change: impl FnOnce(&mut UserFacts)) -> Facts {
    let mut facts = facts();
    if let Subject::User(user) = &mut facts.subject {
        change(user);
    }
    facts
}

pub(crate) fn workload(id: &str, in_my_tenant: bool) -> Facts {
    Facts { subject: Subject::Workload { service_principal_id: id.to_owned(), in_my_tenant }, ..facts() }
}

/// A sign-in with an approved and protectable app, through the broker, on a registered device.
pub(crate) fn approved() -> Facts {
    let mut facts = facts();
    facts.client = Some(ClientFacts { app_id: "app".to_owned(), approved: true, protectable: true });
    facts.broker_present = true;
    facts.device = Some(DeviceFacts::default());
    facts
}

pub(crate) fn compliant_device() -> DeviceFacts {
    DeviceFacts { is_managed: Some(true), is_compliant: Some(true), ..DeviceFacts::default() }
}

#[expect(clippy::unwrap_used, reason = "the policies of tests compile")]
pub(crate) fn decided(policies: &[ConditionalAccessPolicy], facts: &Facts) -> Decision {
    decide(&compile(policies, &[], &[], &[]).unwrap(), facts)
}

/// Why one policy does not apply; none when it does.
pub(crate) fn reason(policy: &ConditionalAccessPolicy, facts: &Facts) -> Option<Reason> {
    decided(std::slice::from_ref(policy), facts).policies.remove(0).reason
}

pub(crate) fn result(policy: &ConditionalAccessPolicy, facts: &Facts) -> PolicyOutcome {
    decided(std::slice::from_ref(policy), facts).policies.remove(0).result
}
