//! Whether anybody is able to sign in to the console, and what is told when nobody would be.

use std::collections::BTreeSet;

use doorward_model::application::Application;
use doorward_store::Unit;

use super::administrator::Administrator;
use crate::access::second_factor::Rules;
use crate::context::Context;
use crate::directory::active_administrators;
use crate::error::Result;

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

/// Whether some active Global Administrator is able to sign in to the console. The first one who is ends the search.
pub(super) async fn is_open(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<bool> {
    for user in active_administrators(unit, ctx.now()).await? {
        if Administrator::read(ctx, unit, &user).await?.is_able(rules, console) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Names of the policies that refuse each of them.
pub(super) async fn refusing(ctx: &Context, unit: &mut dyn Unit, rules: Rules<'_>, console: &Application) -> Result<BTreeSet<String>> {
    let mut policies = BTreeSet::new();
    for user in active_administrators(unit, ctx.now()).await? {
        policies.extend(Administrator::read(ctx, unit, &user).await?.refusing(rules, console));
    }
    Ok(policies)
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
