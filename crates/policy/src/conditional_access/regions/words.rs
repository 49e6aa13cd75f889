//! A region of the space of sign-ins in words.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use super::axis::{Axis, Value};
use super::space::{Extent, Region};
use super::target::Target;
use crate::conditional_access::{DeviceFacts, Facts, Subject, UserFacts};
use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform, ExternalUserType};
use doorward_model::user::UserType;

/// What an id is an id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A person.
    User,
    /// A group.
    Group,
    /// A role, by its template.
    Role,
    /// A named location.
    NamedLocation,
    /// An application.
    Application,
    /// A service principal.
    ServicePrincipal,
}

/// What people call the objects of a directory, and the words of sign-ins.
pub trait Labels: Sync {
    /// The name of an object; its id when it has none.
    fn label<'a>(&'a self, kind: Kind, id: &'a str) -> &'a str;

    /// A kind of client.
    fn client(&self, client: ClientAppType) -> String {
        client.to_string()
    }

    /// A platform.
    fn platform(&self, platform: DevicePlatform) -> String {
        platform.to_string()
    }
}

/// Words for regions of one search.
pub struct Words<'a> {
    names: &'a dyn Labels,
    users: &'a [UserFacts],
    axes: &'a [(Axis, Vec<Value>)],
    /// What people have in common, with the indexes of all of them; the largest first.
    crowds: Vec<(String, Vec<usize>)>,
}

/// Names that a line holds before it says how many more there are.
const NAMED: usize = 5;

impl<'a> Words<'a> {
    /// Words for the people and axes of a search.
    #[must_use]
    pub fn new(names: &'a dyn Labels, users: &'a [UserFacts], axes: &'a [(Axis, Vec<Value>)]) -> Self {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut roles: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut guests = Vec::new();
        for (index, user) in users.iter().enumerate() {
            user.groups.iter().for_each(|group| groups.entry(group).or_default().push(index));
            user.roles.iter().for_each(|role| roles.entry(role).or_default().push(index));
            if user.user_type == UserType::Guest || user.external_user_type != ExternalUserType::None {
                guests.push(index);
            }
        }
        let groups = groups.into_iter().map(|(id, members)| (names.label(Kind::Group, id).to_owned(), members));
        let roles = roles.into_iter().map(|(id, holders)| (format!("role {}", names.label(Kind::Role, id)), holders));
        let mut crowds: Vec<_> = groups.chain([("guests".to_owned(), guests)]).chain(roles).collect();
        crowds.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
        Self { names, users, axes, crowds }
    }

