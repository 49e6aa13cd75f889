//! What several policies ask for together, where one value must be shown: the strictest of each setting.

use std::collections::BTreeMap;

use super::assess::is_asked;
use super::{CompliancePolicy, Operand, Platform, Rule, Setting, Version, VersionRange, catalogue, password, shown};

/// The strictest operand of each setting of the policies that are for a device, in words, by the name of the setting.
#[must_use]
pub fn expectation(policies: &[CompliancePolicy], platform: &Platform) -> BTreeMap<&'static str, String> {
    let mut strictest: BTreeMap<&'static str, (&'static Setting, Operand)> = BTreeMap::new();
    for policy in policies.iter().filter(|policy| policy.kind.is_for(platform)) {
        for (setting, operand) in policy.configured().filter(|(setting, _)| is_asked(policy, setting)) {
            let merged = match strictest.get(setting.name) {
                Some((_, other)) => stricter(setting, operand, other),
                None => operand.clone(),
            };
            strictest.insert(setting.name, (setting, merged));
        }
    }
    strictest.into_iter().map(|(name, (setting, operand))| (name, shown::expected(setting, &operand))).collect()
}

/// The stricter of two operands; lists of forbidden apps add up, and allowed ranges intersect.
fn stricter(setting: &Setting, one: &Operand, other: &Operand) -> Operand {
    match (one, other) {
        (Operand::Number(a), Operand::Number(b)) => Operand::Number(if setting.rule == Rule::AtMost { *a.min(b) } else { *a.max(b) }),
        (Operand::Text(a), Operand::Text(b)) => {
            let first = match setting.rule {
                Rule::AtMost => Version::parse(a) <= Version::parse(b),
                Rule::Threat => place(catalogue::THREAT_LEVELS, a) <= place(catalogue::THREAT_LEVELS, b),
                Rule::Order(words) => place(words, a) >= place(words, b),
                Rule::PasswordType => password::strength(a) >= password::strength(b),
                _ if super::date(a).is_some() => super::date(a) >= super::date(b),
                _ if super::Build::parse(a).is_some() => super::Build::parse(a) >= super::Build::parse(b),
                _ => Version::parse(a) >= Version::parse(b),
            };
            Operand::Text(if first { a.clone() } else { b.clone() })
        }
        (Operand::Apps(a), Operand::Apps(b)) => {
            let more = b.iter().filter(|app| !a.iter().any(|known| known.app_id.eq_ignore_ascii_case(&app.app_id)));
            Operand::Apps(a.iter().chain(more).cloned().collect())
        }
        (Operand::Ranges(a), Operand::Ranges(b)) => Operand::Ranges(a.iter().flat_map(|a| b.iter().filter_map(|b| common(a, b))).collect()),
        _ => one.clone(),
    }
}

fn place(words: &[&str], word: &str) -> Option<usize> {
    words.iter().position(|known| known.eq_ignore_ascii_case(word))
}

/// What two ranges have in common.
fn common(a: &VersionRange, b: &VersionRange) -> Option<VersionRange> {
    let lowest = if Version::parse(&a.lowest) >= Version::parse(&b.lowest) { &a.lowest } else { &b.lowest };
    let highest = if Version::parse(&a.highest) <= Version::parse(&b.highest) { &a.highest } else { &b.highest };
    let range = VersionRange { description: a.description.clone(), lowest: lowest.clone(), highest: highest.clone() };
    (Version::parse(lowest) <= Version::parse(highest)).then_some(range)
}
