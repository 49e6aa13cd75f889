//! Who may do everything.

use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_store::Unit;
use doorward_store::query::{Filter, Query, UserField};
use jiff::Timestamp;

/// Administrators read at once.
const BATCH: u32 = 100;

/// The Global Administrators whose accounts may be used.
///
/// # Errors
/// Storage failure.
pub async fn active_administrators(unit: &mut dyn Unit, now: Timestamp) -> doorward_store::Result<Vec<User>> {
    let enabled =
        Filter::equal(UserField::Roles, format!("{:?}", Role::GlobalAdministrator)).and(Filter::equal(UserField::AccountEnabled, true));
    let mut query = Query { limit: BATCH, ..Query::of(enabled) };
    let mut administrators = Vec::new();
    loop {
        let page = unit.users().page(&query).await?;
        administrators.extend(page.items.into_iter().filter(|user| user.is_active_at(now)));
        query.after = page.next;
        if query.after.is_none() {
            return Ok(administrators);
        }
    }
}

/// Whether somebody is one of them.
pub(crate) fn is_active_administrator(user: &User, now: Timestamp) -> bool {
    user.is_active_at(now) && user.roles.contains(&Role::GlobalAdministrator)
}
