//! The space of all sign-ins to some targets, cut into values that no policy of one or two sets tells apart.

use std::collections::HashMap;

use doorward_model::named_location::NamedLocation;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod};

use super::axis::{Axis, Value};
use super::obligation::{Lack, Obligation, obligations};
use super::sharp::{Cell, Shape};
use super::target::Target;
use super::{place_values, proof_values};
use crate::conditional_access::circumstances::Circumstances;
use crate::conditional_access::compile::PolicySet;
use crate::conditional_access::facts::{ClientFacts, Facts, Subject, UserFacts};
use crate::conditional_access::mask::Mask;
use crate::conditional_access::{factor, filter};

/// What there is to sign in with and to.
#[derive(Debug, Clone, Copy)]
pub struct Universe<'a> {
    /// People, with all their groups.
    pub users: &'a [UserFacts],
    /// Targets to look at.
    pub targets: &'a [Target],
    /// Client apps known to the directory; an app that is on no list is always among those looked at.
    pub clients: &'a [ClientFacts],
    /// Named locations, the same as the policies were compiled with.
    pub named_locations: &'a [NamedLocation],
}

/// Part of the space: on each axis some of the values, in every combination.
#[derive(Debug, Clone)]
pub struct Region {
    /// The axes, in order.
    pub extents: Vec<Extent>,
    /// Indexes of the people in it.
    pub users: Vec<usize>,
    /// A sign-in in it that needs as little as any.
    pub witness: Facts,
}

/// A region along one axis.
#[derive(Debug, Clone)]
pub struct Extent {
    /// Which axis.
    pub axis: Axis,
    /// All values of the axis are in the region.
    pub is_whole: bool,
    /// The values in it.
    pub values: Vec<Value>,
}

/// The regions and the engine disagree about a sign-in: a fault of this program, and never an answer.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the search and the engine disagree about a sign-in: this is a fault of Doorward, please report it with the policies")]
pub struct Contradiction;

/// A box of the space that is asked about.
pub(super) enum Cube {
    /// Sign-ins that a policy of a set, given by its index, refuses.
    Refused(usize, Obligation),
    /// Sign-ins that lack none of these.
    Met(Vec<Lack>),
}

/// The space with its boxes.
pub(super) struct Space<'a> {
    universe: Universe<'a>,
    axes: Vec<Classified>,
    shape: Shape,
    cubes: Vec<Cube>,
    /// Every dimension was cut into all its values.
    pub(super) is_exact: bool,
}

/// An axis whose values have been put into classes.
struct Classified {
    axis: Axis,
    values: Vec<Value>,
    /// By value.
    class_of: Vec<usize>,
    /// By class: its first value and the cubes that it touches.
    classes: Vec<(usize, Mask)>,
}

impl<'a> Space<'a> {
    /// The space as the sets cut it. `met` lists sign-ins to be told apart besides, by what they lack nothing of.
    pub(super) fn new(sets: &[&PolicySet], universe: Universe<'a>, met: impl IntoIterator<Item = Vec<Lack>>) -> Self {
        let refused = (0..).zip(sets).flat_map(|(index, set)| obligations(set).into_iter().map(move |one| Cube::Refused(index, one)));
        let cubes: Vec<Cube> = refused.chain(met.into_iter().map(Cube::Met)).collect();
        let mut is_exact = true;
        let axes: Vec<_> = Axis::ALL
            .into_iter()
            .map(|axis| {
                let (values, exact) = values(axis, sets, &universe);
                is_exact &= exact;
                Classified::new(axis, values, &cubes, sets, &universe)
            })
            .collect();
        let shape = Shape::new(axes.iter().map(|axis| axis.classes.len()));
        Self { universe, axes, shape, cubes, is_exact }
    }

