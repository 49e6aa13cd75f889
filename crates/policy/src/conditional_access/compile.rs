//! Policies made ready for deciding: ids to bits, filters parsed, strengths and locations resolved, equal requirements shared.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::{ConditionalAccessPolicy, Conditions, PolicyState, SessionControls};
use doorward_model::named_location::NamedLocation;
use doorward_model::service_policy::ServicePolicy;

use super::asked::Asked;
use super::circumstances::Columns;
use super::decision::Reason;
use super::device::{Devices, Filters};
use super::filter::FilterError;
use super::ids::fold;
use super::layout::{Layout, Slot, Unit, is_empty};
use super::location::Places;
use super::mask::Mask;
use super::service;
use super::subject::{self, Subjects};
use super::target::Targets;

/// Policies ready for deciding. Made by [`compile`].
#[derive(Debug, Clone)]
pub struct PolicySet {
    /// Policies by position; the gaps keep both parts of a service policy in one machine word.
    pub(super) entries: Vec<Option<Entry>>,
    /// Positions in the order of the answer: policies as they came, then service policies.
    pub(super) output: Vec<usize>,
    /// Policies that can refuse: enabled, for somebody and something, and asking for something.
    pub(super) enforced: Mask,
    /// Position after the last of these.
    pub(super) enforced_end: usize,
    /// Policies that are looked at: enabled or report-only, for somebody and something.
    pub(super) live: Mask,
    /// What each position belongs to, and what that asks for.
    pub(super) unit_of: Vec<usize>,
    pub(super) units: Vec<Unit>,
    pub(super) asked: Asked,
    pub(super) subjects: Subjects,
    pub(super) targets: Targets,
    pub(super) places: Places,
    pub(super) devices: Devices,
    pub(super) columns: Columns,
}

/// A policy or a part of a service policy.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
    pub(super) state: PolicyState,
    /// Why it never applies.
    pub(super) dead: Option<Reason>,
    pub(super) session: SessionControls,
}

/// Why a policy cannot be decided. Such a policy must not be left out in silence: leaving it out could open a door.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// The device filter is not understood.
    #[error("policy {policy:?}: conditions.devices.deviceFilter.rule: {error}")]
    Filter {
        /// Id of the policy.
        policy: String,
        /// What is wrong and where.
        error: FilterError,
    },
    /// A device filter and the older device states in one policy.
    #[error("policy {policy:?}: conditions.devices: a device filter and device states cannot be combined: keep the filter")]
    FilterAndStates {
        /// Id of the policy.
        policy: String,
    },
    /// The authentication strength restricts its combinations further, which the engine does not know.
    #[error("policy {policy:?}: grantControls.authenticationStrength: combinationConfigurations are not supported")]
    CombinationConfigurations {
        /// Id of the policy.
        policy: String,
    },
}

/// Makes policies ready for deciding.
///
/// # Errors
/// The first policy that cannot be decided. [`check`] tells of one policy at a time.
pub fn compile(
    policies: &[ConditionalAccessPolicy],
    service_policies: &[ServicePolicy],
    named_locations: &[NamedLocation],
    strengths: &[AuthenticationStrengthPolicy],
) -> Result<PolicySet, CompileError> {
    let mut filters = Filters::default();
    policies.iter().try_for_each(|policy| check_one(policy, strengths, &mut filters))?;
    let asked = Asked::new(policies, service_policies, strengths);
    let layout = Layout::new(policies, &asked, service_policies);

    let size = layout.slots.len();
    let parts = service_policies.iter().map(Part::of).collect::<Vec<_>>();
    let mut conditions: Vec<(usize, &Conditions)> = Vec::new();
    let mut entries: Vec<Option<Entry>> = Vec::new();
    for (position, slot) in (0..).zip(&layout.slots) {
        let found = match slot {
            Slot::Gap => None,
            Slot::Policy(index) => policies.get(*index).map(|policy| (&policy.conditions, Entry::of_policy(policy))),
            Slot::Part(service, part) => {
                parts.get(*service).and_then(|parts| parts.get(*part)?.as_ref()).map(|part| (&part.conditions, part.entry.clone()))
            }
        };
        conditions.extend(found.as_ref().map(|(conditions, _)| (position, *conditions)));
        entries.push(found.map(|(_, entry)| entry));
    }
    let mut targets = Targets::new(size, &conditions);
    for (position, slot) in (0..).zip(&layout.slots) {
        if let Slot::Part(service, _) = slot
            && let Some(service) = service_policies.get(*service)
        {
            targets.insert_service(position, &service.resource);
        }
    }

    let live = |position: &usize| matches!(entries.get(*position), Some(Some(Entry { dead: None, .. })));
    Ok(PolicySet {
        output: layout.output(policies.len()),
        enforced: Mask::of(size, (0..layout.enforced_end).filter(live)),
        enforced_end: layout.enforced_end,
        live: Mask::of(size, (0..size).filter(live)),
        unit_of: layout.unit_of,
        units: layout.units,
        asked,
        subjects: Subjects::new(size, &conditions),
        targets,
        places: Places::new(size, named_locations, &conditions),
        devices: Devices::new(size, &conditions, &filters),
        columns: Columns::new(size, &conditions),
        entries,
    })
}

