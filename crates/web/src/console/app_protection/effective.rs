//! `/console/app-protection/effective`: who has which effective policy, and why. The question stands in the address, so that a link
//! shares it.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::AppId;
use doorward_model::application::{Application, MobilePlatform};
use doorward_model::protection::MobileAppIdentifier;
use doorward_policy::protection::{Explained, Missed, Origin, Section as Part, Settings};
use doorward_service::directory::DirectoryError;
use doorward_service::protection::{self, Effect, Judged};
use http::StatusCode;
use serde::Deserialize;

use super::words;
use crate::console::admin::{Admin, Reads};
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;

/// The fields, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question {
    person: String,
    app: String,
    platform: String,
    level: String,
}

#[derive(Default)]
struct Problems {
    person: Option<&'static str>,
    app: Option<&'static str>,
    chosen: Option<&'static str>,
}

struct Answer {
    person: String,
    app: String,
    policies: Vec<Policy>,
    applying: usize,
    parts: Vec<(&'static str, Vec<Line>)>,
}

struct Policy {
    name: String,
    badge: Badge,
    why: String,
}

/// One setting in force.
struct Line {
    title: &'static str,
    value: String,
    why: String,
    /// What the other policies ask for.
    others: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "console/app_protection/effective.html")]
struct Effective {
    shell: Shell,
    question: Question,
    apps: Vec<(String, String, bool)>,
    problems: Problems,
    answer: Option<Answer>,
}

impl Effective {
    fn platforms(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        [MobilePlatform::Ios, MobilePlatform::Android].into_iter().map(|platform| {
            let word = words::platform_word(platform);
            (word, words::platform(platform), word == self.question.platform)
        })
    }

    fn levels(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        words::LEVELS.into_iter().map(|(word, label, ..)| (word, label, word == self.question.level))
    }
}

