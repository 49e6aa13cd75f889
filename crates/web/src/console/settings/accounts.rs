//! `/console/settings/accounts`: whether brokers are told that an account exists.

use axum::Extension;
use axum::response::Response;
use doorward_service::directory::{self, TenantPatch};

use super::{ManagesOrganization, PATH};
use crate::area::question::Question;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::Trouble;
use crate::console::shell::Section;

/// `GET /console/settings/accounts`: asks for the other state.
pub(super) async fn ask(admin: Admin<ManagesOrganization>) -> Result<Response, Trouble> {
    let on = !directory::tenant(&admin.ctx, admin.tenant.id).await?.tells_whether_accounts_exist;
    let (title, button, effect) = if on {
        (
            "Tell whether an account exists?",
            "Tell",
            "Linux computers ask before they ask for a password, and get the truth. So does anybody else who opens the sign-in page: they can \
             try names, thirty a minute from one address.",
        )
    } else {
        (
            "Keep to yourselves whether an account exists?",
            "Keep it",
            "Every name in your domains is said to exist, and the password decides. Linux computers go on working.",
        )
    };
    let question = Question {
        crumb: (PATH.to_owned(), "Settings".to_owned()),
        title: title.to_owned(),
        text: vec![effect.to_owned()],
        problem: None,
        fields: vec![("switch", if on { "on" } else { "off" }.to_owned())],
        action: format!("{PATH}/accounts"),
        button,
        back: PATH.to_owned(),
        shell: admin.shell(Section::Settings)?,
    };
    Ok(question.page())
}

/// `POST /console/settings/accounts`: to the state that the page asked for, so that sending it twice does it once.
pub(super) async fn switch(admin: Admin<ManagesOrganization>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let wanted = match posted.one("switch") {
        "on" => true,
        "off" => false,
        _ => return Err(Trouble::missing()),
    };
    if directory::tenant(&admin.ctx, admin.tenant.id).await?.tells_whether_accounts_exist == wanted {
        return Ok(flash::done(PATH, Flash::NothingChanged));
    }
    let patch = TenantPatch { tells_whether_accounts_exist: Some(wanted), ..TenantPatch::default() };
    directory::update_tenant(&admin.ctx, admin.tenant.id, &admin.actor(), patch).await?;
    Ok(flash::done(PATH, Flash::Saved))
}
