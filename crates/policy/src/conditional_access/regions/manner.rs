//! The two ways of signing in that a report draws: with nothing proven, and with everything proven but the requirement.

use super::axis::{Axis, Value};
use super::target::Target;
use crate::conditional_access::{ClientFacts, DeviceFacts, Facts, Subject, UserFacts};
use doorward_model::conditional_access::GrantControl;
use doorward_model::device::TrustType;

/// A way of signing in, in facts and in words. The facts leave open who signs in, to what, and with which kind of client.
pub struct Manner {
    /// A few words.
    pub title: &'static str,
    /// A sentence or two.
    pub explanation: String,
    facts: Facts,
}

impl Manner {
    /// A password, from no place in particular.
    #[must_use]
    pub fn plain(axes: &[(Axis, Vec<Value>)]) -> Self {
        let mut facts = Facts::new(Subject::User(UserFacts::default()));
        facts.client = Some(client(false, false));
        let place = values(axes, Axis::Location).iter().find_map(|value| match value {
            Value::Location { ip, country, within } if within.is_empty() => Some((*ip, country.clone())),
            _ => None,
        });
        let place = match place {
            Some((ip, country)) => {
                (facts.ip, facts.country) = (ip, country);
                "from outside every named location"
            }
            None => "from an unknown address",
        };
        let explanation =
            format!("Only a password: no second factor, a device that is not registered, an app on no list, {place}, no risk.");
        Self { title: "With nothing proven", explanation, facts }
    }

    /// All that a person can show, except one of these controls.
    #[must_use]
    pub fn all_but(controls: &[GrantControl], axes: &[(Axis, Vec<Value>)]) -> Self {
        let Self { mut facts, .. } = Self::plain(axes);
        let shows = |control: GrantControl| !controls.contains(&control);
        facts.mfa = shows(GrantControl::Mfa);
        for value in values(axes, Axis::Authentication).iter().chain(values(axes, Axis::TermsOfUse)) {
            match value {
                Value::Authentication { methods, .. } if facts.mfa => facts.authentication_methods.extend(methods.iter().cloned()),
                Value::TermsOfUse(terms) => facts.terms_of_use_accepted.extend(terms.iter().cloned()),
                _ => {}
            }
        }
        for list in [&mut facts.authentication_methods, &mut facts.terms_of_use_accepted] {
            list.sort();
            list.dedup();
        }
        facts.password_changed = shows(GrantControl::PasswordChange);
        facts.device = Some(DeviceFacts {
            is_managed: Some(true),
            is_compliant: Some(shows(GrantControl::CompliantDevice)),
            trust_type: Some(if shows(GrantControl::DomainJoinedDevice) { TrustType::ServerAd } else { TrustType::AzureAd }),
            ..DeviceFacts::default()
        });
        facts.broker_present = true;
        facts.app_protection_applied = shows(GrantControl::CompliantApplication);
        facts.client = Some(client(shows(GrantControl::ApprovedApplication), shows(GrantControl::CompliantApplication)));

        let words = |pairs: &[(GrantControl, &'static str)]| -> Vec<&str> {
            pairs.iter().filter(|(control, _)| shows(*control)).map(|(_, words)| *words).collect()
        };
        let mut shown = words(&[(GrantControl::Mfa, "a second factor by every method"), (GrantControl::PasswordChange, "a new password")]);
        shown.extend(["all terms of use accepted", "the broker"]);
        let device = words(&[(GrantControl::CompliantDevice, "compliant"), (GrantControl::DomainJoinedDevice, "joined to the domain")]);
        let device = if device.is_empty() { String::new() } else { format!(" that is {}", device.join(" and ")) };
        let app = match (shows(GrantControl::ApprovedApplication), shows(GrantControl::CompliantApplication)) {
            (true, true) => "an approved app with its protection applied",
            (true, false) => "an approved app without protection",
            (false, true) => "an app that is not approved, with its protection applied",
            (false, false) => "an app on no list",
        };
        let without: Vec<_> = controls.iter().filter(|control| **control != GrantControl::Block).map(|control| control.as_str()).collect();
        let but = if without.is_empty() { String::new() } else { format!(" Not shown: {}.", without.join(", ")) };
        let explanation = format!("From the same place, with {}, a registered device{device}, and {app}.{but}", shown.join(", "));
        let title = if without.is_empty() { "With everything proven" } else { "With everything but what is required" };
        Self { title, explanation, facts }
    }

    /// The sign-in to a target.
    #[must_use]
    pub fn to(&self, target: &Target) -> Facts {
        let mut facts = self.facts.clone();
        match target.clone() {
            Target::Resource(resource) => facts.resources = vec![resource],
            Target::UserAction(action) => facts.user_action = Some(action),
            Target::AuthenticationContext(context) => facts.authentication_context = Some(context),
        }
        facts
    }
}

fn client(approved: bool, protectable: bool) -> ClientFacts {
    ClientFacts { app_id: "any other app".to_owned(), approved, protectable }
}

fn values(axes: &[(Axis, Vec<Value>)], wanted: Axis) -> &[Value] {
    axes.iter().find(|(axis, _)| *axis == wanted).map(|(_, values)| values.as_slice()).unwrap_or_default()
}
