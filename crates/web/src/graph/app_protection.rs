//! App protection policies as Graph has them: `/deviceAppManagement/iosManagedAppProtections`, `/androidManagedAppProtections`, and
//! `/managedAppPolicies` with those of both platforms.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use doorward_model::application::MobilePlatform;
use doorward_model::document::{Document, DocumentKind};
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_service::{Context, protection};
use doorward_wire::policy_file::app_protection as format;
use serde::Deserialize;
use serde_json::Value;

use super::admin::Admin;
use super::entity::ObjectBody;
use super::error::GraphError;
use super::list::List;
use super::page::{if_match_version, with_etag};

const KIND: DocumentKind = DocumentKind::AppProtectionPolicy;
/// What a collection can be filtered and ordered by.
pub(super) const PROPERTIES: [&str; 7] =
    ["id", "displayName", "description", "isAssigned", "version", "createdDateTime", "lastModifiedDateTime"];
/// What belongs to a policy and is shown with it when it is asked for.
const RELATED: [&str; 2] = ["apps", "assignments"];

/// The policies of one platform, or of both.
#[derive(Clone, Copy)]
struct Collection {
    path: &'static str,
    /// Its name in `@odata.context`.
    context: &'static str,
    platform: Option<MobilePlatform>,
}

const COLLECTIONS: [Collection; 3] = [
    Collection { path: "/deviceappmanagement/managedapppolicies", context: "deviceAppManagement/managedAppPolicies", platform: None },
    Collection {
        path: "/deviceappmanagement/iosmanagedappprotections",
        context: "deviceAppManagement/iosManagedAppProtections",
        platform: Some(MobilePlatform::Ios),
    },
    Collection {
        path: "/deviceappmanagement/androidmanagedappprotections",
        context: "deviceAppManagement/androidManagedAppProtections",
        platform: Some(MobilePlatform::Android),
    },
];

const EACH: [&str; 3] = ["", "/$count", "/{id}"];
/// What only the policies of one platform have.
const TYPED: [&str; 4] = ["/{id}/apps", "/{id}/assignments", "/{id}/assign", "/{id}/targetapps"];

/// The paths of these routes.
pub(super) fn paths() -> Vec<String> {
    let of = |collection: &Collection| {
        let typed: &[&str] = if collection.platform.is_some() { &TYPED } else { &[] };
        EACH.iter().chain(typed).map(|rest| format!("{}{rest}", collection.path)).collect::<Vec<_>>()
    };
    COLLECTIONS.iter().flat_map(of).collect()
}

/// The routes.
pub(super) fn routes() -> Router<Arc<Context>> {
    COLLECTIONS.into_iter().fold(Router::new(), |router, collection| router.nest(collection.path, of(collection)))
}

fn of(collection: Collection) -> Router<Arc<Context>> {
    let router = Router::new()
        .route("/", get(move |admin, list| all(collection, admin, list)).post(move |admin, body| create(collection, admin, body)))
        .route("/$count", get(move |admin, list| count(collection, admin, list)))
        .route(
            "/{id}",
            get(move |admin, list, path| one(collection, admin, list, path))
                .patch(move |admin, path, headers, body| update(collection, admin, path, headers, body))
                .delete(move |admin, path, headers| delete(collection, admin, path, headers)),
        );
    if collection.platform.is_none() {
        return router;
    }
    router
        .route("/{id}/apps", get(move |admin, list, path| apps(collection, admin, list, path)))
        .route("/{id}/assignments", get(move |admin, list, path| assignments(collection, admin, list, path)))
        .route("/{id}/assign", post(move |admin, path, headers, body| assign(collection, admin, path, headers, body)))
        .route("/{id}/targetapps", post(move |admin, path, headers, body| target_apps(collection, admin, path, headers, body)))
}

impl Collection {
    fn holds(self, document: &Document) -> bool {
        let platform = document.body.as_object().and_then(|members| format::platform(members).ok());
        self.platform.is_none() || platform == self.platform
    }

    async fn documents(self, admin: &Admin) -> Result<Vec<Document>, GraphError> {
        let mut documents = admin.read().await?.documents().list(KIND).await?;
        documents.retain(|document| self.holds(document));
        Ok(documents)
    }

    async fn find(self, admin: &Admin, id: &str) -> Result<Document, GraphError> {
        let document = admin.read().await?.documents().get(KIND, id).await?.filter(|document| self.holds(document));
        Ok(document.ok_or_else(|| DirectoryError::NotFound(format!("app protection policy {id}")))?)
    }
}

