use doorward_policy::conditional_access::Outcome::{self, Block, Grant, Interrupt};

use super::{Change, Changes, Comparison, MEMBERS, Policy, Spot, Tally, Undecided, Verdict, explaining};
use crate::policy::replay::strictness::is_stricter;

fn verdict(outcome: Outcome, code: u32) -> Verdict {
    Verdict { outcome, error_code: (code != 0).then_some(code) }
}

fn policy(id: &str) -> Policy {
    Policy { id: id.to_owned(), display_name: Some(id.to_uppercase()) }
}

fn change(user: &str, old: Outcome, new: Outcome) -> Change {
    Change {
        id: format!("of {user}"),
        user: user.to_owned(),
        apps: vec!["mail".to_owned(), "files".to_owned()],
        platform: "iOS".to_owned(),
        old: verdict(old, 0),
        new: verdict(new, 0),
        policies: vec![policy("p")],
    }
}

#[test]
fn less_through_is_stricter() {
    let order = [Grant, Interrupt, Block];
    for (x, old) in order.iter().enumerate() {
        for (y, new) in order.iter().enumerate() {
            assert_eq!(is_stricter(*old, *new), y > x, "{old:?} {new:?}");
        }
    }
}

#[test]
fn only_another_outcome_is_a_change() {
    let table = [
        (Some(verdict(Grant, 0)), verdict(Grant, 0), Comparison::Same, 0),
        (Some(verdict(Grant, 0)), verdict(Block, 53003), Comparison::Changed, 0),
        (Some(verdict(Interrupt, 50076)), verdict(Interrupt, 50076), Comparison::Same, 0),
        (Some(verdict(Interrupt, 50076)), verdict(Interrupt, 50127), Comparison::Same, 1),
        (Some(verdict(Interrupt, 0)), verdict(Interrupt, 50127), Comparison::Same, 0),
        (None, verdict(Block, 53003), Comparison::Same, 0),
    ];
    for (old, new, expected, other_code) in table {
        let mut tally = Tally::new(1);
        assert_eq!(tally.decided(Spot::default(), old, new), expected, "{old:?} {new:?}");
        assert_eq!(tally.other_code, other_code, "{old:?} {new:?}");
        assert_eq!(tally.changed(), u64::from(expected == Comparison::Changed));
        assert_eq!(tally.no_recorded_decision, u64::from(old.is_none()));
    }
}

#[test]
fn every_row_is_counted_once() {
    let mut tally = Tally::new(0);
    tally.decided(Spot::default(), None, verdict(Grant, 0));
    tally.decided(Spot::default(), Some(verdict(Grant, 0)), verdict(Block, 53003));
    tally.undecided(Undecided::UnknownUser);
    tally.undecided(Undecided::NoFacts);
    assert_eq!((tally.read(), tally.decided), (4, 2));
}

#[test]
fn a_change_counts_under_all_that_it_has_in_common_with_others() {
    let mut tally = Tally::new(1);
    let changes = [change("ann", Grant, Block), change("ben", Block, Grant), change("ann", Grant, Block)];
    for change in changes {
        tally.decided(Spot::default(), Some(change.old), change.new);
        tally.explain(change);
    }
    let all = Changes { changed: 3, stricter: 2, looser: 1 };
    assert_eq!(tally.total(), all);
    assert_eq!(tally.policies.ranked(), [("p", all)]);
    assert_eq!(tally.apps.ranked(), [("files", all), ("mail", all)]);
    assert_eq!(tally.platforms.ranked(), [("iOS", all)]);
    let ann = Changes { changed: 2, stricter: 2, looser: 0 };
    assert_eq!(tally.users.ranked(), [("ann", ann), ("ben", Changes { changed: 1, stricter: 0, looser: 1 })]);
    assert_eq!(tally.named["p"], policy("p"));
    let examples: Vec<_> = tally.changes().map(|kind| (kind.old, kind.new, kind.count, kind.examples.len())).collect();
    assert_eq!(examples, [(Grant, Block, 2, 1), (Block, Grant, 1, 1)]);
}

#[test]
fn a_change_counts_once_under_a_policy_that_is_named_twice_or_in_other_letters() {
    let mut tally = Tally::new(0);
    let mut change = change("ann", Block, Grant);
    change.policies = vec![policy("P"), policy("p")];
    let first = Policy { id: "P".to_owned(), ..policy("p") };
    tally.explain(change);
    let one = Changes { changed: 1, stricter: 0, looser: 1 };
    assert_eq!(tally.policies.ranked(), [("p", one)]);
    assert_eq!(tally.named["p"], first);
}

#[test]
fn a_group_has_room_for_so_many_members_and_counts_the_others_together() {
    let mut tally = Tally::new(0);
    for number in 0..MEMBERS + 2 {
        tally.explain(change(&number.to_string(), Grant, Interrupt));
    }
    tally.explain(change("0", Grant, Interrupt));
    assert_eq!(tally.users.ranked().len(), MEMBERS);
    assert_eq!(tally.users.ranked()[0], ("0", Changes { changed: 2, stricter: 2, looser: 0 }));
    assert_eq!(tally.users.others, Changes { changed: 2, stricter: 2, looser: 0 });
}

#[test]
fn a_change_is_explained_by_what_refuses_on_one_side_only() {
    let table: [(&[&str], &[&str], &[&str]); 4] = [
        (&["a", "b"], &[], &["a", "b"]),
        (&["a", "b"], &["B"], &["a"]),
        // The same policy asks for more than it did.
        (&["a"], &["a", "b"], &["a"]),
        (&[], &["a"], &[]),
    ];
    for (stricter, looser, expected) in table {
        let policies = |ids: &[&str]| ids.iter().map(|id| policy(id)).collect::<Vec<_>>();
        assert_eq!(explaining(policies(stricter), &policies(looser)), policies(expected), "{stricter:?} {looser:?}");
    }
}
