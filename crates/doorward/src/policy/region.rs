//! A region of the space of sign-ins in words.

use std::collections::BTreeSet;

use doorward_policy::conditional_access::regions::{Axis, Extent, Region, Target, Value};
use doorward_policy::conditional_access::{DeviceFacts, UserFacts};
use serde_json::{Map, Value as Json, json};

use super::directory::DirectoryNames;
use super::witness;

/// Words for regions of one search.
pub(super) struct Words<'a> {
    names: &'a DirectoryNames,
    users: &'a [UserFacts],
    axes: &'a [(Axis, Vec<Value>)],
    /// Groups with the indexes of all their members.
    groups: Vec<(&'a str, Vec<usize>)>,
}

/// Names that a line holds before it says how many more there are.
const NAMED: usize = 4;

impl<'a> Words<'a> {
    pub(super) fn new(names: &'a DirectoryNames, users: &'a [UserFacts], axes: &'a [(Axis, Vec<Value>)]) -> Self {
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        users.iter().for_each(|user| ids.extend(user.groups.iter().map(String::as_str)));
        let members =
            |id: &str| (0..).zip(users).filter(|(_, user)| user.groups.iter().any(|group| group == id)).map(|(index, _)| index).collect();
        // Groups that hold the same people are told apart by nothing here, so the first name will do.
        Self { names, users, axes, groups: ids.into_iter().map(|id| (id, members(id))).collect() }
    }

    /// Who a region is about.
    pub(super) fn people(&self, region: &Region) -> String {
        let (count, all) = (region.users.len(), self.users.len());
        if count == all {
            return format!("everyone ({})", counted(all, "user"));
        }
        if let Some((group, _)) = self.groups.iter().find(|(_, members)| *members == region.users) {
            return format!("members of {} ({})", self.names.groups.label(group), counted(count, "user"));
        }
        let others: Vec<usize> = (0..all).filter(|index| region.users.binary_search(index).is_err()).collect();
        if let Some((group, _)) = self.groups.iter().find(|(_, members)| *members == others) {
            return format!("everyone but members of {} ({} of {})", self.names.groups.label(group), grouped(count), counted(all, "user"));
        }
        if others.len() <= NAMED {
            return format!("everyone but {} ({} of {})", self.people_named(&others), grouped(count), counted(all, "user"));
        }
        format!("{}: {}", counted(count, "user"), self.people_named(&region.users))
    }

    fn people_named(&self, indexes: &[usize]) -> String {
        let users = indexes.iter().filter_map(|index| self.users.get(*index));
        listed(users.map(|user| self.names.users.label(&user.id).to_owned()).collect())
    }

    /// What restricts a region besides the people: a label and words for each axis on which it is not whole.
    pub(super) fn limits(&self, region: &Region) -> Vec<(&'static str, String)> {
        let narrow = region.extents.iter().filter(|extent| extent.axis != Axis::Users && !extent.is_whole);
        narrow.map(|extent| (label(extent.axis), self.extent(extent))).collect()
    }

    fn extent(&self, extent: &Extent) -> String {
        match extent.axis {
            Axis::Device => self.devices(extent),
            Axis::Location => self.places(extent),
            _ => listed(distinct(extent.values.iter().map(|value| self.value(value)))),
        }
    }

    fn value(&self, value: &Value) -> String {
        let unknown = || "unknown".to_owned();
        match value {
            Value::User(index) => self.people_named(&[*index]),
            Value::Target(Target::Resource(resource)) => self.names.applications.label(&resource.app_id).to_owned(),
            Value::Target(Target::UserAction(action)) => format!("action {action}"),
            Value::Target(Target::AuthenticationContext(context)) => format!("context {context}"),
            Value::ClientAppType(client) => client.map_or_else(unknown, |client| client.to_string()),
            Value::DevicePlatform(platform) => platform.map_or_else(unknown, |platform| platform.to_string()),
            Value::ClientApp(client) => match (client.approved, client.protectable) {
                (true, true) => "an approved and protectable app".to_owned(),
                (true, false) => "an approved app".to_owned(),
                (false, true) => "a protectable app".to_owned(),
                (false, false) => "an app on no list".to_owned(),
            },
            Value::Flag(yes) => if *yes { "yes" } else { "no" }.to_owned(),
            Value::Authentication { mfa: false, .. } => "without a second factor".to_owned(),
            Value::Authentication { mfa: true, methods } if methods.is_empty() => "with any second factor".to_owned(),
            Value::Authentication { mfa: true, methods } => format!("with a second factor by {}", methods.join(" and ")),
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
        within.iter().map(|id| self.names.locations.label(id)).collect::<Vec<_>>().join(" and ")
    }

    /// Places by the named locations that cover them; "some of" where address and country are not told apart by these.
    fn places(&self, extent: &Extent) -> String {
        self.by_kind(extent, |value| self.value(value))
    }

    /// Devices by what grant controls ask of them.
    fn devices(&self, extent: &Extent) -> String {
        self.by_kind(extent, |value| self.value(value))
    }

    /// Kinds of values, said to be partly in the region where that is so.
    fn by_kind(&self, extent: &Extent, kind: impl Fn(&Value) -> String) -> String {
        let all = self.axes.iter().find(|(axis, _)| *axis == extent.axis).map(|(_, values)| values.as_slice()).unwrap_or_default();
        let kinds = distinct(extent.values.iter().map(&kind));
        let phrase = |name: String| {
            let count = |values: &[Value]| values.iter().filter(|value| kind(value) == name).count();
            if count(&extent.values) < count(all) { format!("{name} (some)") } else { name }
        };
        listed(kinds.into_iter().map(phrase).collect())
    }

    /// The region for a program.
    pub(super) fn json(&self, region: &Region, id: &str) -> Json {
        let mut limits = Map::new();
        for extent in region.extents.iter().filter(|extent| extent.axis != Axis::Users) {
            let words = || extent.values.iter().map(|value| self.value(value));
            let value = if extent.is_whole { json!("any") } else { json!(distinct(words())) };
            limits.insert(json!(extent.axis).as_str().unwrap_or_default().to_owned(), value);
        }
        let ids = region.users.iter().filter_map(|index| self.users.get(*index)).map(|user| &user.id);
        json!({
            "users": { "count": region.users.len(), "of": self.users.len(), "description": self.people(region), "ids": ids.collect::<Vec<_>>() },
            "conditions": limits,
            "witness": witness::sign_in(id, &region.witness),
        })
    }
}

fn kind(device: Option<&DeviceFacts>) -> &'static str {
    let Some(device) = device else { return "not registered" };
    let is_compliant = device.is_managed == Some(true) && device.is_compliant == Some(true);
    match (is_compliant, device.trust_type == Some(doorward_model::device::TrustType::ServerAd)) {
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

fn listed(words: Vec<String>) -> String {
    // One more than fits is named rather than counted.
    if words.len() <= NAMED + 3 {
        return words.join(", ");
    }
    let rest = words.len() - NAMED;
    format!("{} and {rest} more", words.into_iter().take(NAMED).collect::<Vec<_>>().join(", "))
}

/// A number of things, such as `1,234 users`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A number with its thousands set apart.
pub(super) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
