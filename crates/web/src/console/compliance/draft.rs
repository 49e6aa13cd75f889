//! A compliance policy in the making: what the form holds, and the document that comes of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::compliance::ActionType;
use doorward_model::protection::AssignmentTarget;
use doorward_policy::compliance::{App, CompliancePolicy, Operand, PolicyKind, Shape, catalogue};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::console::guard::field;

/// What stands for a version that is not said, in front of one that is.
const NO_VERSION: &str = "-";

/// Everything that the form holds, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) kind: PolicyKind,
    /// Version that the form was made from; none for a new policy.
    pub(super) version: Option<i64>,
    /// The document that the form was made from, so that a later reader can be told what somebody else changed meanwhile.
    pub(super) base: String,
    pub(super) name: String,
    pub(super) description: String,
    /// Hours of grace.
    pub(super) grace: String,
    /// Hours after which a device is put up for retirement; empty: never.
    pub(super) retire: String,
    pub(super) everyone: bool,
    pub(super) included: Vec<String>,
    pub(super) excluded: Vec<String>,
    pub(super) script_id: String,
    /// Texts of the settings by name; `on` for those that are on.
    pub(super) values: BTreeMap<&'static str, String>,
}

/// What the person asked for with the button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// Go on editing.
    Edit,
    /// See what changes.
    Preview,
}

impl Draft {
    /// The form for a policy that there is not yet.
    pub(super) fn new(kind: PolicyKind) -> Self {
        Self {
            kind,
            version: None,
            base: String::new(),
            name: String::new(),
            description: String::new(),
            grace: "0".to_owned(),
            retire: String::new(),
            everyone: false,
            included: Vec::new(),
            excluded: Vec::new(),
            script_id: String::new(),
            values: BTreeMap::new(),
        }
    }

    /// The same for a policy that will have this id.
    pub(super) fn with_id(self, id: Uuid) -> Self {
        Self { base: json!({ "id": id }).to_string(), ..self }
    }

    /// The id that a new policy will have; none when the form does not say.
    pub(super) fn new_id(&self) -> Option<Uuid> {
        let base: Value = serde_json::from_str(&self.base).ok()?;
        base.get("id")?.as_str()?.parse().ok()
    }

    /// The form for a policy that exists.
    pub(super) fn of(policy: &CompliancePolicy, body: &Value, version: i64) -> Self {
        let retire = policy.actions.iter().find(|action| action.kind == ActionType::Retire);
        let mut draft = Self {
            version: Some(version),
            base: body.to_string(),
            name: policy.display_name.clone(),
            description: policy.description.clone(),
            grace: policy.grace_hours().to_string(),
            retire: retire.map(|action| action.grace_period_hours.to_string()).unwrap_or_default(),
            ..Self::new(policy.kind)
        };
        for target in &policy.assignments {
            match target {
                AssignmentTarget::AllLicensedUsers {} => draft.everyone = true,
                AssignmentTarget::Group { group_id } => draft.included.push(group_id.to_string()),
                AssignmentTarget::ExclusionGroup { group_id } => draft.excluded.push(group_id.to_string()),
            }
        }
        for (setting, operand) in policy.configured() {
            if let Operand::Script(script) = operand {
                draft.script_id.clone_from(&script.script_id);
            }
            draft.values.insert(setting.name, typed(operand));
        }
        draft
    }

