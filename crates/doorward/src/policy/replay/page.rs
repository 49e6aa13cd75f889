//! The report as a page for people.

mod heat_map;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use askama::Template;
use doorward_model::sign_in::DevicePlatform;
use doorward_policy::conditional_access::Outcome;
use doorward_policy::conditional_access::regions::crowds::Crowds;

use super::pair::Pair;
use super::report::{By, Report, verdict, word};
use super::strictness::{OUTCOMES, is_stricter};
use super::tally::{Change, Changes, Transition};
use crate::policy::directory::Directory;
use crate::policy::region::{counted, grouped, listed};
use crate::policy::report::{self, Figure, Frame};
use crate::policy::set::Policies;
use heat_map::HeatMap;

/// What was replayed.
pub(super) struct Ground<'a> {
    pub(super) sign_ins: &'a Path,
    /// The policies and where they are from.
    pub(super) sets: Pair<(&'a Policies, &'a [PathBuf])>,
    pub(super) directory: &'a Directory,
}

impl<'a> Ground<'a> {
    /// The new policies, and the old ones when there are some.
    fn policies(&self) -> Vec<&'a Policies> {
        [Some(self.sets.new), self.sets.old].into_iter().flatten().map(|(policies, _)| policies).collect()
    }
}

/// In the order of the page, where lists of a like length stand side by side.
const LISTS: [By; 4] = [By::Policy, By::Platform, By::App, By::User];

#[derive(Template)]
#[template(path = "policy_replay.html")]
struct Page {
    frame: Frame,
    matrix: Vec<(&'static str, Vec<Square>)>,
    outcomes: [&'static str; 3],
    /// None when nothing could be compared.
    heat_map: Option<HeatMap>,
    lists: Vec<List>,
    kinds: Vec<Kind>,
}

/// How often one decision stood against another.
struct Square {
    way: Way,
    count: String,
}

/// Which way a change goes. Each has a colour and a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Same,
    Stricter,
    Looser,
}

/// What the changes have in common, most first.
struct List {
    heading: &'static str,
    bars: Vec<Bar>,
    /// What is not shown.
    more: Option<String>,
}

struct Bar {
    name: String,
    changed: String,
    parts: Vec<Part>,
}

struct Part {
    way: Way,
    count: String,
    /// In percent of the longest bar, for the style sheet.
    width: String,
}

/// One kind of change with examples.
struct Kind {
    way: Way,
    heading: String,
    count: String,
    examples: Vec<Example>,
}

struct Example {
    id: String,
    who: String,
    facts: Vec<(&'static str, String)>,
}

/// The page as text.
pub(super) fn render(report: &Report<'_>, ground: &Ground<'_>) -> anyhow::Result<String> {
    let heat_map = (report.tally.compared() > 0).then(|| HeatMap::new(report));
    let page = Page {
        frame: frame(report, ground, heat_map.as_ref()),
        matrix: matrix(report),
        outcomes: OUTCOMES.map(word),
        heat_map,
        lists: lists(report, ground),
        kinds: report.tally.changes().map(|transition| kind(report, transition)).collect(),
    };
    Ok(page.render()?)
}

fn frame(report: &Report<'_>, ground: &Ground<'_>, heat_map: Option<&HeatMap>) -> Frame {
    let tally = report.tally;
    let Changes { changed, stricter, looser } = tally.total();
    let new = called(ground.sets.new.1);
    let title = match ground.sets.old {
        Some((_, old)) => format!("{}: {new} instead of {}", log(ground.sign_ins), called(old)),
        None => format!("{}: what {new} would make of it", log(ground.sign_ins)),
    };
    let of_compared = Some(grouped(tally.compared()));
    Frame {
        kind: "Replay of sign-ins",
        title,
        lead: if report.has_baseline {
            "Every sign-in of a log, decided again with two sets of policies: what is different under the new ones."
        } else {
            "Every sign-in of a log, decided again with other policies, beside the decision that was recorded with it."
        },
        figures: vec![
            Figure::new(grouped(tally.read()), "read"),
            Figure::new(grouped(tally.decided), "decided"),
            Figure { of: of_compared, ..Figure::new(grouped(changed), "changed") },
            Figure::new(grouped(stricter), "▲ stricter"),
            Figure::new(grouped(looser), "▼ looser"),
        ],
        warnings: warnings(report, ground),
        notes: notes(report, ground, heat_map),
    }
}

/// What was not looked at.
fn warnings(report: &Report<'_>, ground: &Ground<'_>) -> Vec<String> {
    let tally = report.tally;
    let told = [
        (tally.unknown_user, "of users whom the directory does not know: left out"),
        (tally.no_recorded_decision, "decided, but not compared: no decision was recorded with them"),
    ];
    let told = told.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| format!("{}, {text}.", counted(count, "sign-in")));
    told.chain(report::skipped(&ground.policies())).collect()
}

fn notes(report: &Report<'_>, ground: &Ground<'_>, heat_map: Option<&HeatMap>) -> Vec<String> {
    let tally = report.tally;
    let set = |label, (set, paths): (&Policies, &[PathBuf])| {
        let paths = paths.iter().map(|path| path.display().to_string()).collect();
        format!("{label}, {}: {}.", listed(paths), report::extent(set))
    };
    let mut notes = vec![set("The new policies", ground.sets.new)];
    notes.extend(ground.sets.old.map(|old| set("The old policies", old)));
    let told = [
        (tally.no_facts, "left out, as nothing was asked of the policies"),
        (tally.other_code, "with the same decision and another code, which is no change"),
    ];
    notes.extend(told.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| format!("{} {text}.", counted(count, "sign-in"))));
    notes.extend(heat_map.and_then(HeatMap::note));
    notes.extend(report.assumption.map(str::to_owned));
    notes
}

