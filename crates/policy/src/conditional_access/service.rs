//! Service policies: app access and device access to one service, and what happens to those whom both are for.

use doorward_model::ErrorCode;
use doorward_model::conditional_access::{GrantControl, GrantOperator};
use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};

use super::control::Control;
use super::decision::{PolicyOutcome, PolicyResult, Reason};
use super::facts::{DeviceFacts, Facts, Subject, UserFacts};
use super::grant::{Failing, Standing, Verdict, approved_app, combine};
use super::ids::{IdSet, fold};

/// The policy of one service, compiled.
#[derive(Debug, Clone)]
pub(super) struct Service {
    resource: String,
    app: Option<Part<()>>,
    device: Option<Part<DeviceRule>>,
}

/// App access or device access: for whom, and the rule.
#[derive(Debug, Clone)]
struct Part<R> {
    id: String,
    enabled: bool,
    everyone: bool,
    groups: IdSet,
    exempted: IdSet,
    rule: R,
}

#[derive(Debug, Clone)]
struct DeviceRule {
    platforms: Option<Vec<DevicePlatform>>,
    windows: WindowsRequirement,
}

/// What a service policy said: its verdict and the row of each part.
pub(super) struct ServiceOutcome {
    pub(super) verdict: Option<Verdict>,
    pub(super) rows: Vec<PolicyResult>,
}

impl Service {
    pub(super) fn new(policy: &ServicePolicy) -> Self {
        Self {
            resource: fold(&policy.resource),
            app: policy.app_access.as_ref().map(|access| app_part(&policy.id, access)),
            device: policy.device_access.as_ref().map(|access| device_part(&policy.id, access)),
        }
    }

    pub(super) fn judge(&self, facts: &Facts) -> ServiceOutcome {
        let app = self.app.as_ref().map(|part| (part.id.as_str(), self.app_standing(part, facts)));
        let device = self.device.as_ref().map(|part| (part.id.as_str(), self.device_standing(part, facts)));
        let standings: Vec<Standing> = [&app, &device].into_iter().flatten().filter_map(|(_, standing)| standing.ok()).collect();
        // Whoever is targeted by both must meet one of the two.
        let verdict = (!standings.is_empty()).then(|| combine(GrantOperator::Or, &standings));
        let met = verdict == Some(Verdict::Satisfied);
        let rows = [app, device].into_iter().flatten().map(|(id, standing)| row(id, standing, met)).collect();
        ServiceOutcome { verdict, rows }
    }

    fn app_standing(&self, part: &Part<()>, facts: &Facts) -> Result<Standing, Reason> {
        self.targets(part, facts)?;
        Ok(approved_app(facts))
    }

    fn device_standing(&self, part: &Part<DeviceRule>, facts: &Facts) -> Result<Standing, Reason> {
        self.targets(part, facts)?;
        let on_platform = part.rule.platforms.as_ref().is_none_or(|listed| facts.device_platform.is_some_and(|one| listed.contains(&one)));
        if on_platform { Ok(part.rule.standing(facts)) } else { Err(Reason::DevicePlatform) }
    }

    fn targets<R>(&self, part: &Part<R>, facts: &Facts) -> Result<(), Reason> {
        if !part.enabled {
            return Err(Reason::PolicyNotEnabled);
        }
        if !part.everyone && part.groups.is_empty() {
            return Err(Reason::EmptyPolicy);
        }
        match &facts.subject {
            Subject::User(user) if part.is_for(user) => {}
            Subject::User(_) | Subject::Workload { .. } => return Err(Reason::Users),
        }
        if facts.resources.iter().any(|resource| resource.app_id == self.resource) { Ok(()) } else { Err(Reason::Application) }
    }
}

fn app_part(id: &str, access: &AppAccess) -> Part<()> {
    Part {
        id: format!("{id}/appAccess"),
        // Allowing all apps restricts nothing; enforced, it would let every app past device access.
        enabled: access.enabled && !access.allows_all_apps,
        everyone: false,
        groups: IdSet::new(&access.restricted_groups),
        exempted: IdSet::new(&access.exempted_groups),
        rule: (),
    }
}

fn device_part(id: &str, access: &DeviceAccess) -> Part<DeviceRule> {
    Part {
        id: format!("{id}/deviceAccess"),
        enabled: access.enabled,
        everyone: access.targets_all_users,
        groups: IdSet::new(&access.targeted_groups),
        exempted: IdSet::new(&access.exempted_groups),
        rule: DeviceRule { platforms: access.platforms.clone(), windows: access.windows },
    }
}

impl<R> Part<R> {
    fn is_for(&self, user: &UserFacts) -> bool {
        (self.everyone || self.groups.contains_any(&user.groups)) && !self.exempted.contains_any(&user.groups)
    }
}

impl DeviceRule {
    fn standing(&self, facts: &Facts) -> Standing {
        let windows = facts.device_platform == Some(DevicePlatform::Windows);
        let wanted = if windows { self.windows } else { WindowsRequirement::Compliant };
        let joined_only = wanted == WindowsRequirement::DomainJoined;
        let (control, waiver, code) = if joined_only {
            (Control::DomainJoinedDevice, GrantControl::DomainJoinedDevice, ErrorCode::DEVICE_NOT_DOMAIN_JOINED)
        } else {
            (Control::CompliantDevice, GrantControl::CompliantDevice, ErrorCode::DEVICE_NOT_COMPLIANT)
        };
        let can_show_device = facts.client_app_type != Some(ClientAppType::Other);
        let met = can_show_device && facts.device.as_ref().is_some_and(|device| meets(wanted, device));
        if met || facts.waives(waiver) {
            Standing::Satisfied
        } else {
            Standing::Final(Failing { control, code: if facts.is_legacy() { ErrorCode::BLOCKED } else { code } })
        }
    }
}

fn meets(wanted: WindowsRequirement, device: &DeviceFacts) -> bool {
    match wanted {
        WindowsRequirement::DomainJoinedOrCompliant => device.domain_joined() || device.managed_and_compliant(),
        WindowsRequirement::DomainJoined => device.domain_joined(),
        WindowsRequirement::Compliant => device.managed_and_compliant(),
    }
}

fn row(id: &str, standing: Result<Standing, Reason>, met: bool) -> PolicyResult {
    let (result, reason) = match standing {
        Err(Reason::PolicyNotEnabled) => (PolicyOutcome::NotEnabled, Some(Reason::PolicyNotEnabled)),
        Err(reason) => (PolicyOutcome::NotApplied, Some(reason)),
        Ok(Standing::Satisfied) => (PolicyOutcome::Success, None),
        Ok(_) if met => (PolicyOutcome::NotApplied, Some(Reason::AlternativeMet)),
        Ok(_) => (PolicyOutcome::Failure, None),
    };
    PolicyResult { id: id.to_owned(), display_name: Some(id.to_owned()), result, reason }
}
