//! `/applications/{id}/addPassword` and `…/removePassword`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use doorward_model::application::ClientSecret;
use doorward_model::{AppId, CredentialId};
use doorward_service::directory::{self, NewPassword, Task};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::find;
use super::registration::{read, strip};
use crate::graph::admin::Admin;
use crate::graph::error::GraphError;

/// What a secret is to be like; all of it may be left out, and the body too.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct AddPassword {
    password_credential: Option<NewCredential>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct NewCredential {
    display_name: Option<String>,
    start_date_time: Option<Timestamp>,
    end_date_time: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RemovePassword {
    key_id: CredentialId,
}

/// Makes a secret, which is shown this once.
pub(in crate::graph) async fn add(admin: Admin, Path(id): Path<AppId>, body: Bytes) -> Result<Json<Value>, GraphError> {
    admin.may(Task::ManageApplications)?;
    admin.principal.may_register(Some(&find(&admin, id).await?), None)?;
    let wanted = match body.is_empty() {
        true => AddPassword::default(),
        false => {
            let body: Map<String, Value> =
                serde_json::from_slice(&body).map_err(|error| GraphError::BadRequest(format!("the body must be an object: {error}")))?;
            // A reader that is derived would take a list for an object.
            if body.get("passwordCredential").is_some_and(Value::is_array) {
                return Err(GraphError::BadRequest("passwordCredential: must be an object".into()));
            }
            let mut body = Value::Object(body);
            strip(&mut body);
            read(body)?
        }
    };
    let NewCredential { display_name, start_date_time, end_date_time } = wanted.password_credential.unwrap_or_default();
    let new = NewPassword { display_name, start: start_date_time, end: end_date_time };
    let (value, secret) = directory::add_password(&admin.ctx, admin.tenant.id, &admin.actor(), id, new, None).await?;
    let mut shown = shown(&secret);
    if let Value::Object(members) = &mut shown {
        members.insert("secretText".into(), value.into());
    }
    Ok(Json(shown))
}

/// Removes a secret.
pub(in crate::graph) async fn remove(
    admin: Admin,
    Path(id): Path<AppId>,
    Json(body): Json<Map<String, Value>>,
) -> Result<StatusCode, GraphError> {
    admin.may(Task::ManageApplications)?;
    let RemovePassword { key_id } = read(body.into())?;
    admin.principal.may_register(Some(&find(&admin, id).await?), None)?;
    directory::remove_password(&admin.ctx, admin.tenant.id, &admin.actor(), id, key_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A secret by what may be known of it.
pub(super) fn shown(secret: &ClientSecret) -> Value {
    json!({
        "keyId": secret.key_id,
        "displayName": secret.display_name,
        "hint": secret.hint,
        "startDateTime": secret.start,
        "endDateTime": secret.expires,
        "secretText": null,
    })
}
