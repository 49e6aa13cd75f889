//! Where the scenarios play: the company, phones on a network, the administrator, and the results so far.

use std::sync::Arc;

use doorward_model::Clock as _;
use doorward_model::user::User;
use doorward_phone::{Account, App, Body, MailAnswer, MailClient, Network, Outcome, Phone};
use doorward_service::Context;
use indicatif::ProgressBar;
use jiff::Timestamp;
use serde::Serialize;

use super::administrator::Administrator;
use super::catalogue::{DOMAIN, FILES_APP, MAIL_APP, OTHER_MAIL_APP, OTHER_SIGNATURE, SIGNATURE, android, ios};
use super::company::Company;
use crate::config::Config;
use crate::os::{OsRng, SystemClock};
use crate::tls;

/// What one step of a scenario came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ScenarioResult {
    pub(super) scenario: u32,
    pub(super) who: String,
    pub(super) device: String,
    pub(super) app: String,
    pub(super) happened: String,
    pub(super) why: String,
    pub(super) code: u32,
    pub(super) as_expected: bool,
}

/// The stage.
pub(super) struct Stage {
    pub(super) company: Company,
    pub(super) context: Arc<Context>,
    pub(super) network: Network,
    pub(super) administrator: Administrator,
    /// When this run began: what the logs hold from before belongs to an earlier one.
    pub(super) began: Timestamp,
    progress: ProgressBar,
    scenario: u32,
    results: Vec<ScenarioResult>,
}

impl Stage {
    pub(super) async fn new(config: &Config, company: Company, context: Arc<Context>, progress: ProgressBar) -> anyhow::Result<Self> {
        let began = SystemClock.now();
        let ca_file = tls::local_ca_file(&config.data);
        let tenant = company.tenant.id.to_string();
        let network = Network::new(config.base_url.as_str(), &tenant, &ca_file, Arc::new(SystemClock), Arc::new(OsRng))?;
        let administrator = Administrator::sign_in(&network, &format!("admin@{DOMAIN}"), &company.password).await?;
        Ok(Self { company, context, network, administrator, began, progress, scenario: 0, results: Vec::new() })
    }

    pub(super) fn into_results(self) -> Vec<ScenarioResult> {
        self.results
    }

    /// Begins a scenario.
    pub(super) fn begin(&mut self, number: u32, title: &str) {
        self.scenario = number;
        self.progress.set_position(u64::from(number));
        self.progress.set_message(title.to_owned());
    }

    /// A person's account.
    pub(super) fn account(&self, name: &str) -> Account {
        Account { name: format!("{name}@{DOMAIN}"), password: self.company.password.clone() }
    }

    /// A person.
    pub(super) fn user(&self, name: &str) -> anyhow::Result<&User> {
        let wanted = format!("{name}@{DOMAIN}");
        let found = self.company.users.iter().find(|user| user.user_principal_name == wanted);
        found.ok_or_else(|| anyhow::anyhow!("the sample company has no {wanted}"))
    }

    /// A new device.
    pub(super) fn phone(&self, name: &str, body: Body) -> anyhow::Result<Phone> {
        Ok(Phone::new(name, body, self.network.clone())?)
    }

    /// A built-in mail client.
    pub(super) fn mail_client(&self, body: Body, device_id: &str) -> MailClient {
        MailClient::new(self.network.clone(), body, device_id)
    }

    /// Notes what happened when a person started an app. Nothing but tokens is what code 0 expects.
    pub(super) fn note(&mut self, who: &str, device: &str, app: &str, outcome: &Outcome, expected: u32, why: &str) {
        let (happened, text) = match outcome {
            Outcome::Token(_) => ("allowed", why.to_owned()),
            Outcome::Interrupt { text, store_link, .. } => {
                ("told what to do", store_link.as_ref().map_or_else(|| text.clone(), |link| format!("{text} {link}")))
            }
            Outcome::Refused { text, .. } => ("refused", text.clone()),
        };
        let code = outcome.code();
        let as_expected = code == expected && (expected != 0 || outcome.tokens().is_some());
        self.push(who, device, app, happened, &text, code, as_expected);
    }

    /// Notes what a built-in mail client got.
    pub(super) fn note_mail(&mut self, who: &str, device: &str, answer: &MailAnswer, expected: u32, why: &str) {
        let (happened, text) = if answer.is_served() { ("allowed", why) } else { ("refused", answer.text.trim()) };
        let code = answer.code();
        let as_expected = code == Some(expected) && answer.is_served() == (expected == 0);
        self.push(who, device, "built-in mail", happened, text, code.unwrap_or_default(), as_expected);
    }

    /// Notes a step that could not be taken because what it needs is missing.
    pub(super) fn not_reached(&mut self, who: &str, device: &str, app: &str, missing: &str) {
        self.push(who, device, app, "not reached", missing, 0, false);
    }

    /// Notes anything else.
    #[expect(clippy::too_many_arguments, reason = "one per column of the table")]
    pub(super) fn push(&mut self, who: &str, device: &str, app: &str, happened: &str, why: &str, code: u32, as_expected: bool) {
        self.results.push(ScenarioResult {
            scenario: self.scenario,
            who: who.to_owned(),
            device: device.to_owned(),
            app: app.to_owned(),
            happened: happened.to_owned(),
            why: why.to_owned(),
            code,
            as_expected,
        });
    }
}

/// The approved mail app on a phone.
pub(super) fn mail_app(body: Body) -> App {
    App::on_phone(
        "Contoso Mail",
        MAIL_APP,
        if body == Body::AndroidPhone { android("com.contoso.mail", SIGNATURE) } else { ios("com.contoso.mail") },
    )
}

/// Another managed app on an iPhone.
pub(super) fn files_app() -> App {
    App::on_phone("Contoso Files", FILES_APP, ios("com.contoso.files"))
}

/// A mail app that nobody approved.
pub(super) fn other_mail_app() -> App {
    App::on_phone("Fast Mail", OTHER_MAIL_APP, ios("com.example.fastmail"))
}

/// An app that claims to be the approved one.
pub(super) fn false_mail_app(body: Body) -> App {
    let identity = if body == Body::AndroidPhone { android("com.contoso.mail", OTHER_SIGNATURE) } else { ios("com.evil.mail") };
    App::on_phone("\"Contoso Mail\"", MAIL_APP, identity)
}
