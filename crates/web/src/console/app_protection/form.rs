//! The form of a policy, and the page before saving that says what changes.

use askama::Template;
use doorward_model::application::{Application, MobilePlatform};
use doorward_model::group::Group;
use doorward_model::protection::MobileAppIdentifier;
use doorward_policy::protection::{Choice, Kind, Setting};
use doorward_store::Unit;

use super::draft::{Draft, Problems};
use super::field::{self, Field};
use super::subject::{Subject, json, warnings};
use super::words;
use crate::console::difference::Difference;
use crate::console::shell::Shell;

/// What the form says above its fields.
#[derive(Default)]
pub(super) struct Told {
    /// What somebody else changed since the form was made.
    pub(super) changed: Option<Vec<Difference>>,
    /// Somebody else deleted the policy since the form was made.
    pub(super) deleted: bool,
    /// Why it could not be saved, where no field shows it.
    pub(super) problem: Option<String>,
}

/// What the tenant has to choose from.
pub(super) struct Choices {
    groups: Vec<Group>,
    applications: Vec<Application>,
}

impl Choices {
    /// Reads groups and applications, by name.
    pub(super) async fn read(unit: &mut dyn Unit) -> Result<Self, doorward_store::StoreError> {
        let mut groups = unit.groups().list().await?;
        groups.sort_by_key(|group| group.display_name.to_lowercase());
        let mut applications = unit.applications().list().await?;
        applications.sort_by_key(|application| application.display_name.to_lowercase());
        Ok(Self { groups, applications })
    }

    /// Puts ids in place of the names of groups that were typed.
    pub(super) fn resolve(&self, groups: &mut [String]) {
        for typed in groups {
            let known = self.groups.iter().find(|group| group.display_name.eq_ignore_ascii_case(typed));
            if let Some(group) = known.filter(|_| typed.parse::<doorward_model::GroupId>().is_err()) {
                *typed = group.id.to_string();
            }
        }
    }

    /// Every app of a platform: identifier, name.
    fn apps(&self, platform: MobilePlatform) -> Vec<(String, String)> {
        let of = |application: &Application| {
            let identities = application.platform_identities.iter().filter(|identity| identity.platform() == platform);
            let named = identities.map(|one| (one.identifier().to_owned(), format!("{} ({})", application.display_name, one.identifier())));
            named.collect::<Vec<_>>()
        };
        self.applications.iter().flat_map(of).collect()
    }
}

/// Things offered in one list; of more, the rest is typed.
const OFFERED: usize = 200;

/// A list in the form to which things are added and from which they are removed.
struct Chooser {
    name: &'static str,
    title: &'static str,
    help: &'static str,
    chosen: Vec<(String, String)>,
    others: Vec<(String, String)>,
    /// What is typed where a list does not do.
    typed: Option<&'static str>,
    problem: Option<String>,
}

/// A part of the form.
struct Part {
    title: &'static str,
    fields: Vec<Shown>,
}

/// A setting as the form shows it.
struct Shown {
    id: String,
    unit: String,
    title: &'static str,
    member: &'static str,
    help: String,
    default: String,
    problem: Option<String>,
    control: Control,
}

/// A value, its words, and whether it is chosen.
type Offer = (String, String, bool);

/// What the setting is chosen with.
enum Control {
    Switch(bool),
    One(Vec<Offer>),
    Several(Vec<Offer>),
    Number(String),
    Interval(String, Vec<Offer>),
    Lines(String),
}

#[derive(Template)]
#[template(path = "console/app_protection/form.html")]
pub(super) struct Form {
    shell: Shell,
    /// Where the form goes; drafts go to `draft` below it.
    action: String,
    id: Option<String>,
    platform: &'static str,
    draft: Draft,
    platform_word: &'static str,
    parts: Vec<Part>,
    app_groups: Vec<(&'static str, &'static str, &'static str, bool)>,
    apps: Chooser,
    groups: [Chooser; 2],
    levels: Vec<Offer>,
    problems: Problems,
    warnings: Vec<String>,
    told: Told,
    json: Option<String>,
}

impl Form {
    pub(super) fn new(shell: Shell, choices: &Choices, subject: &Subject, draft: Draft, problems: Problems, told: Told) -> Self {
        let platform = draft.platform;
        let problem = |name: &str| problems.get(name).cloned();
        let groups: Vec<(String, String)> = choices.groups.iter().map(|group| (group.id.to_string(), group.display_name.clone())).collect();
        let part = |(section, settings): (doorward_policy::protection::Section, Vec<Setting>)| {
            let fields = settings.iter().map(|setting| {
                let typed = draft.settings.iter().find(|(other, _)| other.name == setting.name).map(|(_, field)| field.clone());
                shown(setting, &typed.unwrap_or_default(), problem(&field::name(setting)))
            });
            Part { title: section.title(), fields: fields.collect() }
        };
        Self {
            action: subject.action(),
            id: subject.id.clone(),
            platform: words::platform(platform),
            platform_word: words::platform_word(platform),
            parts: words::sections(platform).map(part).collect(),
            app_groups: app_groups(&draft.app_group),
            apps: {
                let help = "Apps by the name that the operating system knows them by.";
                let same = |id: &str, app: &str| MobileAppIdentifier::new(platform, id) == MobileAppIdentifier::new(platform, app);
                let typed = match platform {
                    MobilePlatform::Ios => "Bundle id of another app",
                    MobilePlatform::Android => "Package name of another app",
                };
                let chooser = chooser(("app", "Apps", help), &draft.apps, &choices.apps(platform), same, problem("app"));
                Chooser { typed: Some(typed), ..chooser }
            },
            groups: {
                let same = str::eq_ignore_ascii_case;
                let included = "People in these groups, directly or through others, have the policy.";
                let excluded = "Exclusion beats inclusion: people in both do not have the policy.";
                [
                    chooser(("included", "Included groups", included), &draft.included, &groups, same, problem("included")),
                    chooser(("excluded", "Excluded groups", excluded), &draft.excluded, &groups, same, problem("excluded")),
                ]
            },
            levels: level_choices(platform, &draft.levels),
            json: json(&subject.body),
            warnings: warnings(&subject.body),
            shell,
            draft,
            problems,
            told,
        }
    }

