//! A policy in the making: what the form holds, and what it changes in the document.

use std::collections::BTreeMap;

use doorward_model::GroupId;
use doorward_model::application::MobilePlatform;
use doorward_model::protection::MobileAppIdentifier;
use doorward_policy::protection::{Setting, Settings};
use doorward_wire::policy_file::app_protection as format;
use serde_json::{Map, Value, json};

use super::field::{self, Field};
use super::words;

/// Everything that the form holds, as it was typed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Draft {
    pub(super) platform: MobilePlatform,
    /// Version that the form was made from; none for a new policy.
    pub(super) version: Option<i64>,
    /// The document that the form was made from, so that a later reader can be told what somebody else changed meanwhile.
    pub(super) base: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) settings: Vec<(Setting, Field)>,
    /// Graph's word for which apps.
    pub(super) app_group: String,
    pub(super) apps: Vec<String>,
    /// Graph's words for how the device is managed; none: any way.
    pub(super) levels: Vec<String>,
    pub(super) everyone: bool,
    pub(super) included: Vec<String>,
    pub(super) excluded: Vec<String>,
}

/// What the person asked for with the button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Go on editing.
    Edit,
    /// See what changes.
    Preview,
}

/// What is wrong, by the name of the field.
pub(super) type Problems = BTreeMap<String, String>;

const SELECTED: &str = "selectedPublicApps";
const ANY: &str = "unspecified";

fn settings(platform: MobilePlatform) -> impl Iterator<Item = Setting> {
    Settings::catalogue().into_iter().filter(move |setting| setting.platforms.contains(&platform))
}

impl Draft {
    /// The form for a document; none when it is no policy.
    pub(super) fn of(document: &Value, version: Option<i64>) -> Option<Self> {
        let platform = format::platform(document.as_object()?).ok()?;
        let text = |member: &str| document.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        let entries = |member: &str| document.get(member).and_then(Value::as_array).into_iter().flatten();
        let app = |entry: &Value| {
            let identifier = entry.get("mobileAppIdentifier")?;
            ["bundleId", "packageId"].iter().find_map(|member| identifier.get(*member)?.as_str()).map(str::to_owned)
        };
        let mut draft = Self {
            platform,
            version,
            base: document.to_string(),
            name: tidy(&text("displayName")),
            description: tidy(&text("description")),
            settings: settings(platform).map(|setting| (setting.clone(), Field::of(&setting, document))).collect(),
            app_group: Some(text("appGroupType")).filter(|word| !word.is_empty()).unwrap_or_else(|| SELECTED.to_owned()),
            apps: entries("apps").filter_map(app).collect(),
            levels: levels(&text("targetedAppManagementLevels")),
            everyone: false,
            included: Vec::new(),
            excluded: Vec::new(),
        };
        for target in entries("assignments").filter_map(|entry| entry.get("target")) {
            let group = target.get("groupId").and_then(Value::as_str).map(str::to_owned);
            match target.get("@odata.type").and_then(Value::as_str).unwrap_or_default() {
                "#microsoft.graph.allLicensedUsersAssignmentTarget" => draft.everyone = true,
                "#microsoft.graph.exclusionGroupAssignmentTarget" => draft.excluded.extend(group),
                _ => draft.included.extend(group),
            }
        }
        Some(draft)
    }

    /// Reads the posted form for a policy of that platform, and does what its button says.
    pub(super) fn read(platform: MobilePlatform, fields: &[(String, String)]) -> (Self, Wish) {
        let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        let all = |name: &str| {
            let mut list: Vec<String> = Vec::new();
            for (_, value) in fields.iter().filter(|(key, value)| key == name && !value.is_empty()) {
                if !list.contains(value) {
                    list.push(value.clone());
                }
            }
            list
        };
        let mut draft = Self {
            platform,
            version: one("version").parse().ok(),
            base: one("base").to_owned(),
            name: tidy(one("name")),
            description: tidy(one("description")),
            settings: settings(platform).map(|setting| (setting.clone(), Field::read(&setting, fields))).collect(),
            app_group: one("app_group").to_owned(),
            apps: all("app"),
            levels: ordered(all("level")),
            everyone: one("whom") == "everyone",
            included: all("included"),
            excluded: all("excluded"),
        };
        let wish = one("do");
        // What was typed to be added is added with whatever button; a choice of a list needs its own.
        let chosen = wish.strip_prefix("add:").map(|list| (list, one(&format!("add_{list}"))));
        let typed = ["app", "included", "excluded"].map(|list| (list, one(&format!("type_{list}")).trim()));
        for (list, added) in chosen.into_iter().chain(typed) {
            if let Some(list) = draft.list(list)
                && !added.is_empty()
                && !list.iter().any(|known| known == added)
            {
                list.push(added.to_owned());
            }
        }
        if let Some((list, gone)) = wish.strip_prefix("remove:").and_then(|rest| rest.split_once(':'))
            && let Some(list) = draft.list(list)
        {
            list.retain(|member| member != gone);
        }
        (draft, if wish == "preview" { Wish::Preview } else { Wish::Edit })
    }

