//! The form of a question, and of what is otherwise in a second one.

use doorward_model::TenantId;
use doorward_model::application::Application;
use doorward_service::{Context, Error};

use super::question::{DEVICES, KINDS, OTHERWISE, Offer, PROOFS, Problems, Question, RISKS};
use crate::console::words::PLATFORMS;

/// One choice of a list: value, words, whether it is chosen.
type Choice<'a> = (&'a str, &'a str, bool);

/// A field of the form.
pub(super) struct Field<'a> {
    /// Its name, and its id in the page.
    pub(super) name: String,
    pub(super) label: &'static str,
    pub(super) problem: Option<&'static str>,
    /// Choices; none is a field to type into.
    pub(super) choices: Vec<Choice<'a>>,
    pub(super) value: &'a str,
    pub(super) placeholder: &'static str,
    pub(super) most: u16,
    pub(super) is_mail: bool,
}

/// What the tenant has to choose from, by name.
pub(super) struct Choices {
    services: Vec<(String, String)>,
    apps: Vec<(String, String)>,
}

impl Choices {
    /// Reads the registrations.
    pub(super) async fn read(ctx: &Context, tenant: TenantId) -> Result<Self, Error> {
        let mut unit = ctx.store.tenant(tenant).read().await?;
        let mut all = unit.applications().list().await?;
        all.sort_by_key(|application| application.display_name.to_lowercase());
        let named = |wanted: fn(&Application) -> bool| {
            all.iter().filter(|one| wanted(one)).map(|one| (one.app_id.to_string(), one.display_name.clone())).collect()
        };
        Ok(Self {
            services: named(|application| !application.identifier_uris.is_empty()),
            apps: named(|application| !application.redirect_uris.is_empty() || !application.platform_identities.is_empty()),
        })
    }

    /// The fields of a question.
    pub(super) fn fields<'a>(&'a self, question: &'a Question, problems: &Problems) -> Vec<Field<'a>> {
        self.all(question, problems, &Form { prefix: "", unset: None })
    }

    /// The fields of what is otherwise: what is not set stays the same.
    pub(super) fn otherwise<'a>(&'a self, question: &'a Question, problems: &Problems) -> Vec<Field<'a>> {
        let form = Form { prefix: OTHERWISE, unset: Some(("", "The same", false)) };
        let mut fields = self.all(question, problems, &form);
        for (name, label, value) in [("broker", "Broker", &question.broker), ("protection", "App protection", &question.protection)] {
            let offers = [("1", "Takes part", ()), ("0", "Does not", ())];
            let words: [Offer<()>; 2] = if name == "broker" { offers } else { [("1", "Applied", ()), ("0", "Not applied", ())] };
            fields.push(form.list(name, label, &words, value, None));
        }
        fields
    }

    fn all<'a>(&'a self, question: &'a Question, problems: &Problems, form: &Form) -> Vec<Field<'a>> {
        let registered = |name, label, first: &[Choice<'a>], all: &'a [(String, String)], chosen: &str, problem| Field {
            choices: form.marked(first.iter().copied().chain(all.iter().map(|(id, name)| (id.as_str(), name.as_str(), false))), chosen),
            ..form.text(name, label, "", ("", 0), problem)
        };
        let (no_service, no_app, no_platform): (&[Choice<'_>], _, _) = match form.unset {
            None => (&[("", "Choose", false)], ("", "One that is not registered", false), ("", "Not known", false)),
            Some(_) => (&[], ("none", "One that is not registered", false), ("unknown", "Not known", false)),
        };
        let platforms = PLATFORMS.iter().map(|(platform, words)| (platform.as_str(), *words, false));
        let unknown = if form.unset.is_some() { "The same" } else { "Not known" };
        vec![
            Field {
                is_mail: true,
                ..form.text(
                    "person",
                    "Person",
                    &question.person,
                    (if form.unset.is_some() { "The same" } else { "anna@example.com" }, 320),
                    problems.person,
                )
            },
            registered("service", "Service", no_service, &self.services, &question.service, problems.service),
            registered("app", "App", &[no_app], &self.apps, &question.app, problems.app),
            form.list("kind", "Kind of app", &KINDS, &question.kind, None),
            Field {
                choices: form.marked(std::iter::once(no_platform).chain(platforms), &question.platform),
                ..form.text("platform", "Platform", "", ("", 0), None)
            },
            form.list("device", "Device", &DEVICES, &question.device, None),
            form.list("proof", "Signed in with", &PROOFS, &question.proof, None),
            form.text("ip", "Address", &question.ip, (unknown, 45), problems.ip),
            form.text("country", "Country", &question.country, (unknown, 2), problems.country),
            form.list("sign_in_risk", "Sign-in risk", &RISKS, &question.sign_in_risk, None),
            form.list("user_risk", "Person’s risk", &RISKS, &question.user_risk, None),
        ]
    }
}

/// One of the two forms.
struct Form {
    prefix: &'static str,
    /// The choice that leaves a fact as it is.
    unset: Option<Choice<'static>>,
}

impl Form {
    fn text<'a>(
        &self,
        name: &str,
        label: &'static str,
        value: &'a str,
        (placeholder, most): (&'static str, u16),
        problem: Option<&'static str>,
    ) -> Field<'a> {
        let name = format!("{}{name}", self.prefix);
        Field { name, label, problem, choices: Vec::new(), value, placeholder, most, is_mail: false }
    }

    fn list<'a, T>(&self, name: &str, label: &'static str, offers: &[Offer<T>], chosen: &str, problem: Option<&'static str>) -> Field<'a> {
        let choices = self.marked(offers.iter().map(|(value, words, _)| (*value, *words, false)), chosen);
        Field { choices, ..self.text(name, label, "", ("", 0), problem) }
    }

    /// A form that was never sent shows the first choice, as browsers do.
    fn marked<'a>(&self, choices: impl Iterator<Item = Choice<'a>>, chosen: &str) -> Vec<Choice<'a>> {
        let all = self.unset.into_iter().chain(choices);
        all.map(|(value, words, _)| (value, words, !chosen.is_empty() && value.eq_ignore_ascii_case(chosen))).collect()
    }
}
