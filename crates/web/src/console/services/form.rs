//! The form of a service's policy, and the page before saving that says what it will do.

use askama::Template;
use doorward_service::service_access::{self, Services};

use super::draft::{Draft, Problems, WINDOWS};
use crate::console::difference::Difference;
use crate::console::replay::Replay;
use crate::console::shell::Shell;
use crate::console::words::{PLATFORMS, number};

/// What the form says above its fields.
#[derive(Default)]
pub(super) struct Told {
    /// What somebody else changed since the form was made.
    pub(super) changed: Option<Vec<Difference>>,
    /// Why it could not be saved.
    pub(super) problem: Option<String>,
}

/// A list of groups in the form.
pub(super) struct Picker {
    name: &'static str,
    title: &'static str,
    help: &'static str,
    chosen: Vec<(String, String)>,
    others: Vec<(String, String)>,
    problem: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "console/service.html")]
pub(super) struct Form {
    shell: Shell,
    key: String,
    name: String,
    draft: Draft,
    approved: Vec<String>,
    app_pickers: [Picker; 2],
    device_targets: [Picker; 1],
    device_exempted: [Picker; 1],
    problems: Problems,
    told: Told,
}

impl Form {
    pub(super) fn new(shell: Shell, services: &Services, key: &str, name: &str, draft: Draft, problems: Problems, told: Told) -> Self {
        let picker = |name, title, help, ids: &[String], problem| {
            let label = |id: &String| {
                let group = services.groups.iter().find(|group| group.id.to_string().eq_ignore_ascii_case(id));
                group.map_or_else(|| format!("Unknown group {id}"), |group| group.display_name.clone())
            };
            let is_chosen = |id: &String| ids.iter().any(|chosen| chosen.eq_ignore_ascii_case(id));
            let all = services.groups.iter().map(|group| (group.id.to_string(), group.display_name.clone()));
            Picker {
                name,
                title,
                help,
                chosen: ids.iter().map(|id| (id.clone(), label(id))).collect(),
                others: all.filter(|(id, _)| !is_chosen(id)).collect(),
                problem,
            }
        };
        Self {
            app_pickers: [
                picker(
                    "restricted",
                    "Restricted groups",
                    "People in these groups may use the service only with the allowed apps, through the broker, on a registered device.",
                    &draft.restricted,
                    problems.restricted,
                ),
                picker(
                    "exempted",
                    "Exempted groups",
                    "Exempt beats restricted: people in both are not held to app access.",
                    &draft.exempted,
                    None,
                ),
            ],
            device_targets: [picker(
                "targeted",
                "Targeted groups",
                "People in these groups need a managed and compliant device, or a domain-joined PC.",
                &draft.targeted,
                problems.targeted,
            )],
            device_exempted: [picker("device_exempted", "Exempted groups", "Exempt beats targeted.", &draft.device_exempted, None)],
            approved: services.approved.iter().map(|app| app.display_name.clone()).collect(),
            shell,
            key: key.to_owned(),
            name: name.to_owned(),
            draft,
            problems,
            told,
        }
    }

    fn platforms(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        PLATFORMS.iter().map(|(platform, name)| {
            (platform.as_str(), *name, self.draft.platforms.iter().any(|chosen| chosen.eq_ignore_ascii_case(platform.as_str())))
        })
    }

    fn windows(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        WINDOWS.iter().map(|(requirement, name)| (requirement.as_str(), *name, self.draft.windows == requirement.as_str()))
    }
}

#[derive(Template)]
#[template(path = "console/preview.html")]
pub(super) struct Preview {
    shell: Shell,
    key: String,
    name: String,
    fields: Vec<(&'static str, String)>,
    changes: Vec<Difference>,
    people: (String, String),
    device_people: (String, String),
    replay: Replay,
}

impl Preview {
    pub(super) fn new(
        shell: Shell,
        key: &str,
        name: &str,
        draft: &Draft,
        changes: Vec<Difference>,
        preview: service_access::Preview,
    ) -> Self {
        let people = |count: Option<usize>| count.map_or_else(|| "everyone".to_owned(), |count| number(count, "person", "people"));
        Self {
            shell,
            key: key.to_owned(),
            name: name.to_owned(),
            fields: draft.fields(),
            changes,
            people: (people(preview.people.0), people(preview.people.1)),
            device_people: (people(preview.device_people.0), people(preview.device_people.1)),
            replay: Replay::of(preview.replay),
        }
    }
}
