//! Everybody in the directory as policies see them, read in bulk: groups are resolved here instead of one question for each person.

use std::collections::{BTreeSet, HashMap};

use doorward_model::group::Member;
use doorward_model::{GroupId, UserId};
use doorward_policy::conditional_access::UserFacts;
use doorward_store::Unit;
use doorward_store::query::{Query, UserField};

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
        let groups = groups_of_people(unit).await?;
        let mut users = Vec::new();
        let mut names = HashMap::new();
        let mut query = Query::<UserField> { limit: BATCH, ..Query::default() };
        loop {
            let page = unit.users().page(&query).await?;
            users.extend(page.items.iter().map(|user| {
                let groups = groups.get(&user.id).into_iter().flatten().map(ToString::to_string).collect();
                facts::person(user, groups)
            }));
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

/// For each person the groups they are in, directly or through other groups.
async fn groups_of_people(unit: &mut dyn Unit) -> Result<HashMap<UserId, BTreeSet<GroupId>>> {
    let mut members: HashMap<GroupId, Vec<Member>> = HashMap::new();
    let all = unit.groups().list().await?;
    for group in all {
        members.insert(group.id, unit.groups().members(group.id).await?);
    }
    let mut groups: HashMap<UserId, BTreeSet<GroupId>> = HashMap::new();
    for outer in members.keys() {
        let mut seen = BTreeSet::from([*outer]);
        let mut waiting = vec![*outer];
        while let Some(inner) = waiting.pop() {
            for member in members.get(&inner).into_iter().flatten() {
                match member {
                    Member::User(id) => drop(groups.entry(*id).or_default().insert(*outer)),
                    Member::Group(id) if seen.insert(*id) => waiting.push(*id),
                    Member::Group(_) => {}
                }
            }
        }
    }
    Ok(groups)
}
