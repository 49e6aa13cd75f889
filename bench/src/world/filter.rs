//! Device filters. Real tenants have a handful, which many policies repeat; each is known here as rules that every engine can be
//! given in its own language.

/// A filter: it holds when all atoms of any one of its lines hold.
pub(crate) type Filter = &'static [&'static [Atom]];

/// A question about one attribute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Atom {
    pub(crate) property: Property,
    pub(crate) test: Test,
    pub(crate) negated: bool,
    /// Lower-cased.
    pub(crate) value: &'static str,
}

/// The attributes that the filters ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Property {
    DisplayName,
    Manufacturer,
    Model,
    OperatingSystemVersion,
    Ownership,
    IsCompliant,
    TrustType,
    EnrollmentProfile,
    Extension1,
    Extension2,
}

/// How they ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Equal,
    StartsWith,
    EndsWith,
    Contains,
}

use Property::{
    DisplayName, EnrollmentProfile, Extension1, Extension2, IsCompliant, Manufacturer, Model, OperatingSystemVersion, Ownership, TrustType,
};
use Test::{Contains, EndsWith, Equal, StartsWith};

const fn is(property: Property, test: Test, value: &'static str) -> Atom {
    Atom { property, test, negated: false, value }
}

const fn is_not(property: Property, test: Test, value: &'static str) -> Atom {
    Atom { property, test, negated: true, value }
}

/// Every filter.
pub(crate) const FILTERS: [Filter; 15] = [
    &[&[is(IsCompliant, Equal, "true")], &[is(TrustType, Equal, "serverad")]],
    &[&[is(Extension1, Equal, "paw")]],
    &[&[is_not(Extension1, Equal, "paw")]],
    &[&[is(Model, StartsWith, "surface hub")]],
    &[&[is(DisplayName, StartsWith, "kiosk-")]],
    &[&[is(DisplayName, StartsWith, "room-"), is(Ownership, Equal, "company")]],
    &[&[is(Ownership, Equal, "personal")]],
    &[&[is_not(Ownership, Equal, "company")]],
    &[&[is(OperatingSystemVersion, StartsWith, "10.0.1")]],
    &[&[is(Manufacturer, Equal, "contoso"), is(Model, Contains, "scanner")]],
    &[&[is(EnrollmentProfile, Equal, "shared tablets")]],
    &[&[is(Extension2, Contains, "finance")], &[is(Extension2, Contains, "legal")]],
    &[&[is(TrustType, Equal, "azuread"), is_not(DisplayName, EndsWith, "-test")]],
    &[&[is_not(TrustType, Equal, "serverad"), is_not(IsCompliant, Equal, "true")]],
    &[&[is(DisplayName, EndsWith, "-test")], &[is(DisplayName, StartsWith, "lab-")]],
];

/// The filter of a rule that [`rule`] wrote.
pub(crate) fn of_rule(text: &str) -> Option<(usize, Filter)> {
    FILTERS.into_iter().enumerate().find(|(_, filter)| rule(filter) == text)
}

/// The rule as Graph writes it.
pub(crate) fn rule(filter: Filter) -> String {
    let line = |atoms: &&[Atom]| atoms.iter().map(|atom| atom.rule()).collect::<Vec<_>>().join(" -and ");
    filter.iter().map(line).collect::<Vec<_>>().join(" -or ")
}

impl Atom {
    fn rule(&self) -> String {
        let operator = match (self.test, self.negated) {
            (Equal, false) => "-eq",
            (Equal, true) => "-ne",
            (StartsWith, false) => "-startsWith",
            (StartsWith, true) => "-notStartsWith",
            (EndsWith, false) => "-endsWith",
            (EndsWith, true) => "-notEndsWith",
            (Contains, false) => "-contains",
            (Contains, true) => "-notContains",
        };
        let value = if self.property == IsCompliant { "True".to_owned() } else { format!("{:?}", self.value) };
        format!("device.{} {operator} {value}", self.property.name())
    }
}

impl Property {
    /// Its name in Graph.
    pub(crate) fn name(self) -> &'static str {
        match self {
            DisplayName => "displayName",
            Manufacturer => "manufacturer",
            Model => "model",
            OperatingSystemVersion => "operatingSystemVersion",
            Ownership => "deviceOwnership",
            IsCompliant => "isCompliant",
            TrustType => "trustType",
            EnrollmentProfile => "enrollmentProfileName",
            Extension1 => "extensionAttribute1",
            Extension2 => "extensionAttribute2",
        }
    }

    /// Only a device that the organisation vouches for is believed.
    pub(crate) fn needs_vouching(self) -> bool {
        matches!(self, Extension1 | Extension2)
    }

    /// All of them.
    pub(crate) const ALL: [Self; 10] = [
        DisplayName,
        Manufacturer,
        Model,
        OperatingSystemVersion,
        Ownership,
        IsCompliant,
        TrustType,
        EnrollmentProfile,
        Extension1,
        Extension2,
    ];
}
