//! `/console/settings/certificates`: signing in by certificate, which excludes app access.

use axum::Extension;
use axum::response::Response;
use doorward_service::directory::{self, DirectoryError, TenantPatch};

use super::{ManagesOrganization, PATH};
use crate::area::question::Question;
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::Trouble;
use crate::console::shell::Section;

fn question(admin: &Admin<ManagesOrganization>, on: bool, problem: Option<String>) -> Result<Response, Trouble> {
    let (title, button, effect) = if on {
        (
            "Let people sign in by certificate?",
            "Switch on",
            "An app that signs in with a certificate of the device passes by the broker that vouches for it. So this and app access \
             exclude each other: while it is on, no service policy can have app access enabled.",
        )
    } else {
        (
            "End signing in by certificate?",
            "Switch off",
            "People sign in with their password or a passkey. App access can be enabled again.",
        )
    };
    let question = Question {
        crumb: (PATH.to_owned(), "Settings".to_owned()),
        title: title.to_owned(),
        text: vec![effect.to_owned()],
        problem,
        fields: vec![("switch", if on { "on" } else { "off" }.to_owned())],
        action: format!("{PATH}/certificates"),
        button,
        back: PATH.to_owned(),
        shell: admin.shell(Section::Settings)?,
    };
    Ok(question.page())
}

/// `GET /console/settings/certificates`: asks for the other state.
pub(super) async fn ask(admin: Admin<ManagesOrganization>) -> Result<Response, Trouble> {
    let on = directory::tenant(&admin.ctx, admin.tenant.id).await?.certificate_based_authentication;
    question(&admin, !on, None)
}

/// `POST /console/settings/certificates`: to the state that the page asked for, so that sending it twice does it once.
pub(super) async fn switch(admin: Admin<ManagesOrganization>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let wanted = match posted.one("switch") {
        "on" => true,
        "off" => false,
        _ => return Err(Trouble::missing()),
    };
    let present = directory::tenant(&admin.ctx, admin.tenant.id).await?;
    if present.certificate_based_authentication == wanted {
        return Ok(flash::done(PATH, Flash::NothingChanged));
    }
    let patch = TenantPatch { certificate_based_authentication: Some(wanted), ..TenantPatch::default() };
    match directory::update_tenant(&admin.ctx, admin.tenant.id, &admin.actor(), patch).await {
        Ok(_) => Ok(flash::done(PATH, Flash::Saved)),
        Err(DirectoryError::Conflict(problem)) => question(&admin, wanted, Some(sentence(&problem))),
        Err(error) => Err(error.into()),
    }
}
