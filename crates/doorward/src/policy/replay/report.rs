//! What was counted, with names for ids.

use std::collections::HashMap;

use doorward_policy::conditional_access::Outcome;
use serde_json::{Value, json};

use super::Replay;
use super::graph;
use super::purposes::Purposes;
use super::row::Shape;
use super::tally::{Change, Changes, Group, Tally, Verdict};
use crate::policy::directory::DirectoryNames;

pub(super) struct Report<'a> {
    pub(super) tally: &'a Tally,
    /// What the cells of the tally are about.
    pub(super) purposes: &'a Purposes,
    /// Members of a group to show.
    pub(super) most: usize,
    pub(super) has_baseline: bool,
    /// What had to be taken for granted.
    pub(super) assumption: Option<&'static str>,
    users: HashMap<String, &'a str>,
    service_principals: HashMap<String, &'a str>,
    applications: HashMap<String, &'a str>,
}

/// What changes are grouped by.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    Policy,
    App,
    Platform,
    User,
}

impl By {
    pub(super) const ALL: [Self; 4] = [Self::Policy, Self::App, Self::Platform, Self::User];
}

impl<'a> Report<'a> {
    pub(super) fn new(replay: &'a Replay<'_>, names: &'a DirectoryNames, most: usize) -> Self {
        Self {
            tally: &replay.tally,
            purposes: &replay.lookup.purposes,
            most,
            has_baseline: replay.lookup.sets.old.is_some(),
            assumption: (replay.shape == Some(Shape::Graph)).then_some(graph::ASSUMPTION),
            users: names.users.labels(),
            service_principals: names.service_principals.labels(),
            applications: names.applications.labels(),
        }
    }

    pub(super) fn group(&self, by: By) -> &'a Group {
        match by {
            By::Policy => &self.tally.policies,
            By::App => &self.tally.apps,
            By::Platform => &self.tally.platforms,
            By::User => &self.tally.users,
        }
    }

    /// What a member of a group is called; none when it has no name but its id.
    pub(super) fn name(&self, by: By, id: &str) -> Option<&str> {
        match by {
            By::Policy => self.tally.named.get(id).and_then(|policy| policy.display_name.as_deref()),
            By::App => self.applications.get(id).copied(),
            By::Platform => None,
            By::User => self.users.get(id).or_else(|| self.service_principals.get(id)).copied(),
        }
    }

    /// The id of a member as logs and files write it.
    pub(super) fn id<'i>(&'i self, by: By, id: &'i str) -> &'i str {
        match by {
            By::Policy => self.tally.named.get(id).map_or(id, |policy| &policy.id),
            By::App | By::Platform | By::User => id,
        }
    }

    pub(super) fn json(&self) -> Value {
        let Tally { decided, unknown_user, no_facts, no_recorded_decision, other_code, .. } = *self.tally;
        let decisions = self.tally.transitions.iter();
        json!({
            "comparedWith": if self.has_baseline { "baseline" } else { "recorded" },
            "read": self.tally.read(),
            "decided": decided,
            "unknownUser": unknown_user,
            "noFacts": no_facts,
            "noRecordedDecision": no_recorded_decision,
            "changed": self.tally.changed(),
            "otherCode": other_code,
            "decisions": decisions.map(|one| json!({"old": one.old, "new": one.new, "count": one.count})).collect::<Vec<_>>(),
            "policies": self.members(By::Policy),
            "apps": self.members(By::App),
            "platforms": self.members(By::Platform),
            "users": self.members(By::User),
            "examples": self.tally.changes().flat_map(|one| &one.examples).map(|example| self.example(example)).collect::<Vec<_>>(),
            "assumption": self.assumption,
        })
    }

    fn members(&self, by: By) -> Vec<Value> {
        let group = self.group(by);
        let member = |id: Option<&str>, name: Option<&str>, Changes { changed, stricter, looser }: Changes| json!({"id": id, "displayName": name, "changed": changed, "stricter": stricter, "looser": looser});
        let mut members: Vec<_> =
            group.ranked().into_iter().map(|(id, changes)| member(Some(self.id(by, id)), self.name(by, id), changes)).collect();
        if group.others.changed > 0 {
            members.push(member(None, Some("others"), group.others));
        }
        members
    }

    fn example(&self, example: &Change) -> Value {
        let Change { id, user, apps, platform, old, new, policies } = example;
        let named = |by: By, id: &str| json!({"id": id, "displayName": self.name(by, id)});
        json!({
            "id": id,
            "user": named(By::User, user),
            "apps": apps.iter().map(|app| named(By::App, app)).collect::<Vec<_>>(),
            "platform": platform,
            "old": old,
            "new": new,
            "policies": policies,
        })
    }
}

pub(super) fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Grant => "granted",
        Outcome::Interrupt => "interrupted",
        Outcome::Block => "blocked",
    }
}

pub(super) fn verdict(verdict: Verdict) -> String {
    match verdict.error_code {
        None => word(verdict.outcome).to_owned(),
        Some(code) => format!("{} {code}", word(verdict.outcome)),
    }
}
