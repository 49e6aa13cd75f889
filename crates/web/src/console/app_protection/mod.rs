//! `/console/app-protection`: what apps on phones must do with the organisation's data, who has which policy, and the apps that check in.

mod draft;
mod edit;
mod effective;
mod field;
mod form;
mod identity;
mod registrations;
mod subject;
mod words;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use doorward_model::protection::{AppGroupType, AssignmentTarget};
use doorward_service::Context;
use doorward_service::directory::Task;
use doorward_service::protection::{self, Stored};
use http::StatusCode;
use serde::Deserialize;

use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::names::Names;
use super::notice::{Trouble, plain, store};
use super::shell::{Section, Shell};
use super::words::{Badge, number};

/// The address of the policies.
const ROOT: &str = "/console/app-protection";
/// Policies of one page.
const PAGE: usize = 50;
/// Names of apps or groups shown in a row.
const NAMED: usize = 3;

/// The routes of this section.
pub(super) fn routes() -> Router<Arc<Context>> {
    Router::new()
        .route("/console/app-protection", get(list))
        .route("/console/app-protection/new", get(edit::new).post(edit::save))
        .route("/console/app-protection/new/draft", post(edit::draft))
        .route("/console/app-protection/policies/{id}", get(edit::edit).post(edit::save))
        .route("/console/app-protection/policies/{id}/draft", post(edit::draft))
        .route("/console/app-protection/policies/{id}/delete", get(edit::ask_delete).post(edit::delete))
        .route("/console/app-protection/effective", get(effective::get))
        .route("/console/app-protection/registrations", get(registrations::list))
        .route("/console/app-protection/registrations/{id}", get(registrations::one))
        .route("/console/app-protection/registrations/{id}/wipe", get(registrations::ask_wipe).post(registrations::wipe))
        .route("/console/app-protection/registrations/{id}/operations/{operation}/cancel", post(registrations::cancel))
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct From {
    after: String,
}

struct Row {
    id: String,
    name: String,
    platform: &'static str,
    apps: String,
    whom: String,
    except: String,
    badge: Badge,
    settings: String,
    changed: Moment,
}

#[derive(Template)]
#[template(path = "console/app_protection/list.html")]
struct Policies {
    shell: Shell,
    rows: Vec<Row>,
    may_edit: bool,
    older: Option<String>,
    newest: Option<String>,
}

/// `GET /console/app-protection`.
async fn list(admin: Admin<Reads>, Query(from): Query<From>) -> Result<Response, Trouble> {
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let mut stored = protection::policies(unit.as_mut()).await?;
    stored.sort_by_key(|stored| (stored.policy.display_name.to_lowercase(), stored.document.id.clone()));
    if let Some(place) = stored.iter().position(|stored| stored.document.id == from.after) {
        stored.drain(..=place);
    }
    let next = stored.len() > PAGE;
    stored.truncate(PAGE);
    let address = |after: &str| format!("{ROOT}?{}", serde_urlencoded::to_string([("after", after)]).unwrap_or_default());
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let page = Policies {
        shell: admin.shell(Section::AppProtection)?,
        may_edit: admin.may(Task::ManageProtection),
        older: stored.last().filter(|_| next).map(|last| address(&last.document.id)),
        newest: (!from.after.is_empty()).then(|| ROOT.to_owned()),
        rows: stored.into_iter().map(|stored| row(stored, &names)).collect(),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn row(stored: Stored, names: &Names) -> Row {
    let policy = &stored.policy;
    let apps = match policy.app_group_type {
        AppGroupType::AllApps => "Every app".to_owned(),
        _ => few(policy.apps.iter().map(|app| app.identifier().to_owned()).collect(), "No app"),
    };
    let (mut whom, mut except) = (Vec::new(), Vec::new());
    for target in &policy.assignments {
        match target {
            AssignmentTarget::AllLicensedUsers {} => whom.push("Everyone".to_owned()),
            AssignmentTarget::Group { group_id } => whom.push(names.of(&group_id.to_string()).to_owned()),
            AssignmentTarget::ExclusionGroup { group_id } => except.push(names.of(&group_id.to_string()).to_owned()),
        }
    }
    let covers_nothing = policy.apps.is_empty() && policy.app_group_type != AppGroupType::AllApps;
    let badge = match (whom.is_empty(), covers_nothing) {
        (true, _) => Badge { tone: "calm", text: "For nobody" },
        (false, true) => Badge { tone: "wait", text: "For no app" },
        (false, false) => Badge { tone: "good", text: "In force" },
    };
    let set = words::sections(policy.platform).flat_map(|(_, settings)| settings);
    let set = set.filter(|setting| stored.document.body.get(setting.name).is_some_and(|value| *value != setting.default)).count();
    Row {
        name: policy.display_name.clone(),
        platform: words::platform(policy.platform),
        apps,
        whom: few(whom, "Nobody"),
        except: if except.is_empty() { String::new() } else { few(except, "") },
        badge,
        settings: number(set, "setting", "settings"),
        changed: Moment(stored.document.modified),
        id: stored.document.id,
    }
}

/// The first names, and how many more there are.
fn few(names: Vec<String>, none: &str) -> String {
    match names.len() {
        0 => none.to_owned(),
        count if count <= NAMED => names.join(", "),
        count => format!("{} and {} more", names.get(..NAMED).unwrap_or_default().join(", "), count - NAMED),
    }
}
