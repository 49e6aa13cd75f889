//! The threat level that a threat defence reports.

use doorward_model::compliance::{ComplianceStatus, Fact, FactValue};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::compare::{Finding, unknown};
use super::{Operand, catalogue};

/// A threat defence: what of Graph `mobileThreatDefenseConnector` bears on one platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreatPartner {
    /// A device that it has not reported on does not comply.
    pub blocked_on_missing_data: bool,
    /// A device whose system it does not support does not comply.
    pub unsupported_os_blocked: bool,
    /// Days of silence after which its word is not asked for; 0: never.
    pub unresponsiveness_threshold_days: u32,
    /// When it last gave a sign.
    pub last_heartbeat: Timestamp,
}

impl ThreatPartner {
    fn is_silent(&self, now: Timestamp) -> bool {
        let days = i64::from(self.unresponsiveness_threshold_days);
        days > 0 && now.duration_since(self.last_heartbeat) > SignedDuration::from_hours(24 * days)
    }
}

/// Compares a reported level with the highest that is allowed.
pub(super) fn compare(operand: &Operand, fact: Option<&Fact>, partner: Option<&ThreatPartner>, now: Timestamp) -> Finding {
    let Operand::Text(highest) = operand else { return Finding::error("the setting is no threat level") };
    if partner.is_some_and(|partner| partner.is_silent(now)) {
        return Finding::because(ComplianceStatus::NotApplicable, "the threat defence has been silent for too long to be asked");
    }
    let blocked = |blocks: fn(&ThreatPartner) -> bool, reason| match partner {
        Some(partner) if blocks(partner) => Some(Finding::because(ComplianceStatus::NonCompliant, reason)),
        _ => None,
    };
    match fact.map(|fact| &fact.value) {
        None => {
            blocked(|partner| partner.blocked_on_missing_data, "the threat defence has not reported on this device").unwrap_or_else(unknown)
        }
        Some(FactValue::NotApplicable) => {
            blocked(|partner| partner.unsupported_os_blocked, "the threat defence does not support this version of the system")
                .unwrap_or_else(|| Finding::of(ComplianceStatus::NotApplicable))
        }
        Some(FactValue::Known(Value::String(level))) => {
            let rank = |word: &str| catalogue::THREAT_LEVELS.iter().position(|known| known.eq_ignore_ascii_case(word));
            match (rank(level), rank(highest)) {
                (Some(level), Some(highest)) => Finding::met(level <= highest),
                _ => Finding::error("the threat level is not known"),
            }
        }
        Some(FactValue::Known(_)) => Finding::error("the threat level is no word"),
    }
}
