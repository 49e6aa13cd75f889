//! People as policies see them, read in bulk: groups are resolved here instead of one question for each person.

use std::collections::{BTreeSet, HashMap};

use doorward_model::user::User;
use doorward_model::{GroupId, UserId};
use doorward_policy::conditional_access::UserFacts;
use doorward_store::Unit;
use doorward_store::query::{Filter, Order, Query, UserField, Value};
use uuid::Uuid;

use super::facts;
use crate::error::Result;

/// Users read at once.
const BATCH: u32 = 1000;

/// People of a tenant.
#[derive(Debug, Clone, Default)]
pub struct People {
    /// With all their groups, nested ones included.
    pub users: Vec<UserFacts>,
    /// Their sign-in names, by id.
    pub names: HashMap<String, String>,
    /// These are all.
    pub complete: bool,
}

impl People {
    /// Reads at most `most` people, in the order of their sign-in names.
    ///
    /// # Errors
    /// Storage failure.
    pub async fn read(unit: &mut dyn Unit, most: usize) -> Result<Self> {
        let mut users = Vec::new();
        let mut names = HashMap::new();
        let mut query = Query::<UserField> { limit: BATCH, ..Query::default() };
        loop {
            let page = unit.users().page(&query).await?;
            users.extend(with_groups(unit, &page.items).await?);
            names.extend(page.items.into_iter().map(|user| (user.id.to_string(), user.user_principal_name)));
            query.after = page.next;
            if query.after.is_none() || users.len() >= most {
                let complete = query.after.is_none() && users.len() <= most;
                users.truncate(most);
                return Ok(Self { users, names, complete });
            }
        }
    }
}

/// Those of these people who are in the directory, as policies see them.
///
/// # Errors
/// Storage failure.
pub(super) async fn these(unit: &mut dyn Unit, ids: &BTreeSet<UserId>) -> Result<HashMap<UserId, UserFacts>> {
    let ids: Vec<Value> = ids.iter().map(|id| id.0.into()).collect();
    let mut people = HashMap::new();
    for ids in ids.chunks(BATCH as usize) {
        let by_id = Order { field: UserField::Id, descending: false };
        let query = Query { limit: BATCH, order: Some(by_id), ..Query::of(Filter::OneOf(UserField::Id, ids.to_vec())) };
        let users = unit.users().page(&query).await?.items;
        let facts = with_groups(unit, &users).await?;
        people.extend(users.iter().map(|user| user.id).zip(facts));
    }
    Ok(people)
}

/// People with the groups they are in, directly or through other groups.
async fn with_groups(unit: &mut dyn Unit, users: &[User]) -> Result<Vec<UserFacts>> {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let mut around: HashMap<Uuid, Vec<GroupId>> = HashMap::new();
    for (member, group) in unit.groups().memberships_around(&ids).await? {
        around.entry(member).or_default().push(group);
    }
    Ok(users.iter().map(|user| facts::person(user, reached(&around, user.id.0))).collect())
}

fn reached(around: &HashMap<Uuid, Vec<GroupId>>, member: Uuid) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![member];
    while let Some(member) = waiting.pop() {
        for group in around.get(&member).into_iter().flatten() {
            if seen.insert(*group) {
                waiting.push(group.0);
            }
        }
    }
    seen.iter().map(ToString::to_string).collect()
}
