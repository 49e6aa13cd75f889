//! `/users/{id}/authentication`: the ways in which a person can prove themselves, without anything that helps to do so.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use doorward_model::MethodId;
use doorward_model::authentication_method::{AuthenticationMethod, Credential};
use doorward_service::directory::{self, DirectoryError, Task};
use serde_json::{Value, json};

use super::admin::Admin;
use super::error::GraphError;
use super::list::List;
use super::users;

/// Id of everybody's password, fixed in Graph.
const PASSWORD: &str = "28c10230-6103-485e-b985-444c60001490";

pub(super) async fn list(admin: Admin, list: List, Path(id): Path<String>) -> Result<Response, GraphError> {
    admin.may(Task::ReadMethods)?;
    let user = users::find(&admin, &id).await?;
    let methods = directory::authentication_methods(&admin.ctx, admin.tenant.id, user.id).await?;
    let password = user.password_hash.is_some().then(|| {
        json!({ "@odata.type": "#microsoft.graph.passwordAuthenticationMethod", "id": PASSWORD, "password": null, "createdDateTime": null })
    });
    let known = ["id", "@odata.type", "displayName", "createdDateTime", "lastUsedDateTime"];
    let methods = password.into_iter().chain(methods.iter().map(shown)).collect();
    list.in_memory(&format!("users('{}')/authentication/methods", user.id), methods, &known)
}

pub(super) async fn delete(admin: Admin, Path((id, method)): Path<(String, String)>) -> Result<Response, GraphError> {
    admin.may(Task::ManageMethods)?;
    let user = users::find(&admin, &id).await?;
    admin.principal.may_remove_method(&user)?;
    let unknown = || DirectoryError::NotFound(format!("authentication method {method}"));
    let method: MethodId = method.parse().map_err(|_| unknown())?;
    directory::delete_authentication_method(&admin.ctx, admin.tenant.id, &admin.actor(), user.id, method).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn shown(method: &AuthenticationMethod) -> Value {
    let (kind, aaguid) = match &method.credential {
        Credential::Fido2 { aaguid, .. } => ("#microsoft.graph.fido2AuthenticationMethod", Some(aaguid)),
        Credential::SoftwareOath { .. } => ("#microsoft.graph.softwareOathAuthenticationMethod", None),
        Credential::WindowsHello { .. } => ("#microsoft.graph.windowsHelloForBusinessAuthenticationMethod", None),
    };
    json!({
        "@odata.type": kind,
        "id": method.id,
        "displayName": method.display_name,
        "createdDateTime": method.created,
        "lastUsedDateTime": method.last_used,
        "aaGuid": aaguid,
    })
}
