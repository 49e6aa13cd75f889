//! Which Linux distributions are allowed, in which versions.

use std::cmp::Ordering;

use doorward_model::compliance::{ComplianceStatus, Fact, SettingState};

use super::assess::known_text;
use super::compare::Finding;
use super::{Distribution, Version, shown};

/// One row for each distribution and each end of its range. Where one of them is the system's, the others count as met; where none is,
/// each distribution is not met, and the versions are not held against the system as well.
pub(super) fn states(setting: &str, groups: &[Distribution], distribution: Option<&Fact>, version: Option<&Fact>) -> Vec<SettingState> {
    let system = known_text(distribution);
    let is_system = |group: &Distribution| system.as_ref().is_ok_and(|id| group.id.trim().eq_ignore_ascii_case(id.trim()));
    let allowed = groups.iter().any(is_system);
    let mut rows = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let mut row = |part: &str, expected: String, finding: Finding, fact: Option<&Fact>| {
            rows.push(SettingState {
                setting: format!("{setting}[{index}].{part}"),
                status: finding.status,
                expected,
                actual: fact.and_then(shown::plain),
                source: fact.map(|fact| fact.source),
                reason: finding.reason,
            });
        };
        let of_system = |met: bool| system.as_ref().map_or_else(Clone::clone, |_| Finding::met(met));
        row("distribution", group.id.clone(), of_system(allowed), distribution);
        for (part, end, good) in
            [("minimumVersion", &group.minimum_version, Ordering::Less), ("maximumVersion", &group.maximum_version, Ordering::Greater)]
        {
            if end.trim().is_empty() {
                continue;
            }
            let finding = if is_system(group) { within(version, end, good) } else { of_system(true) };
            let words = if good == Ordering::Less { "or later" } else { "or earlier" };
            row(part, format!("{end} {words}"), finding, version);
        }
    }
    rows
}

/// Whether a version is at an end of a range or not beyond it.
fn within(version: Option<&Fact>, end: &str, beyond: Ordering) -> Finding {
    let version = match known_text(version) {
        Ok(version) => version,
        Err(finding) => return finding,
    };
    match Version::parse(version).zip(Version::parse(end)) {
        Some((version, end)) => Finding::met(version.cmp(&end) != beyond),
        None => Finding::because(ComplianceStatus::Error, "the version cannot be read"),
    }
}
