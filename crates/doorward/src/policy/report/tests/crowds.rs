use serde_json::json;

use super::super::testing::{policies, policy};
use doorward_model::user::UserType;
use doorward_policy::conditional_access::UserFacts;
use doorward_policy::conditional_access::regions::crowds::Crowds;
use doorward_policy::conditional_access::regions::words::{Kind, Labels};

/// What the tests call groups.
struct Names;

impl Labels for Names {
    fn label<'a>(&'a self, _: Kind, id: &'a str) -> &'a str {
        if id.eq_ignore_ascii_case("a") { "Admins" } else { id }
    }
}

fn crowds(users: &serde_json::Value, people: &[UserFacts]) -> Crowds {
    Crowds::of(&[policies(&json!([policy(users, "mfa")])).named()], people, &Names)
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
    let groups: Vec<_> = (0..Crowds::MOST + 3).map(|index| format!("group-{index}")).collect();
    let people: Vec<_> = groups.iter().map(|group| person(&[group], &[], UserType::Member)).collect();
    let crowds = crowds(&json!({"includeGroups": groups}), &people);
    assert_eq!((crowds.shown.len(), crowds.left_out), (Crowds::MOST, 3));
}
