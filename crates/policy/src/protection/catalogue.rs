//! The settings for people: what each is called, what it does, which values it takes. Made from the table of the settings themselves, so
//! that an editor cannot know other settings than the engine.

use std::collections::BTreeSet;

use doorward_model::application::MobilePlatform;
use serde_json::Value;

use super::rule::{Exemption, Packages, Schemes};

/// A part of a policy that belongs together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// What may leave and enter an app.
    DataTransfer,
    /// What a person gives before they see organisation data.
    Access,
    /// What must be true of device and account.
    ConditionalLaunch,
}

impl Section {
    /// Every section, in the order of an editor.
    pub const ALL: [Self; 3] = [Self::DataTransfer, Self::Access, Self::ConditionalLaunch];

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::DataTransfer => "Data transfer",
            Self::Access => "Access requirements",
            Self::ConditionalLaunch => "Conditional launch",
        }
    }
}

/// A value of an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// As in a policy document.
    pub word: &'static str,
    /// For people.
    pub label: &'static str,
}

/// Which values a member takes. Null stands for the default in all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// One of these.
    Choice(&'static [Choice]),
    /// Several of these, as a list.
    Choices(&'static [Choice]),
    /// A whole number in that range, or 0.
    Number {
        /// Least, 0 apart.
        least: u32,
        /// Most.
        most: u32,
    },
    /// A length of time ([`doorward_model::protection::Interval`]).
    Interval,
    /// Names, as a list of `{name, value}` entries.
    Names(Naming),
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A list of `{name, value}` entries that mean nothing here.
    Pairs,
}

/// How an entry of a list of exemptions names what it exempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// URL schemes.
    Schemes,
    /// Android packages.
    Packages,
}

impl Naming {
    /// The names in a list.
    #[must_use]
    pub fn names(self, list: &Value) -> BTreeSet<String> {
        let text = |entry: &Value, member: &str| entry.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let read = match self {
            Self::Schemes => Schemes::names,
            Self::Packages => Packages::names,
        };
        list.as_array().into_iter().flatten().flat_map(|entry| read(&text(entry, "name"), &text(entry, "value"))).collect()
    }

    /// The list with these names.
    #[must_use]
    pub fn list(self, names: &BTreeSet<String>) -> Value {
        match self {
            Self::Schemes => Schemes::entries(names),
            Self::Packages => Packages::entries(names),
        }
    }

    /// True for a name that such a list can hold.
    #[must_use]
    pub fn is_name(self, text: &str) -> bool {
        match self {
            // RFC 3986 §3.1
            Self::Schemes => {
                text.starts_with(|first: char| first.is_ascii_alphabetic())
                    && text.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.'))
            }
            Self::Packages => Packages::is_name(text),
        }
    }
}

/// A setting that this version enforces.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Member of a policy document.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// What it does, in whole sentences.
    pub help: String,
    /// Where it belongs.
    pub section: Section,
    /// The platforms that have it.
    pub platforms: &'static [MobilePlatform],
    /// Its values.
    pub kind: Kind,
    /// The value of a policy that does not name it.
    pub default: Value,
}