/// What a log is called.
fn log(path: &Path) -> String {
    if path == Path::new("-") { "Standard input".to_owned() } else { end(path) }
}

/// What a set of policies is called.
fn called(paths: &[PathBuf]) -> String {
    listed(paths.iter().map(|path| end(path)).collect())
}

fn end(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.display().to_string())
}

fn matrix(report: &Report<'_>) -> Vec<(&'static str, Vec<Square>)> {
    let way = |one: &Transition| if one.count == 0 { Way::Same } else { Way::of(one.old, one.new) };
    let square = |one: &Transition| Square { way: way(one), count: grouped(one.count) };
    let row = |old| report.tally.transitions.iter().filter(|one| one.old == old).map(square).collect();
    OUTCOMES.into_iter().map(|old| (word(old), row(old))).collect()
}

/// By each thing that has changes, and by the groups of people that policies name.
fn lists(report: &Report<'_>, ground: &Ground<'_>) -> Vec<List> {
    let shown = LISTS.into_iter().filter(|by| !report.group(*by).is_empty()).map(|by| list(report, by));
    shown.chain(crowds(report, ground)).collect()
}

fn list(report: &Report<'_>, by: By) -> List {
    let group = report.group(by);
    let ranked = group.ranked();
    let (shown, rest) = ranked.split_at(report.most.min(ranked.len()));
    let changes = rest.iter().fold(group.others, |sum, (_, changes)| sum + *changes).changed;
    // Those that came when there was no more room were not counted one by one.
    let at_least = if group.others.changed > 0 { "at least " } else { "" };
    let more = (changes > 0).then(|| {
        let count = grouped(rest.len());
        format!("And {at_least}{count} more, with {}: --most shows more, --format json all.", counted(changes, "change"))
    });
    let heading = match by {
        By::Policy => "By policy",
        By::App => "By app",
        By::Platform => "By platform",
        By::User => "By user",
    };
    List { heading, bars: bars(shown.iter().map(|(id, changes)| (label(report, by, id), *changes))), more }
}