    /// Reads the posted form, and does what its button says.
    pub(super) fn read(kind: PolicyKind, fields: &[(String, String)]) -> (Self, Wish) {
        let one = |name: &str| field(fields, name).to_owned();
        let all = |name: &str| {
            let mut list: Vec<String> = fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let values = catalogue::of(kind).map(|setting| (setting.name, one(&format!("s.{}", setting.name))));
        let mut draft = Self {
            kind,
            version: one("version").parse().ok(),
            base: one("base"),
            name: one("name"),
            description: one("description"),
            grace: one("grace"),
            retire: one("retire"),
            everyone: one("targets") == "everyone",
            included: all("included"),
            excluded: all("excluded"),
            script_id: one("script_id"),
            values: values.filter(|(_, text)| !text.trim().is_empty()).collect(),
        };
        let wish = one("do");
        if let Some(list) = wish.strip_prefix("add:") {
            let group = one(&format!("add_{list}"));
            if let Some(list) = draft.list(list)
                && !group.is_empty()
                && !list.contains(&group)
            {
                list.push(group);
            }
        } else if let Some((list, group)) = wish.strip_prefix("remove:").and_then(|rest| rest.split_once(':'))
            && let Some(list) = draft.list(list)
        {
            list.retain(|member| member != group);
        }
        (draft, if wish == "preview" { Wish::Preview } else { Wish::Edit })
    }

    fn list(&mut self, name: &str) -> Option<&mut Vec<String>> {
        match name {
            "included" => Some(&mut self.included),
            "excluded" => Some(&mut self.excluded),
            _ => None,
        }
    }

    /// Every field again, for a page that sends the form on.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let one = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![
            one("version", &self.version.map(|version| version.to_string()).unwrap_or_default()),
            one("base", &self.base),
            one("name", &self.name),
            one("description", &self.description),
            one("grace", &self.grace),
            one("retire", &self.retire),
            one("targets", if self.everyone { "everyone" } else { "groups" }),
            one("script_id", &self.script_id),
        ];
        fields.extend(self.included.iter().map(|id| one("included", id)));
        fields.extend(self.excluded.iter().map(|id| one("excluded", id)));
        fields.extend(self.values.iter().map(|(name, text)| (format!("s.{name}"), text.clone())));
        fields
    }

    /// The document. What the form does not show of `present` stays as it is.
    pub(super) fn body(&self, present: Option<&CompliancePolicy>) -> Value {
        let mut members = Map::new();
        members.insert("@odata.type".into(), self.kind.odata_type().into());
        members.insert("displayName".into(), self.name.trim().into());
        members.insert("description".into(), self.description.trim().into());
        for setting in catalogue::of(self.kind) {
            let text = self.values.get(setting.name).map(|text| text.trim()).unwrap_or_default();
            let known = present.and_then(|policy| policy.settings.get(setting.name));
            members.insert(setting.name.into(), if text.is_empty() { Value::Null } else { self.operand(setting.shape, text, known) });
        }
        members.insert("scheduledActionsForRule".into(), json!([{ "scheduledActionConfigurations": self.actions(present) }]));
        members.insert("assignments".into(), self.assignments());
        Value::Object(members)
    }

    fn operand(&self, shape: Shape, text: &str, known: Option<&Operand>) -> Value {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        match shape {
            Shape::Flag => (text == "on").into(),
            Shape::Number { .. } => number(text),
            Shape::Version | Shape::Build | Shape::Date | Shape::Word(_) => text.into(),
            Shape::Apps => lines().map(|line| app(line, known)).collect(),
            Shape::Ranges => lines().map(range).collect(),
            Shape::Distributions => lines().map(distribution).collect(),
            Shape::Script => json!({ "deviceComplianceScriptId": self.script_id.trim(), "rulesContent": STANDARD.encode(text) }),
        }
    }

    /// One action blocks, one may retire; others are kept as they are.
    fn actions(&self, present: Option<&CompliancePolicy>) -> Vec<Value> {
        let mut actions = vec![json!({ "actionType": "block", "gracePeriodHours": number(or_zero(&self.grace)) })];
        if !self.retire.trim().is_empty() {
            actions.push(json!({ "actionType": "retire", "gracePeriodHours": number(self.retire.trim()) }));
        }
        let others = present
            .iter()
            .flat_map(|policy| &policy.actions)
            .filter(|action| !matches!(action.kind, ActionType::Block | ActionType::Retire));
        actions.extend(others.map(|action| {
            json!({
                "actionType": action.kind,
                "gracePeriodHours": action.grace_period_hours,
                "notificationTemplateId": action.notification_template_id,
                "notificationMessageCCList": action.notification_message_cc_list,
            })
        }));
        actions
    }

    fn assignments(&self) -> Value {
        let group = |kind: &str, id: &String| json!({ "target": { "@odata.type": format!("#microsoft.graph.{kind}"), "groupId": id } });
        let mut targets: Vec<Value> = Vec::new();
        if self.everyone {
            targets.push(json!({ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } }));
        } else {
            targets.extend(self.included.iter().map(|id| group("groupAssignmentTarget", id)));
        }
        targets.extend(self.excluded.iter().map(|id| group("exclusionGroupAssignmentTarget", id)));
        targets.into()
    }
}

