//! The form of a compliance policy, made from the catalogue of settings, and the page before saving.

use std::collections::BTreeMap;

use askama::Template;
use doorward_model::group::Group;
use doorward_policy::compliance::{PolicyKind, Section as Part, Setting, Shape, catalogue};

use super::draft::Draft;
use crate::console::difference::Difference;
use crate::console::shell::Shell;
use crate::console::words::Badge;

/// Groups of a list to choose from at most.
const GROUPS: usize = 500;

/// What the form says above its fields.
#[derive(Default)]
pub(super) struct Told {
    /// What somebody else changed since the form was made.
    pub(super) changed: Option<Vec<Difference>>,
    /// Problems by the name of their field.
    pub(super) problems: BTreeMap<String, String>,
}

/// A list of groups in the form.
struct Picker {
    name: &'static str,
    title: &'static str,
    help: &'static str,
    chosen: Vec<(String, String)>,
    others: Vec<(String, String)>,
    problem: Option<String>,
}

/// How a setting is entered.
#[derive(PartialEq, Eq)]
enum Control {
    Switch,
    Number,
    Text,
    Choice(Vec<(&'static str, &'static str, bool)>),
    Lines,
}

/// A setting in the form.
struct Field {
    name: &'static str,
    title: &'static str,
    help: &'static str,
    /// What may be entered, in words.
    range: Option<String>,
    /// The setting without which this one says nothing.
    needs: Option<&'static str>,
    control: Control,
    value: String,
    problem: Option<String>,
}

/// Fields that belong together; open when one of them says something.
struct Fields {
    title: &'static str,
    configured: usize,
    open: bool,
    fields: Vec<Field>,
}

#[derive(Template)]
#[template(path = "console/compliance/form.html")]
pub(super) struct Form {
    shell: Shell,
    address: String,
    back: String,
    heading: String,
    kind: &'static str,
    has_script: bool,
    draft: Draft,
    included: Picker,
    excluded: Picker,
    parts: Vec<Fields>,
    told: Told,
}

impl Form {
    pub(super) fn new(shell: Shell, address: String, back: String, heading: String, groups: &[Group], draft: Draft, told: Told) -> Self {
        let parts = Part::ALL.into_iter().filter_map(|part| fields(part, &draft, &told)).collect();
        Self {
            included: picker(
                "included",
                "Groups",
                "Devices of people in these groups are judged by this policy.",
                groups,
                &draft.included,
                told.problems.get("included").cloned(),
            ),
            excluded: picker("excluded", "Excluded groups", "Exclusion beats inclusion.", groups, &draft.excluded, None),
            kind: draft.kind.title(),
            has_script: catalogue::of(draft.kind).any(|setting| setting.shape == Shape::Script),
            shell,
            address,
            back,
            heading,
            draft,
            parts,
            told,
        }
    }

    fn problem(&self, field: &str) -> Option<&str> {
        self.told.problems.get(field).map(String::as_str)
    }
}

fn picker(
    name: &'static str,
    title: &'static str,
    help: &'static str,
    groups: &[Group],
    ids: &[String],
    problem: Option<String>,
) -> Picker {
    let label = |id: &String| {
        let group = groups.iter().find(|group| group.id.to_string().eq_ignore_ascii_case(id));
        group.map_or_else(|| format!("Unknown group {id}"), |group| group.display_name.clone())
    };
    let is_chosen = |id: &String| ids.iter().any(|chosen| chosen.eq_ignore_ascii_case(id));
    let all = groups.iter().map(|group| (group.id.to_string(), group.display_name.clone()));
    Picker {
        name,
        title,
        help,
        chosen: ids.iter().map(|id| (id.clone(), label(id))).collect(),
        others: all.filter(|(id, _)| !is_chosen(id)).take(GROUPS).collect(),
        problem,
    }
}

fn fields(part: Part, draft: &Draft, told: &Told) -> Option<Fields> {
    let settings = catalogue::of(draft.kind).filter(|setting| setting.section == part);
    let fields: Vec<Field> = settings.map(|setting| field(setting, draft, told)).collect();
    let first = |shape: &Control, value: &str| matches!(shape, Control::Choice(words) if words.first().is_some_and(|word| word.0 == value));
    let configured = fields.iter().filter(|field| !field.value.is_empty() && !first(&field.control, &field.value)).count();
    let open = configured > 0 || fields.iter().any(|field| field.problem.is_some());
    (!fields.is_empty()).then(|| Fields { title: part.title(), configured, open, fields })
}

fn field(setting: &'static Setting, draft: &Draft, told: &Told) -> Field {
    let value = draft.values.get(setting.name).cloned().unwrap_or_default();
    let (control, range) = match setting.shape {
        Shape::Flag => (Control::Switch, None),
        Shape::Number { least, most, unit } => (Control::Number, Some(format!("{least} to {most} {unit}"))),
        Shape::Version => {
            // Windows counts its builds in the third number.
            let example = if draft.kind == PolicyKind::Windows10 { "10.0.22631.4460" } else { "17.2.1" };
            (Control::Text, Some(format!("For example {example}")))
        }
        Shape::Build => (Control::Text, Some("For example 22F66".to_owned())),
        Shape::Date => (Control::Text, Some("For example 2026-05-01".to_owned())),
        Shape::Word(words) => {
            let chosen = |word: &str| word.eq_ignore_ascii_case(&value);
            (Control::Choice(words.iter().map(|(word, title)| (*word, *title, chosen(word))).collect()), None)
        }
        Shape::Apps => (Control::Lines, Some("One app on a line: its bundle id, then its name".to_owned())),
        Shape::Ranges => (Control::Lines, Some("One range on a line: lowest version, highest version, description".to_owned())),
        Shape::Distributions => {
            (Control::Lines, Some("One distribution on a line: its id such as ubuntu, lowest version or -, highest version".to_owned()))
        }
        Shape::Script => (
            Control::Lines,
            Some("The rules as JSON: {\"Rules\": [{\"SettingName\", \"Operator\", \"DataType\", \"Operand\"}]}".to_owned()),
        ),
    };
    let needs = setting.needs.and_then(|(name, _)| catalogue::find(draft.kind, name)).map(|other| other.title);
    Field {
        name: setting.name,
        title: setting.title,
        help: setting.help,
        range,
        needs,
        control,
        problem: told.problems.get(setting.name).cloned(),
        value,
    }
}

#[derive(Template)]
#[template(path = "console/compliance/preview.html")]
pub(super) struct Preview {
    pub(super) shell: Shell,
    pub(super) address: String,
    pub(super) name: String,
    pub(super) kind: PolicyKind,
    pub(super) is_new: bool,
    pub(super) for_nobody: bool,
    pub(super) no_settings: bool,
    pub(super) fields: Vec<(String, String)>,
    pub(super) differences: Vec<Difference>,
    pub(super) looked_at: String,
    pub(super) complete: bool,
    pub(super) changed: Vec<(Badge, Badge, String)>,
    pub(super) devices: Vec<(String, String, Badge, Badge)>,
}
