//! Every setting that a compliance policy can have: one table, read by the judgement, the reader and writer of documents, and the editor.
//!
//! Names, units and ranges are those of Microsoft Graph's `…CompliancePolicy` types; settings that only its beta has are among them. What
//! is judged by the device alone, and what somebody else must vouch for, is said by [`Setting::trusts`].

mod android;
mod apple;
mod linux;
mod version_and_threat;
mod windows;

use doorward_model::compliance::{ComplianceStatus, FactSource};

use super::PolicyKind;
use super::password;

/// One setting of some kinds of policy.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Name of the member.
    pub name: &'static str,
    /// The kinds of policy that have it.
    pub kinds: &'static [PolicyKind],
    /// Where it stands in the editor, and what a person can do about it.
    pub section: Section,
    /// Name for people.
    pub title: &'static str,
    /// What it asks for, for administrators.
    pub help: &'static str,
    /// What its operand looks like.
    pub shape: Shape,
    /// The fact it is about; empty where it only changes how another setting is judged.
    pub fact: &'static str,
    /// When a device meets it.
    pub rule: Rule,
    /// It says something only while another setting has this word, or is on where the word is empty.
    pub needs: Option<(&'static str, &'static str)>,
    /// The versions of the system that can have it: the first, and the first that cannot any more.
    pub versions: (Option<&'static [u32]>, Option<&'static [u32]>),
    /// The weakest word that is believed.
    pub trusts: FactSource,
    /// What a device is that nobody has said it of.
    pub unreported: ComplianceStatus,
    /// With an account of a consumer as the login, more than this cannot be judged.
    pub most_for_consumers: Option<u32>,
}

/// Groups of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// The lock of the device.
    Password,
    /// Versions of the system.
    Version,
    /// Whether the system is whole.
    Health,
    /// Encryption and protection against malware.
    Security,
    /// What a threat defence says.
    Threat,
    /// Apps and accounts.
    Apps,
    /// Rules of the organisation's own.
    Custom,
}

/// What an operand looks like, and with it what counts as not configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// On or off; off is not configured.
    Flag,
    /// A whole number in a unit; null is not configured.
    Number {
        /// Least value.
        least: u32,
        /// Greatest value.
        most: u32,
        /// Unit for people.
        unit: &'static str,
    },
    /// A version.
    Version,
    /// A build.
    Build,
    /// A day.
    Date,
    /// One of some words, of which the first is not configured.
    Word(&'static [(&'static str, &'static str)]),
    /// A list of apps.
    Apps,
    /// A list of version ranges.
    Ranges,
    /// A script with rules.
    Script,
    /// A list of Linux distributions.
    Distributions,
}

/// When a device meets a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It has no result: another setting reads it.
    Modifies,
    /// The fact is true, or false.
    Is(bool),
    /// The fact is the operand or more.
    AtLeast,
    /// The fact is the operand or less.
    AtMost,
    /// The fact comes at the operand or after it in this order of words.
    Order(&'static [&'static str]),
    /// The kind of password, by its strength.
    PasswordType,
    /// A threat level at the operand or below it.
    Threat,
    /// Play Integrity: the fact says this, or more where the evaluation is backed by hardware.
    Integrity(&'static str),
    /// None of the apps is there.
    NotInstalled,
    /// The version is in one of the ranges.
    InRanges,
    /// What the script found meets the rules.
    Script,
    /// The system is one of the distributions.
    Distributions,
    /// Never applies: kept from old policies.
    Obsolete,
}

/// Threat levels from the safest on.
pub const THREAT_LEVELS: &[&str] = &["secured", "low", "medium", "high"];
/// What Play Integrity says, from nothing to what hardware vouches for.
pub const INTEGRITY: &[&str] = &["none", "basic", "device", "strong"];
/// The account that a Windows PC is signed in to with.
pub const SIGN_IN_ACCOUNT: &str = "signInAccount";
/// The version of the operating system.
pub const OS_VERSION: &str = "osVersion";
/// The Linux distribution, `ID` of os-release.
pub const DISTRIBUTION: &str = "distribution";

/// Facts that no setting names, with what they look like.
const MORE_FACTS: [(&str, FactShape); 4] = [
    (OS_VERSION, FactShape::Version),
    ("osBuild", FactShape::Build),
    (SIGN_IN_ACCOUNT, FactShape::Word(&["organisation", "consumer"])),
    (DISTRIBUTION, FactShape::Text),
];

/// What a fact looks like in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactShape {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// A version.
    Version,
    /// A build.
    Build,
    /// A day.
    Date,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text.
    Text,
    /// Bundle ids and package names.
    Texts,
    /// What a script found: an object.
    Object,
}

/// Settings in the order of the editor.
static TABLES: [&[Setting]; 6] =
    [version_and_threat::SETTINGS, apple::SETTINGS, android::SETTINGS, windows::SETTINGS, linux::SETTINGS, version_and_threat::LAST];

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Setting> {
    TABLES.iter().flat_map(|table| table.iter())
}

/// The settings of a kind of policy.
pub fn of(kind: PolicyKind) -> impl Iterator<Item = &'static Setting> {
    all().filter(move |setting| setting.kinds.contains(&kind))
}

/// A setting of a kind of policy, by its name in any case.
#[must_use]
pub fn find(kind: PolicyKind, name: &str) -> Option<&'static Setting> {
    of(kind).find(|setting| setting.name.eq_ignore_ascii_case(name))
}