/// None when policies do not tell people apart, or nobody is concerned.
fn crowds(report: &Report<'_>, ground: &Ground<'_>) -> Option<List> {
    let users = ground.directory.everyone();
    let sets: Vec<_> = ground.policies().iter().map(|set| set.named()).collect();
    let crowds = Crowds::of(&sets, &users, &ground.directory.names);
    let by_user: HashMap<_, _> = report.tally.users.ranked().into_iter().collect();
    let by_index: Vec<_> = users.iter().map(|user| by_user.get(user.id.to_lowercase().as_str()).copied().unwrap_or_default()).collect();
    let of = |members: &[usize]| members.iter().filter_map(|member| by_index.get(*member)).fold(Changes::default(), |sum, one| sum + *one);
    let mut ranked: Vec<_> = crowds.shown.iter().map(|crowd| (crowd.name.clone(), of(&crowd.members))).collect();
    ranked.retain(|(_, changes)| changes.changed > 0);
    ranked.sort_by_key(|(_, changes)| Reverse(changes.changed));
    let smaller = counted(crowds.left_out, "smaller group");
    let more = (crowds.left_out > 0).then(|| format!("Left out: {smaller} that policies name."));
    (crowds.shown.len() > 1 && !ranked.is_empty()).then(|| List { heading: "By group that policies name", bars: bars(ranked), more })
}

/// Those with most changes come first.
fn bars(ranked: impl IntoIterator<Item = (String, Changes)>) -> Vec<Bar> {
    let mut longest = 0;
    let bar = |(name, changes): (String, Changes)| {
        longest = longest.max(changes.changed);
        let part = |(way, count)| Part { way, count: grouped(count), width: percent(count, longest) };
        let ways = [(Way::Stricter, changes.stricter), (Way::Looser, changes.looser)];
        let parts = ways.into_iter().filter(|(_, count)| *count > 0).map(part).collect();
        Bar { name, changed: grouped(changes.changed), parts }
    };
    ranked.into_iter().map(bar).collect()
}

fn label(report: &Report<'_>, by: By, id: &str) -> String {
    let platform = || matches!(by, By::Platform).then(|| DevicePlatform::ALL.iter().find(|platform| platform.as_str() == id)).flatten();
    match platform() {
        Some(platform) => report::platform(Some(*platform)).to_owned(),
        None => report.name(by, id).unwrap_or_else(|| report.id(by, id)).to_owned(),
    }
}

/// With one decimal, rounded down.
fn percent(part: u64, whole: u64) -> String {
    let tenths = u128::from(part) * 1000 / u128::from(whole.max(1));
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn kind(report: &Report<'_>, transition: &Transition) -> Kind {
    Kind {
        way: Way::of(transition.old, transition.new),
        heading: format!("{} → {}", word(transition.old), word(transition.new)),
        count: counted(transition.count, "sign-in"),
        examples: transition.examples.iter().map(|change| example(report, change)).collect(),
    }
}

fn example(report: &Report<'_>, change: &Change) -> Example {
    let policies: Vec<_> = change.policies.iter().map(|policy| policy.display_name.as_deref().unwrap_or(&policy.id).to_owned()).collect();
    let by = match policies.len() {
        0 => "no policy that is known".to_owned(),
        _ => policies.join("; "),
    };
    Example {
        id: change.id.clone(),
        who: label(report, By::User, &change.user),
        facts: vec![
            ("for", change.apps.iter().map(|app| label(report, By::App, app)).collect::<Vec<_>>().join(", ")),
            ("platform", label(report, By::Platform, &change.platform)),
            ("before", verdict(change.old)),
            ("after", verdict(change.new)),
            (if is_stricter(change.old.outcome, change.new.outcome) { "refused by" } else { "was refused by" }, by),
        ],
    }
}

impl Way {
    fn of(old: Outcome, new: Outcome) -> Self {
        match (is_stricter(old, new), old == new) {
            (_, true) => Self::Same,
            (true, false) => Self::Stricter,
            (false, false) => Self::Looser,
        }
    }

    /// Its class in the style sheet, and its name.
    fn class(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Stricter => "▲",
            Self::Looser => "▼",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_part_of_a_bar_is_never_longer_than_the_bar() {
        for (part, whole, expected) in [(0, 0, "0.0"), (1, 3, "33.3"), (2, 3, "66.6"), (3, 3, "100.0"), (u64::MAX, u64::MAX, "100.0")] {
            assert_eq!(percent(part, whole), expected, "{part} of {whole}");
        }
    }
}
