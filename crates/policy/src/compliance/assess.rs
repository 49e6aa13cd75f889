//! What a device's facts say to each setting of one policy.

use doorward_model::compliance::{ComplianceStatus, Fact, FactValue, Facts, SettingState};
use jiff::Timestamp;
use serde_json::Value;

use super::catalogue::{OS_VERSION, SIGN_IN_ACCOUNT};
use super::compare::{self, Finding, unknown};
use super::{Case, CompliancePolicy, Operand, Rule, Setting, Version, custom, linux, shown, threat};

/// A policy with what has come of its settings, before any grace.
#[derive(Debug, Clone)]
pub(super) struct Assessed<'a> {
    pub(super) policy: &'a CompliancePolicy,
    pub(super) status: ComplianceStatus,
    pub(super) settings: Vec<SettingState>,
}

/// Compares every setting that a policy configures.
pub(super) fn assess<'a>(policy: &'a CompliancePolicy, case: &Case<'_>, now: Timestamp) -> Assessed<'a> {
    let mut settings = Vec::new();
    for (setting, operand) in policy.configured() {
        if is_asked(policy, setting) {
            settings.extend(states(policy, setting, operand, case, now));
        }
    }
    Assessed { policy, status: worst(settings.iter().map(|state| state.status)), settings }
}

/// The result of a policy from those of its settings: error, then not compliant, then unknown, then met, then nothing that applies.
fn worst(statuses: impl Iterator<Item = ComplianceStatus> + Clone) -> ComplianceStatus {
    use ComplianceStatus::{Compliant, Error, NonCompliant, NotApplicable, Remediated, Unknown};
    let has = |wanted: ComplianceStatus| statuses.clone().any(|status| status == wanted);
    if let Some(bad) = [Error, NonCompliant, Unknown].into_iter().find(|bad| has(*bad)) {
        return bad;
    }
    if has(Compliant) || has(Remediated) { Compliant } else { NotApplicable }
}

/// Whether the setting that this one hangs on is as it must be.
pub(super) fn is_asked(policy: &CompliancePolicy, setting: &Setting) -> bool {
    let Some((name, word)) = setting.needs else { return setting.rule != Rule::Modifies };
    match policy.settings.get(name) {
        Some(Operand::On) => word.is_empty(),
        Some(Operand::Text(chosen)) => chosen.eq_ignore_ascii_case(word),
        _ => false,
    }
}

fn states(policy: &CompliancePolicy, setting: &Setting, operand: &Operand, case: &Case<'_>, now: Timestamp) -> Vec<SettingState> {
    let fact = case.facts.get(setting.fact).filter(|fact| fact.source >= setting.trusts);
    match (setting.rule, operand) {
        (Rule::Distributions, Operand::Distributions(groups)) => linux::states(setting.name, groups, fact, case.facts.get(OS_VERSION)),
        (Rule::Script, Operand::Script(script)) => custom::states(setting.name, script, fact),
        _ => {
            let finding = find(policy, setting, operand, fact, case, now);
            vec![SettingState {
                setting: setting.name.to_owned(),
                status: finding.status,
                expected: shown::expected(setting, operand),
                actual: fact.and_then(|fact| shown::actual(setting, fact)),
                source: fact.map(|fact| fact.source),
                reason: finding.reason,
            }]
        }
    }
}

fn find(policy: &CompliancePolicy, setting: &Setting, operand: &Operand, fact: Option<&Fact>, case: &Case<'_>, now: Timestamp) -> Finding {
    if setting.rule == Rule::Obsolete {
        return Finding::because(ComplianceStatus::NotApplicable, "no device of today has this setting");
    }
    if !can_have(setting, case.facts) {
        return Finding::because(ComplianceStatus::NotApplicable, "this version of the system does not have it");
    }
    if setting.rule == Rule::Threat {
        return threat::compare(operand, fact, case.threat, now);
    }
    if is_beyond_consumers(setting, operand, case.facts) {
        return Finding::error("with a consumer's account as the login this cannot be judged");
    }
    let Some(fact) = fact else {
        return match case.facts.get(setting.fact) {
            Some(_) => Finding::because(ComplianceStatus::Unknown, "only the device itself says so, and its word is not enough for this"),
            None => Finding::of(setting.unreported),
        };
    };
    let FactValue::Known(value) = &fact.value else { return Finding::of(ComplianceStatus::NotApplicable) };
    let hardware_backed = policy.settings.contains_key("securityRequiredAndroidSafetyNetEvaluationType");
    let finding = compare::compare(setting, operand, hardware_backed, value);
    if finding.status == ComplianceStatus::Compliant && fact.enforced {
        return Finding::of(ComplianceStatus::Remediated);
    }
    finding
}

/// Whether the system's version can have the setting. While it is not known, it is taken to.
fn can_have(setting: &Setting, facts: &Facts) -> bool {
    let (since, until) = setting.versions;
    let Some(version) = text(facts, OS_VERSION).and_then(Version::parse) else { return true };
    since.is_none_or(|since| version >= Version::of(since)) && until.is_none_or(|until| version < Version::of(until))
}

fn is_beyond_consumers(setting: &Setting, operand: &Operand, facts: &Facts) -> bool {
    let is_consumer = || text(facts, SIGN_IN_ACCOUNT).is_some_and(|account| account.eq_ignore_ascii_case("consumer"));
    matches!((setting.most_for_consumers, operand), (Some(most), Operand::Number(wanted)) if *wanted > most) && is_consumer()
}

fn text<'a>(facts: &'a Facts, name: &str) -> Option<&'a str> {
    match &facts.get(name)?.value {
        FactValue::Known(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// A known text, or how it falls short of one.
pub(super) fn known_text(fact: Option<&Fact>) -> Result<&str, Finding> {
    match fact.map(|fact| &fact.value) {
        None => Err(unknown()),
        Some(FactValue::NotApplicable) => Err(Finding::of(ComplianceStatus::NotApplicable)),
        Some(FactValue::Known(Value::String(text))) => Ok(text),
        Some(FactValue::Known(_)) => Err(Finding::error("what is reported cannot be read")),
    }
}
