//! The devices that no filter tells apart.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use doorward_model::device::TrustType;

use super::property::Attributes;
use super::{Atom, Expression, Filter, Property, Test};
use crate::conditional_access::facts::DeviceFacts;

/// Devices beyond which they are no longer told apart one by one.
const MOST: usize = 50_000;
/// Constants of one property that may stand together in a text or list, in every combination.
const TOGETHER: usize = 10;

/// A registered device for each way in which the filters and the questions of grant controls can be answered. False when there were too many
/// to look at.
///
/// For one property, every text either equals a constant or answers all other questions like a text that is put together of constants: the
/// longest one it starts with, those it contains, the longest one it ends with, held apart by a character that none of them has. Properties
/// are then taken one after another, and of the devices that leave the same questions open and answer the others alike one is kept.
pub(in crate::conditional_access) fn devices<'a>(filters: impl Iterator<Item = &'a Filter>) -> (Vec<DeviceFacts>, bool) {
    let expressions: Vec<&Expression> = filters.map(|filter| &filter.0).collect();
    let mut atoms: BTreeMap<Property, Vec<&Atom>> = BTreeMap::new();
    expressions.iter().for_each(|expression| expression.visit(&mut |atom| atoms.entry(atom.property).or_default().push(atom)));

    let mut devices = plain();
    let mut known = vec![Property::IsCompliant, Property::TrustType];
    let mut whole = true;
    keep_distinct(&mut devices, &expressions, &known);
    for (property, atoms) in atoms.iter().filter(|(property, _)| !matches!(property, Property::IsCompliant | Property::TrustType)) {
        let (texts, all) = if matches!(property, Property::PhysicalIds | Property::SystemLabels) { lists(atoms) } else { texts(atoms) };
        whole &= all;
        known.push(*property);
        let mut next: Vec<DeviceFacts> = Vec::new();
        for device in &devices {
            next.extend(texts.iter().map(|text| with(device, *property, text)));
            if next.len() > MOST {
                return (devices, false);
            }
        }
        keep_distinct(&mut next, &expressions, &known);
        devices = next;
    }
    (devices, whole)
}

/// Every combination of what grant controls ask of a device; the plainest phone first.
fn plain() -> Vec<DeviceFacts> {
    let mut devices = Vec::new();
    for trust_type in [Some(TrustType::Workplace), Some(TrustType::AzureAd), Some(TrustType::ServerAd), None] {
        for is_managed in [false, true] {
            for is_compliant in [Some(false), Some(true), None] {
                devices.push(DeviceFacts { trust_type, is_managed: Some(is_managed), is_compliant, ..DeviceFacts::default() });
            }
        }
    }
    devices
}

fn keep_distinct(devices: &mut Vec<DeviceFacts>, expressions: &[&Expression], known: &[Property]) {
    let mut seen = HashSet::new();
    devices.retain(|device| {
        let attributes = Attributes::of(Some(device));
        let left: Vec<_> = expressions.iter().map(|expression| expression.left(&attributes, known)).collect();
        let asked = (device.compliant(), device.managed_and_compliant(), device.domain_joined(), device.vouched_for());
        seen.insert((asked, left))
    });
}

/// Values of a property, as lists of at most one text.
fn texts(atoms: &[&Atom]) -> (Vec<Vec<String>>, bool) {
    let constants = |test: Test| -> BTreeSet<&str> {
        atoms.iter().filter(|atom| atom.test == test).flat_map(|atom| atom.values.iter().flatten()).map(String::as_str).collect()
    };
    let (starts, ends, contained) = (constants(Test::StartsWith), constants(Test::EndsWith), constants(Test::Contains));
    let gap = unused(atoms);
    let mut values = vec![Vec::new()];
    let (subsets, whole) = subsets(&contained);
    for start in [""].iter().chain(&starts) {
        for end in [""].iter().chain(&ends) {
            values.extend(subsets.iter().map(|inside| vec![[&[*start], inside.as_slice(), &[*end]].concat().join(&gap)]));
        }
    }
    let equal = constants(Test::Equal).into_iter().chain(constants(Test::In)).map(|text| vec![text.to_owned()]);
    values.extend(equal);
    (values, whole)
}

