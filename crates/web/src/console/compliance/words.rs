//! The console's words for compliance.

use doorward_model::compliance::{ActionOutcome, ActionType, ComplianceStatus, FactSource, FiredAction, SettingState, Standing};
use doorward_model::protection::AssignmentTarget;
use doorward_policy::compliance::{Action, CompliancePolicy, PolicyKind, catalogue, expected};

use crate::console::names::Names;
use crate::console::words::{Badge, member, number};

/// States of devices: the word of the API, a name, and the class of its dot.
pub(super) const STATES: [(&str, &str, &str); 5] = [
    ("compliant", "Compliant", "granted"),
    ("inGracePeriod", "In grace period", "interrupted"),
    ("noncompliant", "Not compliant", "refused"),
    ("error", "Cannot be judged", "refused"),
    ("unknown", "Not evaluated", ""),
];

/// How a device stands.
pub(super) fn standing(standing: Standing) -> Badge {
    match standing {
        Standing::Compliant => Badge { tone: "good", text: "Compliant" },
        Standing::InGracePeriod => Badge { tone: "wait", text: "In grace period" },
        Standing::NonCompliant => Badge { tone: "bad", text: "Not compliant" },
        Standing::Error => Badge { tone: "bad", text: "Cannot be judged" },
        Standing::Unknown => Badge { tone: "calm", text: "Not evaluated" },
        Standing::NotApplicable => Badge { tone: "calm", text: "Does not apply" },
    }
}

/// How a device stands to one setting.
pub(super) fn status(status: ComplianceStatus) -> Badge {
    match status {
        ComplianceStatus::Compliant => Badge { tone: "good", text: "Met" },
        ComplianceStatus::Remediated => Badge { tone: "good", text: "Met, enforced" },
        ComplianceStatus::NonCompliant => Badge { tone: "bad", text: "Not met" },
        ComplianceStatus::Error => Badge { tone: "bad", text: "Cannot be judged" },
        ComplianceStatus::Unknown => Badge { tone: "calm", text: "Not known" },
        ComplianceStatus::NotApplicable => Badge { tone: "calm", text: "Does not apply" },
    }
}

/// Whose word a fact is.
pub(super) fn source(source: FactSource) -> &'static str {
    match source {
        FactSource::Registration => "the device, when it registered",
        FactSource::Agent => "the device",
        FactSource::Partner => "its management",
        FactSource::Attested => "verified evidence",
    }
}

/// A fact as people say it: `osVersion` is `OS version`.
pub(super) fn fact(name: &str) -> String {
    let words = member(name);
    words.strip_prefix("Os ").map_or_else(|| words.clone(), |rest| format!("OS {rest}"))
}

/// The name of a setting of a judgement, of which some are places within a setting.
pub(super) fn setting(state: &SettingState) -> String {
    match state.setting.as_str() {
        "hasPolicy" => "A policy is for it".to_owned(),
        "isActive" => "It has reported lately".to_owned(),
        "userExists" => "Its owner may sign in".to_owned(),
        name => {
            let (base, place) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
            match catalogue::all().find(|known| known.name == base) {
                Some(known) => format!("{}{}", known.title, place.replace('.', " › ")),
                None => member(name),
            }
        }
    }
}

/// Why, where the values do not say it.
pub(super) fn reason(reason: &str) -> &str {
    match reason {
        "noPolicy" => "No compliance policy is for this device.",
        "noRecentReport" => "The last report is too old.",
        "ownerDisabled" => "The owner's account is disabled.",
        other => other,
    }
}

/// Whose devices a policy is for.
pub(super) fn whom(targets: &[AssignmentTarget], names: &Names) -> String {
    let groups = included(targets, names);
    let excluded = excluded(targets, names);
    if groups.is_empty() {
        return "Nobody yet".to_owned();
    }
    if excluded.is_empty() { groups.join(", ") } else { format!("{}, except {}", groups.join(", "), excluded.join(", ")) }
}

