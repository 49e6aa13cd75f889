//! The counting: how often which decision became which other, and what the changes have in common.

use std::collections::{BTreeMap, HashMap};
use std::ops::Add;

use doorward_policy::conditional_access::Outcome;
use serde::Serialize;

use super::heat::{Heat, Spot};
use super::strictness::{OUTCOMES, is_stricter};

/// How many members a group may have. Those that come later are counted together, so that no log takes more memory than this.
const MEMBERS: usize = 100_000;

/// A decision without its reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verdict {
    #[serde(rename = "decision")]
    pub(super) outcome: Outcome,
    pub(super) error_code: Option<u32>,
}

/// A policy as reports name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    pub(super) id: String,
    pub(super) display_name: Option<String>,
}

/// A sign-in that is decided differently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Change {
    /// Id of the sign-in.
    pub(super) id: String,
    pub(super) user: String,
    /// What it is for: resources, an action, an authentication context, each once.
    pub(super) apps: Vec<String>,
    pub(super) platform: String,
    pub(super) old: Verdict,
    pub(super) new: Verdict,
    /// Those that explain the change.
    pub(super) policies: Vec<Policy>,
}

/// Why a row has no decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Undecided {
    /// The directory does not know the user, or the row names nobody.
    UnknownUser,
    /// Nothing that could be decided: the sign-in failed before, or was for no resource.
    NoFacts,
}

/// What came of comparing two decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Same,
    Changed,
}

/// How often one decision stood against another, with examples when they differ.
#[derive(Debug, Clone)]
pub(super) struct Transition {
    pub(super) old: Outcome,
    pub(super) new: Outcome,
    pub(super) count: u64,
    pub(super) examples: Vec<Change>,
}

/// How many changes, and which way they go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Changes {
    pub(super) changed: u64,
    /// Of these, those that let less through.
    pub(super) stricter: u64,
    /// Of these, those that let more through.
    pub(super) looser: u64,
}

/// Changes by something that they have in common.
#[derive(Debug, Default)]
pub(super) struct Group {
    members: HashMap<String, Changes>,
    /// Of all members that came when there was no more room.
    pub(super) others: Changes,
}

#[derive(Debug)]
pub(super) struct Tally {
    pub(super) decided: u64,
    pub(super) unknown_user: u64,
    pub(super) no_facts: u64,
    /// Decided, without anything to compare with.
    pub(super) no_recorded_decision: u64,
    /// The same decision for another reason.
    pub(super) other_code: u64,
    /// Old by new.
    pub(super) transitions: Vec<Transition>,
    pub(super) heat: Heat,
    pub(super) policies: Group,
    /// The members of `policies` as they were first written, by id in lower case.
    pub(super) named: HashMap<String, Policy>,
    pub(super) apps: Group,
    pub(super) platforms: Group,
    pub(super) users: Group,
    examples: usize,
}

impl Tally {
    /// Keeps so many examples of each kind of change.
    pub(super) fn new(examples: usize) -> Self {
        let transition = |old, new| Transition { old, new, count: 0, examples: Vec::new() };
        Self {
            decided: 0,
            unknown_user: 0,
            no_facts: 0,
            no_recorded_decision: 0,
            other_code: 0,
            transitions: OUTCOMES.iter().flat_map(|old| OUTCOMES.iter().map(|new| transition(*old, *new))).collect(),
            heat: Heat::default(),
            policies: Group::default(),
            named: HashMap::new(),
            apps: Group::default(),
            platforms: Group::default(),
            users: Group::default(),
            examples,
        }
    }

    pub(super) fn undecided(&mut self, why: Undecided) {
        match why {
            Undecided::UnknownUser => self.unknown_user += 1,
            Undecided::NoFacts => self.no_facts += 1,
        }
    }

    /// Counts a row that is decided. Of one that is `Changed`, [`Self::explain`] wants to know more.
    pub(super) fn decided(&mut self, spot: Spot, old: Option<Verdict>, new: Verdict) -> Comparison {
        self.decided += 1;
        let Some(old) = old else {
            self.no_recorded_decision += 1;
            return Comparison::Same;
        };
        if let Some(transition) = self.transition(old.outcome, new.outcome) {
            transition.count += 1;
        }
        self.heat.count(spot, old.outcome, new.outcome);
        if old.outcome != new.outcome {
            return Comparison::Changed;
        }
        // Where no code was recorded there is none to differ from.
        self.other_code += u64::from(old.error_code.is_some() && old.error_code != new.error_code);
        Comparison::Same
    }

