//! Deleting a policy, after a look at what that would do.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::document::Document;
use doorward_service::conditional_access;
use doorward_service::directory::{self, DirectoryError};
use doorward_service::directory_search::display_name;
use http::StatusCode;

use super::review::Looked;
use super::{KIND, done, stored};
use crate::area::sentence;
use crate::console::admin::{Admin, ManagesAccess};
use crate::console::flash::Flash;
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/conditional_access/delete.html")]
struct Delete {
    shell: Shell,
    key: String,
    name: String,
    version: i64,
    problem: Option<String>,
    looked: Looked,
}

/// `GET /console/conditional-access/{id}/delete`.
pub(in crate::console) async fn ask(admin: Admin<ManagesAccess>, Path(key): Path<String>) -> Result<Response, Trouble> {
    let document = stored(&admin, &key).await?.ok_or_else(Trouble::missing)?;
    page(&admin, &document, None, StatusCode::OK).await
}

async fn page(admin: &Admin<ManagesAccess>, document: &Document, problem: Option<String>, status: StatusCode) -> Result<Response, Trouble> {
    let preview = conditional_access::preview(&admin.ctx, admin.tenant.id, &document.id, None).await?;
    let page = Delete {
        shell: admin.shell(Section::ConditionalAccess)?,
        key: document.id.clone(),
        name: display_name(document),
        version: document.version,
        problem,
        looked: Looked::of(preview),
    };
    Ok(plain(status, &page))
}

/// `POST /console/conditional-access/{id}/delete`, at the version that was looked at.
pub(in crate::console) async fn delete(
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let document = match stored(&admin, &key).await {
        Ok(document) => document.ok_or_else(Trouble::missing)?,
        // Gone already: it was sent twice.
        Err(trouble) if trouble.is_missing() => return Ok(done(Flash::PolicyDeleted)),
        Err(trouble) => return Err(trouble),
    };
    let version = fields.iter().find(|(name, _)| name == "version").and_then(|(_, version)| version.parse().ok());
    // Without a version nothing was looked at.
    let version = version.unwrap_or(0);
    match directory::delete_policy(&admin.ctx, admin.tenant.id, &admin.actor(), KIND, &document.id, Some(version)).await {
        Ok(()) => Ok(done(Flash::PolicyDeleted)),
        Err(DirectoryError::Changed) => {
            let told = "Somebody else changed this policy since you looked at it. Nothing was deleted; look again.".to_owned();
            page(&admin, &document, Some(told), StatusCode::CONFLICT).await
        }
        Err(error @ DirectoryError::Conflict(_)) => {
            page(&admin, &document, Some(sentence(&error.to_string())), StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => Err(error.into()),
    }
}