    fn problem(&self, field: &str) -> Option<&String> {
        self.problems.get(field)
    }

    fn has_problem(&self) -> bool {
        !self.problems.is_empty() || self.told.problem.is_some()
    }
}

fn chooser(
    (name, title, help): (&'static str, &'static str, &'static str),
    ids: &[String],
    all: &[(String, String)],
    same: impl Fn(&str, &str) -> bool,
    problem: Option<String>,
) -> Chooser {
    let label = |id: &String| {
        let known = all.iter().find(|(other, _)| same(id, other));
        known.map_or_else(|| if name == "app" { id.clone() } else { format!("Unknown group {id}") }, |(_, label)| label.clone())
    };
    let is_chosen = |id: &String| ids.iter().any(|chosen| same(chosen, id));
    Chooser {
        name,
        title,
        help,
        chosen: ids.iter().map(|id| (id.clone(), label(id))).collect(),
        others: all.iter().filter(|(id, _)| !is_chosen(id)).take(OFFERED).cloned().collect(),
        typed: (all.len() > OFFERED).then_some("Name of another group"),
        problem,
    }
}

/// What a policy can cover; the catalogues of an imported policy only where it has one.
fn app_groups(chosen: &str) -> Vec<(&'static str, &'static str, &'static str, bool)> {
    const GROUPS: [(&str, &str, &str); 4] = [
        ("selectedPublicApps", "These apps", "Those of the list below."),
        ("allApps", "Every app", "Every app that checks in."),
        ("allCoreMicrosoftApps", "The core apps of a catalogue", "As the list below holds them: it is not kept up to date."),
        ("allMicrosoftApps", "All apps of a catalogue", "As the list below holds them: it is not kept up to date."),
    ];
    let offered = GROUPS.into_iter().enumerate().filter(|(place, (word, ..))| *place < 2 || *word == chosen);
    offered.map(|(_, (word, title, help))| (word, title, help, word == chosen)).collect()
}

fn level_choices(platform: MobilePlatform, chosen: &[String]) -> Vec<Offer> {
    let is_chosen = |word: &str| chosen.iter().any(|level| level == word);
    let offered: Vec<_> = words::levels(platform).collect();
    let other = chosen.iter().filter(|word| !offered.iter().any(|(known, _)| known == word));
    let other: Vec<Offer> = other.map(|word| (word.clone(), format!("“{word}”"), true)).collect();
    offered.into_iter().map(|(word, label)| (word.to_owned(), label.to_owned(), is_chosen(word))).chain(other).collect()
}

fn shown(setting: &Setting, field: &Field, problem: Option<String>) -> Shown {
    let text = field.values.first().cloned().unwrap_or_default();
    let offered = |choices: &[Choice]| {
        let is_chosen = |word: &str| field.values.iter().any(|value| value == word);
        choices.iter().map(|choice| (choice.word.to_owned(), choice.label.to_owned(), is_chosen(choice.word))).collect::<Vec<_>>()
    };
    let control = match setting.kind {
        Kind::Switch => Control::Switch(text == "true"),
        Kind::Choice(choices) if setting.default.is_null() => {
            let none = (String::new(), "Not set".to_owned(), text.is_empty());
            Control::One(std::iter::once(none).chain(offered(choices)).collect())
        }
        Kind::Choice(choices) => Control::One(offered(choices)),
        Kind::Choices(choices) => Control::Several(offered(choices)),
        Kind::Interval => {
            let units = words::UNITS.iter().map(|(word, ..)| ((*word).to_owned(), (*word).to_owned(), *word == field.unit));
            Control::Interval(text, units.collect())
        }
        Kind::Names(_) => Control::Lines(text),
        Kind::Number { .. } | Kind::Text | Kind::Texts | Kind::Pairs => Control::Number(text),
    };
    Shown {
        id: field::name(setting),
        unit: field::unit_name(setting),
        title: setting.title,
        member: setting.name,
        help: setting.help.clone(),
        default: words::value(setting.kind, &setting.default),
        problem,
        control,
    }
}

#[derive(Template)]
#[template(path = "console/app_protection/preview.html")]
pub(super) struct Preview {
    pub(super) shell: Shell,
    pub(super) action: String,
    pub(super) name: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) changes: Vec<Difference>,
    pub(super) warnings: Vec<String>,
    pub(super) is_new: bool,
    pub(super) json: Option<String>,
}
