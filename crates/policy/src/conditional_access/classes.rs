//! From facts to classes: the constants that the policies of a set name cut each dimension into finitely many.

use std::net::IpAddr;

use doorward_model::sign_in::UserAction;
use foldhash::HashMap;

use super::circumstances::Circumstances;
use super::compile::PolicySet;
use super::factor;
use super::facts::{DeviceFacts, Facts, ResourceFacts, Subject};
use super::fits::Fits;
use super::mask::Mask;
use super::proof::Proofs;
use super::sign_in::{CircumstancesClass, DeviceClass, DeviceStanding, FactorsClass, Parts, SignIn, SubjectClass};
use super::table::{Class, Fit, Table};

/// The classes of one set that have been met so far. Looking up a class costs a few hash lookups, deciding none: whoever decides many
/// sign-ins looks up each person, device and place once.
#[derive(Debug, Clone)]
pub struct Classes<'a> {
    pub(super) set: &'a PolicySet,
    pub(super) subjects: Table,
    pub(super) targets: Table,
    pub(super) places: Table,
    pub(super) devices: Table,
    pub(super) circumstances: Table,
    known_circumstances: HashMap<Circumstances, Class>,
    pub(super) factors: Vec<Mask>,
    pub(super) proofs: Proofs,
}

impl<'a> Classes<'a> {
    /// No class of the set is known yet.
    #[must_use]
    pub fn new(set: &'a PolicySet) -> Self {
        let table = || Table::new(set.entries.len());
        Self {
            set,
            subjects: table(),
            targets: table(),
            places: table(),
            devices: table(),
            circumstances: table(),
            known_circumstances: HashMap::default(),
            factors: Vec::new(),
            proofs: Proofs::new(set),
        }
    }

    /// The set that the classes belong to.
    #[must_use]
    pub fn policies(&self) -> &'a PolicySet {
        self.set
    }

    /// Addresses that cut the space of all into ranges, each of which begins with one: no policy of the set tells two addresses of
    /// such a range apart. In no particular order; addresses that embed an IPv4 one count as that.
    pub fn borders(&self) -> impl Iterator<Item = IpAddr> {
        self.set.places.edges()
    }

    /// Everything about a sign-in at once.
    pub fn sign_in(&mut self, facts: &Facts) -> SignIn {
        self.fitting(Fits::of(self.set, facts))
    }

    /// A sign-in to which the policies stand so.
    pub(super) fn fitting(&mut self, fits: Fits) -> SignIn {
        let parts = Parts {
            subject: SubjectClass { class: self.subjects.class(fits.subject), is_workload: fits.is_workload },
            target: self.targets.class(fits.target),
            place: self.places.class(fits.place),
            device: DeviceClass { class: self.devices.class(fits.device), standing: fits.standing },
            circumstances: self.circumstances(fits.circumstances),
            factors: self.meeting(fits.factors),
            evidence: fits.evidence,
        };
        self.resolve(parts)
    }

    /// A sign-in of parts that have been looked up.
    pub fn resolve(&mut self, parts: Parts) -> SignIn {
        let nothing = Mask::empty(0);
        let factors = self.factors.get(parts.factors.0).unwrap_or(&nothing);
        SignIn { proof: self.proofs.class(parts.shown(), self.set, factors), parts }
    }

    /// A person with all groups, nested ones included, or a workload.
    pub fn subject(&mut self, subject: &Subject) -> SubjectClass {
        let class = self.subjects.class(self.set.subjects.fit(subject));
        SubjectClass { class, is_workload: subject.is_workload() }
    }

    /// Resources, a user action, an authentication context.
    pub fn target(&mut self, resources: &[ResourceFacts], action: Option<UserAction>, context: Option<&str>) -> Class {
        self.targets.class(self.set.targets.fit(resources, action, context))
    }

    /// An address and the country it is said to lie in.
    pub fn place(&mut self, ip: Option<IpAddr>, country: Option<&str>) -> Class {
        self.places.class(self.set.places.fit(ip, country))
    }

    /// A registered device; none is one that is not registered.
    pub fn device(&mut self, device: Option<&DeviceFacts>) -> DeviceClass {
        DeviceClass { class: self.devices.class(self.set.devices.fit(device)), standing: DeviceStanding::of(device) }
    }

    /// Platform, kind of client, risks, way of transfer.
    pub fn circumstances(&mut self, values: Circumstances) -> CircumstancesClass {
        let class = match self.known_circumstances.get(&values) {
            Some(class) => *class,
            None => {
                // Policies that are not enforced have no say, so they are left out here once for all decisions.
                let mut matched = self.set.enforced.clone();
                self.set.columns.views(&values).iter().for_each(|view| matched.keep(view.matched));
                let class = self.circumstances.class(Fit { matched, excluded: Mask::empty(self.set.entries.len()) });
                self.known_circumstances.insert(values, class);
                class
            }
        };
        CircumstancesClass { class, values }
    }

    /// Whether a second factor was used, by which methods, and the terms of use that were accepted.
    pub fn factors(&mut self, mfa: bool, methods: &[String], terms: &[String]) -> FactorsClass {
        self.meeting(factor::met(&self.set.asked.factors, mfa, methods, terms))
    }

    fn meeting(&mut self, met: Mask) -> FactorsClass {
        // A set knows a handful of strengths, and people meet them in a handful of ways.
        FactorsClass(self.factors.iter().position(|known| *known == met).unwrap_or_else(|| {
            self.factors.push(met);
            self.factors.len() - 1
        }))
    }
}
