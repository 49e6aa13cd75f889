//! The guard against locking everybody out of the console. What "able to sign in" means, and why, is told in
//! `docs/decisions/0016-a-change-may-not-lock-the-console.md`.

mod administrator;
mod console;
mod watch;

use std::collections::BTreeSet;

use doorward_model::application::Application;
use doorward_model::document::DocumentKind;
use doorward_store::Unit;
use serde_json::Value;

pub(crate) use self::console::Advice;
use self::console::{is_open, refusing, told};
pub(crate) use self::watch::Watch;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::Result;
use crate::policies::{Compiled, Variants};
use crate::resource;

/// Refuses a change of policies after which no enabled Global Administrator could sign in to the console, if one could before. Asked when
/// the change has been written and not yet committed; `before` is what the documents held, none where one is new.
///
/// # Errors
/// [`DirectoryError::Conflict`], which names the policies in the way and says how to mend it; storage failure.
pub(crate) async fn keeps_an_administrator(
    ctx: &Context,
    unit: &mut dyn Unit,
    kind: DocumentKind,
    before: &[(&str, Option<&Value>)],
) -> std::result::Result<(), DirectoryError> {
    let variants = Variants::read(unit, kind, before).await?;
    match locks_out(ctx, unit, || variants.other(), &variants.present()).await? {
        Some(why) => Err(DirectoryError::Conflict(why)),
        None => Ok(()),
    }
}

/// Why a change of policies would lock everybody out of the console; none when it would not, or when that is how things are already.
///
/// # Errors
/// Storage failure.
pub(crate) async fn locks_out(
    ctx: &Context,
    unit: &mut dyn Unit,
    before: impl FnOnce() -> Result<Compiled>,
    after: &Result<Compiled>,
) -> Result<Option<String>> {
    let Some(console) = unit.applications().get(resource::CONSOLE).await? else { return Ok(None) };
    if is_open_under(ctx, unit, after, &console).await? {
        return Ok(None);
    }
    // Who is locked out already, by policies or by one that cannot be read, must be able to mend it.
    if !is_open_under(ctx, unit, &before(), &console).await? {
        return Ok(None);
    }
    let policies = match after {
        Ok((set, about_registration)) => refusing(ctx, unit, (set, about_registration), &console).await?,
        Err(_) => BTreeSet::new(),
    };
    Ok(Some(told(&policies, Advice::Policies)))
}

async fn is_open_under(ctx: &Context, unit: &mut dyn Unit, policies: &Result<Compiled>, console: &Application) -> Result<bool> {
    match policies {
        Ok((set, about_registration)) => is_open(ctx, unit, (set, about_registration), console).await,
        Err(_) => Ok(false),
    }
}