/// The policy as Graph shows it.
pub(super) fn shown(document: &Document, expand: &[&str]) -> Value {
    let mut shown = format::whole(&document.body);
    shown.insert("id".into(), document.id.clone().into());
    shown.insert("createdDateTime".into(), document.created.to_string().into());
    shown.insert("lastModifiedDateTime".into(), document.modified.to_string().into());
    shown.insert("version".into(), format!("\"{}\"", document.version).into());
    for name in expand {
        let related = if *name == "apps" { format::shown_apps(&document.body) } else { format::shown_assignments(&document.body) };
        shown.insert((*name).to_owned(), related.into());
    }
    shown.into()
}

async fn all(collection: Collection, admin: Admin, mut list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let expand = list.expand(&RELATED)?;
    let documents = collection.documents(&admin).await?;
    list.in_memory(collection.context, documents.iter().map(|document| shown(document, &expand)).collect(), &PROPERTIES)
}

async fn count(collection: Collection, admin: Admin, list: List) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let documents = collection.documents(&admin).await?;
    list.count_in_memory(documents.iter().map(|document| shown(document, &[])).collect(), &PROPERTIES)
}

async fn create(collection: Collection, admin: Admin, Json(mut body): Json<Value>) -> Result<Response, GraphError> {
    admin.may(Task::ManageProtection)?;
    // The collection says which kind of policy it is; a body that says otherwise is a mistake.
    if let (Some(platform), Some(members)) = (collection.platform, body.as_object_mut()) {
        let expected = format::odata_type(platform);
        let given = members.entry("@odata.type").or_insert_with(|| expected.into());
        if given.as_str().map(|name| name.trim_start_matches('#')) != Some(expected.trim_start_matches('#')) {
            return Err(GraphError::BadRequest(format!("@odata.type: must be {expected} in this collection")));
        }
    }
    let document = directory::create_policy(&admin.ctx, admin.tenant.id, &admin.actor(), KIND, body).await?;
    Ok(with_etag((StatusCode::CREATED, Json(shown(&document, &[]))), &document.version.to_string()))
}

async fn one(collection: Collection, admin: Admin, mut list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let expand = list.expand(&RELATED)?;
    let document = collection.find(&admin, &id).await?;
    Ok(with_etag(list.one(collection.context, shown(&document, &expand))?, &document.version.to_string()))
}

async fn update(
    collection: Collection,
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(patch): Json<Value>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let expected = if_match_version(&headers)?;
    let id = collection.find(&admin, &id).await?.id;
    directory::update_policy(&admin.ctx, admin.tenant.id, &admin.actor(), KIND, &id, &patch, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete(collection: Collection, admin: Admin, Path(id): Path<String>, headers: HeaderMap) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let expected = if_match_version(&headers)?;
    let id = collection.find(&admin, &id).await?.id;
    directory::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), KIND, &id, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn apps(collection: Collection, admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let document = collection.find(&admin, &id).await?;
    list.in_memory(&format!("{}('{}')/apps", collection.context, document.id), format::shown_apps(&document.body), &["id"])
}

async fn assignments(collection: Collection, admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadProtection)?;
    let document = collection.find(&admin, &id).await?;
    let context = format!("{}('{}')/assignments", collection.context, document.id);
    list.in_memory(&context, format::shown_assignments(&document.body), &["id"])
}

/// Body of the action `assign`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assign {
    assignments: Value,
}

async fn assign(
    collection: Collection,
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    ObjectBody(body): ObjectBody<Assign>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let expected = if_match_version(&headers)?;
    let id = collection.find(&admin, &id).await?.id;
    protection::assign(&admin.ctx, admin.tenant.id, &admin.actor(), &id, body.assignments, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Body of the action `targetApps`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TargetApps {
    apps: Value,
    app_group_type: Option<Value>,
}

async fn target_apps(
    collection: Collection,
    admin: Admin,
    Path(id): Path<String>,
    headers: HeaderMap,
    ObjectBody(body): ObjectBody<TargetApps>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageProtection)?;
    let expected = if_match_version(&headers)?;
    let id = collection.find(&admin, &id).await?.id;
    let targets = (body.apps, body.app_group_type);
    protection::target_apps(&admin.ctx, admin.tenant.id, &admin.actor(), &id, targets, expected).await?;
    Ok(StatusCode::NO_CONTENT)
}
