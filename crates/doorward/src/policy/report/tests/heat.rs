use doorward_model::sign_in::ClientAppType::{Browser, ExchangeActiveSync, MobileAppsAndDesktopClients, Other};
use serde_json::{Value, json};

use doorward_model::sign_in::DevicePlatform;
use doorward_policy::conditional_access::regions::heat::{Rows, Shade, platforms};
use doorward_policy::conditional_access::{Facts, PolicySet, Subject, UserFacts};

use super::super::testing;

fn set(policies: &Value) -> PolicySet {
    testing::policies(policies).set
}

fn policy(groups: &[&str], clients: &[&str], platforms: &[&str], control: &str) -> Value {
    let mut policy = testing::policy(&json!({"includeGroups": groups}), control);
    policy["conditions"]["clientAppTypes"] = json!(clients);
    policy["conditions"]["platforms"] = json!({"includePlatforms": platforms});
    policy
}

fn users(groups: &[&str]) -> Vec<UserFacts> {
    let user = |(index, group): (usize, &&str)| UserFacts { id: format!("u{index}"), groups: vec![(*group).to_owned()], ..<_>::default() };
    groups.iter().enumerate().map(user).collect()
}

fn facts() -> Facts {
    let mut facts = Facts::new(Subject::User(UserFacts::default()));
    facts.resources = vec![<_>::default()];
    facts
}

fn shade(granted: usize, interrupted: usize, blocked: usize) -> Shade {
    Shade { granted, interrupted, blocked }
}

#[test]
fn a_cell_counts_what_becomes_of_every_member_of_a_row() {
    let set = set(&json!([policy(&["a"], &[], &[], "mfa"), policy(&["b"], &[], &[], "block")]));
    let users = users(&["a", "b", "c", "a"]);
    let cases: [(&[usize], Shade); 5] =
        [(&[0, 3], shade(0, 2, 0)), (&[1], shade(0, 0, 1)), (&[2], shade(1, 0, 0)), (&[0, 1, 2, 3], shade(1, 2, 1)), (&[], shade(0, 0, 0))];
    let grids = Rows::new(&[&set], &users, cases.iter().map(|(members, _)| *members)).grids(&facts());
    let modern = grids.iter().find(|grid| grid.clients.contains(&Browser)).unwrap();
    for ((members, expected), row) in cases.iter().zip(&modern.rows) {
        assert!(row.iter().all(|cell| cell.shades == [*expected]), "{members:?}: {row:?}");
    }
}

#[test]
fn kinds_of_client_that_fare_the_same_share_a_grid_and_platforms_have_a_column_each() {
    let set = set(&json!([policy(&["a"], &["exchangeActiveSync", "other"], &["android"], "block")]));
    let grids = Rows::new(&[&set], &users(&["a"]), [[0].as_slice()]).grids(&facts());
    let clients: Vec<_> = grids.iter().map(|grid| grid.clients.as_slice()).collect();
    assert_eq!(clients, [[Browser, MobileAppsAndDesktopClients], [ExchangeActiveSync, Other]]);
    let blocked: Vec<_> = grids[1].rows[0].iter().map(|cell| cell.shades[0].blocked).collect();
    let expected: Vec<_> = platforms().map(|platform| usize::from(platform == Some(DevicePlatform::Android))).collect();
    assert_eq!(blocked, expected);
}

#[test]
fn a_cell_is_changed_when_two_sets_decide_otherwise_for_somebody() {
    let old = set(&json!([policy(&["a"], &[], &[], "block")]));
    let new = set(&json!([policy(&["b"], &[], &[], "block")]));
    let cases: [(&[usize], bool); 3] = [(&[0], true), (&[0, 1], true), (&[2], false)];
    let grids = Rows::new(&[&old, &new], &users(&["a", "b", "c"]), cases.iter().map(|(members, _)| *members)).grids(&facts());
    for ((members, expected), row) in cases.iter().zip(&grids[0].rows) {
        assert!(row.iter().all(|cell| cell.is_changed == *expected), "{members:?}: {row:?}");
    }
    assert_eq!(grids[0].rows[1][0].shades, [shade(1, 0, 1), shade(1, 0, 1)]);
}
