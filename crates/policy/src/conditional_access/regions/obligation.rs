//! What each enforced policy refuses, as boxes: where it applies and what the sign-in falls short of.

use doorward_model::conditional_access::{GrantControl, GrantOperator};
use doorward_model::service_policy::WindowsRequirement;
use doorward_model::sign_in::{ClientAppType, DevicePlatform};

use super::axis::{Axis, Value};
use crate::conditional_access::compile::PolicySet;
use crate::conditional_access::factor::Factor;
use crate::conditional_access::facts::DeviceFacts;
use crate::conditional_access::grant::{self, Grant, Kind};
use crate::conditional_access::layout::Rule;
use crate::conditional_access::mask::Mask;

/// Sign-ins that a policy refuses: it applies, and something is lacking.
#[derive(Debug, Clone)]
pub(super) struct Obligation {
    /// Positions of the policies that all apply.
    applies: Vec<usize>,
    /// Position of a policy that is not for the person, or not for the platform.
    not: Option<(Axis, usize)>,
    lacks: Vec<Lack>,
}

/// Something that a sign-in falls short of, told by one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lack {
    /// The client is a legacy client, which can show nothing.
    ModernClient,
    /// The client is one that cannot even show its device.
    DeviceShown,
    Mobile,
    OnWindows,
    OffWindows,
    Approved,
    Protectable,
    Broker,
    Registered,
    Compliant,
    Joined,
    CompliantOrJoined,
    ProtectionApplied,
    Mfa,
    PasswordChange,
    /// Index of the authentication strength.
    Strength(usize),
    /// Index of the terms of use.
    TermsOfUse(usize),
}

/// Alternatives, each a list of lacks that come together.
type Alternatives = Vec<Vec<Lack>>;

/// Sign-ins that meet a control by itself: nothing of it is lacking.
pub(super) fn lacks_of(control: GrantControl) -> Vec<Lack> {
    match control {
        GrantControl::Block => Vec::new(),
        GrantControl::Mfa => vec![Lack::ModernClient, Lack::Mfa],
        GrantControl::CompliantDevice => vec![Lack::DeviceShown, Lack::Compliant],
        GrantControl::DomainJoinedDevice => vec![Lack::DeviceShown, Lack::Joined],
        GrantControl::ApprovedApplication => vec![Lack::ModernClient, Lack::Mobile, Lack::Approved, Lack::Broker, Lack::Registered],
        GrantControl::CompliantApplication => {
            vec![Lack::ModernClient, Lack::Mobile, Lack::Protectable, Lack::Broker, Lack::Registered, Lack::ProtectionApplied]
        }
        GrantControl::PasswordChange => vec![Lack::ModernClient, Lack::PasswordChange],
    }
}

/// All that the enforced policies of a set refuse.
pub(super) fn obligations(set: &PolicySet) -> Vec<Obligation> {
    let mut all = Vec::new();
    let is_enforced = |position: usize| set.enforced.contains(position);
    for unit in set.units.iter().filter(|unit| unit.start < set.enforced_end) {
        match unit.rule {
            Rule::Free => {}
            Rule::Grant(grant) => {
                let alternatives = set.asked.grants.get(grant).map(|grant| unsatisfied(grant, &set.asked.factors)).unwrap_or_default();
                for position in (unit.start..unit.end).filter(|position| is_enforced(*position)) {
                    all.extend(alternatives.iter().map(|lacks| Obligation::new(vec![position], None, lacks)));
                }
            }
            Rule::Service(service_policy) => {
                let Some(rule) = set.asked.services.get(service_policy) else { continue };
                let fails =
                    |number: usize| set.asked.requirements.get(number).map(|one| fails(*one, &set.asked.factors)).unwrap_or_default();
                let on_windows = both(&vec![vec![Lack::OffWindows]], &fails(rule.on_windows));
                let elsewhere = both(&vec![vec![Lack::OnWindows]], &fails(rule.elsewhere));
                let (app, device) = (unit.start, unit.start + 1);
                let app = is_enforced(app).then(|| (app, fails(rule.app)));
                let device = is_enforced(device).then(|| (device, [on_windows, elsewhere].concat()));
                all.extend(service(app, device));
            }
        }
    }
    all
}

/// A service policy: whoever is targeted by both parts must meet one of them, others the one that targets them.
fn service(app: Option<(usize, Alternatives)>, device: Option<(usize, Alternatives)>) -> Vec<Obligation> {
    let make = |applies: &[usize], not: Option<(Axis, usize)>, alternatives: &Alternatives| {
        alternatives.iter().map(|lacks| Obligation::new(applies.to_vec(), not, lacks)).collect::<Vec<_>>()
    };
    match (app, device) {
        (None, None) => Vec::new(),
        (Some((part, fails)), None) | (None, Some((part, fails))) => make(&[part], None, &fails),
        (Some((app, no_app)), Some((device, no_device))) => [
            make(&[app, device], None, &both(&no_app, &no_device)),
            // Both parts are about one resource, so only the person or the platform can set them apart.
            make(&[app], Some((Axis::Users, device)), &no_app),
            make(&[app], Some((Axis::DevicePlatform, device)), &no_app),
            make(&[device], Some((Axis::Users, app)), &no_device),
        ]
        .concat(),
    }
}

fn single(lacks: &[Lack]) -> Alternatives {
    lacks.iter().map(|lack| vec![*lack]).collect()
}

