//! Where the changes are: what sign-ins are for against platforms, for each kind of client.

use std::cmp::Reverse;

use doorward_model::sign_in::{ClientAppType, DevicePlatform};

use super::{Way, label};
use crate::policy::region::{counted, grouped};
use crate::policy::replay::heat::{Cell, Spot};
use crate::policy::replay::purposes::ROOM;
use crate::policy::replay::report::{By, Report, word};
use crate::policy::replay::strictness::OUTCOMES;
use crate::policy::report;

/// Rows besides the one for all others.
const MOST: usize = 12;

pub(super) struct HeatMap {
    pub(super) columns: Vec<&'static str>,
    pub(super) tables: Vec<Table>,
    /// What shares the last row.
    left_out: usize,
    /// There were more than have a number.
    is_full: bool,
}

/// One kind of client, or all.
pub(super) struct Table {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    /// In pieces between which a line may break.
    pub(super) name: Vec<String>,
    /// How many sign-ins were compared.
    pub(super) count: String,
    pub(super) tiles: Vec<Tile>,
}

pub(super) struct Tile {
    /// None where no sign-in was compared.
    pub(super) marks: Option<Vec<Mark>>,
    pub(super) words: String,
}

pub(super) struct Mark {
    pub(super) way: Way,
    /// Of the four shades of a colour.
    pub(super) level: u8,
    pub(super) count: String,
}

/// What one row of the map is about.
struct Line {
    name: String,
    /// By number.
    purposes: Vec<usize>,
}

impl HeatMap {
    pub(super) fn new(report: &Report<'_>) -> Self {
        let (lines, left_out) = lines(report);
        let platforms: Vec<_> = all(DevicePlatform::ALL).filter(|one| sum(report, 0..=ROOM, &clients(), &[*one]).compared() > 0).collect();
        let mut columns: Vec<Vec<_>> = platforms.iter().map(|platform| vec![*platform]).collect();
        let mut titles: Vec<_> = platforms.iter().map(|platform| report::platform(*platform)).collect();
        if columns.len() > 1 {
            columns.push(platforms);
            titles.push("all");
        }
        let kinds: Vec<_> = clients().into_iter().map(|client| (client.map_or("Unknown clients", report::client), vec![client])).collect();
        let has_changes =
            |(_, clients): &(_, Vec<_>)| sum(report, 0..=ROOM, clients, &all(DevicePlatform::ALL).collect::<Vec<_>>()).changed() > 0;
        let kinds: Vec<_> = kinds.into_iter().filter(has_changes).collect();
        // What only one kind of client shows is all there is to show.
        let kinds = if kinds.len() > 1 { kinds } else { Vec::new() };
        let table = |(title, clients): (&'static str, Vec<Option<ClientAppType>>)| Table {
            title,
            rows: lines.iter().filter_map(|line| line.row(report, &clients, &columns)).collect(),
        };
        let tables = [("All kinds of client", clients())].into_iter().chain(kinds).map(table).collect();
        let is_full = sum(report, [ROOM], &clients(), &all(DevicePlatform::ALL).collect::<Vec<_>>()).compared() > 0;
        Self { columns: titles, tables, left_out, is_full }
    }

    pub(super) fn note(&self) -> Option<String> {
        let share = "or combinations of apps share the last row";
        match (self.left_out, self.is_full) {
            (0, false) => None,
            (_, true) => Some(format!("In the picture more than {} apps {share}.", grouped(self.left_out))),
            (1, false) => Some("In the picture one app is the whole of the last row.".to_owned()),
            (count, false) => Some(format!("In the picture {} apps {share}.", grouped(count))),
        }
    }
}

/// The lines of the map, those with most changes first, and how much shares the last of them.
fn lines(report: &Report<'_>) -> (Vec<Line>, usize) {
    let platforms: Vec<_> = all(DevicePlatform::ALL).collect();
    let count = |number| sum(report, [number], &clients(), &platforms);
    let mut seen: Vec<_> = report.purposes.iter().map(|(apps, number)| (apps, number, count(number))).collect();
    seen.retain(|(_, _, cell)| cell.compared() > 0);
    seen.sort_by_key(|(apps, _, cell)| (Reverse(cell.changed()), Reverse(cell.compared()), *apps));
    let named = |apps: &[String]| apps.iter().map(|app| label(report, By::App, app)).collect::<Vec<_>>().join(", ");
    let mut lines: Vec<_> = seen.iter().take(MOST).map(|(apps, number, _)| Line { name: named(apps), purposes: vec![*number] }).collect();
    let rest: Vec<_> = seen.iter().skip(MOST).map(|(_, number, _)| *number).chain([ROOM]).collect();
    lines.push(Line { name: "all others".to_owned(), purposes: rest });
    (lines, seen.len().saturating_sub(MOST))
}

