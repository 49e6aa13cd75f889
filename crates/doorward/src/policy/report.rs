//! A report for people: one page that needs no other file, no script and no server.

mod file;
mod page;
mod panel;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use askama::Template;
use doorward_model::conditional_access::{GrantControl, PolicyState};
use doorward_policy::conditional_access::UserFacts;
use doorward_policy::conditional_access::regions::crowds::Crowds;
use doorward_policy::conditional_access::regions::manner::Manner;
use doorward_policy::conditional_access::regions::{Change, Difference, Gaps, Region, Target, Value};

use super::directory::DirectoryNames;
use super::region::{Words, counted, grouped, numbered};
use super::set::Policies;
use super::witness;
use page::{Card, Chapter, Page};
use panel::Picture;

pub(super) use file::write;
pub(super) use page::{Figure, Frame};
pub(super) use panel::{client, pieces, platform};

/// What a report is about.
pub(super) struct Ground<'a> {
    pub(super) names: &'a DirectoryNames,
    pub(super) users: &'a [UserFacts],
    /// The policies, or the old and the new ones.
    pub(super) sets: &'a [&'a Policies],
    pub(super) words: &'a Words<'a>,
    /// Regions to show.
    pub(super) most: usize,
}

/// Writes the report of `gaps`.
pub(super) fn write_gaps(
    file: &Path,
    ground: &Ground<'_>,
    found: &Gaps,
    question: &str,
    require: &[GrantControl],
    targets: &[Target],
) -> anyhow::Result<()> {
    let manners = [Manner::plain(&found.axes), Manner::all_but(require, &found.axes)];
    let picture = ground.picture(targets, &manners);
    let cards = ground.cards("gap", &found.regions);
    let state = if found.is_complete() { "complete" } else { "not complete" };
    let mut warnings = Vec::new();
    warnings.extend((found.worked < found.of).then(|| unfinished("The ways in", found.worked, found.of)));
    warnings.extend((!found.is_exact).then(inexact));
    let frame = Frame {
        kind: "Gaps in conditional access",
        title: question.to_owned(),
        lead: "Every way in that the policies grant without asking for the requirement, found over all combinations of people, apps, \
               clients, platforms, places and devices that the policies tell apart.",
        figures: vec![
            Figure::new(grouped(found.regions.len()), if found.regions.len() == 1 { "way in" } else { "ways in" }),
            ground.concerned(&found.regions, "concerned"),
            Figure { is_loud: !found.is_complete(), ..Figure::new(state.to_owned(), "search") },
        ],
        warnings: warnings.into_iter().chain(skipped(ground.sets)).collect(),
        notes: ground.notes(&["The policies".to_owned()], &picture, require),
    };
    let chapter = Chapter {
        heading: "The ways in",
        count: None,
        nothing: if found.is_complete() { "None: every sign-in must meet the requirement." } else { "None found so far." },
        more: found.regions.len().saturating_sub(cards.len()),
        cards,
    };
    let page = Page { frame, picture, is_comparison: false, chapters: vec![chapter] };
    write(file, &page.render()?)
}

/// Writes the report of `diff`.
pub(super) fn write_diff(file: &Path, ground: &Ground<'_>, found: &Difference, paths: [&PathBuf; 2]) -> anyhow::Result<()> {
    let manners = [Manner::plain(&found.axes), Manner::all_but(&[], &found.axes)];
    let picture = ground.picture(&changed_targets(found), &manners);
    let [old, new] = titles(paths);
    let [before, after] = paths.map(|path| path.display().to_string());
    let labels = [format!("The old policies, {before}"), format!("The new policies, {after}")];
    let changes = [("Gain access", "gained", &found.gained), ("Lose access", "lost", &found.lost)];
    let mut warnings = Vec::new();
    for (heading, _, change) in changes {
        warnings.extend((change.worked < change.of).then(|| unfinished(heading, change.worked, change.of)));
    }
    warnings.extend((!found.is_exact).then(inexact));
    let chapter = |heading, id: &str, change: &Change| {
        let cards = ground.cards(id, &change.regions);
        let nothing = if change.worked < change.of { "Nobody found so far." } else { "Nobody." };
        let count = (!cards.is_empty()).then(|| counted(change.regions.len(), "region"));
        Chapter { heading, count, nothing, more: change.regions.len().saturating_sub(cards.len()), cards }
    };
    let state = if found.is_complete() { "complete" } else { "not complete" };
    let frame = Frame {
        kind: "Change of conditional access",
        title: format!("What changes from {old} to {new}"),
        lead: "Every sign-in that one of the two sets of policies grants and the other does not, found over all combinations of people, \
               apps, clients, platforms, places and devices that the policies tell apart.",
        figures: vec![
            ground.concerned(&found.gained.regions, "gain access"),
            ground.concerned(&found.lost.regions, "lose access"),
            Figure { is_loud: !found.is_complete(), ..Figure::new(state.to_owned(), "search") },
        ],
        warnings: warnings.into_iter().chain(skipped(ground.sets)).collect(),
        notes: ground.notes(&labels, &picture, &[]),
    };
    let chapters = changes.map(|(heading, id, change)| chapter(heading, id, change)).into();
    let page = Page { frame, picture, is_comparison: true, chapters };
    write(file, &page.render()?)
}