    /// Every axis with all its values.
    pub(super) fn axes(&self) -> Vec<(Axis, Vec<Value>)> {
        self.axes.iter().map(|axis| (axis.axis, axis.values.clone())).collect()
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The cubes that `which` picks, as boxes; those that touch nothing are left out, and the widest come first.
    pub(super) fn cells(&self, which: impl Fn(&Cube) -> bool) -> Vec<Cell> {
        let picked = self.cubes.iter().enumerate().filter(|(_, cube)| which(cube));
        let cells = picked.map(|(index, _)| {
            self.shape.cell(|axis, class| {
                self.axes.get(axis).and_then(|axis| axis.classes.get(class)).is_some_and(|(_, cubes)| cubes.contains(index))
            })
        });
        let mut cells: Vec<_> =
            cells.filter(|cell| (0..self.axes.len()).all(|axis| self.shape.values(cell, axis).next().is_some())).collect();
        cells.sort_by_cached_key(|cell| (0..self.axes.len()).filter(|axis| !self.shape.is_whole(cell, *axis)).count());
        let mut widest: Vec<Cell> = Vec::new();
        for cell in cells {
            if !widest.iter().any(|wide| cell.is_within(wide)) {
                widest.push(cell);
            }
        }
        widest
    }

    /// How much a box is worth telling first: people in it, whether its clients and platforms can be named, axes that it does not restrict.
    pub(super) fn breadth(&self, cell: &Cell) -> (usize, bool, usize) {
        let whole = (0..self.axes.len()).filter(|axis| self.shape.is_whole(cell, *axis)).count();
        let inside = |wanted: Axis| {
            let found = self.axes.iter().enumerate().find(|(_, axis)| axis.axis == wanted);
            found.map(|(index, axis)| axis.inside(&self.shape, cell, index)).unwrap_or_default()
        };
        let is_named = |value: &&Value| !matches!(value, Value::ClientAppType(None) | Value::DevicePlatform(None));
        let named = [Axis::ClientAppType, Axis::DevicePlatform].into_iter().all(|axis| inside(axis).iter().any(is_named));
        (inside(Axis::Users).len(), named, whole)
    }

    /// A box as a region, with a witness from a box within.
    pub(super) fn region(&self, cell: &Cell, narrow: &Cell) -> Option<Region> {
        let mut extents = Vec::new();
        let mut users = Vec::new();
        let mut plainest = Vec::new();
        for (index, axis) in self.axes.iter().enumerate() {
            let inside = axis.inside(&self.shape, cell, index);
            if axis.axis == Axis::Users {
                users = inside.iter().filter_map(|value| if let Value::User(user) = value { Some(*user) } else { None }).collect();
            }
            plainest.push(*axis.inside(&self.shape, narrow, index).first()?);
            let is_whole = self.shape.is_whole(cell, index);
            extents.push(Extent { axis: axis.axis, is_whole, values: inside.into_iter().cloned().collect() });
        }
        Some(Region { extents, users, witness: self.witness(&plainest)? })
    }

    fn witness(&self, values: &[&Value]) -> Option<Facts> {
        let user = values.iter().find_map(|value| if let Value::User(index) = value { self.universe.users.get(*index) } else { None })?;
        let mut facts = Facts::new(Subject::User(user.clone()));
        for (axis, value) in Axis::ALL.into_iter().zip(values) {
            value.put(axis, &mut facts);
        }
        Some(facts)
    }
}

impl Value {
    fn put(&self, axis: Axis, facts: &mut Facts) {
        match (axis, self.clone()) {
            (_, Self::Target(Target::Resource(resource))) => facts.resources = vec![resource],
            (_, Self::Target(Target::UserAction(action))) => facts.user_action = Some(action),
            (_, Self::Target(Target::AuthenticationContext(context))) => facts.authentication_context = Some(context),
            (_, Self::ClientAppType(client)) => facts.client_app_type = client,
            (_, Self::DevicePlatform(platform)) => facts.device_platform = platform,
            (_, Self::Location { ip, country, .. }) => (facts.ip, facts.country) = (ip, country),
            (_, Self::Device(device)) => facts.device = device.map(|device| *device),
            (_, Self::ClientApp(client)) => facts.client = Some(client),
            (Axis::BrokerPresent, Self::Flag(yes)) => facts.broker_present = yes,
            (Axis::AppProtectionApplied, Self::Flag(yes)) => facts.app_protection_applied = yes,
            (_, Self::Flag(yes)) => facts.password_changed = yes,
            (_, Self::Authentication { mfa, methods }) => (facts.mfa, facts.authentication_methods) = (mfa, methods),
            (_, Self::TermsOfUse(terms)) => facts.terms_of_use_accepted = terms,
            (Axis::SignInRisk, Self::Risk(risk)) => facts.sign_in_risk = risk,
            (_, Self::Risk(risk)) => facts.user_risk = risk,
            (_, Self::InsiderRisk(risk)) => facts.insider_risk = risk,
            (_, Self::TransferMethod(method)) => facts.transfer_method = method,
            (_, Self::User(_)) => {}
        }
    }

    /// The policies of a set that fit the value; none when the axis restricts no policy.
    fn policies(&self, axis: Axis, set: &PolicySet, universe: &Universe<'_>) -> Option<Mask> {
        let circumstance = |values: Circumstances, index: usize| set.columns.views(&values).get(index).map(|view| Mask::from(view.matched));
        let some = Circumstances::default();
        match self {
            Self::User(index) => universe.users.get(*index).map(|user| set.subjects.person(user).matched),
            Self::Target(Target::Resource(resource)) => Some(set.targets.fit(std::slice::from_ref(resource), None, None).matched),
            Self::Target(Target::UserAction(action)) => Some(set.targets.fit(&[], Some(*action), None).matched),
            Self::Target(Target::AuthenticationContext(context)) => Some(set.targets.fit(&[], None, Some(context)).matched),
            Self::Location { ip, country, .. } => Some(set.places.fit(*ip, country.as_deref()).matched),
            Self::Device(device) => Some(set.devices.fit(device.as_deref()).matched),
            Self::DevicePlatform(platform) => circumstance(Circumstances { device_platform: *platform, ..some }, 0),
            Self::ClientAppType(client) => circumstance(Circumstances { client_app_type: *client, ..some }, 1),
            Self::Risk(risk) if axis == Axis::SignInRisk => circumstance(Circumstances { sign_in_risk: *risk, ..some }, 2),
            Self::Risk(risk) => circumstance(Circumstances { user_risk: *risk, ..some }, 3),
            Self::InsiderRisk(risk) => circumstance(Circumstances { insider_risk: *risk, ..some }, 5),
            Self::TransferMethod(method) => circumstance(Circumstances { transfer_method: *method, ..some }, 6),
            Self::ClientApp(_) | Self::Flag(_) | Self::Authentication { .. } | Self::TermsOfUse(_) => None,
        }
    }

