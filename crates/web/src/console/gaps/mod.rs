//! `/console/gaps`: every way to a service that does without a requirement. The question stands in the address, so that a link shares it.

mod picture;
mod region;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use doorward_model::AppId;
use doorward_model::conditional_access::GrantControl;
use doorward_policy::conditional_access::regions::words::Words;
use doorward_service::Error;
use doorward_service::directory::DirectoryError;
use doorward_service::gaps::{self, Found, Progress, Search, TIME_LIMIT};
use http::{HeaderValue, StatusCode};

use self::picture::Picture;
use self::region::{Card, Labelled};
use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};
use super::words::number;

/// Regions shown.
const MOST: usize = 20;
/// Services offered.
const SERVICES: usize = 200;
/// How long a page waits for a search before it is shown with its progress.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What may be required: the word in the address, and words for people.
const CONTROLS: [(GrantControl, &str); 6] = [
    (GrantControl::Mfa, "Second factor"),
    (GrantControl::CompliantDevice, "Compliant device"),
    (GrantControl::DomainJoinedDevice, "Domain-joined device"),
    (GrantControl::ApprovedApplication, "Approved app"),
    (GrantControl::CompliantApplication, "App protection"),
    (GrantControl::PasswordChange, "Password change"),
];

/// The question, as it stands in the address.
#[derive(Default)]
struct Asked {
    is_asked: bool,
    require: Vec<GrantControl>,
    services: Vec<String>,
}

impl Asked {
    fn read(fields: &[(String, String)]) -> Self {
        let all = |name: &'static str| fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str());
        Self {
            is_asked: !fields.is_empty(),
            require: CONTROLS
                .iter()
                .map(|(control, _)| *control)
                .filter(|control| all("require").any(|word| word == control.as_str()))
                .collect(),
            services: all("service").filter(|service| !service.is_empty()).map(str::to_owned).collect(),
        }
    }
}

/// One choice: value, words, whether it is made.
type Choice = (String, String, bool);

/// What the page tells of a search.
enum Told {
    /// Nothing was asked.
    Nothing,
    /// It goes on.
    Searching { looked_at: usize },
    /// It ended without an answer.
    Failed { why: String },
    /// It ended.
    Found(Box<Answer>),
}

struct Answer {
    question: String,
    begun: Moment,
    people: String,
    concerned: String,
    total: usize,
    cards: Vec<Card>,
    complete: bool,
    /// What was not looked at, in sentences.
    missing: Vec<String>,
    picture: Picture,
}

#[derive(Template)]
#[template(path = "console/gaps.html")]
struct Page {
    shell: Shell,
    controls: Vec<Choice>,
    services: Vec<Choice>,
    more_services: bool,
    problem: Option<String>,
    limit: u64,
    told: Told,
}

/// `GET /console/gaps`; without a question, only the form.
pub(super) async fn get(admin: Admin<Reads>, Query(fields): Query<Vec<(String, String)>>) -> Result<Response, Trouble> {
    let asked = Asked::read(&fields);
    let services = gaps::services(&admin.ctx, admin.tenant.id).await?;
    let mut problem = None;
    let mut told = Told::Nothing;
    let chosen: Result<Vec<AppId>, _> = asked.services.iter().map(|id| id.parse::<AppId>()).collect();
    match chosen {
        _ if !asked.is_asked => {}
        Err(_) => problem = Some("The address names a service that is none. Choose again.".to_owned()),
        Ok(_) if asked.require.is_empty() => problem = Some("Choose what every sign-in should have shown.".to_owned()),
        Ok(services) => {
            let question = gaps::Question { require: asked.require.clone(), services };
            match gaps::search(&admin.ctx, admin.tenant.id, &question, PATIENCE).await {
                Ok(Progress::Searching { looked_at }) => told = Told::Searching { looked_at },
                Ok(Progress::Done(search)) => told = tell(search, question).await?,
                Err(DirectoryError::Invalid { .. }) => {
                    problem = Some("The address names a service that is not here. Choose again.".to_owned());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    let is_searching = matches!(told, Told::Searching { .. });
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let is_chosen = |id: &str| asked.services.iter().any(|service| service.eq_ignore_ascii_case(id));
    let page = Page {
        shell: admin.shell(Section::Gaps)?,
        controls: CONTROLS
            .iter()
            .map(|(control, words)| (control.as_str().to_owned(), (*words).to_owned(), asked.require.contains(control)))
            .collect(),
        more_services: services.len() > SERVICES,
        services: services
            .into_iter()
            .map(|service| (service.app_id.to_string(), service.display_name))
            .take(SERVICES)
            .map(|(id, name)| (id.clone(), name, is_chosen(&id)))
            .collect(),
        problem,
        limit: TIME_LIMIT.as_secs(),
        told,
    };
    let mut response = plain(status, &page);
    if is_searching {
        // The browser asks again by itself, with or without script.
        response.headers_mut().insert("refresh", HeaderValue::from_static("1"));
    }
    Ok(response)
}

/// The answer in words. Thousands of people are looked through for it, so that takes place beside the other requests.
async fn tell(search: Arc<Search>, question: gaps::Question) -> Result<Told, Trouble> {
    let told = tokio::task::spawn_blocking(move || match search.answer() {
        Ok(found) => Told::Found(Box::new(answer(found, &search, &question))),
        Err(why) => Told::Failed { why: why.to_owned() },
    });
    Ok(told.await.map_err(|error| Error::internal("gaps", &error))?)
}

fn answer(found: &Found, search: &Search, question: &gaps::Question) -> Answer {
    let labels = Labelled(&found.names);
    let words = Words::new(&labels, &found.people.users, &found.gaps.axes);
    let concerned: BTreeSet<usize> = found.gaps.regions.iter().flat_map(|region| region.users.iter().copied()).collect();
    let names = |control: &GrantControl| CONTROLS.iter().find(|(known, _)| known == control).map_or("", |(_, words)| words).to_lowercase();
    let require: Vec<String> = question.require.iter().map(names).collect();
    let services = match found.services.as_slice() {
        few if few.len() <= 3 => few.join(", "),
        many => number(many.len(), "service", "services"),
    };
    let mut missing = Vec::new();
    if found.gaps.worked < found.gaps.of {
        let of = number(found.gaps.of, "requirement", "requirements");
        missing.push(format!("The time was up after {} of {of} of your policies.", found.gaps.worked));
    }
    if !found.gaps.is_exact {
        missing.push("Device filters, strengths or terms of use name too many things to try all their combinations.".to_owned());
    }
    if !found.people.complete {
        missing.push(format!("Only the first {} were looked at.", number(found.people.users.len(), "person", "people")));
    }
    Answer {
        question: format!("Ways to {services} without {}", require.join(" or ")),
        begun: Moment(search.begun()),
        people: number(found.people.users.len(), "person", "people"),
        concerned: number(concerned.len(), "person", "people"),
        total: found.gaps.regions.len(),
        cards: found.gaps.regions.iter().take(MOST).map(|region| Card::of(region, &words, &found.names)).collect(),
        complete: missing.is_empty(),
        missing,
        picture: Picture::of(found, &words),
    }
}
