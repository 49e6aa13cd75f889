//! The people that policies name, as rows of a picture.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use doorward_model::sign_in::ExternalUserType;
use doorward_model::user::UserType;
use doorward_policy::conditional_access::UserFacts;

use super::super::names::Names;
use super::super::set::Policies;

/// Rows that are shown besides the one for all others.
const MOST: usize = 12;

/// People who have something in common.
pub(in super::super) struct Crowd {
    pub(in super::super) name: String,
    /// Indexes of users.
    pub(in super::super) members: Vec<usize>,
}

/// The rows: those whom no policy names first, then the largest crowds.
pub(in super::super) struct Crowds {
    pub(in super::super) shown: Vec<Crowd>,
    /// Crowds that did not fit.
    pub(in super::super) left_out: usize,
    /// What policies name and nobody is in.
    pub(super) empty: Vec<String>,
}

/// What policies name people by; ids in lower case.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Group(String),
    Guests,
    /// Any role that some policy names: policies tend to list a dozen of them.
    Roles,
}

#[derive(Default)]
struct Named {
    groups: BTreeSet<String>,
    roles: BTreeSet<String>,
    guests: bool,
}

impl Crowds {
    pub(in super::super) fn of(sets: &[&Policies], users: &[UserFacts], groups: &Names) -> Self {
        let named = Named::by(sets);
        let mut members = named.marks();
        let mut unnamed = Vec::new();
        for (index, user) in users.iter().enumerate() {
            let marks = named.marks_of(user);
            if marks.is_empty() {
                unnamed.push(index);
            }
            marks.into_iter().for_each(|mark| members.entry(mark).or_default().push(index));
        }
        let crowd = |(mark, members): (Mark, Vec<usize>)| {
            let name = match &mark {
                Mark::Group(id) => groups.label(id),
                Mark::Guests => "guests",
                Mark::Roles => "holders of roles that policies name",
            };
            Crowd { name: name.to_owned(), members }
        };
        let (empty, mut crowds): (Vec<_>, Vec<_>) = members.into_iter().map(crowd).partition(|crowd| crowd.members.is_empty());
        crowds.sort_by_key(|crowd| Reverse(crowd.members.len()));
        let left_out = crowds.len().saturating_sub(MOST);
        crowds.truncate(MOST);
        if !unnamed.is_empty() {
            let name = if crowds.is_empty() { "everyone" } else { "everyone else" };
            crowds.insert(0, Crowd { name: name.to_owned(), members: unnamed });
        }
        Self { shown: crowds, left_out, empty: empty.into_iter().map(|crowd| crowd.name).collect() }
    }
}

impl Named {
    fn by(sets: &[&Policies]) -> Self {
        let mut named = Self::default();
        for set in sets {
            for users in set.policies.iter().map(|policy| &policy.conditions.users) {
                named.groups.extend(lower(users.include_groups.iter().chain(&users.exclude_groups)));
                named.roles.extend(lower(users.include_roles.iter().chain(&users.exclude_roles)));
                let names_outsiders = |word: &String| word.eq_ignore_ascii_case("GuestsOrExternalUsers");
                named.guests |= users.include_guests.is_some()
                    || users.exclude_guests.is_some()
                    || users.include_users.iter().chain(&users.exclude_users).any(names_outsiders);
            }
            for service in &set.services {
                let app = service.app_access.iter().flat_map(|app| app.restricted_groups.iter().chain(&app.exempted_groups));
                let device = service.device_access.iter().flat_map(|device| device.targeted_groups.iter().chain(&device.exempted_groups));
                named.groups.extend(lower(app.chain(device)));
            }
        }
        named
    }

    /// Every mark, with nobody yet.
    fn marks(&self) -> BTreeMap<Mark, Vec<usize>> {
        let groups = self.groups.iter().cloned().map(Mark::Group);
        let others = [(Mark::Guests, self.guests), (Mark::Roles, !self.roles.is_empty())];
        groups.chain(others.into_iter().filter(|(_, is_named)| *is_named).map(|(mark, _)| mark)).map(|mark| (mark, Vec::new())).collect()
    }

