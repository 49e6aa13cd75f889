//! Compliance policies: Graph's `deviceCompliancePolicy` types, and the one for Linux that is ours.
//!
//! The type is taken with and without `#`, names and words in any case. A member that asks for something which cannot be judged is refused:
//! left out, it would make devices compliant that are not. One that says nothing (null, false, an empty text or list) is passed over.

mod operand;
mod script;

use std::collections::BTreeMap;

use doorward_model::GroupId;
use doorward_model::compliance::ActionType;
use doorward_model::protection::AssignmentTarget;
use doorward_policy::compliance::{Action, CompliancePolicy, PolicyKind, catalogue};
use serde_json::{Map, Value, json};

use super::json::{Json, Node, Object, ReadError};

/// Members that are no settings. Those that the service gives out are passed over when they come back.
const OTHERS: [&str; 15] = [
    "id",
    "displayName",
    "description",
    "version",
    "createdDateTime",
    "lastModifiedDateTime",
    "modifiedDateTime",
    "roleScopeTagIds",
    "assignments",
    "scheduledActionsForRule",
    "deviceStatuses",
    "deviceStatusOverview",
    "userStatuses",
    "userStatusOverview",
    "deviceSettingStateSummaries",
];
/// The only name of a rule that is in use; it says nothing.
const RULE_NAME: &str = "PasswordRequired";
/// Characters of names and descriptions at most.
const NAME: usize = 256;
const DESCRIPTION: usize = 4096;

/// A policy as it was read.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The policy.
    pub policy: CompliancePolicy,
    /// No action blocked, so one was added that does so at once.
    pub block_added: bool,
}

/// Reads a policy.
///
/// # Errors
/// What is wrong and where.
pub fn read(document: &Value, id: &str) -> Result<Reading, ReadError> {
    read_node(&Json::from(document).root(), id)
}

/// Reads a policy, and says of every member that cannot be read what is wrong with it.
///
/// # Errors
/// At least one problem.
pub fn read_all(document: &Value, id: &str) -> Result<Reading, Vec<ReadError>> {
    let json = Json::from(document);
    let mut problems = Vec::new();
    let reading = collect(&json.root(), id, &mut problems).map_err(|error| vec![error])?;
    if problems.is_empty() { Ok(reading) } else { Err(problems) }
}

/// Reads a policy that is part of a file.
///
/// # Errors
/// What is wrong and where.
pub fn read_node(node: &Node<'_>, id: &str) -> Result<Reading, ReadError> {
    let mut problems = Vec::new();
    let reading = collect(node, id, &mut problems)?;
    problems.into_iter().next().map_or(Ok(reading), Err)
}

/// Reads a policy; what cannot be read of it is left out and told. Without a type there is nothing to read.
fn collect(node: &Node<'_>, id: &str, problems: &mut Vec<ReadError>) -> Result<Reading, ReadError> {
    let object = node.object()?;
    let kind = kind(&object)?;
    let display_name = keep(object.require("displayName").and_then(|node| name(&node)), problems);
    let description = keep(object.optional("description", |node| bounded(node, DESCRIPTION)), problems).unwrap_or_default();
    let mut settings = BTreeMap::new();
    for setting in catalogue::of(kind) {
        let operand = keep(object.optional(setting.name, |node| operand::read(node, setting.shape)), problems).flatten();
        settings.extend(operand.map(|operand| (setting.name, operand)));
    }
    for node in object.unknown(&OTHERS) {
        let member = node.path().rsplit('.').next().unwrap_or_default();
        let says_nothing = matches!(node.json(), Json::Bool(false));
        if catalogue::find(kind, member).is_none() && !says_nothing {
            problems.push(node.error(&format!("is no setting of {} that can be judged", kind.type_name())));
        }
    }
    let (actions, block_added) = keep(actions(&object), problems);
    let assignments = keep(assignments(&object), problems);
    let policy = CompliancePolicy { id: id.to_owned(), display_name, description, kind, settings, actions, assignments };
    Ok(Reading { policy, block_added })
}

/// The value, or its default with the problem told.
fn keep<T: Default>(result: Result<T, ReadError>, problems: &mut Vec<ReadError>) -> T {
    result.unwrap_or_else(|problem| {
        problems.push(problem);
        T::default()
    })
}

fn name(node: &Node<'_>) -> Result<String, ReadError> {
    let text = bounded(node, NAME)?;
    if text.trim().is_empty() { Err(node.error("must not be empty")) } else { Ok(text) }
}

/// The kind that an object says it is.
fn kind(object: &Object<'_>) -> Result<PolicyKind, ReadError> {
    let node = object.require("@odata.type")?;
    PolicyKind::from_odata_type(node.text()?).ok_or_else(|| {
        let known: Vec<String> = PolicyKind::ALL.iter().map(|kind| kind.odata_type()).collect();
        node.error(&format!("must be one of {}", known.join(", ")))
    })
}

fn bounded(node: &Node<'_>, most: usize) -> Result<String, ReadError> {
    let text = node.text()?;
    if text.chars().count() > most { Err(node.error(&format!("must have at most {most} characters"))) } else { Ok(text.to_owned()) }
}

