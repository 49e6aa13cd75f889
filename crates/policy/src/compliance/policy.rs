//! A compliance policy, and the judgement of a device under several.

use std::collections::{BTreeMap, BTreeSet};

use doorward_model::GroupId;
use doorward_model::compliance::{ActionType, ComplianceSettings, Facts, Judgement, Word};
use doorward_model::protection::AssignmentTarget;
use jiff::Timestamp;

use super::assess::{Assessed, assess};
use super::conclude::{Concluded, conclude_with};
use super::{Operand, Platform, PolicyKind, Setting, ThreatPartner, catalogue};

/// A compliance policy: Graph `deviceCompliancePolicy`.
#[derive(Debug, Clone, PartialEq)]
pub struct CompliancePolicy {
    /// Id of the document.
    pub id: String,
    /// Name shown to people.
    pub display_name: String,
    /// What it is about, for administrators.
    pub description: String,
    /// The devices it is for.
    pub kind: PolicyKind,
    /// The settings that it configures, by name.
    pub settings: BTreeMap<&'static str, Operand>,
    /// What happens to devices that do not comply; exactly one of them blocks.
    pub actions: Vec<Action>,
    /// Whose devices it is for; nobody's when there is none that includes.
    pub assignments: Vec<AssignmentTarget>,
}

/// An action for devices that do not comply: Graph `deviceComplianceActionItem`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What is done.
    pub kind: ActionType,
    /// Hours from the first failure on.
    pub grace_period_hours: u32,
    /// Template of a mail.
    pub notification_template_id: String,
    /// Groups that get the mail as well.
    pub notification_message_cc_list: Vec<String>,
}

impl Action {
    /// Hours at most.
    pub const MOST_HOURS: u32 = 8760;

    /// The action that marks a device as not compliant.
    #[must_use]
    pub fn block(grace_period_hours: u32) -> Self {
        Self {
            kind: ActionType::Block,
            grace_period_hours,
            notification_template_id: String::new(),
            notification_message_cc_list: Vec::new(),
        }
    }
}

impl CompliancePolicy {
    /// Hours for which a failure is not held against the device. Without an action that blocks: none.
    #[must_use]
    pub fn grace_hours(&self) -> u32 {
        self.actions.iter().find(|action| action.kind == ActionType::Block).map_or(0, |action| action.grace_period_hours)
    }

    /// The settings that it configures, with their entries in the catalogue.
    pub fn configured(&self) -> impl Iterator<Item = (&'static Setting, &Operand)> {
        catalogue::of(self.kind).filter_map(|setting| self.settings.get(setting.name).map(|operand| (setting, operand)))
    }
}

/// Whether a policy is for the devices of somebody in these groups, themselves or through others. Exclusion beats inclusion; without an
/// inclusion it is for nobody's.
#[must_use]
pub fn assigned(targets: &[AssignmentTarget], groups: &BTreeSet<GroupId>) -> bool {
    let excluded = |target: &AssignmentTarget| matches!(target, AssignmentTarget::ExclusionGroup { group_id } if groups.contains(group_id));
    let included = |target: &AssignmentTarget| match target {
        AssignmentTarget::Group { group_id } => groups.contains(group_id),
        AssignmentTarget::AllLicensedUsers {} => true,
        AssignmentTarget::ExclusionGroup { .. } => false,
    };
    targets.iter().any(included) && !targets.iter().any(excluded)
}

/// What a device is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// What the device is.
    pub platform: Platform,
    /// What is known of it.
    pub facts: &'a Facts,
    /// The policies assigned to its owner; those for other platforms do not count.
    pub policies: &'a [CompliancePolicy],
    /// What others say of it.
    pub words: &'a [Word],
    /// Those words are all that counts: policies are not asked.
    pub words_are_authoritative: bool,
    /// The tenant's settings.
    pub settings: &'a ComplianceSettings,
    /// The threat defence that reports threat levels; none: there is none.
    pub threat: Option<&'a ThreatPartner>,
    /// The last report, or the enrolment while there is none.
    pub last_contact: Timestamp,
    /// Whether the owner may sign in; none: it has no owner.
    pub owner_enabled: Option<bool>,
    /// The judgement before this one: what its schedule remembers goes on.
    pub before: Option<&'a Judgement>,
}

impl<'a> Case<'a> {
    /// The policies that count for the device.
    pub(super) fn policies(&self) -> impl Iterator<Item = &'a CompliancePolicy> {
        let Self { platform, policies, words_are_authoritative, .. } = *self;
        policies.iter().filter(move |policy| !words_are_authoritative && policy.kind.is_for(&platform))
    }
}

/// Judges a device that has reported.
#[must_use]
pub fn judge(case: &Case<'_>, now: Timestamp) -> Concluded {
    let assessed: Vec<Assessed<'_>> = case.policies().map(|policy| assess(policy, case, now)).collect();
    conclude_with(case, &assessed, now)
}
