//! The answer for a person: the decision, a matrix of policies and conditions, session controls.

use std::fmt::Write as _;
use std::io::{self, IsTerminal};
use std::iter::repeat;

use comfy_table::{Cell, Color, ColumnConstraint, ContentArrangement, Table, TableComponent, Width, presets};
use doorward_policy::conditional_access::{Advice, Condition, ConditionState, Decision, Explained, Outcome, PolicyOutcome, Reason, advice};
use serde_json::Value;

use super::Answer;

/// Width where there is no terminal to ask.
const WIDTH: u16 = 100;
/// Width below which a terminal had better wrap by itself.
const NARROWEST: u16 = 80;
/// How many policies are named as those that ask for more.
const NAMED: usize = 3;

/// The whole answer as text.
pub(super) fn render(answer: &Answer<'_>) -> String {
    let decision = answer.explanation.decision(answer.set);
    let mut sections = vec![headline(answer, &decision)];
    if answer.policies().next().is_none() {
        sections.push("No policy applies.".to_owned());
    } else {
        sections.push(format!("{}\n✓ matched   ✗ not matched   – excluded   · not configured", matrix(answer).trim_fmt()));
    }
    if !decision.session_controls.is_empty() {
        let lines = decision.session_controls.iter().map(|(name, control)| format!("\n  {name}{}", setting(control)));
        sections.push(format!("Session controls{}", lines.collect::<String>()));
    }
    sections.join("\n\n")
}

/// What becomes of the sign-in, what is missing, and which policies ask for it.
fn headline(answer: &Answer<'_>, decision: &Decision) -> String {
    let (word, colour) = match decision.outcome {
        Outcome::Grant => ("Grant", "32"),
        Outcome::Interrupt => ("Interrupt", "33"),
        Outcome::Block => ("Block", "31"),
    };
    let mut text = if io::stdout().is_terminal() { format!("\x1b[1;{colour}m{word}\x1b[0m") } else { word.to_owned() };
    let Some(code) = decision.error() else { return text };
    let Advice { missing, mend } = advice(code, decision.next_control);
    // Writing to a string does not fail.
    let _ = write!(text, " {}: {missing}; {mend}.", code.0);
    let failing: Vec<_> = answer.explanation.policies(answer.set).filter(|policy| policy.result() == PolicyOutcome::Failure).collect();
    let names: Vec<&str> = failing.iter().take(NAMED).map(name).collect();
    let _ = write!(text, "\nNot met: {}", names.join("; "));
    if failing.len() > NAMED {
        let _ = write!(text, "; and {} more", failing.len() - NAMED);
    }
    text
}

/// A row for each policy, a column for each condition that one of them sets.
fn matrix(answer: &Answer<'_>) -> Table {
    let is_set = |condition: &Condition| answer.policies().any(|policy| policy.condition(*condition) != ConditionState::NotConfigured);
    let conditions: Vec<Condition> = Condition::ALL.into_iter().filter(is_set).collect();
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.remove_style(TableComponent::HorizontalLines).remove_style(TableComponent::MiddleIntersections);
    let width = table.width().map_or(WIDTH, |width| width.max(NARROWEST));
    table.set_width(width);
    table.set_header(["Policy", "Verdict", "First reason"].into_iter().chain(conditions.iter().map(|condition| heading(*condition))));
    for policy in answer.policies() {
        let (verdict, colour) = verdict(policy.result());
        let reason = policy.reason().map(in_words).unwrap_or_default();
        let marks = conditions.iter().map(|condition| mark(policy.condition(*condition)));
        table.add_row([Cell::new(name(&policy)), Cell::new(verdict).fg(colour), Cell::new(reason)].into_iter().chain(marks));
    }
    let widths = [ColumnConstraint::UpperBoundary(Width::Fixed(12)), ColumnConstraint::UpperBoundary(Width::Fixed(15))];
    for (column, width) in table.column_iter_mut().skip(1).zip(widths.into_iter().chain(repeat(ColumnConstraint::ContentWidth))) {
        column.set_constraint(width);
        column.set_padding((0, 0));
    }
    table
}

fn name<'a>(policy: &Explained<'a>) -> &'a str {
    policy.display_name().unwrap_or(policy.id())
}

/// A reason as words, which can be broken over lines.
fn in_words(reason: Reason) -> String {
    let name = serde_json::to_value(reason).ok();
    let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
    name.chars().fold(String::new(), |mut words, letter| {
        if letter.is_uppercase() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
        words
    })
}

/// The heading of a column, narrow enough for all of them side by side.
fn heading(condition: Condition) -> &'static str {
    match condition {
        Condition::Identity => "who",
        Condition::Target => "what",
        Condition::DevicePlatform => "plat\nform",
        Condition::Devices => "de-\nvice",
        Condition::ClientApps => "cli-\nent",
        Condition::Location => "loc.",
        Condition::SignInRisk => "sign\nrisk",
        Condition::UserRisk => "user\nrisk",
        Condition::ServicePrincipalRisk => "app\nrisk",
        Condition::InsiderRisk => "ins.\nrisk",
        Condition::AuthenticationFlow => "flow",
    }
}

fn mark(state: ConditionState) -> Cell {
    match state {
        ConditionState::NotConfigured => Cell::new("·").fg(Color::DarkGrey),
        ConditionState::Matched => Cell::new("✓").fg(Color::Green),
        ConditionState::Excluded => Cell::new("–").fg(Color::Yellow),
        ConditionState::NotMatched => Cell::new("✗").fg(Color::Red),
    }
}

fn verdict(result: PolicyOutcome) -> (&'static str, Color) {
    match result {
        PolicyOutcome::Success => ("met", Color::Green),
        PolicyOutcome::Failure => ("not met", Color::Red),
        PolicyOutcome::NotApplied => ("not applied", Color::DarkGrey),
        PolicyOutcome::NotEnabled => ("disabled", Color::DarkGrey),
        PolicyOutcome::ReportOnlySuccess => ("report: met", Color::Green),
        PolicyOutcome::ReportOnlyFailure => ("report: not met", Color::Yellow),
        PolicyOutcome::ReportOnlyInterrupted => ("report: asks", Color::Yellow),
        PolicyOutcome::ReportOnlyNotApplied => ("report: no", Color::DarkGrey),
    }
}

/// What a session control says; nothing when it is only on.
fn setting(control: &Value) -> String {
    let member = |name: &str| control.get(name).and_then(Value::as_str);
    let period = control.get("value").and_then(Value::as_u64).zip(member("type")).map(|(count, unit)| format!("{count} {unit}"));
    let word = ["frequencyInterval", "mode", "cloudAppSecurityType"].into_iter().find_map(member).map(str::to_owned);
    let second_factor_only = member("authenticationType") == Some("secondaryAuthentication");
    let said = period.or(word).map(|text| format!(": {text}")).unwrap_or_default();
    if second_factor_only { format!("{said}, second factor only") } else { said }
}
