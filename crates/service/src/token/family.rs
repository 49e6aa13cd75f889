//! The family of clients: apps of an organisation that share their refresh tokens, so that people sign in to one of them only.
//!
//! What one member got opens a door for another, and no more: the decision is made for the app that comes, without the proof of
//! identity that a broker gave for the first.

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::refresh_token::RefreshToken;
use doorward_store::Unit;

use crate::error::{Refusal, Result};

/// The one family of a tenant, as answers name it (`foci`).
pub(super) const ID: &str = "1";

/// Whether an app shares its refresh tokens. One that must prove itself to redeem its own would open them to apps that prove nothing.
pub(super) fn is_member(application: &Application) -> bool {
    application.family_member && !application.is_confidential()
}

/// Refuses an app that comes with the refresh token of another, unless both are members, and were when it was made.
///
/// # Errors
/// [`ErrorCode::INVALID_GRANT`], with the suberror by which the app learns that it is no member; storage failure.
pub(super) async fn require(unit: &mut dyn Unit, application: &Application, token: &RefreshToken) -> Result<()> {
    let maker = unit.applications().get(token.app_id).await?;
    let of_family = token.family && maker.is_some_and(|maker| maker.enabled && is_member(&maker));
    if of_family && is_member(application) {
        return Ok(());
    }
    let refusal = Refusal::new(ErrorCode::INVALID_GRANT, "The refresh token belongs to another client.");
    let oauth = token.family.then_some(("invalid_grant", "client_mismatch"));
    Err(Refusal { oauth, ..refusal }.into())
}
