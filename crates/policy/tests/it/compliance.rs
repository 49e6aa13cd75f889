//! Device compliance: what each setting asks for, what comes of several policies and of time, and laws that hold for all of them.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests fail by panicking")]

mod catalogue;
mod laws;
mod settings;
mod standing;
mod versions;

use std::collections::BTreeMap;

use doorward_model::compliance::{ComplianceSettings, ComplianceStatus, Fact, FactSource, FactValue, Facts, Judgement, Standing, Word};
use doorward_model::sign_in::DevicePlatform;
use doorward_policy::compliance::{
    Action, Case, CompliancePolicy, Operand, Platform, PolicyKind, ThreatPartner, catalogue as table, judge,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A Monday.
fn monday() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn hours(hours: i64) -> Timestamp {
    monday() + SignedDuration::from_hours(hours)
}

fn text(text: &str) -> Operand {
    Operand::Text(text.to_owned())
}

fn policy(id: &str, kind: PolicyKind, settings: &[(&str, Operand)]) -> CompliancePolicy {
    let named = |(name, operand): &(&str, Operand)| (table::find(kind, name).unwrap_or_else(|| panic!("{name}")).name, operand.clone());
    CompliancePolicy {
        id: id.to_owned(),
        display_name: format!("Policy {id}"),
        description: String::new(),
        kind,
        settings: settings.iter().map(named).collect::<BTreeMap<_, _>>(),
        actions: vec![Action::block(0)],
        assignments: Vec::new(),
    }
}

fn with_grace(policy: CompliancePolicy, hours: u32) -> CompliancePolicy {
    CompliancePolicy { actions: vec![Action::block(hours)], ..policy }
}

/// Facts by the word of a partner.
fn facts(values: &[(&str, Value)]) -> Facts {
    facts_by(FactSource::Partner, values)
}

fn facts_by(source: FactSource, values: &[(&str, Value)]) -> Facts {
    let mut facts = Facts::default();
    for (name, value) in values {
        let value = FactValue::Known(value.clone());
        facts.put(name, Fact { value, source, observed: monday(), enforced: false });
    }
    facts
}

fn platform_of(kind: PolicyKind) -> Platform {
    let system = match kind {
        PolicyKind::Ios => DevicePlatform::Ios,
        PolicyKind::Android | PolicyKind::AndroidWorkProfile | PolicyKind::AndroidDeviceOwner => DevicePlatform::Android,
        PolicyKind::Windows10 | PolicyKind::Windows81 => DevicePlatform::Windows,
        PolicyKind::WindowsPhone81 => DevicePlatform::WindowsPhone,
        PolicyKind::MacOs => DevicePlatform::MacOs,
        PolicyKind::Linux => DevicePlatform::Linux,
    };
    Platform { system: Some(system), android: None }
}

/// A device with everything that it is judged by; a case is told by what differs.
#[derive(Debug, Clone)]
struct Situation {
    platform: Platform,
    facts: Facts,
    policies: Vec<CompliancePolicy>,
    words: Vec<Word>,
    words_are_authoritative: bool,
    settings: ComplianceSettings,
    threat: Option<ThreatPartner>,
    last_contact: Timestamp,
    owner_enabled: Option<bool>,
    before: Option<Judgement>,
}

impl Situation {
    fn new(kind: PolicyKind, policies: Vec<CompliancePolicy>, facts: Facts) -> Self {
        Self {
            platform: platform_of(kind),
            facts,
            policies,
            words: Vec::new(),
            words_are_authoritative: false,
            settings: ComplianceSettings::default(),
            threat: None,
            last_contact: monday(),
            owner_enabled: Some(true),
            before: None,
        }
    }

    fn case(&self) -> Case<'_> {
        Case {
            platform: self.platform,
            facts: &self.facts,
            policies: &self.policies,
            words: &self.words,
            words_are_authoritative: self.words_are_authoritative,
            settings: &self.settings,
            threat: self.threat.as_ref(),
            last_contact: self.last_contact,
            owner_enabled: self.owner_enabled,
            before: self.before.as_ref(),
        }
    }

    /// Judges as of a report at that moment.
    fn report(&mut self, now: Timestamp) -> Judgement {
        self.last_contact = now;
        let judgement = self.judged(now);
        self.before = Some(judgement.clone());
        judgement
    }

    fn judged(&self, now: Timestamp) -> Judgement {
        judge(&self.case(), now).settled(|_| doorward_model::compliance::ActionOutcome::Done)
    }

    fn standing(&self, now: Timestamp) -> Standing {
        self.judged(now).standing
    }
}

/// How a device with these facts stands to the settings of one policy, in the order of the catalogue.
fn statuses(kind: PolicyKind, settings: &[(&str, Operand)], facts: Facts) -> Vec<ComplianceStatus> {
    let judgement = Situation::new(kind, vec![policy("one", kind, settings)], facts).judged(monday());
    judgement.policies[0].settings.iter().map(|setting| setting.status).collect()
}

/// A word about a device that stands until it is changed.
fn word(by: &str, standing: Standing) -> Word {
    Word { by: by.to_owned(), standing, observed: monday(), expires: None }
}