    /// The people of the search.
    #[must_use]
    pub fn users(&self) -> &'a [UserFacts] {
        self.users
    }

    /// Who a region is about.
    #[must_use]
    pub fn people(&self, region: &Region) -> String {
        let (count, all) = (region.users.len(), self.users.len());
        if count == all {
            return format!("everyone ({})", counted(all, "user"));
        }
        let others: Vec<usize> = (0..all).filter(|index| region.users.binary_search(index).is_err()).collect();
        // Whichever is fewer says more.
        if others.len() < count {
            format!("everyone but {} ({} of {})", self.crowd(&others), grouped(count), counted(all, "user"))
        } else {
            format!("{} ({})", self.crowd(&region.users), counted(count, "user"))
        }
    }

    /// Crowds that are wholly among these people, and those who are in none of them.
    fn crowd(&self, people: &[usize]) -> String {
        let mut left: BTreeSet<usize> = people.iter().copied().collect();
        let mut names = Vec::new();
        for (name, members) in &self.crowds {
            let is_within = members.iter().all(|member| people.binary_search(member).is_ok());
            if names.len() < NAMED && is_within && members.iter().any(|member| left.contains(member)) {
                members.iter().for_each(|member| {
                    left.remove(member);
                });
                names.push(name.clone());
            }
        }
        let left: Vec<usize> = left.into_iter().collect();
        if !left.is_empty() {
            names.push(if names.is_empty() || left.len() <= NAMED { self.people_named(&left) } else { counted(left.len(), "other") });
        }
        names.join(", ")
    }

    fn people_named(&self, indexes: &[usize]) -> String {
        let named =
            indexes.iter().take(NAMED).filter_map(|index| self.users.get(*index)).map(|user| self.names.label(Kind::User, &user.id));
        let names = named.collect::<Vec<_>>().join(", ");
        match indexes.len().saturating_sub(NAMED) {
            0 => names,
            more => format!("{names} and {} more", grouped(more)),
        }
    }

    /// What restricts a region besides the people: a label and words for each axis on which it is not whole.
    #[must_use]
    pub fn limits(&self, region: &Region) -> Vec<(&'static str, String)> {
        let narrow = region.extents.iter().filter(|extent| extent.axis != Axis::Users && !extent.is_whole);
        narrow.map(|extent| (label(extent.axis), self.extent(extent))).collect()
    }

    fn extent(&self, extent: &Extent) -> String {
        if let Some(place) = self.one_place(extent) {
            return place;
        }
        let inside = self.phrases(extent);
        if !matches!(extent.axis, Axis::Target | Axis::ClientAppType | Axis::DevicePlatform) {
            return listed(inside);
        }
        // Whichever is fewer says more.
        let others = distinct(self.all(extent.axis).iter().filter(|value| !extent.values.contains(value)).map(|value| self.value(value)));
        if others.len() < inside.len() { format!("any but {}", listed(others)) } else { listed(inside) }
    }

    /// The named location that an extent is all of, or all but.
    fn one_place(&self, extent: &Extent) -> Option<String> {
        let places: Vec<_> = self.all(extent.axis).iter().filter_map(|value| place(value).map(|within| (value, within))).collect();
        let is_all =
            |id: &String, of: bool| places.iter().all(|(value, within)| extent.values.contains(value) == (within.contains(id) == of));
        let mut ids = places.iter().flat_map(|(_, within)| within.iter());
        ids.find_map(|id| {
            let label = self.names.label(Kind::NamedLocation, id);
            if is_all(id, true) { Some(label.to_owned()) } else { is_all(id, false).then(|| format!("any but {label}")) }
        })
    }

    /// All values of an axis.
    fn all(&self, axis: Axis) -> &[Value] {
        self.axes.iter().find(|(other, _)| *other == axis).map(|(_, values)| values.as_slice()).unwrap_or_default()
    }

    /// Words for the values of an extent, without repetition.
    #[must_use]
    pub fn phrases(&self, extent: &Extent) -> Vec<String> {
        match extent.axis {
            Axis::Device | Axis::Location => self.by_kind(extent),
            Axis::Authentication => self.proofs(extent),
            _ => distinct(extent.values.iter().map(|value| self.value(value))),
        }
    }

    /// One value of an axis.
    #[must_use]
    pub fn value(&self, value: &Value) -> String {
        let unknown = || "unknown".to_owned();
        match value {
            Value::User(index) => self.people_named(&[*index]),
            Value::Target(Target::Resource(resource)) => self.names.label(Kind::Application, &resource.app_id).to_owned(),
            Value::Target(Target::UserAction(action)) => format!("action {action}"),
            Value::Target(Target::AuthenticationContext(context)) => format!("context {context}"),
            Value::ClientAppType(client) => client.map_or_else(unknown, |client| self.names.client(client)),
            Value::DevicePlatform(platform) => platform.map_or_else(unknown, |platform| self.names.platform(platform)),
            Value::ClientApp(client) => match (client.approved, client.protectable) {
                (true, true) => "an approved and protectable app".to_owned(),
                (true, false) => "an approved app".to_owned(),
                (false, true) => "a protectable app".to_owned(),
                (false, false) => "an app on no list".to_owned(),
            },
            Value::Flag(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::Authentication { mfa: false, .. } => "without a second factor".to_owned(),
            Value::Authentication { mfa: true, methods } if methods.is_empty() => "with a second factor that meets no strength".to_owned(),
            Value::Authentication { mfa: true, methods } => format!("with a second factor such as {}", methods.join(" and ")),
            Value::TermsOfUse(terms) if terms.is_empty() => "none accepted".to_owned(),
            Value::TermsOfUse(terms) => format!("{} accepted", terms.join(" and ")),
            Value::Risk(risk) => risk.to_string(),
            Value::InsiderRisk(risk) => risk.to_string(),
            Value::TransferMethod(method) => method.to_string(),
            Value::Location { within, .. } => self.place(within),
            Value::Device(device) => kind(device.as_deref()).to_owned(),
        }
    }

    fn place(&self, within: &[String]) -> String {
        if within.is_empty() {
            return "outside every named location".to_owned();
        }
        within.iter().map(|id| self.names.label(Kind::NamedLocation, id)).collect::<Vec<_>>().join(" and ")
    }

    /// Second factors by the strengths that they meet, where that matters.
    fn proofs(&self, extent: &Extent) -> Vec<String> {
        let is_any = |value: &&Value| matches!(value, Value::Authentication { mfa: true, .. });
        let is_every = extent.values.iter().filter(is_any).count() == self.all(extent.axis).iter().filter(is_any).count();
        let phrase = |value: &Value| if is_every && is_any(&value) { "with a second factor".to_owned() } else { self.value(value) };
        distinct(extent.values.iter().map(phrase))
    }

    /// Places by the named locations that cover them and devices by what grant controls ask of them, said to be partly in the region where
    /// filters or unnamed differences cut through them.
    fn by_kind(&self, extent: &Extent) -> Vec<String> {
        let kind = |value: &Value| self.value(value);
        let all = self.all(extent.axis);
        let kinds = distinct(extent.values.iter().map(kind));
        let phrase = |name: String| {
            let count = |values: &[Value]| values.iter().filter(|value| kind(value) == name).count();
            if count(&extent.values) < count(all) { format!("{name} (some)") } else { name }
        };
        kinds.into_iter().map(phrase).collect()
    }

    /// A sign-in in a few words.
    #[must_use]
    pub fn sign_in(&self, facts: &Facts) -> String {
        let who = match &facts.subject {
            Subject::User(user) => self.names.label(Kind::User, &user.id),
            Subject::Workload { service_principal_id, .. } => self.names.label(Kind::ServicePrincipal, service_principal_id),
        };
        let mut words = vec![who.to_owned()];
        words.extend(facts.client_app_type.map(|client| self.names.client(client)));
        words.extend(facts.device_platform.map(|platform| self.names.platform(platform)));
        words.extend(facts.ip.map(|ip| format!("from {ip}")));
        words.push(format!("device {}", kind(facts.device.as_ref())));
        let shown = [
            (facts.mfa, "second factor"),
            (facts.broker_present, "broker"),
            (facts.app_protection_applied, "app protection"),
            (facts.password_changed, "new password"),
            (!facts.terms_of_use_accepted.is_empty(), "terms accepted"),
        ];
        words.extend(shown.iter().filter(|(shown, _)| *shown).map(|(_, name)| (*name).to_owned()));
        words.join(", ")
    }
}

