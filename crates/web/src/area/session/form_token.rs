//! The token in every form against forged posts: bound to the person, good for as long as the page lies open.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_service::{Context, Error};

use crate::area::Area;

/// A token for the forms of a page of this person.
///
/// # Errors
/// When sealing fails.
pub(crate) fn form_token(ctx: &Context, area: &Area, tenant: &Tenant, user: &User) -> Result<String, Error> {
    ctx.master_key.seal_text(ctx.rng.as_ref(), &label(area, tenant, user), b"form")
}

/// Whether a posted token was made for this person. It outlives the session, so that a form can be sent after signing in again.
pub(crate) fn form_token_fits(ctx: &Context, area: &Area, tenant: &Tenant, user: &User, posted: &str) -> bool {
    ctx.master_key.open_text(&label(area, tenant, user), posted).is_some()
}

fn label(area: &Area, tenant: &Tenant, user: &User) -> String {
    format!("form of {} for {} in {}", area.root, user.id, tenant.id)
}
