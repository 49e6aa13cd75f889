//! The page before saving: what differs, and which recorded sign-ins would end otherwise.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use doorward_service::conditional_access;
use doorward_service::directory::DirectoryError;
use http::StatusCode;
use serde_json::Value;

use super::draft::{Draft, in_lines};
use super::{NEW, Noun, Told, show, stored};
use crate::console::admin::{Admin, ManagesAccess};
use crate::console::difference::{Difference, differences};
use crate::console::guard::Posted;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain};
use crate::console::replay::Replay;
use crate::console::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/reference/preview.html")]
struct Preview {
    shell: Shell,
    root: &'static str,
    key: String,
    name: String,
    used_by: Vec<String>,
    kept: Vec<(&'static str, String)>,
    changes: Vec<Difference>,
    replay: Replay,
}

/// `POST …/{id}/draft`: shows what saving would do, or the form again. Changes nothing.
pub(super) async fn draft(
    noun: Noun,
    admin: Admin<ManagesAccess>,
    Path(key): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    let found = stored(&admin, noun, &key).await?;
    let draft = Draft::read(noun, &fields);
    if fields.iter().any(|(name, value)| name == "do" && value == "edit") {
        return show(&admin, noun, found.as_ref(), draft, Told::default());
    }
    let (name, lines) = draft.problems();
    if name.is_some() || lines.is_some() {
        return show(&admin, noun, found.as_ref(), draft, Told { name, lines, ..Told::default() });
    }
    let (ctx, tenant, body) = (&admin.ctx, admin.tenant.id, draft.body());
    let id = found.as_ref().map_or_else(|| draft.id(), |found| found.document.id.clone());
    let replay = match conditional_access::preview_reference(ctx, tenant, noun.kind(), &id, Some(&body)).await {
        Ok(replay) => Replay::of(replay),
        Err(DirectoryError::Invalid { problem, .. }) => return show(&admin, noun, found.as_ref(), draft, Told::at_lines(&problem)),
        Err(error) => return Err(error.into()),
    };
    let before = found.as_ref().map_or(Value::Null, |found| found.document.body.clone());
    let page = Preview {
        shell: admin.shell(Section::ConditionalAccess)?,
        root: noun.root(),
        key: found.as_ref().map_or_else(|| NEW.to_owned(), |found| found.document.id.clone()),
        name: draft.name.clone(),
        used_by: found.map(|found| found.used_by).unwrap_or_default(),
        kept: draft.fields(),
        changes: differences(&in_lines(&before), &in_lines(&body), &Names::read(ctx, tenant).await?),
        replay,
    };
    Ok(plain(StatusCode::OK, &page))
}