    /// Counts a change under all that it has in common with others. A log may name a policy twice, and in different letters.
    pub(super) fn explain(&mut self, change: Change) {
        let (old, new) = (change.old.outcome, change.new.outcome);
        let one = Changes::one(is_stricter(old, new));
        // Reversed, as the last one of an id is the one to stay.
        let policies: BTreeMap<_, _> = change.policies.iter().rev().map(|policy| (policy.id.to_lowercase(), policy)).collect();
        for (id, policy) in policies {
            if self.policies.add(&id, one) {
                let named = self.named.entry(id).or_insert_with(|| policy.clone());
                if named.display_name.is_none() {
                    named.display_name.clone_from(&policy.display_name);
                }
            }
        }
        for app in &change.apps {
            self.apps.add(app, one);
        }
        self.platforms.add(&change.platform, one);
        self.users.add(&change.user, one);
        let wanted = self.examples;
        if let Some(transition) = self.transition(old, new)
            && transition.examples.len() < wanted
        {
            transition.examples.push(change);
        }
    }

    /// Every kind of change that happened.
    pub(super) fn changes(&self) -> impl Iterator<Item = &Transition> {
        self.transitions.iter().filter(|transition| transition.old != transition.new && transition.count > 0)
    }

    /// Those that were decided twice.
    pub(super) fn compared(&self) -> u64 {
        self.decided - self.no_recorded_decision
    }

    /// All changes.
    pub(super) fn total(&self) -> Changes {
        let sum = |counts: fn(&Transition) -> bool| self.changes().filter(|one| counts(one)).map(|one| one.count).sum();
        let [stricter, looser] = [sum(|one| is_stricter(one.old, one.new)), sum(|one| is_stricter(one.new, one.old))];
        Changes { changed: stricter + looser, stricter, looser }
    }

    pub(super) fn changed(&self) -> u64 {
        self.changes().map(|transition| transition.count).sum()
    }

    /// All rows.
    pub(super) fn read(&self) -> u64 {
        self.decided + self.unknown_user + self.no_facts
    }

    fn transition(&mut self, old: Outcome, new: Outcome) -> Option<&mut Transition> {
        self.transitions.iter_mut().find(|transition| transition.old == old && transition.new == new)
    }
}

impl Group {
    /// Says whether the member is counted by its name.
    fn add(&mut self, member: &str, one: Changes) -> bool {
        if let Some(changes) = self.members.get_mut(member) {
            *changes = *changes + one;
        } else if self.members.len() < MEMBERS {
            self.members.insert(member.to_owned(), one);
        } else {
            self.others = self.others + one;
            return false;
        }
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members with most changes first.
    pub(super) fn ranked(&self) -> Vec<(&str, Changes)> {
        let mut ranked: Vec<_> = self.members.iter().map(|(member, changes)| (member.as_str(), *changes)).collect();
        ranked.sort_by(|(a, x), (b, y)| y.changed.cmp(&x.changed).then_with(|| a.cmp(b)));
        ranked
    }
}

impl Changes {
    fn one(is_stricter: bool) -> Self {
        Self { changed: 1, stricter: u64::from(is_stricter), looser: u64::from(!is_stricter) }
    }
}

impl Add for Changes {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { changed: self.changed + other.changed, stricter: self.stricter + other.stricter, looser: self.looser + other.looser }
    }
}

/// The policies that explain a change: what refuses on the stricter side and not on the other, or all that refuses there when both do.
pub(super) fn explaining(stricter: Vec<Policy>, looser: &[Policy]) -> Vec<Policy> {
    let refuses_too = |policy: &Policy| looser.iter().any(|other| other.id.eq_ignore_ascii_case(&policy.id));
    if stricter.iter().all(refuses_too) { stricter } else { stricter.into_iter().filter(|policy| !refuses_too(policy)).collect() }
}

#[cfg(test)]
mod tests;
