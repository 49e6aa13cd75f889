//! Whether anybody is able to sign in to the console, and what is told when nobody would be.

use std::collections::BTreeSet;

use doorward_model::application::Application;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_store::Unit;
use doorward_store::query::{Filter, Query, UserField};

use super::administrator::Administrator;
use crate::access::second_factor::Rules;
use crate::context::Context;
use crate::error::Result;

/// Administrators read at once.
const BATCH: u32 = 100;

/// What to do instead of a change that would lock everybody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Advice {
    /// The change is one of policies.
    Policies,
    /// The change is one of people, groups, roles or applications.
    Directory,
    /// The change takes a second factor.
    SecondFactor,
}

impl Advice {
    fn words(self) -> &'static str {
        match self {
            Self::Policies => "Exclude one emergency account, or set the policy to report-only first",
            Self::Directory => {
                "See to it first that another Global Administrator is let in, for example by excluding one emergency account from the policy"
            }
            Self::SecondFactor => "Set up another second factor first, or exclude one emergency account from the policy",
        }
    }
}

/// Whether some enabled Global Administrator is able to sign in to the console. The first one who is ends the search.
pub(super) async fn is_open(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<bool> {
    for user in enabled_administrators(unit).await? {
        if Administrator::read(ctx, unit, &user).await?.is_able(rules, console) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names of the policies that refuse each of them.
pub(super) async fn refusing(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<BTreeSet<String>> {
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

/// Why a change is refused that leaves all of them to these policies.
pub(super) fn told(policies: &BTreeSet<String>, advice: Advice) -> String {
    let names: Vec<String> = policies.iter().map(|name| format!("“{name}”")).collect();
    let who = if names.is_empty() { "the policies".to_owned() } else { names.join(", ") };
    let advice = advice.words();
    format!(
        "no Global Administrator could sign in to the console any more: {who} would refuse each of them, on every platform, from every \
         address and with every second factor that they have or may set up. {advice}"
    )
}
