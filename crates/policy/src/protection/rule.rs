//! How the values of one setting are read and merged.
//!
//! Every rule is a join of a semilattice: it does not matter in which order policies are merged, or how often.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use doorward_model::protection::{
    ClipboardSharingLevel, DataTransferLevel, IngestionLocation, Interval, PinCharacterSet, RemediationAction, StorageLocation,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::catalogue::{Choice, Kind, Naming};

/// One way of reading, merging and writing a value.
pub(super) trait Rule {
    type Value: Clone + PartialEq;
    /// What an editor offers.
    const KIND: Kind;

    /// Reads a value. What cannot be read gives a strict stand-in as the error.
    fn read(json: &Value) -> Result<Self::Value, Self::Value>;
    /// The stricter of two values.
    fn join(a: &Self::Value, b: &Self::Value) -> Self::Value;
    /// As in a policy document.
    fn write(value: &Self::Value) -> Value;
    /// True when a policy with this value had a part in the winning one.
    fn gave(value: &Self::Value, winner: &Self::Value) -> bool {
        value == winner
    }
}

/// A restriction: on when any policy has it on.
pub(super) struct Or;

impl Rule for Or {
    type Value = bool;
    const KIND: Kind = Kind::Switch;
    fn read(json: &Value) -> Result<bool, bool> {
        json.as_bool().ok_or(true)
    }
    fn join(a: &bool, b: &bool) -> bool {
        *a || *b
    }
    fn write(value: &bool) -> Value {
        (*value).into()
    }
}

/// A relaxation: on when all policies have it on.
pub(super) struct And;

impl Rule for And {
    type Value = bool;
    const KIND: Kind = Kind::Switch;
    fn read(json: &Value) -> Result<bool, bool> {
        json.as_bool().ok_or(false)
    }
    fn join(a: &bool, b: &bool) -> bool {
        *a && *b
    }
    fn write(value: &bool) -> Value {
        (*value).into()
    }
}

const fn choice(word: &'static str, label: &'static str) -> Choice {
    Choice { word, label }
}

/// An enum with words for people.
pub(super) trait Worded {
    const CHOICES: &'static [Choice];
}

impl Worded for DataTransferLevel {
    const CHOICES: &'static [Choice] = &[choice("allApps", "All apps"), choice("managedApps", "Managed apps"), choice("none", "No apps")];
}
impl Worded for ClipboardSharingLevel {
    const CHOICES: &'static [Choice] = &[
        choice("allApps", "All apps"),
        choice("managedAppsWithPasteIn", "Managed apps, and pasting in from all apps"),
        choice("managedApps", "Managed apps"),
        choice("blocked", "No other app"),
    ];
}
impl Worded for PinCharacterSet {
    const CHOICES: &'static [Choice] = &[choice("numeric", "Digits"), choice("alphanumericAndSymbol", "Letters or symbols too")];
}
impl Worded for StorageLocation {
    const CHOICES: &'static [Choice] = &[
        choice("oneDriveForBusiness", "OneDrive for work"),
        choice("sharePoint", "SharePoint"),
        choice("box", "Box"),
        choice("localStorage", "The app’s own storage"),
        choice("photoLibrary", "Photo library"),
        choice("iManage", "iManage"),
        choice("egnyte", "Egnyte"),
    ];
}
impl Worded for IngestionLocation {
    const CHOICES: &'static [Choice] = &[
        choice("oneDriveForBusiness", "OneDrive for work"),
        choice("sharePoint", "SharePoint"),
        choice("camera", "Camera"),
        choice("photoLibrary", "Photo library"),
    ];
}

/// The actions that a setting of this version takes.
const ACTIONS: &[Choice] = &[choice("block", "Block"), choice("wipe", "Wipe")];

/// An enum whose values are ordered by strictness.
pub(super) trait Level: Worded + Clone + PartialEq + Ord + DeserializeOwned + Serialize {
    const STRICTEST: Self;
}

impl Level for DataTransferLevel {
    const STRICTEST: Self = Self::None;
}
impl Level for ClipboardSharingLevel {
    const STRICTEST: Self = Self::Blocked;
}
impl Level for PinCharacterSet {
    const STRICTEST: Self = Self::AlphanumericAndSymbol;
}

