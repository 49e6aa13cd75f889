//! What a policy says about one setting.

use super::custom::CustomRule;

/// The operand of a configured setting. A setting that is not configured has none.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// The setting is on.
    On,
    /// A number, in the unit of the setting.
    Number(u32),
    /// A version, a build, a date or a word, as it was written.
    Text(String),
    /// Apps that must not be there.
    Apps(Vec<App>),
    /// Ranges of which the system's version must be in one.
    Ranges(Vec<VersionRange>),
    /// A script and the rules for what it finds.
    Script(Script),
    /// Linux distributions of which the system must be one.
    Distributions(Vec<Distribution>),
}

/// An app: Graph `appListItem`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: String,
    /// Who made it.
    pub publisher: Option<String>,
    /// Its page in a store.
    pub store_url: Option<String>,
    /// Its bundle id or package name.
    pub app_id: String,
}

/// A range of versions, both ends in it: Graph `operatingSystemVersionRange`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionRange {
    /// Name for people.
    pub description: String,
    /// Lowest version.
    pub lowest: String,
    /// Highest version.
    pub highest: String,
}

/// Custom compliance: Graph `deviceCompliancePolicyScript`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Script {
    /// Id of the script that finds the values.
    pub script_id: String,
    /// The rules as they were written: base64 of JSON.
    pub rules_content: String,
    /// The rules.
    pub rules: Vec<CustomRule>,
}

/// A Linux distribution that is allowed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    /// `ID` of os-release, for example `ubuntu`.
    pub id: String,
    /// Lowest version; empty: any.
    pub minimum_version: String,
    /// Highest version; empty: any.
    pub maximum_version: String,
}
