//! Findings for people and for programs.

use comfy_table::{ContentArrangement, Table, presets};
use doorward_policy::conditional_access::check::Weight;
use serde::{Serialize, Serializer};

use super::super::paragraph::printable;

/// Columns of the table where the output is no terminal, whose width would count.
const PLAIN_WIDTH: u16 = 100;
/// Places that are shown of a finding that occurs many times.
const SHOWN_PLACES: usize = 3;

/// One finding.
#[derive(Serialize)]
pub(super) struct Finding {
    #[serde(rename = "severity", serialize_with = "severity")]
    pub(super) weight: Weight,
    pub(super) rule: &'static str,
    pub(super) file: String,
    /// JSON path within the file.
    pub(super) path: String,
    /// Id of the policy; none when there is no policy because the file is broken.
    pub(super) policy: Option<String>,
    /// Its display name.
    #[serde(skip)]
    pub(super) name: Option<String>,
    /// The path within the policy, which is the same wherever the policy stands.
    #[serde(skip)]
    pub(super) place: String,
    pub(super) message: String,
}

/// Everything that was found, errors first.
#[derive(Serialize)]
pub(super) struct Report {
    policies: usize,
    pub(super) errors: usize,
    warnings: usize,
    findings: Vec<Finding>,
}

fn word(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn severity<S: Serializer>(weight: &Weight, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word(*weight))
}

impl Report {
    pub(super) fn new(policies: usize, mut findings: Vec<Finding>) -> Self {
        findings.sort_by_key(|finding| finding.weight);
        let errors = findings.iter().filter(|finding| finding.weight == Weight::Error).count();
        Self { policies, errors, warnings: findings.len() - errors, findings }
    }

    pub(super) fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// A table in which findings that say the same of the same member stand together, and a summary.
    pub(super) fn table(&self) -> String {
        let policies = if self.policies == 1 { "1 policy".to_owned() } else { format!("{} policies", self.policies) };
        let summary = format!("{policies}, {}, {}", counted(self.errors, "error"), counted(self.warnings, "warning"));
        if self.findings.is_empty() {
            return summary;
        }
        let mut table = Table::new();
        table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        if !table.is_tty() {
            table.set_width(PLAIN_WIDTH);
        }
        table.set_header(["finding", "where and what"]);
        for group in self.groups() {
            table.add_row(row(&group));
        }
        format!("{table}\n{summary}")
    }

    /// Equal findings, in the order of their first.
    fn groups(&self) -> Vec<Vec<&Finding>> {
        let mut groups: Vec<Vec<&Finding>> = Vec::new();
        let mut positions = std::collections::HashMap::new();
        for finding in &self.findings {
            let position = *positions.entry((finding.rule, &finding.place, &finding.message)).or_insert(groups.len());
            match groups.get_mut(position) {
                Some(group) => group.push(finding),
                None => groups.push(vec![finding]),
            }
        }
        groups.sort_by_key(|group| group.first().map(|finding| (finding.weight, finding.rule)));
        groups
    }
}

fn row(group: &[&Finding]) -> [String; 2] {
    let Some(first) = group.first() else { return Default::default() };
    let place = if first.place.is_empty() { String::new() } else { format!("{}: ", first.place) };
    let mut lines = vec![format!("{place}{}", first.message)];
    lines.extend(group.iter().take(SHOWN_PLACES).map(|finding| format!("  {}", policy_place(finding))));
    if group.len() > SHOWN_PLACES {
        lines.push(format!("  and {} more", group.len() - SHOWN_PLACES));
    }
    let lines: Vec<_> = lines.iter().map(|line| printable(line)).collect();
    [format!("{}\n{}", word(first.weight), first.rule), lines.join("\n")]
}

/// The file, and which of its policies when it holds several.
fn policy_place(finding: &Finding) -> String {
    let path = finding.path.strip_suffix(&finding.place).map_or(finding.path.as_str(), |path| path.trim_end_matches('.'));
    match (path, finding.name.as_deref().or(finding.policy.as_deref())) {
        ("$" | "$.details", _) | (_, None) => finding.file.clone(),
        (_, Some(name)) => format!("{}: {path}, {name:?}", finding.file),
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