    fn marks_of(&self, user: &UserFacts) -> BTreeSet<Mark> {
        let groups = user.groups.iter().map(|group| group.to_lowercase()).filter(|group| self.groups.contains(group)).map(Mark::Group);
        let guest = (self.guests && is_guest(user)).then_some(Mark::Guests);
        let role = user.roles.iter().any(|role| self.roles.contains(&role.to_lowercase())).then_some(Mark::Roles);
        groups.chain(guest).chain(role).collect()
    }
}

fn lower<'a>(ids: impl Iterator<Item = &'a String>) -> impl Iterator<Item = String> {
    ids.map(|id| id.to_lowercase())
}

fn is_guest(user: &UserFacts) -> bool {
    user.user_type == UserType::Guest || user.external_user_type != ExternalUserType::None
}

#[cfg(test)]
mod tests {
    use doorward_wire::policy_file::Json;
    use serde_json::json;

    use super::super::testing::{policies, policy};
    use super::*;

    fn crowds(users: &serde_json::Value, people: &[UserFacts]) -> Crowds {
        let groups: Json = serde_json::from_str(r#"{"groups": [{"id": "A", "displayName": "Admins"}]}"#).unwrap();
        let names = Names::read("group", &groups.root().object().unwrap(), "groups", "id", &["displayName"]).unwrap();
        Crowds::of(&[&policies(&json!([policy(users, "mfa")]))], people, &names)
    }

    fn person(groups: &[&str], roles: &[&str], user_type: UserType) -> UserFacts {
        let own = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        UserFacts { groups: own(groups), roles: own(roles), user_type, ..UserFacts::default() }
    }

    #[test]
    fn rows_are_those_whom_nothing_names_and_then_what_policies_name_the_largest_first() {
        let people = [
            person(&["a"], &[], UserType::Member),
            person(&["a", "b"], &["R"], UserType::Member),
            person(&["unnamed"], &["unnamed"], UserType::Member),
            person(&[], &[], UserType::Guest),
            person(&["B"], &["s"], UserType::Guest),
            person(&["a"], &[], UserType::Member),
        ];
        let (admins, bs, roles) = (("Admins", vec![0, 1, 5]), ("b", vec![1, 4]), ("holders of roles that policies name", vec![1, 4]));
        let rest = |members: &[usize]| ("everyone else", members.to_vec());
        let cases = [
            (json!({"includeUsers": ["All"]}), vec![("everyone", vec![0, 1, 2, 3, 4, 5])]),
            (json!({"includeGroups": ["a"]}), vec![rest(&[2, 3, 4]), admins.clone()]),
            (json!({"includeUsers": ["All"], "excludeGroups": ["B", "a", "nobody"]}), vec![rest(&[2, 3]), admins, bs]),
            (json!({"includeRoles": ["r"], "excludeRoles": ["S"]}), vec![rest(&[0, 2, 3, 5]), roles]),
            (json!({"includeUsers": ["guestsOrExternalUsers"]}), vec![rest(&[0, 1, 2, 5]), ("guests", vec![3, 4])]),
        ];
        for (users, expected) in cases {
            let crowds = crowds(&users, &people);
            let shown: Vec<_> = crowds.shown.iter().map(|crowd| (crowd.name.as_str(), crowd.members.clone())).collect();
            assert_eq!(shown, expected, "{users}");
            let empty: &[&str] = if users.to_string().contains("nobody") { &["nobody"] } else { &[] };
            assert_eq!(crowds.empty, empty, "{users}");
        }
    }

    #[test]
    fn groups_that_do_not_fit_are_counted() {
        let groups: Vec<_> = (0..MOST + 3).map(|index| format!("group-{index}")).collect();
        let people: Vec<_> = groups.iter().map(|group| person(&[group], &[], UserType::Member)).collect();
        let crowds = crowds(&json!({"includeGroups": groups}), &people);
        assert_eq!((crowds.shown.len(), crowds.left_out), (MOST, 3));
    }
}
