//! The form of a policy: every condition and control that the engine knows, in parts that are open where they say something.

use std::collections::HashMap;

use askama::Template;
use doorward_model::role::Role;
use doorward_service::conditional_access::Problem;
use doorward_service::directory_search::{Found, Kind};
use serde_json::Value;

use super::draft::{Draft, pretty};
use super::field::{self, ON};
use super::offers::{self, Offer};
use crate::console::difference::Difference;
use crate::console::names::Names;
use crate::console::shell::Shell;

/// Results of a search of a picker, and whether there are more.
pub(super) type Results = HashMap<String, (Vec<Found>, bool)>;

/// The lists that are filled by searching.
pub(super) const PICKERS: [(&str, Kind); 10] = [
    ("include_users", Kind::User),
    ("exclude_users", Kind::User),
    ("include_groups", Kind::Group),
    ("exclude_groups", Kind::Group),
    ("include_workloads", Kind::Application),
    ("exclude_workloads", Kind::Application),
    ("include_apps", Kind::Application),
    ("exclude_apps", Kind::Application),
    ("include_locations", Kind::NamedLocation),
    ("exclude_locations", Kind::NamedLocation),
];

/// One choice of a list.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) hint: &'static str,
    pub(super) checked: bool,
}

/// A picker: what is chosen, and what a search found.
pub(super) struct Picker {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) none: &'static str,
    /// Words that are ticked beside the ids.
    pub(super) words: Vec<Choice>,
    pub(super) chosen: Vec<(String, String)>,
    pub(super) find: &'static str,
    pub(super) sought: String,
    pub(super) found: Option<(Vec<Found>, bool)>,
    pub(super) problems: Vec<String>,
}

/// A field as it is drawn.
pub(super) enum Block {
    Text {
        name: &'static str,
        label: &'static str,
        hint: &'static str,
        value: String,
        long: bool,
        problems: Vec<String>,
    },
    /// Radio buttons, or tick boxes.
    Choices {
        name: &'static str,
        legend: &'static str,
        one: bool,
        across: bool,
        choices: Vec<Choice>,
        problems: Vec<String>,
    },
    Select {
        name: &'static str,
        label: &'static str,
        choices: Vec<Choice>,
        problems: Vec<String>,
    },
    Picker(Picker),
}

impl Block {
    fn has_problem(&self) -> bool {
        match self {
            Self::Text { problems, .. } | Self::Choices { problems, .. } | Self::Select { problems, .. } => !problems.is_empty(),
            Self::Picker(picker) => !picker.problems.is_empty(),
        }
    }
}

/// A part of a card. Without a title it is always open.
pub(super) struct Part {
    pub(super) title: &'static str,
    /// What it says, for when it is closed.
    pub(super) summary: String,
    pub(super) open: bool,
    pub(super) blocks: Vec<Block>,
}

/// A card of the form.
pub(super) struct Card {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) parts: Vec<Part>,
}

/// What the form says above its fields.
#[derive(Default)]
pub(super) struct Told {
    /// What somebody else changed since the form was made.
    pub(super) changed: Option<Vec<Difference>>,
    /// Why it could not be saved.
    pub(super) problem: Option<String>,
    /// What keeps the policy from being stored.
    pub(super) problems: Vec<Problem>,
}

#[derive(Template)]
#[template(path = "console/conditional_access/edit.html")]
pub(super) struct Form {
    pub(super) shell: Shell,
    pub(super) key: String,
    pub(super) title: String,
    /// The policy exists.
    pub(super) exists: bool,
    pub(super) may_edit: bool,
    pub(super) state: String,
    pub(super) kept: [(&'static str, String); 3],
    /// As JSON: the text, when that is how it is edited.
    pub(super) text: Option<String>,
    pub(super) pretty: String,
    pub(super) cards: Vec<Card>,
    pub(super) told: Told,
    /// Problems that no field stands for.
    pub(super) elsewhere: Vec<Problem>,
}

impl Form {
    pub(super) fn problem(&self) -> bool {
        self.told.problem.is_some() || !self.told.problems.is_empty()
    }
}

/// Draws fields of a draft.
pub(super) struct Drawing<'a> {
    pub(super) document: &'a Value,
    pub(super) names: &'a Names,
    pub(super) strengths: &'a [(String, String)],
    pub(super) sought: &'a [(String, String)],
    pub(super) found: &'a Results,
    pub(super) problems: &'a [Problem],
}

impl<'a> Drawing<'a> {
    pub(super) fn of(
        draft: &'a Draft,
        names: &'a Names,
        strengths: &'a [(String, String)],
        found: &'a Results,
        problems: &'a [Problem],
    ) -> Self {
        Self { document: &draft.document, names, strengths, sought: &draft.sought, found, problems }
    }

