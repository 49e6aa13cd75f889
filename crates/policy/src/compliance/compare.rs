//! One fact against one operand.

use std::cmp::Ordering;

use doorward_model::compliance::ComplianceStatus;
use serde_json::Value;

use super::{Build, Operand, Rule, Setting, Shape, Version, VersionRange, date, password};

/// How a device stands to a setting, and why where that needs a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) status: ComplianceStatus,
    pub(super) reason: Option<String>,
}

impl Finding {
    pub(super) fn of(status: ComplianceStatus) -> Self {
        Self { status, reason: None }
    }

    pub(super) fn because(status: ComplianceStatus, reason: &str) -> Self {
        Self { status, reason: Some(reason.to_owned()) }
    }

    pub(super) fn error(reason: &str) -> Self {
        Self::because(ComplianceStatus::Error, reason)
    }

    pub(super) fn met(met: bool) -> Self {
        Self::of(if met { ComplianceStatus::Compliant } else { ComplianceStatus::NonCompliant })
    }

    fn met_or(met: Option<bool>, otherwise: &str) -> Self {
        met.map_or_else(|| Self::error(otherwise), Self::met)
    }
}

/// Nobody has said enough.
pub(super) fn unknown() -> Finding {
    Finding::of(ComplianceStatus::Unknown)
}

/// Compares the value of a fact with an operand.
pub(super) fn compare(setting: &Setting, operand: &Operand, hardware_backed: bool, value: &Value) -> Finding {
    const UNREADABLE: &str = "what is reported or what is asked for cannot be read";
    let met = match (setting.rule, operand) {
        (Rule::Is(good), _) => value.as_bool().map(|flag| flag == good),
        (Rule::AtLeast, operand) => order(setting.shape, value, operand).map(Ordering::is_ge),
        (Rule::AtMost, operand) => order(setting.shape, value, operand).map(Ordering::is_le),
        (Rule::Order(words), Operand::Text(wanted)) => at_least_as_strict(words, value, wanted),
        (Rule::PasswordType, Operand::Text(wanted)) => {
            value.as_str().and_then(password::strength).zip(password::strength(wanted)).map(|(reported, wanted)| reported >= wanted)
        }
        (Rule::Integrity(wanted), _) => {
            at_least_as_strict(super::catalogue::INTEGRITY, value, if hardware_backed { "strong" } else { wanted })
        }
        (Rule::NotInstalled, Operand::Apps(apps)) => value.as_array().map(|installed| {
            let is_there = |id: &str| installed.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(id));
            !apps.iter().any(|app| is_there(&app.app_id))
        }),
        (Rule::InRanges, Operand::Ranges(ranges)) => value.as_str().and_then(Version::parse).and_then(|version| in_ranges(version, ranges)),
        _ => None,
    };
    Finding::met_or(met, UNREADABLE)
}

fn order(shape: Shape, value: &Value, operand: &Operand) -> Option<Ordering> {
    match (shape, operand) {
        (Shape::Number { .. }, Operand::Number(wanted)) => value.as_u64().map(|reported| reported.cmp(&u64::from(*wanted))),
        (_, Operand::Text(wanted)) => {
            let reported = value.as_str()?;
            match shape {
                Shape::Version => Some(Version::parse(reported)?.cmp(&Version::parse(wanted)?)),
                Shape::Build => Some(Build::parse(reported)?.cmp(&Build::parse(wanted)?)),
                Shape::Date => Some(date(reported)?.cmp(&date(wanted)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

fn at_least_as_strict(words: &[&str], value: &Value, wanted: &str) -> Option<bool> {
    let place = |word: &str| words.iter().position(|known| known.eq_ignore_ascii_case(word));
    value.as_str().and_then(place).zip(place(wanted)).map(|(reported, wanted)| reported >= wanted)
}

/// None when an end of a range cannot be read.
fn in_ranges(version: Version, ranges: &[VersionRange]) -> Option<bool> {
    let read: Option<Vec<_>> = ranges.iter().map(|range| Version::parse(&range.lowest).zip(Version::parse(&range.highest))).collect();
    read.map(|ranges| ranges.iter().any(|(lowest, highest)| *lowest <= version && version <= *highest))
}
