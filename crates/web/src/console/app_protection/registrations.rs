//! `/console/app-protection/registrations`: the apps that check in, what each has to enforce, and their wipe.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::RegistrationId;
use doorward_model::protection::{
    Ending, FlaggedReason, ManagedAppOperation, ManagedAppRegistration, OperationKind, OperationState, ProtectionState,
};
use doorward_model::user::User;
use doorward_policy::protection::Criterion;
use doorward_service::directory::{DirectoryError, Task};
use doorward_service::protection::{self, Registered, Search, Show};
use http::StatusCode;
use serde::Deserialize;

use super::identity::{self, Fact};
use super::{ROOT, words};
use crate::area::sentence;
use crate::console::admin::{Admin, ManagesProtection, Reads};
use crate::console::flash::Flash;
use crate::console::moment::Moment;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::{Section, Shell};
use crate::console::words::Badge;

const SHOWS: [(&str, &str, Show); 4] = [
    ("", "In use", Show::Living),
    ("flagged", "On a flagged device", Show::Flagged),
    ("wipes", "With a wipe that is not done", Show::Wipes),
    ("ended", "Ended", Show::Ended),
];

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filters {
    person: String,
    show: String,
    after: String,
}

impl Filters {
    fn address(&self, after: Option<RegistrationId>) -> String {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let fields = [("person", &self.person), ("show", &self.show), ("after", &after)];
        let query = serde_urlencoded::to_string(fields.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>());
        format!("{ROOT}/registrations?{}", query.unwrap_or_default())
    }
}

struct Row {
    id: String,
    person: String,
    app: String,
    app_version: String,
    device: String,
    platform: String,
    seen: Moment,
    badges: Vec<Badge>,
}

#[derive(Template)]
#[template(path = "console/app_protection/registrations.html")]
struct Registrations {
    shell: Shell,
    filters: Filters,
    problem: Option<&'static str>,
    filtered: bool,
    rows: Vec<Row>,
    older: Option<String>,
    newest: Option<String>,
}

impl Registrations {
    fn shows(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        SHOWS.into_iter().map(|(word, label, _)| (word, label, word == self.filters.show))
    }
}

/// `GET /console/app-protection/registrations`.
pub(super) async fn list(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let search = Search {
        person: Some(filters.person.trim().to_owned()).filter(|person| !person.is_empty()),
        show: SHOWS.iter().find(|(word, ..)| *word == filters.show).map(|(.., show)| *show).unwrap_or_default(),
        after: filters.after.parse().ok(),
    };
    let (found, problem) = match protection::search(&admin.ctx, admin.tenant.id, &search).await {
        Ok(found) => (Some(found), None),
        Err(DirectoryError::NotFound(_)) => (None, Some("Nobody here has this sign-in name.")),
        Err(error) => return Err(error.into()),
    };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let next = found.as_ref().and_then(|found| found.next);
    let rows = found.into_iter().flat_map(|found| found.items).map(|(one, user)| row(&one, user.as_deref(), &names)).collect();
    let page = Registrations {
        shell: admin.shell(Section::ManagedApps)?,
        filtered: !filters.person.is_empty() || !filters.show.is_empty(),
        older: next.map(|next| filters.address(Some(next))),
        newest: (!filters.after.is_empty()).then(|| filters.address(None)),
        filters,
        problem,
        rows,
    };
    Ok(plain(if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &page))
}

fn person(registration: &ManagedAppRegistration, user: Option<&User>) -> String {
    user.map_or_else(|| format!("Deleted person {}", registration.user_id), |user| user.user_principal_name.clone())
}

fn row(registration: &ManagedAppRegistration, user: Option<&User>, names: &Names) -> Row {
    let state = &registration.state;
    Row {
        id: registration.id.to_string(),
        person: person(registration, user),
        app: names.of(&registration.app_id.to_string()).to_owned(),
        app_version: state.application_version.clone(),
        device: state.device_name.clone(),
        platform: format!("{} {}", words::platform(state.platform), state.platform_version),
        seen: Moment(registration.last_sync_date_time),
        badges: badges(registration),
    }
}

fn badges(registration: &ManagedAppRegistration) -> Vec<Badge> {
    let mut badges = Vec::new();
    let state = match (registration.ended.map(|ended| ended.how), registration.protection) {
        (Some(Ending::Wiped), _) => Badge { tone: "calm", text: "Wiped" },
        (Some(Ending::Unenrolled), _) => Badge { tone: "calm", text: "Account removed" },
        (Some(Ending::Replaced), _) => Badge { tone: "calm", text: "Replaced" },
        (None, ProtectionState::Active) => Badge { tone: "good", text: "Has a policy" },
        (None, ProtectionState::None) => Badge { tone: "wait", text: "Policy withdrawn" },
        (None, ProtectionState::NotTargeted) => Badge { tone: "wait", text: "No policy" },
        (None, ProtectionState::Disabled) => Badge { tone: "bad", text: "Account disabled" },
    };
    badges.push(state);
    let wipe = registration.operations.iter().any(ManagedAppOperation::is_open_wipe);
    badges.extend((wipe && registration.ended.is_none()).then_some(Badge { tone: "bad", text: "Wipe not done" }));
    badges.extend(registration.state.flagged_reasons().into_iter().map(|reason| match reason {
        FlaggedReason::RootedDevice => Badge { tone: "bad", text: "Rooted" },
        FlaggedReason::AndroidBootloaderUnlocked => Badge { tone: "wait", text: "Bootloader unlocked" },
    }));
    badges
}