fn included(targets: &[AssignmentTarget], names: &Names) -> Vec<String> {
    let name = |target: &AssignmentTarget| match target {
        AssignmentTarget::AllLicensedUsers {} => Some("Everyone".to_owned()),
        AssignmentTarget::Group { group_id } => Some(names.of(&group_id.to_string()).to_owned()),
        AssignmentTarget::ExclusionGroup { .. } => None,
    };
    targets.iter().filter_map(name).collect()
}

fn excluded(targets: &[AssignmentTarget], names: &Names) -> Vec<String> {
    let name = |target: &AssignmentTarget| match target {
        AssignmentTarget::ExclusionGroup { group_id } => Some(names.of(&group_id.to_string()).to_owned()),
        AssignmentTarget::AllLicensedUsers {} | AssignmentTarget::Group { .. } => None,
    };
    targets.iter().filter_map(name).collect()
}

/// What an action comes to. What this server cannot do is not passed off as done.
pub(super) fn action(action: &Action) -> String {
    let after = if action.grace_period_hours == 0 { "at once".to_owned() } else { format!("after {}", hours(action.grace_period_hours)) };
    match action.kind {
        ActionType::Block => format!("Counts as not compliant {after}"),
        ActionType::Retire => format!("Is put up for retirement {after}, which an administrator confirms"),
        ActionType::Notification => format!("Mail {after} (kept from elsewhere; this server sends none)"),
        ActionType::PushNotification => format!("Message {after} (kept from elsewhere; this server sends none)"),
        ActionType::RemoteLock => format!("Lock {after} (kept from elsewhere; this server cannot)"),
        ActionType::Wipe => format!("Wipe {after} (kept from elsewhere; never done)"),
        ActionType::RemoveResourceAccessProfiles => format!("Profiles removed {after} (kept from elsewhere; never done)"),
        ActionType::NoAction => format!("Nothing {after}"),
    }
}

/// What became of an action.
pub(super) fn fired(fired: &FiredAction) -> &'static str {
    match (fired.kind, fired.outcome) {
        (ActionType::Retire, _) => "Put up for retirement",
        (_, ActionOutcome::Skipped) => "A message was due, too late to be of use",
        (ActionType::Notification, _) => "Mail was due, and this server sends none",
        (ActionType::PushNotification, _) => "A message was due, and this server sends none",
        (ActionType::RemoteLock, _) => "Locking was due, and this server cannot",
        _ => "An action was due",
    }
}

fn hours(hours: u32) -> String {
    let count = |hours: u32| usize::try_from(hours).unwrap_or(usize::MAX);
    if hours.is_multiple_of(24) { number(count(hours / 24), "day", "days") } else { number(count(hours), "hour", "hours") }
}

/// A policy as lines of a name and a text, for the view and for what differs between two.
pub(super) fn lines(policy: &CompliancePolicy, names: &Names) -> Vec<(String, String)> {
    let mut lines = vec![("Name".to_owned(), policy.display_name.clone())];
    if !policy.description.is_empty() {
        lines.push(("Description".to_owned(), policy.description.clone()));
    }
    let lists = [("For", included(&policy.assignments, names)), ("Except", excluded(&policy.assignments, names))];
    lines.extend(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(title, list)| (title.to_owned(), list.join(", "))));
    for (place, one) in policy.actions.iter().enumerate() {
        let title = if place == 0 { "A device that fails it".to_owned() } else { format!("A device that fails it ({})", place + 1) };
        lines.push((title, action(one)));
    }
    lines.extend(settings(policy));
    lines
}

/// The settings that a policy configures.
pub(super) fn settings(policy: &CompliancePolicy) -> Vec<(String, String)> {
    policy
        .configured()
        .map(|(setting, operand)| (format!("{} › {}", setting.section.title(), setting.title), expected(setting, operand)))
        .collect()
}

/// A kind of policy by the name of its type, in any case: addresses are lower-cased.
pub(super) fn kind(name: &str) -> Option<PolicyKind> {
    PolicyKind::ALL.into_iter().find(|kind| kind.type_name().eq_ignore_ascii_case(name))
}
