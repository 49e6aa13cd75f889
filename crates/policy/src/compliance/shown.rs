//! Operands and facts in words.

use doorward_model::compliance::{Fact, FactValue};
use serde_json::Value;

use super::{Operand, Rule, Setting, Shape};

/// What a setting asks for, in words.
#[must_use]
pub fn expected(setting: &Setting, operand: &Operand) -> String {
    let bound = |value: &dyn std::fmt::Display, unit: &str| {
        let words = if setting.rule == Rule::AtMost { "at most" } else { "at least" };
        if unit.is_empty() { format!("{words} {value}") } else { format!("{words} {value} {unit}") }
    };
    match (operand, setting.shape) {
        (Operand::On, _) => "yes".to_owned(),
        (Operand::Number(number), Shape::Number { unit, .. }) => bound(number, unit),
        (Operand::Number(number), _) => number.to_string(),
        (Operand::Text(text), Shape::Word(words)) => {
            words.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map_or_else(|| text.clone(), |(_, title)| (*title).to_owned())
        }
        (Operand::Text(text), _) => bound(text, ""),
        (Operand::Apps(apps), _) => {
            format!("none of {}", join(apps.iter().map(|app| if app.name.is_empty() { &app.app_id } else { &app.name })))
        }
        (Operand::Ranges(ranges), _) => join(ranges.iter().map(|range| format!("{} to {}", range.lowest, range.highest))),
        (Operand::Script(script), _) => join(script.rules.iter().map(|rule| &rule.setting_name)),
        (Operand::Distributions(groups), _) => join(groups.iter().map(|group| &group.id)),
    }
}

/// What a fact says to a setting; none when it does not apply. A setting that is on is met when what its title says is so.
pub(super) fn actual(setting: &Setting, fact: &Fact) -> Option<String> {
    match (setting.rule, &fact.value) {
        (Rule::Is(good), FactValue::Known(Value::Bool(flag))) => {
            plain(&Fact { value: FactValue::Known((*flag == good).into()), ..fact.clone() })
        }
        _ => plain(fact),
    }
}

/// What a fact says; none when it does not apply.
pub(super) fn plain(fact: &Fact) -> Option<String> {
    let FactValue::Known(value) = &fact.value else { return None };
    Some(match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => format!("{} apps", list.len()),
        other => other.to_string(),
    })
}

fn join(parts: impl Iterator<Item = impl AsRef<str>>) -> String {
    let parts: Vec<String> = parts.map(|part| part.as_ref().to_owned()).collect();
    parts.join(", ")
}