fn all<T: Copy>(known: &[T]) -> impl Iterator<Item = Option<T>> {
    known.iter().copied().map(Some).chain([None])
}

fn clients() -> Vec<Option<ClientAppType>> {
    all(ClientAppType::ALL).collect()
}

fn sum(
    report: &Report<'_>,
    purposes: impl IntoIterator<Item = usize>,
    clients: &[Option<ClientAppType>],
    platforms: &[Option<DevicePlatform>],
) -> Cell {
    let mut sum = Cell::default();
    for purpose in purposes {
        for client in clients {
            for platform in platforms {
                sum += report.tally.heat.cell(Spot { purpose, client: *client, platform: *platform });
            }
        }
    }
    sum
}

impl Line {
    /// None when there is nothing to show.
    fn row(&self, report: &Report<'_>, clients: &[Option<ClientAppType>], columns: &[Vec<Option<DevicePlatform>>]) -> Option<Row> {
        let cell = |platforms: &[_]| sum(report, self.purposes.iter().copied(), clients, platforms);
        let cells: Vec<_> = columns.iter().map(|platforms| cell(platforms)).collect();
        // The last column holds all.
        let compared = cells.last().map_or(0, Cell::compared);
        let row = || Row {
            name: report::pieces(&self.name),
            count: grouped(compared),
            tiles: cells.iter().map(|cell| Tile::of(*cell)).collect(),
        };
        (compared > 0).then(row)
    }
}

impl Tile {
    fn of(cell: Cell) -> Self {
        let compared = cell.compared();
        if compared == 0 {
            return Self { marks: None, words: "no sign-in".to_owned() };
        }
        let mark = |(way, count)| Mark { way, level: level(count, compared), count: short(count) };
        let ways = [(Way::Stricter, cell.stricter()), (Way::Looser, cell.looser())];
        let marks = ways.into_iter().filter(|(_, count)| *count > 0).map(mark).collect();
        let sides = [("before", Cell::before as fn(&Cell, _) -> u64), ("after", Cell::after)].map(|(side, count)| {
            let counts = OUTCOMES.map(|outcome| (count(&cell, outcome), word(outcome)));
            let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{} {word}", grouped(count)));
            format!("{side}: {}", counts.collect::<Vec<_>>().join(", "))
        });
        let words = format!(
            "{}; {}; {} stricter, {} looser",
            counted(compared, "sign-in"),
            sides.join("; "),
            grouped(cell.stricter()),
            grouped(cell.looser())
        );
        Self { marks: Some(marks), words }
    }
}

/// How much of the whole: less than a hundredth, than a tenth, than half, or more.
fn level(part: u64, whole: u64) -> u8 {
    match u128::from(part) * 100 / u128::from(whole.max(1)) {
        0 => 1,
        1..10 => 2,
        10..50 => 3,
        _ => 4,
    }
}

/// In no more than four characters, rounded down.
fn short(count: u64) -> String {
    match count {
        0..1000 => count.to_string(),
        1000..10_000 => format!("{}.{}k", count / 1000, count % 1000 / 100),
        10_000..1_000_000 => format!("{}k", count / 1000),
        1_000_000..10_000_000 => format!("{}.{}m", count / 1_000_000, count % 1_000_000 / 100_000),
        _ => format!("{}m", count / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::{level, short};

    #[test]
    fn large_numbers_are_short() {
        let table = [(0, "0"), (999, "999"), (1000, "1.0k"), (9999, "9.9k"), (10_000, "10k"), (999_999, "999k"), (1_250_000, "1.2m")];
        for (count, expected) in table {
            assert_eq!(short(count), expected, "{count}");
        }
    }

    #[test]
    fn a_shade_says_how_much_of_the_whole() {
        for (part, expected) in [(1, 1), (9, 1), (10, 2), (99, 2), (100, 3), (499, 3), (500, 4), (1000, 4)] {
            assert_eq!(level(part, 1000), expected, "{part}");
        }
    }
}