fn or_zero(text: &str) -> &str {
    if text.trim().is_empty() { "0" } else { text.trim() }
}

/// A number, or what was typed instead of one: the reader says what is wrong with it.
fn number(text: &str) -> Value {
    text.parse::<u32>().map_or_else(|_| text.into(), Value::from)
}

/// `com.example.app Name of the app`. What an import knows beside that is kept.
fn app(line: &str, known: Option<&Operand>) -> Value {
    let (id, name) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let known: Option<&App> = match known {
        Some(Operand::Apps(apps)) => apps.iter().find(|app| app.app_id == id),
        _ => None,
    };
    let (publisher, store_url) = known.map(|app| (&app.publisher, &app.store_url)).unzip();
    json!({ "appId": id, "name": name.trim(), "publisher": publisher, "appStoreUrl": store_url })
}

/// `10.0.19045.0 10.0.19045.9999 Description`
fn range(line: &str) -> Value {
    let mut words = line.split_whitespace();
    let (lowest, highest) = (words.next(), words.next());
    json!({ "lowestVersion": lowest, "highestVersion": highest, "description": words.collect::<Vec<_>>().join(" ") })
}

/// `ubuntu 22.04 24.04`; a version that is not said is left out, or a dash.
fn distribution(line: &str) -> Value {
    let mut words = line.split_whitespace();
    let id = words.next();
    let mut version = || words.next().filter(|word| *word != NO_VERSION).unwrap_or_default();
    json!({ "distribution": id, "minimumVersion": version(), "maximumVersion": version() })
}

/// An operand as it is typed.
fn typed(operand: &Operand) -> String {
    let lines = |lines: Vec<String>| lines.join("\n");
    match operand {
        Operand::On => "on".to_owned(),
        Operand::Number(number) => number.to_string(),
        Operand::Text(text) => text.clone(),
        Operand::Apps(apps) => lines(apps.iter().map(|app| format!("{} {}", app.app_id, app.name).trim_end().to_owned()).collect()),
        Operand::Ranges(ranges) => lines(
            ranges.iter().map(|range| format!("{} {} {}", range.lowest, range.highest, range.description).trim_end().to_owned()).collect(),
        ),
        Operand::Distributions(groups) => lines(
            groups
                .iter()
                .map(|group| {
                    let minimum = if group.minimum_version.is_empty() { NO_VERSION } else { &group.minimum_version };
                    format!("{} {minimum} {}", group.id, group.maximum_version).trim_end().trim_end_matches(" -").to_owned()
                })
                .collect(),
        ),
        Operand::Script(script) => {
            let decoded = STANDARD.decode(&script.rules_content).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            decoded.unwrap_or_default()
        }
    }
}

/// The field that a problem is about, and what it says there.
pub(super) fn place(member: &str, problem: &str) -> (String, String) {
    let base = member.split(['.', '[']).next().unwrap_or_default();
    let within = member.strip_prefix(base).unwrap_or_default();
    match base {
        "displayName" => ("name".to_owned(), format!("The name {problem}.")),
        "description" => ("description".to_owned(), format!("The description {problem}.")),
        "assignments" => ("included".to_owned(), format!("{problem}.")),
        "scheduledActionsForRule" if within.contains("Configurations[1]") => ("retire".to_owned(), format!("It {problem}.")),
        "scheduledActionsForRule" => ("grace".to_owned(), format!("It {problem}.")),
        _ if within.is_empty() => (base.to_owned(), format!("It {problem}.")),
        _ => (base.to_owned(), format!("{} {problem}.", within.trim_start_matches('.'))),
    }
}