struct OperationRow {
    id: String,
    what: &'static str,
    badge: Badge,
    asked: Moment,
    ended: Option<Moment>,
    reason: String,
    can_cancel: bool,
}

#[derive(Template)]
#[template(path = "console/app_protection/registration.html")]
struct One {
    shell: Shell,
    id: String,
    person: String,
    app: String,
    device: String,
    badges: Vec<Badge>,
    failed: Vec<&'static str>,
    ended: bool,
    facts: Vec<(&'static str, String)>,
    identity: Vec<(&'static str, Fact)>,
    assurance: Badge,
    /// Why it does not have the identity that it must have.
    unattested: Option<String>,
    ids: Vec<(&'static str, String)>,
    made: Moment,
    seen: Moment,
    intended: Vec<(String, String)>,
    applied: Vec<(String, String)>,
    is_current: bool,
    operations: Vec<OperationRow>,
    may_manage: bool,
    can_wipe: bool,
}

async fn find<P>(admin: &Admin<P>, id: &str) -> Result<Registered, Trouble> {
    let id: RegistrationId = id.parse().map_err(|_| Trouble::missing())?;
    protection::registered(&admin.ctx, admin.tenant.id, id).await?.ok_or_else(Trouble::missing)
}

/// `GET /console/app-protection/registrations/{id}`.
pub(super) async fn one(admin: Admin<Reads>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let found = find(&admin, &id).await?;
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let policies = protection::policies(unit.as_mut()).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let named = |id: &str| {
        let known = policies.iter().find(|stored| stored.document.id == id);
        (id.to_owned(), known.map_or_else(|| format!("Deleted policy {id}"), |stored| stored.policy.display_name.clone()))
    };
    let registration = &found.registration;
    let intended = found.current.iter().flat_map(|current| &current.effective.intended).map(|policy| named(&policy.id));
    let ended = registration.ended.is_some();
    let may_manage = admin.may(Task::ManageProtection);
    let page = One {
        shell: admin.shell(Section::ManagedApps)?,
        id: registration.id.to_string(),
        person: person(registration, found.user.as_deref()),
        app: names.of(&registration.app_id.to_string()).to_owned(),
        device: registration.state.device_name.clone(),
        badges: badges(registration),
        failed: if ended { Vec::new() } else { found.failed.iter().map(|criterion| failed(*criterion)).collect() },
        facts: facts(&found),
        identity: identity::facts(registration),
        assurance: identity::badge(found.assurance),
        unattested: found.missing_attestation.filter(|_| !ended).map(|problem| sentence(&problem.to_string())),
        ids: ids(registration),
        made: Moment(registration.created_date_time),
        seen: Moment(registration.last_sync_date_time),
        intended: intended.collect(),
        applied: registration.applied_policies.iter().map(|policy| named(&policy.id)).collect(),
        is_current: registration.applied_tag.is_some() && registration.applied_tag == found.current.as_ref().map(|now| now.tag.clone()),
        operations: registration.operations.iter().rev().map(operation).collect(),
        may_manage,
        can_wipe: may_manage && !ended && !registration.operations.iter().any(ManagedAppOperation::is_open_wipe),
        ended,
    };
    Ok(plain(StatusCode::OK, &page))
}

/// What keeps an app from counting as protected.
fn failed(criterion: Criterion) -> &'static str {
    match criterion {
        Criterion::Active => "No policy is for this person in this app, or the app has not fetched it yet.",
        Criterion::Fresh => "It has not checked in lately.",
        Criterion::Current => "It does not enforce the present policy yet. It fetches it at its next check-in.",
        Criterion::NotWiped => "A wipe is not done.",
        Criterion::DeviceSound => "Its policy blocks devices like this one: it is rooted or jailbroken.",
        Criterion::Proven => "It has no key that proves it.",
    }
}

fn facts(found: &Registered) -> Vec<(&'static str, String)> {
    let state = &found.registration.state;
    let level = words::LEVELS.iter().find(|(.., level, _)| *level == state.management_level).map(|(_, words, ..)| (*words).to_owned());
    let yes = |flag: bool| if flag { "Yes" } else { "No" }.to_owned();
    let model = [state.device_manufacturer.as_deref(), state.device_model.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let all = [
        ("Operating system", Some(format!("{} {}", words::platform(state.platform), state.platform_version))),
        ("Security patches", state.patch_level.clone()),
        ("Device", Some(state.device_type.clone())),
        ("Model", Some(model).filter(|model| !model.is_empty())),
        ("Registered device", found.device.as_ref().map(|device| device.display_name.clone())),
        ("Management, by our record", found.device.as_ref().map(|device| yes(device.is_managed))),
        ("Management, by its own word", level),
        ("Rooted or jailbroken", Some(state.rooted.map_or_else(|| "Cannot tell".to_owned(), yes))),
        ("Screen lock", state.device_lock_set.map(yes)),
        ("App PIN is set", Some(yes(state.pin_set))),
        ("Version of the app", Some(state.application_version.clone())),
        ("Version of the runtime", Some(state.sdk_version.clone())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn ids(registration: &ManagedAppRegistration) -> Vec<(&'static str, String)> {
    let all = [
        ("App", Some(registration.app_identifier.identifier().to_owned())),
        ("Device tag", Some(registration.device_tag.clone())),
        ("Device id", registration.device_id.map(|id| id.to_string())),
        ("Registration", Some(registration.id.to_string())),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn operation(operation: &ManagedAppOperation) -> OperationRow {
    let what = match operation.kind {
        OperationKind::Wipe => "Remove the organisation’s data",
        OperationKind::CollectLogs => "Send logs",
        OperationKind::RefreshEvidence => "Send new evidence",
    };
    let (tone, text) = match operation.state {
        OperationState::None => ("calm", "Not asked"),
        OperationState::Pending => ("wait", "Waits for the app"),
        OperationState::Canceled => ("calm", "Taken back"),
        OperationState::Active => ("wait", "The app was told"),
        OperationState::Done => ("good", "Done"),
        OperationState::Failed => ("bad", "Failed"),
        OperationState::NotSupported => ("bad", "The app cannot"),
    };
    OperationRow {
        id: operation.id.clone(),
        what,
        badge: Badge { tone, text },
        asked: Moment(operation.issued),
        ended: operation.ending.as_ref().map(|ending| Moment(ending.at)),
        reason: operation.ending.as_ref().map(|ending| ending.reason.clone()).unwrap_or_default(),
        can_cancel: operation.state == OperationState::Pending,
    }
}

#[derive(Template)]
#[template(path = "console/app_protection/wipe.html")]
struct Wipe {
    shell: Shell,
    id: String,
    person: String,
    device: String,
    apps: Vec<String>,
}

/// `GET /console/app-protection/registrations/{id}/wipe`: says what it will do, and asks.
pub(super) async fn ask_wipe(admin: Admin<ManagesProtection>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let found = find(&admin, &id).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let open = found.on_device.iter().filter(|one| !one.operations.iter().any(ManagedAppOperation::is_open_wipe));
    let apps: Vec<String> = open.map(|one| names.of(&one.app_id.to_string()).to_owned()).collect();
    let page = Wipe {
        shell: admin.shell(Section::ManagedApps)?,
        id: found.registration.id.to_string(),
        person: person(&found.registration, found.user.as_deref()),
        device: found.registration.state.device_name.clone(),
        apps,
    };
    Ok(plain(StatusCode::OK, &page))
}

/// `POST /console/app-protection/registrations/{id}/wipe`: asks the person's apps on that device to remove the organisation's data.
pub(super) async fn wipe(admin: Admin<ManagesProtection>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let registration = find(&admin, &id).await?.registration;
    let (user, tag) = (registration.user_id, &registration.device_tag);
    let asked = match protection::request_wipe(&admin.ctx, admin.tenant.id, &admin.actor(), user, tag).await {
        Ok(asked) => asked,
        // Every app of the device has ended meanwhile, which is what was asked for.
        Err(DirectoryError::NotFound(_)) => 0,
        Err(error) => return Err(error.into()),
    };
    Ok(back(registration.id, if asked > 0 { Flash::WipeAsked } else { Flash::NothingToWipe }))
}

/// `POST …/operations/{operation}/cancel`: takes back what the app has not heard of.
pub(super) async fn cancel(admin: Admin<ManagesProtection>, Path((id, operation)): Path<(String, String)>) -> Result<Response, Trouble> {
    let id = find(&admin, &id).await?.registration.id;
    match protection::cancel_operation(&admin.ctx, admin.tenant.id, &admin.actor(), id, &operation).await {
        Ok(()) => Ok(back(id, Flash::WipeTakenBack)),
        Err(DirectoryError::Conflict(_)) => Ok(back(id, Flash::TooLate)),
        Err(error) => Err(error.into()),
    }
}

fn back(id: RegistrationId, flash: Flash) -> Response {
    let mut response = Redirect::to(&format!("{ROOT}/registrations/{id}")).into_response();
    flash.leave(&mut response);
    response
}
