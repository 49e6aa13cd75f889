//! Service policies: their own section, details 17 to 21.

use doorward_model::conditional_access::GrantControl;
use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{Control, Facts, PolicyOutcome, PolicyResult, Reason, Subject};

use super::grant::{app, domain_joined, managed_and_compliant, refusal, waivable};
use super::requirement::{Asked, Requirement};
use super::{lists_any, same};

/// The rows of a service policy and what it asks for, if it applies.
pub(super) fn judge(policy: &ServicePolicy, facts: &Facts) -> (Vec<PolicyResult>, Option<Requirement>) {
    let app_reason = policy.app_access.as_ref().map(|access| app_reason(access, &policy.resource, facts));
    let device_reason = policy.device_access.as_ref().map(|access| device_reason(access, &policy.resource, facts));
    let app_part = (app_reason == Some(None)).then(|| app_part(facts));
    let device_part = policy.device_access.as_ref().filter(|_| device_reason == Some(None)).map(|access| device_part(access, facts));

    let mut rows = Vec::new();
    if let Some(reason) = app_reason {
        rows.push(row(policy, "appAccess", reason, app_part, device_part));
    }
    if let Some(reason) = device_reason {
        rows.push(row(policy, "deviceAccess", reason, device_part, app_part));
    }
    let asked: Vec<Asked> = [app_part, device_part].into_iter().flatten().collect();
    let requirement = (!asked.is_empty()).then_some(Requirement { block: false, one_suffices: true, asked });
    (rows, requirement)
}

fn row(policy: &ServicePolicy, part: &str, reason: Option<Reason>, own: Option<Asked>, alternative: Option<Asked>) -> PolicyResult {
    let alternative_met = alternative.is_some_and(|asked| asked.satisfied);
    let (result, reason) = match (reason, own) {
        (Some(Reason::PolicyNotEnabled), _) => (PolicyOutcome::NotEnabled, reason),
        (None, Some(asked)) if asked.satisfied => (PolicyOutcome::Success, None),
        (None, Some(_)) if alternative_met => (PolicyOutcome::NotApplied, Some(Reason::AlternativeMet)),
        (None, Some(_)) => (PolicyOutcome::Failure, None),
        _ => (PolicyOutcome::NotApplied, reason),
    };
    let id = format!("{}/{part}", policy.id);
    PolicyResult { display_name: Some(id.clone()), id, result, reason }
}

fn app_reason(access: &AppAccess, resource: &str, facts: &Facts) -> Option<Reason> {
    let targeted = in_groups(&access.restricted_groups, facts) && !in_groups(&access.exempted_groups, facts);
    if !access.enabled || access.allows_all_apps {
        Some(Reason::PolicyNotEnabled)
    } else if access.restricted_groups.is_empty() {
        Some(Reason::EmptyPolicy)
    } else if !targeted {
        Some(Reason::Users)
    } else if !asks_for(resource, facts) {
        Some(Reason::Application)
    } else {
        None
    }
}

fn device_reason(access: &DeviceAccess, resource: &str, facts: &Facts) -> Option<Reason> {
    let is_user = matches!(facts.subject, Subject::User(_));
    let targeted =
        (access.targets_all_users && is_user || in_groups(&access.targeted_groups, facts)) && !in_groups(&access.exempted_groups, facts);
    let on_platform = match &access.platforms {
        None => true,
        Some(platforms) => facts.device_platform.is_some_and(|platform| platforms.contains(&platform)),
    };
    if !access.enabled {
        Some(Reason::PolicyNotEnabled)
    } else if !access.targets_all_users && access.targeted_groups.is_empty() {
        Some(Reason::EmptyPolicy)
    } else if !targeted {
        Some(Reason::Users)
    } else if !asks_for(resource, facts) {
        Some(Reason::Application)
    } else if !on_platform {
        Some(Reason::DevicePlatform)
    } else {
        None
    }
}

fn in_groups(groups: &[String], facts: &Facts) -> bool {
    match &facts.subject {
        Subject::User(user) => lists_any(groups, &user.groups),
        Subject::Workload { .. } => false,
    }
}

fn asks_for(resource: &str, facts: &Facts) -> bool {
    facts.resources.iter().any(|asked| same(&asked.app_id, resource))
}

fn app_part(facts: &Facts) -> Asked {
    let approved = facts.client.as_ref().is_some_and(|client| client.approved);
    waivable(GrantControl::ApprovedApplication, app(Control::ApprovedApplication, approved, None, facts), facts)
}

fn device_part(access: &DeviceAccess, facts: &Facts) -> Asked {
    let windows = facts.device_platform == Some(DevicePlatform::Windows);
    let (compliant, joined) = (managed_and_compliant(facts.device.as_ref()), domain_joined(facts.device.as_ref()));
    let meets = match access.windows {
        WindowsRequirement::DomainJoinedOrCompliant if windows => joined || compliant,
        WindowsRequirement::DomainJoined if windows => joined,
        _ => compliant,
    };
    let (grant, control, code) = if windows && access.windows == WindowsRequirement::DomainJoined {
        (GrantControl::DomainJoinedDevice, Control::DomainJoinedDevice, 53001)
    } else {
        (GrantControl::CompliantDevice, Control::CompliantDevice, 53000)
    };
    let other = facts.client_app_type == Some(ClientAppType::Other);
    let asked = Asked { control, satisfied: meets && !other, promptable: false, code: refusal(code, facts) };
    waivable(grant, asked, facts)
}
