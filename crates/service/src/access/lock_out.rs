//! The guard against locking everybody out of the console. What "able to sign in" means, and why, is told in
//! `docs/decisions/0016-a-change-may-not-lock-the-console.md`.

mod administrator;
mod watch;

use std::collections::BTreeSet;

use doorward_model::application::Application;
use doorward_model::document::DocumentKind;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_store::Unit;
use doorward_store::query::{Filter, Query, UserField};
use serde_json::Value;

use self::administrator::Administrator;
pub(crate) use self::watch::{Advice, Watch};
use super::second_factor::Rules;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::Result;
use crate::policies::{Compiled, Variants};
use crate::resource;

/// Administrators read at once.
const BATCH: u32 = 100;

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

/// Whether some enabled Global Administrator is able to sign in to the console. The first one who is ends the search.
async fn is_open(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<bool> {
    for user in enabled_administrators(unit).await? {
        if Administrator::read(ctx, unit, &user).await?.is_able(rules, console) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names of the policies that refuse each of them.
async fn refusing(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<BTreeSet<String>> {
    let mut policies = BTreeSet::new();
    for user in enabled_administrators(unit).await? {
        policies.extend(Administrator::read(ctx, unit, &user).await?.refusing(rules, console));
    }
    Ok(policies)
}

async fn enabled_administrators(unit: &mut dyn Unit) -> Result<Vec<User>> {
    let enabled =
        Filter::equal(UserField::Roles, format!("{:?}", Role::GlobalAdministrator)).and(Filter::equal(UserField::AccountEnabled, true));
    let mut query = Query { limit: BATCH, ..Query::of(enabled) };
    let mut administrators = Vec::new();
    loop {
        let page = unit.users().page(&query).await?;
        administrators.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(administrators);
        }
    }
}

fn told(policies: &BTreeSet<String>, advice: Advice) -> String {
    let names: Vec<String> = policies.iter().map(|name| format!("“{name}”")).collect();
    let who = if names.is_empty() { "the policies".to_owned() } else { names.join(", ") };
    let advice = advice.words();
    format!(
        "no Global Administrator could sign in to the console any more: {who} would refuse each of them, on every platform, from every \
         address and with every second factor that they have or may set up. {advice}"
    )
}