/// How a sign-in can fail what a policy asks for.
fn unsatisfied(grant: &Grant, factors: &[Factor]) -> Alternatives {
    let Grant::Controls(operator, requirements) = grant else { return vec![Vec::new()] };
    let each = requirements.iter().map(|requirement| fails(*requirement, factors));
    match operator {
        GrantOperator::And => smallest(each.flatten().collect()),
        GrantOperator::Or => each.fold(vec![Vec::new()], |so_far, next| both(&so_far, &next)),
    }
}

/// How a sign-in can fail one requirement.
fn fails(requirement: grant::Requirement, factors: &[Factor]) -> Alternatives {
    match requirement.kind() {
        Kind::BuiltIn(control) => single(&lacks_of(control)),
        Kind::Factor(index) => match factors.get(index) {
            Some(Factor::TermsOfUse(_)) => single(&[Lack::ModernClient, Lack::TermsOfUse(index)]),
            Some(Factor::Strength(_)) | None => single(&[Lack::ModernClient, Lack::Strength(index)]),
        },
        Kind::DeviceAccess(wanted) => single(&[
            Lack::DeviceShown,
            match wanted {
                WindowsRequirement::DomainJoinedOrCompliant => Lack::CompliantOrJoined,
                WindowsRequirement::DomainJoined => Lack::Joined,
                WindowsRequirement::Compliant => Lack::Compliant,
            },
        ]),
        Kind::Custom => vec![Vec::new()],
    }
}

/// Alternatives of failing two things at once.
fn both(a: &Alternatives, b: &Alternatives) -> Alternatives {
    smallest(a.iter().flat_map(|a| b.iter().map(move |b| [a.as_slice(), b].concat())).collect())
}

/// Without repetition, and without those that another one implies.
fn smallest(mut alternatives: Alternatives) -> Alternatives {
    for lacks in &mut alternatives {
        lacks.sort_unstable();
        lacks.dedup();
    }
    alternatives.sort_by_key(Vec::len);
    let mut kept: Alternatives = Vec::new();
    for lacks in alternatives {
        if !kept.iter().any(|smaller| smaller.iter().all(|lack| lacks.contains(lack))) {
            kept.push(lacks);
        }
    }
    kept
}

impl Obligation {
    fn new(applies: Vec<usize>, not: Option<(Axis, usize)>, lacks: &[Lack]) -> Self {
        Self { applies, not, lacks: lacks.to_vec() }
    }

    /// The value of an axis is among those refused. `policies` are those that fit the value, `met` the factors that it meets.
    pub(super) fn has(&self, axis: Axis, value: &Value, policies: Option<&Mask>, met: &Mask) -> bool {
        let fits = policies.is_none_or(|policies| {
            self.applies.iter().all(|position| policies.contains(*position))
                && self.not.is_none_or(|(on, position)| on != axis || !policies.contains(position))
        });
        fits && self.lacks.iter().all(|lack| lack.axis() != axis || lack.is_lacking(value, met))
    }
}

impl Lack {
    pub(super) fn axis(self) -> Axis {
        match self {
            Self::ModernClient | Self::DeviceShown => Axis::ClientAppType,
            Self::Mobile | Self::OnWindows | Self::OffWindows => Axis::DevicePlatform,
            Self::Approved | Self::Protectable => Axis::ClientApp,
            Self::Broker => Axis::BrokerPresent,
            Self::Registered | Self::Compliant | Self::Joined | Self::CompliantOrJoined => Axis::Device,
            Self::ProtectionApplied => Axis::AppProtectionApplied,
            Self::Mfa | Self::Strength(_) => Axis::Authentication,
            Self::TermsOfUse(_) => Axis::TermsOfUse,
            Self::PasswordChange => Axis::PasswordChanged,
        }
    }

    pub(super) fn is_lacking(self, value: &Value, met: &Mask) -> bool {
        match (self, value) {
            (Self::ModernClient, Value::ClientAppType(client)) => client.is_some_and(ClientAppType::is_legacy),
            (Self::DeviceShown, Value::ClientAppType(client)) => *client == Some(ClientAppType::Other),
            (Self::Mobile, Value::DevicePlatform(platform)) => !platform.is_some_and(DevicePlatform::is_mobile),
            (Self::OnWindows, Value::DevicePlatform(platform)) => *platform != Some(DevicePlatform::Windows),
            (Self::OffWindows, Value::DevicePlatform(platform)) => *platform == Some(DevicePlatform::Windows),
            (Self::Approved, Value::ClientApp(client)) => !client.approved,
            (Self::Protectable, Value::ClientApp(client)) => !client.protectable,
            (Self::Broker | Self::ProtectionApplied | Self::PasswordChange, Value::Flag(yes)) => !yes,
            (Self::Registered, Value::Device(device)) => device.is_none(),
            (Self::Compliant, Value::Device(device)) => !device.as_deref().is_some_and(DeviceFacts::managed_and_compliant),
            (Self::Joined, Value::Device(device)) => !device.as_deref().is_some_and(DeviceFacts::domain_joined),
            (Self::CompliantOrJoined, Value::Device(device)) => {
                !device.as_ref().is_some_and(|device| device.managed_and_compliant() || device.domain_joined())
            }
            (Self::Mfa, Value::Authentication { mfa, .. }) => !mfa,
            (Self::Strength(index) | Self::TermsOfUse(index), _) => !met.contains(index),
            _ => false,
        }
    }
}