/// The named locations of a place.
fn place(value: &Value) -> Option<&[String]> {
    if let Value::Location { within, .. } = value { Some(within) } else { None }
}

fn kind(device: Option<&DeviceFacts>) -> &'static str {
    let Some(device) = device else { return "not registered" };
    let is_compliant = device.is_managed == Some(true) && device.is_compliant == Some(true);
    match (is_compliant, device.trust_type == Some(TrustType::ServerAd)) {
        (true, true) => "compliant and domain-joined",
        (true, false) => "compliant",
        (false, true) => "domain-joined",
        (false, false) => "registered only",
    }
}

fn label(axis: Axis) -> &'static str {
    match axis {
        Axis::Users => "users",
        Axis::Target => "target",
        Axis::ClientAppType => "client",
        Axis::DevicePlatform => "platform",
        Axis::Location => "from",
        Axis::Device => "device",
        Axis::ClientApp => "app",
        Axis::BrokerPresent => "broker",
        Axis::AppProtectionApplied => "app protection",
        Axis::Authentication => "signed in",
        Axis::PasswordChanged => "new password",
        Axis::TermsOfUse => "terms of use",
        Axis::SignInRisk => "sign-in risk",
        Axis::UserRisk => "user risk",
        Axis::InsiderRisk => "insider risk",
        Axis::TransferMethod => "transfer",
    }
}

/// Without repetition, in the order of first appearance.
fn distinct(words: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    words.for_each(|word| {
        if !seen.contains(&word) {
            seen.push(word);
        }
    });
    seen
}

/// The first of many, and how many more there are.
#[must_use]
pub fn listed(words: Vec<String>) -> String {
    // One more than fits is named rather than counted.
    if words.len() <= NAMED + 3 {
        return words.join(", ");
    }
    let rest = words.len() - NAMED;
    format!("{} and {rest} more", words.into_iter().take(NAMED).collect::<Vec<_>>().join(", "))
}

/// A number of things, such as `1,234 users`.
#[must_use]
pub fn counted(count: impl Display, noun: &str) -> String {
    let number = grouped(count);
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{ending}")
}

/// A whole number with its thousands set apart.
#[must_use]
pub fn grouped(number: impl Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn thousands_stand_apart_and_one_is_not_many() {
        let table = [
            (0, "0 users"),
            (1, "1 user"),
            (999, "999 users"),
            (1000, "1,000 users"),
            (123_456, "123,456 users"),
            (1_234_567, "1,234,567 users"),
        ];
        for (count, text) in table {
            assert_eq!(counted(count, "user"), text);
        }
    }
}