/// The strictest level wins.
pub(super) struct Max<T>(PhantomData<T>);

impl<T: Level> Rule for Max<T> {
    type Value = T;
    const KIND: Kind = Kind::Choice(T::CHOICES);
    fn read(json: &Value) -> Result<T, T> {
        T::deserialize(json).map_err(|_| T::STRICTEST)
    }
    fn join(a: &T, b: &T) -> T {
        a.max(b).clone()
    }
    fn write(value: &T) -> Value {
        json!(value)
    }
}

fn number(json: &Value, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    json.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| range.contains(number))
}

/// The greatest number wins; 0 leaves it to the default.
pub(super) struct MaxNumber<const LOWEST: u32, const HIGHEST: u32>;

impl<const LOWEST: u32, const HIGHEST: u32> Rule for MaxNumber<LOWEST, HIGHEST> {
    type Value = u32;
    const KIND: Kind = Kind::Number { least: LOWEST, most: HIGHEST };
    fn read(json: &Value) -> Result<u32, u32> {
        number(json, 0..=0).or_else(|| number(json, LOWEST..=HIGHEST)).ok_or(HIGHEST)
    }
    fn join(a: &u32, b: &u32) -> u32 {
        *a.max(b)
    }
    fn write(value: &u32) -> Value {
        (*value).into()
    }
}

/// The least number wins.
pub(super) struct MinNumber<const HIGHEST: u32>;

impl<const HIGHEST: u32> Rule for MinNumber<HIGHEST> {
    type Value = u32;
    const KIND: Kind = Kind::Number { least: 0, most: HIGHEST };
    fn read(json: &Value) -> Result<u32, u32> {
        number(json, 0..=HIGHEST).ok_or(0)
    }
    fn join(a: &u32, b: &u32) -> u32 {
        *a.min(b)
    }
    fn write(value: &u32) -> Value {
        (*value).into()
    }
}

fn min_of_set<T: Copy + Ord + Default>(a: T, b: T) -> T {
    let off = T::default();
    if a == off {
        b
    } else if b == off {
        a
    } else {
        a.min(b)
    }
}

/// The least number above 0 wins; 0 leaves it to the default.
pub(super) struct MinAboveZero<const HIGHEST: u32>;

impl<const HIGHEST: u32> Rule for MinAboveZero<HIGHEST> {
    type Value = u32;
    const KIND: Kind = Kind::Number { least: 1, most: HIGHEST };
    fn read(json: &Value) -> Result<u32, u32> {
        number(json, 0..=HIGHEST).ok_or(1)
    }
    fn join(a: &u32, b: &u32) -> u32 {
        min_of_set(*a, *b)
    }
    fn write(value: &u32) -> Value {
        (*value).into()
    }
}

/// The shortest interval that is not off wins.
pub(super) struct MinInterval;

impl MinInterval {
    /// The strictest interval under which an app that is online still works.
    const STRICTEST: Interval = Interval::minutes(1);
}

impl Rule for MinInterval {
    type Value = Interval;
    const KIND: Kind = Kind::Interval;
    fn read(json: &Value) -> Result<Interval, Interval> {
        json.as_str().and_then(|text| text.parse().ok()).ok_or(Self::STRICTEST)
    }
    fn join(a: &Interval, b: &Interval) -> Interval {
        min_of_set(*a, *b)
    }
    fn write(value: &Interval) -> Value {
        value.to_string().into()
    }
}

/// An action that a condition calls for. None where the condition is not set, and such a policy has no say.
///
/// An action that cannot be read blocks: the strictest word would wipe, and doubt must not destroy data.
pub(super) struct Action;

impl Rule for Action {
    type Value = Option<RemediationAction>;
    const KIND: Kind = Kind::Choice(ACTIONS);
    fn read(json: &Value) -> Result<Self::Value, Self::Value> {
        match json.as_str() {
            Some("block") => Ok(Some(RemediationAction::Block)),
            Some("wipe") => Ok(Some(RemediationAction::Wipe)),
            _ => Err(Some(RemediationAction::Block)),
        }
    }
    fn join(a: &Self::Value, b: &Self::Value) -> Self::Value {
        *a.max(b)
    }
    fn write(value: &Self::Value) -> Value {
        json!(value)
    }
}