/// What a fact looks like, with its name as it is spelled; none when no setting is about such a fact.
#[must_use]
pub fn fact(name: &str) -> Option<(&'static str, FactShape)> {
    let more = MORE_FACTS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    more.or_else(|| {
        all()
            .find(|setting| !setting.fact.is_empty() && setting.fact.eq_ignore_ascii_case(name))
            .map(|setting| (setting.fact, setting.fact_shape()))
    })
}

/// The names of all facts, each once.
#[must_use]
pub fn facts() -> std::collections::BTreeSet<&'static str> {
    let named = all().map(|setting| setting.fact).filter(|fact| !fact.is_empty());
    named.chain(MORE_FACTS.map(|(name, _)| name)).collect()
}

impl Setting {
    const fn new(
        name: &'static str,
        kinds: &'static [PolicyKind],
        section: Section,
        (title, help): (&'static str, &'static str),
        shape: Shape,
        fact: &'static str,
        rule: Rule,
    ) -> Self {
        Self {
            name,
            kinds,
            section,
            title,
            help,
            shape,
            fact,
            rule,
            needs: None,
            versions: (None, None),
            trusts: FactSource::Registration,
            unreported: ComplianceStatus::Unknown,
            most_for_consumers: None,
        }
    }

    const fn needs(mut self, setting: &'static str, word: &'static str) -> Self {
        self.needs = Some((setting, word));
        self
    }

    const fn since(mut self, version: &'static [u32]) -> Self {
        self.versions.0 = Some(version);
        self
    }

    const fn until(mut self, version: &'static [u32]) -> Self {
        self.versions.1 = Some(version);
        self
    }

    /// The device's own word is not enough.
    const fn vouched(mut self) -> Self {
        self.trusts = FactSource::Partner;
        self
    }

    /// A device that does not report it does not have it.
    const fn only_where_reported(mut self) -> Self {
        self.unreported = ComplianceStatus::NotApplicable;
        self
    }

    const fn most_for_consumers(mut self, most: u32) -> Self {
        self.most_for_consumers = Some(most);
        self
    }

    fn fact_shape(&self) -> FactShape {
        match (self.rule, self.shape) {
            (Rule::Is(_), _) => FactShape::Flag,
            (Rule::PasswordType, _) => FactShape::Word(password::TYPES),
            (Rule::Threat, _) => FactShape::Word(THREAT_LEVELS),
            (Rule::Integrity(_), _) => FactShape::Word(INTEGRITY),
            (Rule::Order(words), _) => FactShape::Word(words),
            (Rule::NotInstalled, _) => FactShape::Texts,
            (Rule::Script, _) => FactShape::Object,
            (Rule::InRanges, _) | (_, Shape::Version) => FactShape::Version,
            (_, Shape::Number { .. }) => FactShape::Number,
            (_, Shape::Build) => FactShape::Build,
            (_, Shape::Date) => FactShape::Date,
            _ => FactShape::Text,
        }
    }
}

impl Section {
    /// Every section, in the order of the editor.
    pub const ALL: [Self; 7] = [Self::Version, Self::Password, Self::Health, Self::Security, Self::Threat, Self::Apps, Self::Custom];

    /// Name for people.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Version => "Operating system",
            Self::Password => "Lock and password",
            Self::Health => "Device health",
            Self::Security => "Encryption and protection",
            Self::Threat => "Threat defence",
            Self::Apps => "Apps and accounts",
            Self::Custom => "Rules of your own",
        }
    }

    /// What the person who holds the device can do.
    #[must_use]
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Version => "Update the operating system, or use a device that runs an allowed version.",
            Self::Password => "Change the lock of the device in its settings: set a code, or a longer or stronger one.",
            Self::Health => "Restore the device to the system that its maker delivers, and let it report again.",
            Self::Security => "Switch this protection on in the settings of the device.",
            Self::Threat => "Open the threat defence app and resolve what it has found.",
            Self::Apps => "Remove the app or account that is not allowed, or add the one that is missing.",
            Self::Custom => "Follow the organisation's instructions for this rule.",
        }
    }
}

const fn minutes(title: &'static str, help: &'static str, name: &'static str, kinds: &'static [PolicyKind], fact: &'static str) -> Setting {
    let shape = Shape::Number { least: 0, most: 65_535, unit: "minutes" };
    Setting::new(name, kinds, Section::Password, (title, help), shape, fact, Rule::AtMost)
}

const fn flag(
    name: &'static str,
    kinds: &'static [PolicyKind],
    section: Section,
    text: (&'static str, &'static str),
    fact: &'static str,
    good: bool,
) -> Setting {
    Setting::new(name, kinds, section, text, Shape::Flag, fact, Rule::Is(good))
}

const fn at_least(
    name: &'static str,
    kinds: &'static [PolicyKind],
    text: (&'static str, &'static str),
    range: (u32, u32),
    unit: &'static str,
    fact: &'static str,
) -> Setting {
    Setting::new(name, kinds, Section::Password, text, Shape::Number { least: range.0, most: range.1, unit }, fact, Rule::AtLeast)
}

const fn at_most(
    name: &'static str,
    kinds: &'static [PolicyKind],
    text: (&'static str, &'static str),
    range: (u32, u32),
    unit: &'static str,
    fact: &'static str,
) -> Setting {
    Setting::new(name, kinds, Section::Password, text, Shape::Number { least: range.0, most: range.1, unit }, fact, Rule::AtMost)
}
