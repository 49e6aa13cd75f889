//! Who has which effective policy, and why: for somebody who need not have enrolled.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_model::TenantId;
use doorward_model::protection::{ManagementLevel, MobileAppIdentifier};
use doorward_model::user::User;
use doorward_policy::protection::{AppProtectionPolicy, Explained, Instance, Missed, explain as explain_policies, missed};

use super::policies;
use crate::context::Context;
use crate::directory::DirectoryError;

/// What a person's app has to enforce.
#[derive(Debug, Clone)]
pub struct Effect {
    /// The person.
    pub user: Arc<User>,
    /// Every policy for the app's platform, in order of name: whether it is for them, or why not.
    pub judged: Vec<Judged>,
    /// The settings in force; none when no policy is for them.
    pub settings: Option<Vec<Explained>>,
}

/// A policy and whether it is for the person.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Why it is not for them.
    pub missed: Option<Missed>,
}

/// Supposes a person in an app on a device that is managed like that.
///
/// # Errors
/// [`DirectoryError::NotFound`] when nobody has the sign-in name; storage failure.
pub async fn explain(
    ctx: &Context,
    tenant: TenantId,
    person: &str,
    app: &MobileAppIdentifier,
    level: ManagementLevel,
) -> Result<Effect, DirectoryError> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let user = unit.users().find(person).await?.ok_or_else(|| DirectoryError::NotFound(format!("user {person}")))?;
    let groups: BTreeSet<_> = unit.groups().transitive_of(user.id).await?.iter().copied().collect();
    let instance = Instance { app, groups: &groups, level };
    let mut stored = policies::all(unit.as_mut()).await?;
    stored.sort_by_key(|stored| stored.policy.display_name.to_lowercase());
    let judge = |stored: &policies::Stored| Judged {
        id: stored.policy.id.clone(),
        name: stored.policy.display_name.clone(),
        missed: missed(&stored.policy, &instance),
    };
    let judged: Vec<Judged> = stored.iter().map(judge).filter(|judged| judged.missed != Some(Missed::OtherPlatform)).collect();
    let covering: Vec<&AppProtectionPolicy> =
        stored.iter().map(|stored| &stored.policy).filter(|policy| missed(policy, &instance).is_none()).collect();
    Ok(Effect { user, judged, settings: explain_policies(&covering).map(|(_, settings)| settings) })
}