    fn list(&mut self, name: &str) -> Option<&mut Vec<String>> {
        match name {
            "app" => Some(&mut self.apps),
            "included" => Some(&mut self.included),
            "excluded" => Some(&mut self.excluded),
            _ => None,
        }
    }

    /// Every field again, for a page that sends the form on.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let one = [
            ("platform", words::platform_word(self.platform).to_owned()),
            ("version", self.version.map(|version| version.to_string()).unwrap_or_default()),
            ("base", self.base.clone()),
            ("name", self.name.clone()),
            ("description", self.description.clone()),
            ("app_group", self.app_group.clone()),
            ("whom", if self.everyone { "everyone" } else { "groups" }.to_owned()),
        ];
        let lists = [("app", &self.apps), ("level", &self.levels), ("included", &self.included), ("excluded", &self.excluded)];
        let mut fields: Vec<(String, String)> = one.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        fields.extend(lists.into_iter().flat_map(|(name, list)| list.iter().map(move |value| (name.to_owned(), value.clone()))));
        fields.extend(self.settings.iter().flat_map(|(setting, field)| field.fields(setting)));
        fields
    }

    /// What differs from `present`, as members of the document; or what is wrong with the fields.
    pub(super) fn patch(&self, present: &Value) -> Result<Map<String, Value>, Problems> {
        let Some(before) = Self::of(present, None) else { return Ok(Map::new()) };
        let (mut patch, mut problems) = (Map::new(), Problems::new());
        if self.name.is_empty() {
            problems.insert("name".to_owned(), "Give the policy a name.".to_owned());
        }
        if self.name != before.name {
            patch.insert("displayName".to_owned(), self.name.clone().into());
        }
        if self.description != before.description {
            patch.insert("description".to_owned(), self.description.clone().into());
        }
        for ((setting, field), (_, unchanged)) in self.settings.iter().zip(&before.settings) {
            if field == unchanged {
                continue;
            }
            match field.value(setting) {
                Ok(value) => drop(patch.insert(setting.name.to_owned(), value)),
                Err(problem) => drop(problems.insert(field::name(setting), problem)),
            }
        }
        if self.app_group != before.app_group {
            patch.insert("appGroupType".to_owned(), self.app_group.clone().into());
        }
        if self.apps != before.apps {
            let app = |id: &String| json!({ "mobileAppIdentifier": MobileAppIdentifier::new(self.platform, id.as_str()) });
            patch.insert("apps".to_owned(), self.apps.iter().map(app).collect());
        }
        if self.levels != before.levels {
            let words = if self.levels.is_empty() { ANY.to_owned() } else { self.levels.join(",") };
            patch.insert("targetedAppManagementLevels".to_owned(), words.into());
        }
        for (list, groups) in [("included", &self.included), ("excluded", &self.excluded)] {
            if let Some(typed) = groups.iter().find(|group| group.parse::<GroupId>().is_err()) {
                problems.insert(list.to_owned(), format!("There is no group “{typed}”. Remove it, and add one by its whole name."));
            }
        }
        let targets = |draft: &Self| (draft.everyone, draft.included.clone(), draft.excluded.clone());
        if targets(self) != targets(&before) {
            patch.insert("assignments".to_owned(), self.assignments());
        }
        if problems.is_empty() { Ok(patch) } else { Err(problems) }
    }

    fn assignments(&self) -> Value {
        let of = |kind: &str, group: &String| json!({ "target": { "@odata.type": format!("#microsoft.graph.{kind}"), "groupId": group } });
        let everyone = json!({ "target": { "@odata.type": "#microsoft.graph.allLicensedUsersAssignmentTarget" } });
        let included = self.included.iter().map(|group| of("groupAssignmentTarget", group));
        let excluded = self.excluded.iter().map(|group| of("exclusionGroupAssignmentTarget", group));
        self.everyone.then_some(everyone).into_iter().chain(included).chain(excluded).collect()
    }
}

/// As a browser may send it back: what differs in nothing else was not changed.
fn tidy(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

fn levels(text: &str) -> Vec<String> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != ANY);
    ordered(words.map(str::to_owned).collect())
}

fn ordered(mut words: Vec<String>) -> Vec<String> {
    words.sort_unstable();
    words
}

/// The field in which a member of the document is edited, if there is one.
pub(super) fn field_of(member: &str) -> String {
    let member = member.trim_start_matches("$.");
    let member = member.split(['.', '[']).next().unwrap_or_default();
    match member {
        "displayName" => "name".to_owned(),
        "description" => "description".to_owned(),
        "apps" | "appGroupType" => "app".to_owned(),
        "assignments" => "included".to_owned(),
        "targetedAppManagementLevels" => "level".to_owned(),
        setting => format!("s.{setting}"),
    }
}
