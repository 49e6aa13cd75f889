//! `/console/settings/keys/rotate`: new signing keys, at once.

use axum::Extension;
use axum::response::Response;
use doorward_model::key::KeySlot;
use doorward_service::directory::{self, DirectoryError};
use jiff::SignedDuration;

use super::{ManagesOrganization, PATH};
use crate::area::question::Question;
use crate::console::admin::Admin;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::notice::Trouble;
use crate::console::shell::Section;

/// The longest that an access token lives.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_mins(90);

/// `GET /console/settings/keys/rotate`.
pub(super) async fn ask(admin: Admin<ManagesOrganization>) -> Result<Response, Trouble> {
    question(&admin, None).await
}

async fn question(admin: &Admin<ManagesOrganization>, problem: Option<String>) -> Result<Response, Trouble> {
    let keys = directory::signing_keys(&admin.ctx, admin.tenant.id).await?;
    let mut text = vec![
        "The next keys sign from now on. The present ones still verify what they signed, and those before them are forgotten.".to_owned(),
        "Services that read the published keys follow by themselves. One that has a key typed in must be changed.".to_owned(),
    ];
    // Next keys are made when the ones before move on, so their age is the time since.
    let last = keys.iter().filter(|key| key.slot == KeySlot::Next).map(|key| key.created).max();
    let forgets = keys.iter().any(|key| key.slot == KeySlot::Previous);
    if forgets && last.is_some_and(|last| admin.ctx.now().duration_since(last) < TOKEN_LIFE) {
        text.push(
            "The keys were rotated a short while ago: tokens from before that stop working now, and apps get new ones. Right when a key \
             may have been stolen; wait otherwise."
                .to_owned(),
        );
    }
    let question = Question {
        crumb: (PATH.to_owned(), "Settings".to_owned()),
        title: "Rotate the signing keys now?".to_owned(),
        text,
        problem,
        fields: vec![("tag", directory::signing_keys_tag(&keys))],
        action: format!("{PATH}/keys/rotate"),
        button: "Rotate",
        back: PATH.to_owned(),
        shell: admin.shell(Section::Settings)?,
    };
    Ok(question.page())
}

/// `POST /console/settings/keys/rotate`, for the keys that were looked at.
pub(super) async fn rotate(admin: Admin<ManagesOrganization>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    match directory::rotate_signing_keys(&admin.ctx, admin.tenant.id, &admin.actor(), Some(posted.one("tag"))).await {
        Ok(()) => Ok(flash::done(PATH, Flash::KeysRotated)),
        Err(DirectoryError::Changed) => {
            let told =
                "The keys were rotated since you opened this page, and nothing was done now. Look again before you rotate once more.";
            question(&admin, Some(told.to_owned())).await
        }
        Err(error) => Err(error.into()),
    }
}
