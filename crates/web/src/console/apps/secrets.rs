//! `/console/apps/{id}/secrets`: secrets of a confidential client.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::CredentialId;
use doorward_service::directory::{self, DirectoryError, NewPassword, Task};
use http::StatusCode;

use super::{ManagesApps, find, page_of};
use crate::area::question::Question;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::secret::Secret;
use crate::console::shell::Section;
use crate::console::stamp::Stamp;

/// `POST /console/apps/{id}/secrets`, for the app as it was looked at: sent twice, it would leave a secret that nobody was shown.
pub(super) async fn add(
    admin: Admin<ManagesApps>,
    Path(id): Path<String>,
    Extension(posted): Extension<Posted>,
) -> Result<Response, Trouble> {
    let app = find(&admin, &id).await?;
    admin.require(Task::to_register(Some(&app), None))?;
    let seen = Stamp::read(&posted);
    let (ctx, actor) = (&admin.ctx, admin.actor());
    let added = directory::add_password(ctx, admin.tenant.id, &actor, app.app_id, NewPassword::default(), Some(&seen.tag)).await;
    let (value, _) = match added {
        Err(DirectoryError::Changed) => return Ok(flash::done(&page_of(app.app_id), Flash::SecretNotAdded)),
        added => added?,
    };
    let page = Secret {
        shell: admin.shell(Section::Apps)?,
        crumb: (page_of(app.app_id), app.display_name.clone()),
        title: "New client secret",
        text: format!("{} proves with it who it is. It is good for a year.", app.display_name),
        label: "Secret",
        value,
    };
    Ok(plain(StatusCode::OK, &page))
}

/// `GET /console/apps/{id}/secrets/{key}/remove`.
pub(super) async fn ask_to_remove(admin: Admin<ManagesApps>, Path((id, key)): Path<(String, String)>) -> Result<Response, Trouble> {
    let app = find(&admin, &id).await?;
    admin.require(Task::to_register(Some(&app), None))?;
    let secret = app.secrets.iter().find(|secret| secret.key_id.to_string() == key).ok_or_else(Trouble::missing)?;
    let page = page_of(app.app_id);
    let question = Question {
        crumb: (page.clone(), app.display_name.clone()),
        title: "Remove this secret?".to_owned(),
        text: vec![format!("Whoever still uses the secret that begins with “{}” is refused from then on.", secret.hint)],
        problem: None,
        fields: Vec::new(),
        action: format!("{page}/secrets/{key}/remove"),
        button: "Remove",
        back: page,
        shell: admin.shell(Section::Apps)?,
    };
    Ok(question.page())
}

/// `POST /console/apps/{id}/secrets/{key}/remove`.
pub(super) async fn remove(admin: Admin<ManagesApps>, Path((id, key)): Path<(String, String)>) -> Result<Response, Trouble> {
    let app = find(&admin, &id).await?;
    admin.require(Task::to_register(Some(&app), None))?;
    let key: CredentialId = key.parse().map_err(|_| Trouble::missing())?;
    match directory::remove_password(&admin.ctx, admin.tenant.id, &admin.actor(), app.app_id, key).await {
        // Gone already: it was sent twice.
        Ok(()) | Err(DirectoryError::NotFound(_)) => Ok(flash::done(&page_of(app.app_id), Flash::SecretRemoved)),
        Err(error) => Err(error.into()),
    }
}