#[cfg(test)]
mod tests {
    use doorward_wire::policy_file::compliance::{read, write};
    use serde_json::json;

    use super::{Draft, Wish, place};
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use doorward_policy::compliance::{PolicyKind, Shape, catalogue};

    #[test]
    fn a_form_that_is_sent_unchanged_is_the_policy_that_it_was_made_from() {
        let rules = json!({ "Rules": [{ "SettingName": "Bios", "Operator": "IsEquals", "DataType": "Boolean", "Operand": true }] });
        for kind in PolicyKind::ALL {
            let mut document = json!({
                "@odata.type": kind.odata_type(), "displayName": "All", "description": "Two\nlines",
                "scheduledActionsForRule": [{ "scheduledActionConfigurations": [
                    { "actionType": "block", "gracePeriodHours": 12 }, { "actionType": "retire", "gracePeriodHours": 48 },
                    { "actionType": "notification", "gracePeriodHours": 24, "notificationTemplateId": "t", "notificationMessageCCList": ["g"] }] }],
                "assignments": [
                    { "target": { "@odata.type": "#microsoft.graph.groupAssignmentTarget", "groupId": uuid::Uuid::from_u128(1) } },
                    { "target": { "@odata.type": "#microsoft.graph.exclusionGroupAssignmentTarget", "groupId": uuid::Uuid::from_u128(2) } }],
            });
            for setting in catalogue::of(kind) {
                document[setting.name] = match setting.shape {
                    Shape::Flag => json!(true),
                    Shape::Number { least, .. } => json!(least),
                    Shape::Version => json!("10.0"),
                    Shape::Build => json!("22F66"),
                    Shape::Date => json!("2026-05-01"),
                    Shape::Word(words) => json!(words[1].0),
                    Shape::Apps => json!([{ "name": "Two words", "appId": "a.b", "publisher": "P" }, { "appId": "c.d" }]),
                    Shape::Ranges => json!([{ "description": "Two words", "lowestVersion": "10.0", "highestVersion": "10.1" }]),
                    Shape::Script => json!({ "deviceComplianceScriptId": "s", "rulesContent": STANDARD.encode(rules.to_string()) }),
                    Shape::Distributions => json!([
                        { "distribution": "ubuntu", "minimumVersion": "22.04", "maximumVersion": "24.04" },
                        { "distribution": "rhel", "minimumVersion": "", "maximumVersion": "9" },
                        { "distribution": "debian", "minimumVersion": "12", "maximumVersion": "" },
                        { "distribution": "arch", "minimumVersion": "", "maximumVersion": "" }]),
                };
            }
            let policy = read(&document, "p").unwrap().policy;
            let draft = Draft::of(&policy, &write(&policy), 3);
            let (sent, wish) = Draft::read(kind, &draft.fields());
            assert_eq!((&sent, wish), (&draft, Wish::Edit), "{kind:?}");
            assert_eq!(read(&sent.body(Some(&policy)), "p").unwrap().policy, policy, "{kind:?}");
        }
    }

    #[test]
    fn problems_are_told_at_their_fields() {
        for (member, field, words) in [
            ("displayName", "name", "The name is off."),
            ("assignments[0].target.groupId", "included", "is off."),
            ("scheduledActionsForRule[0].scheduledActionConfigurations[0].gracePeriodHours", "grace", "It is off."),
            ("scheduledActionsForRule[0].scheduledActionConfigurations[1].gracePeriodHours", "retire", "It is off."),
            ("passcodeMinimumLength", "passcodeMinimumLength", "It is off."),
            ("restrictedApps[0].appId", "restrictedApps", "[0].appId is off."),
            (
                "deviceCompliancePolicyScript.rulesContent.Rules[0].Operand",
                "deviceCompliancePolicyScript",
                "rulesContent.Rules[0].Operand is off.",
            ),
        ] {
            assert_eq!(place(member, "is off"), (field.to_owned(), words.to_owned()));
        }
    }
}