    /// Problems that no field stands for.
    pub(super) fn elsewhere(&self) -> Vec<Problem> {
        self.problems.iter().filter(|problem| field::at(&problem.path).is_none()).cloned().collect()
    }

    pub(super) fn pretty(&self) -> String {
        pretty(self.document)
    }

    fn values(&self, name: &str) -> Vec<String> {
        field::named(name).map(|field| field.read(self.document)).unwrap_or_default()
    }

    fn problems(&self, name: &str) -> Vec<String> {
        let at_field = self.problems.iter().filter(|problem| field::at(&problem.path) == Some(name));
        at_field.map(|problem| problem.message.clone()).collect()
    }

    /// The offers, and, with `extra`, what the policy says beyond them.
    fn choices(&self, name: &str, offers: &[Offer<'_>], extra: bool) -> Vec<Choice> {
        let offers: Vec<_> = offers.iter().map(|(word, label)| (*word, *label, "")).collect();
        self.explained(name, &offers, extra)
    }

    /// The same with a hint for each offer.
    fn explained(&self, name: &str, offers: &[(&str, &str, &'static str)], extra: bool) -> Vec<Choice> {
        let values = self.values(name);
        let is_chosen = |word: &str| values.iter().any(|value| value.eq_ignore_ascii_case(word)) || word.is_empty() && values.is_empty();
        let known = offers.iter().map(|(word, label, hint)| Choice {
            value: (*word).to_owned(),
            label: (*label).to_owned(),
            hint,
            checked: is_chosen(word),
        });
        let is_offered = |value: &String| offers.iter().any(|(word, ..)| value.eq_ignore_ascii_case(word));
        let others = values.iter().filter(|value| extra && !is_offered(value)).map(|value| Choice {
            label: self.names.of(value).to_owned(),
            value: value.clone(),
            hint: "",
            checked: true,
        });
        known.chain(others).collect()
    }

    fn ticks(&self, name: &'static str, legend: &'static str, offers: &[Offer<'_>]) -> Block {
        let choices = self.choices(name, offers, true);
        Block::Choices { name, legend, one: false, across: true, choices, problems: self.problems(name) }
    }

    fn select(&self, name: &'static str, label: &'static str, offers: &[Offer<'_>]) -> Block {
        let mut choices = self.choices(name, offers, true);
        // A browser sends the first choice where none is made; what the policy leaves open must stay so.
        let is_idle = field::named(name).is_some_and(|field| field.is_idle(self.document));
        if !is_idle && !choices.iter().any(|choice| choice.checked) {
            choices.insert(0, Choice { value: String::new(), label: "Not set".to_owned(), hint: "", checked: true });
        }
        Block::Select { name, label, choices, problems: self.problems(name) }
    }

    fn text(&self, name: &'static str, label: &'static str, hint: &'static str, long: bool) -> Block {
        Block::Text { name, label, hint, value: self.values(name).join(", "), long, problems: self.problems(name) }
    }

    fn picker(&self, name: &'static str, title: &'static str, none: &'static str, words: &[Offer<'_>], find: &'static str) -> Block {
        let is_word = |value: &String| words.iter().any(|(word, _)| value.eq_ignore_ascii_case(word));
        let chosen = self.values(name).into_iter().filter(|value| !is_word(value));
        let sought = self.sought.iter().find(|(list, _)| list == name).map(|(_, text)| text.clone()).unwrap_or_default();
        Block::Picker(Picker {
            name,
            title,
            none,
            words: self.choices(name, words, false),
            chosen: chosen.map(|id| (id.clone(), self.names.of(&id).to_owned())).collect(),
            find,
            sought,
            found: self.found.get(name).cloned(),
            problems: self.problems(name),
        })
    }

    /// A part that is open when one of these fields says something, or something is wrong in it.
    fn part(&self, title: &'static str, fields: &[&str], any: &str, blocks: Vec<Block>) -> Part {
        let said: Vec<String> = fields.iter().flat_map(|name| self.values(name)).collect();
        let is_sought = self.sought.iter().any(|(list, _)| fields.contains(&list.as_str()));
        let open = !said.is_empty() || is_sought || blocks.iter().any(Block::has_problem);
        let summary = if said.is_empty() { any.to_owned() } else { String::new() };
        Part { title, summary, open, blocks }
    }

    pub(super) fn cards(&self) -> Vec<Card> {
        vec![self.policy(), self.people(), self.target(), self.conditions(), self.grant(), self.session()]
    }

    fn policy(&self) -> Card {
        let blocks = vec![
            self.text("display_name", "Name", "", false),
            self.text("description", "What it is for", "For whoever reads it after you. It decides nothing.", true),
            Block::Choices {
                name: "state",
                legend: "State",
                one: true,
                across: false,
                choices: self.explained("state", &offers::STATES, false),
                problems: self.problems("state"),
            },
        ];
        Card { id: "policy", title: "The policy", lead: "", parts: vec![plain(blocks)] }
    }

    fn people(&self) -> Card {
        let roles: Vec<(String, &str)> = Role::ALL.into_iter().map(|role| (role.template_id().to_string(), role.display_name())).collect();
        let roles: Vec<Offer<'_>> = roles.iter().map(|(id, name)| (id.as_str(), *name)).collect();
        let guests = |types, tenants, members| {
            vec![
                self.ticks(types, "Which kinds", &offers::GUESTS),
                self.select(tenants, "Of which organisations", &offers::TENANTS),
                self.text(members, "Tenant ids of these organisations", "With commas between them.", false),
            ]
        };
        let parts = vec![
            plain(vec![
                self.picker("include_users", "People it is for", "Nobody by name", &offers::USERS, "Find a person"),
                self.picker("include_groups", "Groups it is for", "No group", &[], "Find a group"),
                self.picker("exclude_users", "People left out", "Nobody", &offers::EXCLUDED_USERS, "Find a person"),
                self.picker("exclude_groups", "Groups left out", "No group", &[], "Find a group"),
            ]),
            self.part(
                "Roles",
                &["include_roles", "exclude_roles"],
                "Not looked at",
                vec![
                    self.ticks("include_roles", "Who holds one of these", &roles),
                    self.ticks("exclude_roles", "But not who holds one of these", &roles),
                ],
            ),
            self.part(
                "Guests and external people it is for",
                &["include_guests"],
                "None in particular",
                guests("include_guests", "include_guest_tenants", "include_guest_members"),
            ),
            self.part(
                "Guests and external people left out",
                &["exclude_guests"],
                "None",
                guests("exclude_guests", "exclude_guest_tenants", "exclude_guest_members"),
            ),
            self.part(
                "Applications that sign in for themselves",
                &["include_workloads", "exclude_workloads"],
                "None",
                vec![
                    self.picker("include_workloads", "Applications it is for", "None", &offers::WORKLOADS, "Find an application"),
                    self.picker("exclude_workloads", "Applications left out", "None", &[], "Find an application"),
                ],
            ),
        ];
        Card { id: "people", title: "For whom", lead: "Whoever is left out is left out, whatever else names them.", parts }
    }

    fn target(&self) -> Card {
        let parts = vec![
            plain(vec![
                self.picker("include_apps", "Services it is about", "None by name", &offers::APPS, "Find a service"),
                self.picker("exclude_apps", "Services left out", "None", &offers::EXCLUDED_APPS, "Find a service"),
            ]),
            self.part("Actions", &["user_actions"], "None", vec![self.ticks("user_actions", "When somebody does this", &offers::ACTIONS)]),
            self.part(
                "Authentication contexts",
                &["contexts"],
                "None",
                vec![self.text(
                    "contexts",
                    "Contexts",
                    "c1 to c99, with commas between them. Apps ask for them where more is at stake.",
                    false,
                )],
            ),
        ];
        Card { id: "target", title: "What it is about", lead: "", parts }
    }

    fn conditions(&self) -> Card {
        let mut parts = vec![
            self.part(
                "Kinds of app",
                &["client_app_types"],
                "All",
                vec![self.ticks("client_app_types", "Only with these", &offers::CLIENTS)],
            ),
            self.part(
                "Platforms",
                &["include_platforms", "exclude_platforms"],
                "All",
                vec![
                    self.ticks("include_platforms", "Only on these", &offers::PLATFORMS),
                    self.ticks("exclude_platforms", "But not on these", &offers::PLATFORMS),
                ],
            ),
            self.part(
                "Places",
                &["include_locations", "exclude_locations"],
                "Everywhere",
                vec![
                    self.picker("include_locations", "Only from these", "None by name", &offers::LOCATIONS, "Find a named location"),
                    self.picker("exclude_locations", "But not from these", "None", &offers::EXCLUDED_LOCATIONS, "Find a named location"),
                ],
            ),
            self.part(
                "Devices",
                &["filter_rule"],
                "All",
                vec![
                    self.select("filter_mode", "It is for", &offers::FILTER_MODES),
                    self.text(
                        "filter_rule",
                        "Rule",
                        "For example: device.isCompliant -eq True -and device.trustType -ne \"Workplace\"",
                        true,
                    ),
                ],
            ),
            self.part("Risk of the sign-in", &["sign_in_risks"], "Any", vec![self.ticks("sign_in_risks", "Only at these", &offers::RISKS)]),
            self.part("Risk of the person", &["user_risks"], "Any", vec![self.ticks("user_risks", "Only at these", &offers::RISKS)]),
            self.part(
                "Risk of an application",
                &["workload_risks"],
                "Any",
                vec![self.ticks("workload_risks", "Only at these", &offers::RISKS)],
            ),
            self.part(
                "Insider risk",
                &["insider_risks"],
                "Any",
                vec![self.ticks("insider_risks", "Only at these", &offers::INSIDER_RISKS)],
            ),
            self.part(
                "Ways of signing in",
                &["transfers"],
                "All",
                vec![self.ticks("transfers", "Only when the sign-in comes by", &offers::TRANSFERS)],
            ),
        ];
        let older = ["include_devices", "exclude_devices", "include_device_states", "exclude_device_states"];
        if older.iter().any(|name| !self.values(name).is_empty()) {
            let legends = ["Only these devices", "But not these devices", "Only in these states", "But not in these states"];
            let blocks = older.into_iter().zip(legends).map(|(name, legend)| self.ticks(name, legend, &offers::DEVICE_STATES)).collect();
            parts.push(self.part("Device states (retired; write a rule for devices)", &older, "", blocks));
        }
        Card { id: "conditions", title: "Conditions", lead: "All of them together. What is not set is met by everything.", parts }
    }

    fn grant(&self) -> Card {
        let is_block = |choice: &Choice| choice.value.eq_ignore_ascii_case("block");
        let controls = self.explained("controls", &offers::CONTROLS, true);
        let blocks = controls.iter().any(is_block);
        let access = |value: &str, label: &str, hint, checked| Choice { value: value.to_owned(), label: label.to_owned(), hint, checked };
        let own = self.strengths.iter().map(|(id, name)| (id.as_str(), name.as_str()));
        let strengths: Vec<Offer<'_>> = [("", "Not asked for")].into_iter().chain(offers::STRENGTHS).chain(own).collect();
        let parts = vec![
            plain(vec![
                Block::Choices {
                    name: "access",
                    legend: "Access is",
                    one: true,
                    across: false,
                    choices: vec![
                        access("grant", "Granted, if what is ticked below is met", "", !blocks),
                        access("block", "Blocked", "Whatever else is ticked.", blocks),
                    ],
                    problems: Vec::new(),
                },
                Block::Choices {
                    name: "controls",
                    legend: "What is asked for",
                    one: false,
                    across: false,
                    choices: controls.into_iter().filter(|choice| !is_block(choice)).collect(),
                    problems: self.problems("controls"),
                },
                self.select("strength", "Strength of the proof", &strengths),
                self.select("operator", "Of all that is asked for", &offers::OPERATORS),
            ]),
            self.part(
                "Terms of use",
                &["terms"],
                "None",
                vec![self.text("terms", "Ids of terms of use", "With commas between them.", false)],
            ),
            self.part(
                "Controls of third parties",
                &["custom_factors"],
                "None",
                vec![self.text(
                    "custom_factors",
                    "Ids of custom authentication factors",
                    "They cannot be met here, so nobody gets in.",
                    false,
                )],
            ),
        ];
        Card { id: "grant", title: "What it asks for", lead: "", parts }
    }

    fn session(&self) -> Card {
        let switch = |name: &'static str, label: &str| {
            let checked = self.values(name).iter().any(|value| value == ON);
            let choices = vec![Choice { value: ON.to_owned(), label: label.to_owned(), hint: "", checked }];
            Block::Choices { name, legend: "", one: false, across: true, choices, problems: self.problems(name) }
        };
        let parts = vec![
            self.part(
                "How often to sign in",
                &["frequency"],
                "As usual",
                vec![
                    self.select("frequency", "Sign in again", &offers::FREQUENCIES),
                    self.text("frequency_value", "How many", "", false),
                    self.select("frequency_unit", "Of what", &offers::UNITS),
                    self.select("frequency_factors", "With", &offers::FACTORS),
                ],
            ),
            self.part(
                "Staying signed in",
                &["persistent_browser"],
                "As people choose",
                vec![self.select("persistent_browser", "In a browser", &offers::PERSISTENT)],
            ),
            self.part(
                "What the service and others do",
                &["app_restrictions", "cloud_app_security", "continuous_evaluation", "secure_session", "no_resilience"],
                "As usual",
                vec![
                    switch("app_restrictions", "The service restricts what may be done, by the state of the device"),
                    self.select("cloud_app_security", "Cloud app security", &offers::CLOUD_APPS),
                    self.select("continuous_evaluation", "Continuous access evaluation", &offers::EVALUATION),
                    switch("secure_session", "Tokens are bound to the device"),
                    switch("no_resilience", "Sessions are not prolonged during an outage"),
                ],
            ),
        ];
        Card { id: "session", title: "The session", lead: "", parts }
    }
}

fn plain(blocks: Vec<Block>) -> Part {
    Part { title: "", summary: String::new(), open: true, blocks }
}