/// What the two sets are called: the ends of their paths, or the paths where these are alike.
fn titles([old, new]: [&PathBuf; 2]) -> [String; 2] {
    let are_told_apart = old.file_name() != new.file_name();
    [old, new].map(|path| match path.file_name() {
        Some(name) if are_told_apart => name.display().to_string(),
        _ => path.display().to_string(),
    })
}

/// The targets of all regions of a difference, in the order of the regions.
fn changed_targets(found: &Difference) -> Vec<Target> {
    let mut targets = Vec::new();
    let regions = found.gained.regions.iter().chain(&found.lost.regions);
    for value in regions.flat_map(|region| &region.extents).flat_map(|extent| &extent.values) {
        if let Value::Target(target) = value
            && !targets.contains(target)
        {
            targets.push(target.clone());
        }
    }
    targets
}

fn unfinished(what: &str, worked: usize, of: usize) -> String {
    let of = counted(of, "requirement");
    format!(
        "{what}: the time was up after {worked} of {of} of the policies. There may be more than this page shows; --time-limit gives more time."
    )
}

fn inexact() -> String {
    "The device filters or strengths name too many constants to try all their combinations. There may be more than this page shows."
        .to_owned()
}

impl Ground<'_> {
    fn picture(&self, targets: &[Target], manners: &[Manner]) -> Picture {
        let sets: Vec<_> = self.sets.iter().map(|set| set.named()).collect();
        let crowds = Crowds::of(&sets, self.users, self.names);
        Picture::new(self, crowds, targets, manners)
    }

    /// The people of some regions, each counted once.
    fn concerned(&self, regions: &[Region], verb: &'static str) -> Figure {
        let people: BTreeSet<usize> = regions.iter().flat_map(|region| region.users.iter().copied()).collect();
        Figure { of: Some(counted(self.users.len(), "user")), ..Figure::new(grouped(people.len()), verb) }
    }

    fn cards(&self, name: &str, regions: &[Region]) -> Vec<Card> {
        let card = |(id, region): (String, &Region)| Card {
            people: self.words.people(region),
            limits: self.words.limits(region),
            example: self.words.sign_in(&region.witness),
            sign_in: format!("{:#}", witness::sign_in(&id, &region.witness)),
            id,
        };
        numbered(name, regions).take(self.most).map(card).collect()
    }

    /// What was assumed, in sentences. `labels` are what the sets are called.
    fn notes(&self, labels: &[String], picture: &Picture, require: &[GrantControl]) -> Vec<String> {
        let mut notes: Vec<_> = labels.iter().zip(self.sets).map(|(label, set)| format!("{label}: {}.", extent(set))).collect();
        if require.len() > 1 {
            notes.push("Any one of the required controls is enough to meet the requirement.".to_owned());
        }
        notes.extend(picture.notes());
        notes
    }
}

/// Policies that the answer knows nothing of.
pub(super) fn skipped(sets: &[&Policies]) -> Option<String> {
    let skipped = sets.iter().map(|set| set.skipped).sum::<usize>();
    let words = if skipped == 1 { "policy cannot be decided and was" } else { "policies cannot be decided and were" };
    (skipped > 0).then(|| format!("{} {words} left out. What they ask for is not taken into account.", grouped(skipped)))
}

/// How many policies there are, and how many have a say.
pub(super) fn extent(set: &Policies) -> String {
    let count = set.policies.len();
    let enabled = set.policies.iter().filter(|policy| policy.state == PolicyState::Enabled).count();
    let mut text = format!("{count} conditional access {}", if count == 1 { "policy" } else { "policies" });
    if set.are_assumed_enabled {
        text.push_str(", judged as if all of them were enabled");
    } else if enabled < count {
        text.push_str(&format!(", of which {enabled} are enabled; the others are off or only report, and have no say"));
    }
    if !set.services.is_empty() {
        text.push_str(&format!(", and {} for services", set.services.len()));
    }
    text
}
