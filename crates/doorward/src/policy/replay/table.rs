//! The report for a person.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, TableComponent, presets};

use super::report::{By, Report, verdict, word};
use super::strictness::OUTCOMES;
use super::tally::{Change, Changes, Transition};
use crate::policy::paragraph::{hanging, printable};
use crate::policy::region::grouped;

/// Width where there is no terminal to ask, and at most.
const WIDTH: u16 = 100;

/// The whole report as text.
pub(super) fn render(report: &Report<'_>) -> String {
    let mut sections = vec![summary(report), matrix(&report.tally.transitions)];
    sections.extend(By::ALL.into_iter().filter(|by| !report.group(*by).is_empty()).map(|by| members(report, by)));
    if report.tally.changes().any(|kind| !kind.examples.is_empty()) {
        sections.push(examples(report));
    }
    sections.extend(report.assumption.map(|text| hanging("", &format!("Assumed: {text}")).trim_end().to_owned()));
    sections.join("\n\n") + "\n"
}

fn summary(report: &Report<'_>) -> String {
    let tally = report.tally;
    let compared = if report.has_baseline { "by the baseline" } else { "recorded" };
    let mut lines = vec![format!(
        "{} sign-ins read, {} decided, {} decided otherwise than {compared}.",
        grouped(tally.read()),
        grouped(tally.decided),
        grouped(tally.changed())
    )];
    let notes = [
        (tally.unknown_user, "Not decided, as the directory does not know the user"),
        (tally.no_facts, "Not decided, as nothing was asked of the policies"),
        (tally.no_recorded_decision, "Not compared, as no decision was recorded"),
        (tally.other_code, "The same decision with another code"),
    ];
    lines.extend(notes.into_iter().filter(|(count, _)| *count > 0).map(|(count, text)| format!("{text}: {}.", grouped(count))));
    lines.join("\n")
}

/// Old decisions in rows, new ones in columns.
fn matrix(transitions: &[Transition]) -> String {
    let mut table = table();
    let count = |old, new| transitions.iter().find(|one| one.old == old && one.new == new).map_or(0, |one| one.count);
    table.set_header(["Old → new"].map(Cell::new).into_iter().chain(OUTCOMES.map(|new| number(word(new)))));
    for old in OUTCOMES {
        table.add_row([Cell::new(word(old))].into_iter().chain(OUTCOMES.map(|new| number(&grouped(count(old, new))))));
    }
    table.trim_fmt()
}

fn members(report: &Report<'_>, by: By) -> String {
    let heading = match by {
        By::Policy => "By policy",
        By::App => "By app",
        By::Platform => "By platform",
        By::User => "By user",
    };
    let mut table = table();
    table.set_header([Cell::new(heading), number("changed"), number("stricter"), number("looser")]);
    let mut row = |name: &str, Changes { changed, stricter, looser }: Changes| {
        table.add_row([Cell::new(printable(name)), number(&grouped(changed)), number(&grouped(stricter)), number(&grouped(looser))]);
    };
    let (group, ranked) = (report.group(by), report.group(by).ranked());
    for (id, changes) in ranked.iter().take(report.most) {
        row(report.name(by, id).unwrap_or_else(|| report.id(by, id)), *changes);
    }
    let rest = ranked.iter().skip(report.most).fold(group.others, |sum, (_, changes)| sum + *changes);
    if rest.changed > 0 {
        row("all others", rest);
    }
    table.trim_fmt()
}

fn examples(report: &Report<'_>) -> String {
    let mut table = table();
    table.set_header(["Example", "Who", "What", "Old → new", "Policies"]);
    for Change { id, user, apps, platform, old, new, policies } in report.tally.changes().flat_map(|kind| &kind.examples) {
        let apps: Vec<&str> = apps.iter().map(|app| report.name(By::App, app).unwrap_or(app)).collect();
        let policies: Vec<&str> = policies.iter().map(|policy| policy.display_name.as_deref().unwrap_or(&policy.id)).collect();
        table.add_row(
            [
                id.clone(),
                report.name(By::User, user).unwrap_or(user).to_owned(),
                format!("{} on {platform}", apps.join(", ")),
                format!("{} → {}", verdict(*old), verdict(*new)),
                policies.join("; "),
            ]
            .map(|cell| printable(&cell)),
        );
    }
    table.trim_fmt()
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.remove_style(TableComponent::HorizontalLines).remove_style(TableComponent::MiddleIntersections);
    let width = table.width().map_or(WIDTH, |width| width.min(WIDTH));
    table.set_width(width);
    table
}

fn number(text: &str) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