/// `GET /console/app-protection/effective`; without a person and an app, only the form.
pub(super) async fn get(admin: Admin<Reads>, Query(question): Query<Question>) -> Result<Response, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let mut applications = unit.applications().list().await.map_err(store)?;
    drop(unit);
    applications.retain(|application| !application.platform_identities.is_empty());
    applications.sort_by_key(|application| application.display_name.to_lowercase());
    let mut problems = Problems::default();
    let mut answer = None;
    if !question.person.is_empty() || !question.app.is_empty() {
        match question.read(&applications) {
            Err(found) => problems = found,
            Ok((app, level)) => {
                let person = question.person.trim();
                match protection::explain(&admin.ctx, admin.tenant.id, person, &app, level).await {
                    Ok(effect) => answer = Some(Answer::of(effect, &app, &Names::read(&admin.ctx, admin.tenant.id).await?)),
                    Err(DirectoryError::NotFound(_)) => problems.person = Some("Nobody here has this sign-in name."),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    let wrong = problems.person.or(problems.app).or(problems.chosen).is_some();
    let named = |one: &Application| (one.app_id.to_string(), one.display_name.clone(), one.app_id.to_string() == question.app);
    let page = Effective {
        shell: admin.shell(Section::EffectivePolicy)?,
        apps: applications.iter().map(named).collect(),
        question,
        problems,
        answer,
    };
    Ok(plain(if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

impl Question {
    /// App and management, or what is wrong with the fields.
    fn read(&self, applications: &[Application]) -> Result<(MobileAppIdentifier, doorward_model::protection::ManagementLevel), Problems> {
        let mut problems = Problems::default();
        if self.person.trim().is_empty() {
            problems.person = Some("Type the sign-in name of somebody.");
        }
        let platform = words::platform_of(if self.platform.is_empty() { "ios" } else { &self.platform });
        let level = words::LEVELS.iter().find(|(word, ..)| self.level.is_empty() || *word == self.level).map(|(_, _, level, _)| *level);
        let (Some(platform), Some(level)) = (platform, level) else {
            let chosen = Some("The address holds a choice that the form does not offer. Choose again.");
            return Err(Problems { chosen, ..problems });
        };
        let app = self.app.parse::<AppId>().ok();
        let application = applications.iter().find(|application| Some(application.app_id) == app);
        let identity = application.map(|application| {
            let mut identities = application.platform_identities.iter();
            identities.find(|identity| identity.platform() == platform).map(MobileAppIdentifier::from)
        });
        match identity {
            None => problems.app = Some("Choose an app."),
            Some(None) => problems.app = Some("This app is not registered for that platform."),
            Some(Some(app)) if problems.person.is_none() => return Ok((app, level)),
            Some(Some(_)) => {}
        }
        Err(problems)
    }
}

impl Answer {
    fn of(effect: Effect, app: &MobileAppIdentifier, names: &Names) -> Self {
        let applying = effect.judged.iter().filter(|judged| judged.missed.is_none()).count();
        let name =
            |id: &str| effect.judged.iter().find(|judged| judged.id == id).map_or_else(|| id.to_owned(), |judged| judged.name.clone());
        let settings = effect.settings.as_deref().unwrap_or_default();
        let of = |part: Part| settings.iter().filter(move |explained| explained.setting.section == part);
        let parts = Part::ALL.into_iter().map(|part| (part.title(), of(part).map(|explained| line(explained, applying, &name)).collect()));
        let parts: Vec<(&'static str, Vec<Line>)> = parts.collect();
        Self {
            parts: parts.into_iter().filter(|(_, lines)| !lines.is_empty()).collect(),
            applying,
            person: effect.user.user_principal_name.clone(),
            app: app.identifier().to_owned(),
            policies: effect.judged.iter().map(|judged| policy(judged, names)).collect(),
        }
    }
}

fn policy(judged: &Judged, names: &Names) -> Policy {
    let why = match judged.missed {
        None => "It is for this person, this app and this device.".to_owned(),
        Some(Missed::OtherPlatform) => "It is for the other platform.".to_owned(),
        Some(Missed::Unassigned) => "It is assigned to nobody.".to_owned(),
        Some(Missed::NotIncluded) => "The person is in none of its groups.".to_owned(),
        Some(Missed::Excluded(group)) => format!("It excludes the group {}, and the person is in it.", names.of(&group.to_string())),
        Some(Missed::OtherApp) => "It does not list this app.".to_owned(),
        Some(Missed::OtherManagement) => "It is for devices that are managed otherwise.".to_owned(),
    };
    let badge = match judged.missed {
        None => Badge { tone: "good", text: "Applies" },
        Some(_) => Badge { tone: "calm", text: "Does not apply" },
    };
    Policy { name: judged.name.clone(), badge, why }
}

fn line(explained: &Explained, applying: usize, name: &dyn Fn(&str) -> String) -> Line {
    let kind = explained.setting.kind;
    let title = |name: &str| Settings::catalogue().into_iter().find(|setting| setting.name == name).map_or("", |setting| setting.title);
    let value = match explained.origin {
        Origin::Idle(_) => "–".to_owned(),
        _ => words::value(kind, &explained.value),
    };
    let (why, gave): (String, &[String]) = match &explained.origin {
        Origin::Default => {
            return Line { title: explained.setting.title, value, why: "Default".to_owned(), others: Vec::new() };
        }
        Origin::Idle(condition) => {
            let why = format!("Counts only with “{}”.", title(condition));
            return Line { title: explained.setting.title, value, why, others: Vec::new() };
        }
        Origin::Coupled => ("Follows from another setting.".to_owned(), &[]),
        Origin::Policies(ids) if ids.is_empty() => ("What all of them allow.".to_owned(), ids),
        Origin::Policies(ids) if ids.len() == applying && applying > 1 => ("All policies agree.".to_owned(), ids),
        Origin::Policies(ids) => (ids.iter().map(|id| name(id)).collect::<Vec<_>>().join(", "), ids),
    };
    let others = explained.asked.iter().filter(|(id, _)| !gave.contains(id));
    let others = others.map(|(id, asked)| (name(id), words::value(kind, asked))).filter(|(_, asked)| *asked != value);
    Line { title: explained.setting.title, why, others: others.collect(), value }
}