/// Reads `scheduledActionsForRule`, as it stands in a policy and in the body of `scheduleActionsForRules`; true beside the actions when
/// one that blocks was added.
///
/// # Errors
/// More than one rule, more than one action that blocks, or an action that is none.
pub fn actions(parent: &Object<'_>) -> Result<(Vec<Action>, bool), ReadError> {
    let mut actions = Vec::new();
    if let Some(node) = parent.get("scheduledActionsForRule").or_else(|| parent.get("deviceComplianceScheduledActionForRules")) {
        let rules = node.list()?;
        if rules.len() > 1 {
            return Err(node.error("must hold one rule"));
        }
        for rule in &rules {
            let rule = rule.object()?;
            rule.only(&["id", "ruleName", "scheduledActionConfigurations"])?;
            actions = rule.list("scheduledActionConfigurations")?.iter().map(action).collect::<Result<_, _>>()?;
        }
        if actions.iter().filter(|action: &&Action| action.kind == ActionType::Block).count() > 1 {
            return Err(node.error("must have one action of the type block"));
        }
    }
    let block_added = !actions.iter().any(|action| action.kind == ActionType::Block);
    if block_added {
        actions.insert(0, Action::block(0));
    }
    Ok((actions, block_added))
}

fn action(node: &Node<'_>) -> Result<Action, ReadError> {
    let action = node.object()?;
    action.only(&["id", "actionType", "gracePeriodHours", "notificationTemplateId", "notificationMessageCCList"])?;
    let hours = |node: &Node<'_>| {
        let most = Action::MOST_HOURS;
        node.count()
            .ok()
            .filter(|hours| *hours <= most)
            .ok_or_else(|| node.error(&format!("must be a whole number of hours from 0 to {most}")))
    };
    Ok(Action {
        kind: action.require("actionType")?.word(ActionType::from_wire)?,
        grace_period_hours: action.optional("gracePeriodHours", hours)?.unwrap_or(0),
        notification_template_id: action.text("notificationTemplateId")?.unwrap_or_default(),
        notification_message_cc_list: action.strings("notificationMessageCCList")?,
    })
}

/// Reads `assignments`, as it stands in a policy and in the body of `assign`.
///
/// # Errors
/// A target of an unknown type, or a group id that is none.
pub fn assignments(parent: &Object<'_>) -> Result<Vec<AssignmentTarget>, ReadError> {
    parent.list("assignments")?.iter().map(|node| target(&node.object()?.require("target")?)).collect()
}

fn target(node: &Node<'_>) -> Result<AssignmentTarget, ReadError> {
    let target = node.object()?;
    target.only(&["groupId", "deviceAndAppManagementAssignmentFilterType"])?;
    let group = || {
        let node = target.require("groupId")?;
        node.text()?.trim().parse::<GroupId>().map_err(|_| node.error("must be the id of a group"))
    };
    let name = target.require("@odata.type")?;
    match name.text()?.trim_start_matches('#').to_ascii_lowercase().as_str() {
        "microsoft.graph.groupassignmenttarget" => Ok(AssignmentTarget::Group { group_id: group()? }),
        "microsoft.graph.exclusiongroupassignmenttarget" => Ok(AssignmentTarget::ExclusionGroup { group_id: group()? }),
        "microsoft.graph.alllicensedusersassignmenttarget" => Ok(AssignmentTarget::AllLicensedUsers {}),
        _ => Err(name.error(
            "must be #microsoft.graph.groupAssignmentTarget, #microsoft.graph.exclusionGroupAssignmentTarget or \
             #microsoft.graph.allLicensedUsersAssignmentTarget",
        )),
    }
}

/// A policy as JSON: what the reader reads back as the same policy. Settings that are not configured are written as Graph writes them.
#[must_use]
pub fn write(policy: &CompliancePolicy) -> Value {
    let mut members = Map::new();
    members.insert("@odata.type".into(), policy.kind.odata_type().into());
    members.insert("id".into(), policy.id.clone().into());
    members.insert("displayName".into(), policy.display_name.clone().into());
    members.insert("description".into(), policy.description.clone().into());
    for setting in catalogue::of(policy.kind) {
        members.insert(setting.name.into(), operand::write(policy.settings.get(setting.name), setting.shape));
    }
    members.insert("scheduledActionsForRule".into(), write_actions(&policy.actions));
    members.insert("assignments".into(), policy.assignments.iter().map(|target| json!({ "target": target })).collect());
    Value::Object(members)
}

fn write_actions(actions: &[Action]) -> Value {
    let configurations: Vec<Value> = actions
        .iter()
        .map(|action| {
            json!({
                "actionType": action.kind,
                "gracePeriodHours": action.grace_period_hours,
                "notificationTemplateId": action.notification_template_id,
                "notificationMessageCCList": action.notification_message_cc_list,
            })
        })
        .collect();
    json!([{ "ruleName": RULE_NAME, "scheduledActionConfigurations": configurations }])
}