/// Says whether one policy can be decided.
///
/// # Errors
/// Why not.
pub fn check(policy: &ConditionalAccessPolicy, strengths: &[AuthenticationStrengthPolicy]) -> Result<(), CompileError> {
    check_one(policy, strengths, &mut Filters::default())
}

fn check_one<'a>(
    policy: &'a ConditionalAccessPolicy,
    strengths: &[AuthenticationStrengthPolicy],
    filters: &mut Filters<'a>,
) -> Result<(), CompileError> {
    let devices = &policy.conditions.devices;
    if devices.filter.is_some() && !(devices.devices.is_empty() && devices.states.is_empty()) {
        return Err(CompileError::FilterAndStates { policy: policy.id.clone() });
    }
    if is_configured_further(policy, strengths) {
        return Err(CompileError::CombinationConfigurations { policy: policy.id.clone() });
    }
    let parsed = devices.filter.as_ref().map_or(Ok(()), |filter| filters.parse(filter));
    parsed.map_err(|error| CompileError::Filter { policy: policy.id.clone(), error })
}

fn is_configured_further(policy: &ConditionalAccessPolicy, strengths: &[AuthenticationStrengthPolicy]) -> bool {
    policy.grant_controls.authentication_strength.as_ref().is_some_and(|required| {
        let same = |strength: &&AuthenticationStrengthPolicy| fold(&strength.id) == fold(&required.id);
        required.has_combination_configurations || strengths.iter().filter(same).any(|strength| strength.has_combination_configurations)
    })
}

impl Entry {
    fn of_policy(policy: &ConditionalAccessPolicy) -> Self {
        Self {
            id: policy.id.clone(),
            display_name: policy.display_name.clone(),
            state: policy.state,
            dead: dead(policy.state, is_empty(&policy.conditions)),
            session: policy.session_controls.clone(),
        }
    }
}

fn dead(state: PolicyState, is_empty: bool) -> Option<Reason> {
    match state {
        PolicyState::Disabled => Some(Reason::PolicyNotEnabled),
        PolicyState::Enabled | PolicyState::ReportOnly => is_empty.then_some(Reason::EmptyPolicy),
    }
}

/// A part of a service policy in the words of conditional access.
struct Part {
    conditions: Conditions,
    entry: Entry,
}

impl Part {
    /// App access and device access.
    fn of(policy: &ServicePolicy) -> [Option<Self>; 2] {
        let part = |name: &str, conditions: Conditions, enabled: bool| {
            let id = format!("{}/{name}", policy.id);
            let state = if enabled { PolicyState::Enabled } else { PolicyState::Disabled };
            let entry = Entry {
                display_name: Some(id.clone()),
                id,
                state,
                dead: dead(state, subject::is_empty(&conditions)),
                session: SessionControls::default(),
            };
            Self { conditions, entry }
        };
        let app = policy.app_access.as_ref();
        let device = policy.device_access.as_ref();
        [
            app.map(|access| part("appAccess", service::app_conditions(access), service::app_is_enabled(access))),
            device.map(|access| part("deviceAccess", service::device_conditions(access), access.enabled)),
        ]
    }
}