    /// The strengths and terms of use of a set that the value meets.
    fn met(&self, set: &PolicySet) -> Mask {
        match self {
            Self::Authentication { mfa, methods } => factor::met(&set.asked.factors, *mfa, methods, &[]),
            Self::TermsOfUse(terms) => factor::met(&set.asked.factors, false, &[], terms),
            _ => Mask::empty(0),
        }
    }
}

impl Classified {
    /// The values in a box.
    fn inside(&self, shape: &Shape, cell: &Cell, index: usize) -> Vec<&Value> {
        let mut inside = vec![false; self.classes.len()];
        shape.values(cell, index).for_each(|class| inside.get_mut(class).into_iter().for_each(|flag| *flag = true));
        let is_inside = |class: &usize| inside.get(*class).copied().unwrap_or(false);
        self.values.iter().zip(&self.class_of).filter(|(_, class)| is_inside(class)).map(|(value, _)| value).collect()
    }

    fn new(axis: Axis, values: Vec<Value>, cubes: &[Cube], sets: &[&PolicySet], universe: &Universe<'_>) -> Self {
        let mut known: HashMap<Mask, usize> = HashMap::new();
        let mut classes = Vec::new();
        let mut class_of = Vec::new();
        for (index, value) in values.iter().enumerate() {
            let seen: Vec<_> = sets.iter().map(|set| (value.policies(axis, set, universe), value.met(set))).collect();
            let touches = |cube: &Cube| match cube {
                Cube::Refused(set, obligation) => {
                    seen.get(*set).is_some_and(|(policies, met)| obligation.has(axis, value, policies.as_ref(), met))
                }
                Cube::Met(lacks) => lacks.iter().all(|lack| lack.axis() != axis || !lack.is_lacking(value, &Mask::empty(0))),
            };
            let row = Mask::of(cubes.len(), (0..).zip(cubes).filter(|(_, cube)| touches(cube)).map(|(index, _)| index));
            let class = *known.entry(row).or_insert_with_key(|row| {
                classes.push((index, row.clone()));
                classes.len() - 1
            });
            class_of.push(class);
        }
        Self { axis, values, class_of, classes }
    }
}

/// The values of an axis, those that need least first, and whether these are all.
fn values(axis: Axis, sets: &[&PolicySet], universe: &Universe<'_>) -> (Vec<Value>, bool) {
    let factors: Vec<_> = sets.iter().map(|set| set.asked.factors.as_slice()).collect();
    let values = match axis {
        Axis::Users => (0..universe.users.len()).map(Value::User).collect(),
        Axis::Target => universe.targets.iter().cloned().map(Value::Target).collect(),
        Axis::ClientAppType => ClientAppType::ALL.iter().copied().map(Some).chain([None]).map(Value::ClientAppType).collect(),
        Axis::DevicePlatform => DevicePlatform::ALL.iter().copied().map(Some).chain([None]).map(Value::DevicePlatform).collect(),
        Axis::Location => place_values::values(&sets.iter().map(|set| &set.places).collect::<Vec<_>>(), universe.named_locations),
        Axis::Device => {
            let (devices, exact) = filter::devices(sets.iter().flat_map(|set| set.devices.filters()));
            return ([None].into_iter().chain(devices.into_iter().map(Box::new).map(Some)).map(Value::Device).collect(), exact);
        }
        Axis::ClientApp => clients(universe),
        Axis::BrokerPresent | Axis::AppProtectionApplied | Axis::PasswordChanged => vec![Value::Flag(false), Value::Flag(true)],
        Axis::Authentication => return proof_values::authentication(&factors),
        Axis::TermsOfUse => return proof_values::terms_of_use(&factors),
        Axis::SignInRisk | Axis::UserRisk => RiskLevel::ALL.iter().copied().map(Value::Risk).collect(),
        Axis::InsiderRisk => InsiderRiskLevel::ALL.iter().copied().map(Value::InsiderRisk).collect(),
        Axis::TransferMethod => TransferMethod::ALL.iter().copied().map(Value::TransferMethod).collect(),
    };
    (values, true)
}

/// An app that is on no list, and one app for each combination of lists.
fn clients(universe: &Universe<'_>) -> Vec<Value> {
    let unlisted = ClientFacts { app_id: "any-other-app".to_owned(), ..ClientFacts::default() };
    let mut clients = vec![universe.clients.iter().find(|client| !client.approved && !client.protectable).cloned().unwrap_or(unlisted)];
    for client in universe.clients {
        if !clients.iter().any(|known| (known.approved, known.protectable) == (client.approved, client.protectable)) {
            clients.push(client.clone());
        }
    }
    clients.into_iter().map(Value::ClientApp).collect()
}
