//! How groups of people fare with every kind of client on every platform, decided by the engine.

use std::collections::HashMap;

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{Circumstances, Classes, Facts, Outcome, Parts, PolicySet, Subject, SubjectClass, UserFacts};

/// People in rows, ready to be judged under one set of policies or two.
pub(super) struct Rows<'a> {
    sets: Vec<Classes<'a>>,
    /// By row: what the sets tell people by, and how many are alike. Members whom no policy tells apart are judged once.
    rows: Vec<Vec<(Vec<SubjectClass>, usize)>>,
}

/// What becomes of how many members of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shade {
    pub(super) granted: usize,
    pub(super) interrupted: usize,
    pub(super) blocked: usize,
}

/// A row on one platform: under each set, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) shades: Vec<Shade>,
    /// The sets decide otherwise for somebody, even where the numbers come out the same.
    pub(super) is_changed: bool,
}

/// Kinds of client that fare the same: a row of cells for each row of people, a cell for each of [`platforms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grid {
    pub(super) clients: Vec<ClientAppType>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// The columns of a grid; none is an unknown platform.
pub(super) fn platforms() -> impl Iterator<Item = Option<DevicePlatform>> {
    DevicePlatform::ALL.iter().copied().map(Some).chain([None])
}

impl<'a> Rows<'a> {
    /// `rows` hold indexes of users.
    pub(super) fn new<'r>(sets: &[&'a PolicySet], users: &[UserFacts], rows: impl IntoIterator<Item = &'r [usize]>) -> Self {
        let mut sets: Vec<_> = sets.iter().map(|set| Classes::new(set)).collect();
        let mut class = |user: &UserFacts| {
            let subject = Subject::User(user.clone());
            sets.iter_mut().map(|set| set.subject(&subject)).collect::<Vec<_>>()
        };
        let classes: Vec<_> = users.iter().map(&mut class).collect();
        let row = |members: &[usize]| {
            let mut alike: HashMap<&Vec<SubjectClass>, usize> = HashMap::new();
            members.iter().filter_map(|member| classes.get(*member)).for_each(|class| *alike.entry(class).or_default() += 1);
            alike.into_iter().map(|(class, count)| (class.clone(), count)).collect()
        };
        let rows = rows.into_iter().map(row).collect();
        Self { sets, rows }
    }

    /// The rows under every kind of client. `facts` say everything but who signs in, with which kind of client and on which platform.
    pub(super) fn grids(&mut self, facts: &Facts) -> Vec<Grid> {
        let mut grids: Vec<Grid> = Vec::new();
        for client in ClientAppType::ALL.iter().copied() {
            let columns: Vec<_> = platforms().map(|platform| self.column(facts, client, platform)).collect();
            let row = |index: usize| columns.iter().filter_map(|column| column.get(index).cloned()).collect();
            let rows: Vec<Vec<Cell>> = (0..self.rows.len()).map(row).collect();
            match grids.iter_mut().find(|grid| grid.rows == rows) {
                Some(grid) => grid.clients.push(client),
                None => grids.push(Grid { clients: vec![client], rows }),
            }
        }
        grids
    }

    /// Every row with one kind of client on one platform.
    fn column(&mut self, facts: &Facts, client: ClientAppType, platform: Option<DevicePlatform>) -> Vec<Cell> {
        let values = Circumstances { client_app_type: Some(client), device_platform: platform, ..Circumstances::from(facts) };
        let mut prepare = |set: &mut Classes<'a>| Parts { circumstances: set.circumstances(values), ..set.sign_in(facts).parts() };
        let parts: Vec<_> = self.sets.iter_mut().map(&mut prepare).collect();
        let sets = &mut self.sets;
        let mut outcomes = |subjects: &[SubjectClass]| {
            let decided = sets.iter_mut().zip(&parts).zip(subjects).map(|((set, parts), subject)| {
                let sign_in = set.resolve(Parts { subject: *subject, ..*parts });
                set.outcome(&sign_in).outcome
            });
            decided.collect::<Vec<_>>()
        };
        let count = parts.len();
        self.rows.iter().map(|row| Cell::of(count, row.iter().map(|(subjects, people)| (outcomes(subjects), *people)))).collect()
    }
}

impl Cell {
    /// People with what each set decides for them.
    fn of(sets: usize, people: impl Iterator<Item = (Vec<Outcome>, usize)>) -> Self {
        let mut cell = Self { shades: vec![Shade::default(); sets], is_changed: false };
        for (outcomes, count) in people {
            cell.is_changed |= outcomes.iter().zip(outcomes.iter().skip(1)).any(|(before, after)| before != after);
            cell.shades.iter_mut().zip(outcomes).for_each(|(shade, outcome)| shade.add(outcome, count));
        }
        cell
    }
}

impl Shade {
    fn add(&mut self, outcome: Outcome, count: usize) {
        let people = match outcome {
            Outcome::Grant => &mut self.granted,
            Outcome::Interrupt => &mut self.interrupted,
            Outcome::Block => &mut self.blocked,
        };
        *people += count;
    }
}

#[cfg(test)]
mod tests {
    use doorward_model::sign_in::ClientAppType::{Browser, ExchangeActiveSync, MobileAppsAndDesktopClients, Other};
    use serde_json::{Value, json};

    use super::super::testing;
    use super::*;

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
        let user =
            |(index, group): (usize, &&str)| UserFacts { id: format!("u{index}"), groups: vec![(*group).to_owned()], ..<_>::default() };
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
        let cases: [(&[usize], Shade); 5] = [
            (&[0, 3], shade(0, 2, 0)),
            (&[1], shade(0, 0, 1)),
            (&[2], shade(1, 0, 0)),
            (&[0, 1, 2, 3], shade(1, 2, 1)),
            (&[], shade(0, 0, 0)),
        ];
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
}