/// Values of a property that holds a list.
fn lists(atoms: &[&Atom]) -> (Vec<Vec<String>>, bool) {
    let constants = atoms.iter().flat_map(|atom| atom.values.iter().flatten()).map(String::as_str).collect();
    let (subsets, whole) = subsets(&constants);
    (subsets.into_iter().map(|subset| subset.into_iter().map(str::to_owned).collect()).collect(), whole)
}

fn subsets<'a>(of: &BTreeSet<&'a str>) -> (Vec<Vec<&'a str>>, bool) {
    let mut subsets = vec![Vec::new()];
    for text in of.iter().take(TOGETHER) {
        let with = subsets.iter().map(|subset: &Vec<&str>| [subset.as_slice(), &[*text]].concat()).collect::<Vec<_>>();
        subsets.extend(with);
    }
    (subsets, of.len() <= TOGETHER)
}

/// A character that no constant has.
fn unused(atoms: &[&Atom]) -> String {
    let used: BTreeSet<char> = atoms.iter().flat_map(|atom| atom.values.iter().flatten()).flat_map(|text| text.chars()).collect();
    let plain = ['~', '·', '¦', '¤'];
    let other = ('\u{E000}'..='\u{F8FF}').filter(|character| !used.contains(character));
    plain.into_iter().filter(|character| !used.contains(character)).chain(other).next().unwrap_or('~').to_string()
}

fn with(device: &DeviceFacts, property: Property, value: &[String]) -> DeviceFacts {
    let mut device = device.clone();
    let text = value.first().cloned();
    match property {
        Property::DeviceId => device.device_id = text,
        Property::MdmAppId => device.mdm_app_id = text,
        Property::DisplayName => device.display_name = text,
        Property::EnrollmentProfileName => device.enrollment_profile_name = text,
        Property::Manufacturer => device.manufacturer = text,
        Property::Model => device.model = text,
        Property::OperatingSystem => device.operating_system = text,
        Property::OperatingSystemVersion => device.operating_system_version = text,
        Property::ExtensionAttribute(index) => {
            device.extension_attributes.get_mut(index).into_iter().for_each(|slot| slot.clone_from(&text))
        }
        Property::DeviceOwnership => device.device_ownership = text,
        Property::ProfileType => device.profile_type = text,
        Property::PhysicalIds => device.physical_ids = value.to_vec(),
        Property::SystemLabels => device.system_labels = value.to_vec(),
        // Given from the start: they have no other values than those.
        Property::IsCompliant | Property::TrustType => {}
    }
    device
}

impl Expression {
    pub(super) fn visit<'a>(&'a self, each: &mut impl FnMut(&'a Atom)) {
        match self {
            Self::Or(parts) | Self::And(parts) => parts.iter().for_each(|part| part.visit(each)),
            Self::Not(inner) => inner.visit(each),
            Self::Atom(atom) => each(atom),
        }
    }

    /// What is left of the question once the known properties are given. An empty `Or` is false, an empty `And` true.
    fn left(&self, attributes: &Attributes, known: &[Property]) -> Self {
        let (yes, no) = (Self::And(Vec::new()), Self::Or(Vec::new()));
        match self {
            Self::Atom(atom) if known.contains(&atom.property) => {
                if atom.holds(attributes) {
                    yes
                } else {
                    no
                }
            }
            Self::Atom(atom) => Self::Atom(atom.clone()),
            Self::Not(inner) => match inner.left(attributes, known) {
                left if left == yes => no,
                left if left == no => yes,
                left => Self::Not(Box::new(left)),
            },
            Self::Or(parts) => match parts.iter().map(|part| part.left(attributes, known)).filter(|part| *part != no).collect::<Vec<_>>() {
                parts if parts.contains(&yes) => yes,
                parts => Self::Or(parts),
            },
            Self::And(parts) => match parts.iter().map(|part| part.left(attributes, known)).filter(|part| *part != yes).collect::<Vec<_>>()
            {
                parts if parts.contains(&no) => no,
                parts => Self::And(parts),
            },
        }
    }
}