/// The exceptions to a restriction: what every policy with that restriction allows. None where the restriction is off.
pub(super) struct Exceptions<T>(PhantomData<T>);

impl<T: Worded + Ord + Clone + DeserializeOwned + Serialize> Rule for Exceptions<T> {
    type Value = Option<BTreeSet<T>>;
    const KIND: Kind = Kind::Choices(T::CHOICES);
    fn read(json: &Value) -> Result<Self::Value, Self::Value> {
        let Some(items) = json.as_array() else { return Err(Some(BTreeSet::new())) };
        let known: BTreeSet<T> = items.iter().filter_map(|item| T::deserialize(item).ok()).collect();
        let all_known = items.iter().all(|item| T::deserialize(item).is_ok());
        if all_known { Ok(Some(known)) } else { Err(Some(known)) }
    }
    fn join(a: &Self::Value, b: &Self::Value) -> Self::Value {
        match (a, b) {
            (Some(a), Some(b)) => Some(a & b),
            (one, None) | (None, one) => one.clone(),
        }
    }
    fn write(value: &Self::Value) -> Value {
        value.as_ref().map_or_else(|| json!([]), |items| json!(items))
    }
    fn gave(value: &Self::Value, winner: &Self::Value) -> bool {
        value.is_some() || winner.is_none()
    }
}

/// How an entry of an exemption list names what it exempts.
pub(super) trait Exemption {
    const NAMING: Naming;
    /// The names in one `{name, value}` entry.
    fn names(name: &str, value: &str) -> Vec<String>;
    /// The list that exempts these names.
    fn entries(names: &BTreeSet<String>) -> Value;
}

/// URL schemes: `value` holds them separated by semicolons. Schemes compare without regard to case (RFC 3986 §3.1).
pub(super) struct Schemes;

impl Exemption for Schemes {
    const NAMING: Naming = Naming::Schemes;

    fn names(_name: &str, value: &str) -> Vec<String> {
        value.split(';').map(|scheme| scheme.trim().to_ascii_lowercase()).filter(|scheme| !scheme.is_empty()).collect()
    }
    fn entries(names: &BTreeSet<String>) -> Value {
        if names.is_empty() {
            return json!([]);
        }
        let joined: Vec<&str> = names.iter().map(String::as_str).collect();
        json!([{ "name": "Default", "value": joined.join(";") }])
    }
}

/// Android packages: in `value`, or in `name` when only that is a package name.
pub(super) struct Packages;

impl Packages {
    pub(super) fn is_name(text: &str) -> bool {
        text.contains('.') && text.split('.').all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    }
}

impl Exemption for Packages {
    const NAMING: Naming = Naming::Packages;

    fn names(name: &str, value: &str) -> Vec<String> {
        [value, name].into_iter().map(str::trim).find(|text| Self::is_name(text)).map(str::to_owned).into_iter().collect()
    }
    fn entries(names: &BTreeSet<String>) -> Value {
        names.iter().map(|name| json!({ "name": name, "value": name })).collect()
    }
}

/// What is exempt from a restriction: only what every policy exempts.
pub(super) struct Exempt<E>(PhantomData<E>);

impl<E: Exemption> Rule for Exempt<E> {
    type Value = BTreeSet<String>;
    const KIND: Kind = Kind::Names(E::NAMING);
    fn read(json: &Value) -> Result<Self::Value, Self::Value> {
        let Some(entries) = json.as_array() else { return Err(BTreeSet::new()) };
        let mut all = BTreeSet::new();
        let mut readable = true;
        for entry in entries {
            let text = |member| entry.get(member).and_then(Value::as_str).unwrap_or_default();
            let names = E::names(text("name"), text("value"));
            readable &= !names.is_empty();
            all.extend(names);
        }
        if readable { Ok(all) } else { Err(all) }
    }
    fn join(a: &Self::Value, b: &Self::Value) -> Self::Value {
        a & b
    }
    fn write(value: &Self::Value) -> Value {
        E::entries(value)
    }
    fn gave(_value: &Self::Value, _winner: &Self::Value) -> bool {
        true
    }
}
