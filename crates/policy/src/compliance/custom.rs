//! Custom compliance: what a script on the device finds, and the organisation's rules for it.

use std::cmp::Ordering;

use doorward_model::compliance::{ComplianceStatus, Fact, FactValue, SettingState};
use jiff::Timestamp;
use serde_json::Value;

use super::compare::{Finding, unknown};
use super::{Script, Version};

/// How a found value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `IsEquals`
    IsEquals,
    /// `NotEquals`
    NotEquals,
    /// `GreaterThan`
    GreaterThan,
    /// `GreaterEquals`
    GreaterEquals,
    /// `LessThan`
    LessThan,
    /// `LessEquals`
    LessEquals,
}

/// What a found value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Int64,
    /// A number.
    Double,
    /// A text; it has no order.
    String,
    /// An instant.
    DateTime,
    /// A version.
    Version,
}

/// A rule for one value that the script finds.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomRule {
    /// Name of the value.
    pub setting_name: String,
    /// How it is compared.
    pub operator: Operator,
    /// What it must be.
    pub data_type: DataType,
    /// With what it is compared.
    pub operand: Value,
    /// What the person is told, in the first language there is.
    pub remediation: String,
}

impl Operator {
    /// Every operator with its spelling.
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::IsEquals, "IsEquals", "is"),
        (Self::NotEquals, "NotEquals", "is not"),
        (Self::GreaterThan, "GreaterThan", "more than"),
        (Self::GreaterEquals, "GreaterEquals", "at least"),
        (Self::LessThan, "LessThan", "less than"),
        (Self::LessEquals, "LessEquals", "at most"),
    ];

    /// The operator of a word, in any case.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word)).map(|(operator, ..)| operator)
    }

    fn words(self) -> &'static str {
        Self::ALL.iter().find(|(operator, ..)| *operator == self).map_or("", |(_, _, words)| words)
    }

    fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::IsEquals => ordering.is_eq(),
            Self::NotEquals => ordering.is_ne(),
            Self::GreaterThan => ordering.is_gt(),
            Self::GreaterEquals => ordering.is_ge(),
            Self::LessThan => ordering.is_lt(),
            Self::LessEquals => ordering.is_le(),
        }
    }

    fn is_about_equality(self) -> bool {
        matches!(self, Self::IsEquals | Self::NotEquals)
    }
}

impl DataType {
    /// The type of a word, in any case.
    #[must_use]
    pub fn from_wire(word: &str) -> Option<Self> {
        let all = [
            (Self::Boolean, "Boolean"),
            (Self::Int64, "Int64"),
            (Self::Double, "Double"),
            (Self::String, "String"),
            (Self::DateTime, "DateTime"),
            (Self::Version, "Version"),
        ];
        all.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(data_type, _)| data_type)
    }

    /// How two values stand to each other; none when one of them is not of this type, or has no order that the operator asks for.
    fn order(self, found: &Value, operand: &Value, operator: Operator) -> Option<Ordering> {
        let orders = || operator.is_about_equality().then_some(());
        match self {
            Self::Boolean => orders().and(Some(found.as_bool()?.cmp(&operand.as_bool()?))),
            Self::Int64 => Some(found.as_i64()?.cmp(&operand.as_i64()?)),
            Self::Double => found.as_f64()?.partial_cmp(&operand.as_f64()?),
            Self::String => orders().and(Some(found.as_str()?.cmp(operand.as_str()?))),
            Self::DateTime => Some(instant(found)?.cmp(&instant(operand)?)),
            Self::Version => Some(Version::parse(found.as_str()?)?.cmp(&Version::parse(operand.as_str()?)?)),
        }
    }

    /// Whether an operand is of this type, and an operator makes sense for it.
    #[must_use]
    pub fn can(self, operator: Operator, operand: &Value) -> bool {
        self.order(operand, operand, operator).is_some()
    }
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str()?.trim().parse().ok()
}

/// One row for each rule. A value that the script does not find is not met; one of another type is an error.
pub(super) fn states(setting: &str, script: &Script, fact: Option<&Fact>) -> Vec<SettingState> {
    let row = |rule: &CustomRule| {
        let (finding, actual) = match fact.map(|fact| &fact.value) {
            None => (unknown(), None),
            Some(FactValue::NotApplicable) => (Finding::of(ComplianceStatus::NotApplicable), None),
            Some(FactValue::Known(found)) => compare(rule, found.get(&rule.setting_name)),
        };
        SettingState {
            setting: format!("{setting}.{}", rule.setting_name),
            status: finding.status,
            expected: format!("{} {}", rule.operator.words(), plain(&rule.operand)),
            actual,
            source: fact.map(|fact| fact.source),
            reason: finding.reason.or_else(|| told(rule, finding.status)),
        }
    };
    script.rules.iter().map(row).collect()
}

fn compare(rule: &CustomRule, found: Option<&Value>) -> (Finding, Option<String>) {
    let Some(found) = found else {
        return (Finding::because(ComplianceStatus::NonCompliant, "the script did not find this value"), None);
    };
    let finding = match rule.data_type.order(found, &rule.operand, rule.operator) {
        Some(ordering) => Finding::met(rule.operator.holds(ordering)),
        None => Finding::error("the script found a value of another type"),
    };
    (finding, Some(plain(found)))
}

fn told(rule: &CustomRule, status: ComplianceStatus) -> Option<String> {
    (status == ComplianceStatus::NonCompliant && !rule.remediation.is_empty()).then(|| rule.remediation.clone())
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
