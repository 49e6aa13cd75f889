//! The picture: a panel for each target, in it a view for each way of signing in, in it a table for each kind of client.

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::regions::crowds::Crowds;
use doorward_policy::conditional_access::regions::heat::{self, Cell, Grid, Rows, Shade, platforms};
use doorward_policy::conditional_access::regions::manner::Manner;
use doorward_policy::conditional_access::regions::{Target, Value};

use super::Ground;
use crate::policy::region::{counted, grouped, listed};

/// Panels that a page holds.
const MOST: usize = 6;

/// The whole picture.
pub(super) struct Picture {
    pub(super) panels: Vec<Panel>,
    pub(super) columns: Vec<&'static str>,
    left_out: usize,
    crowds_left_out: usize,
    empty: Vec<String>,
}

/// Targets that fare the same.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) views: Vec<View>,
}

/// One way of signing in.
pub(super) struct View {
    pub(super) title: &'static str,
    pub(super) explanation: String,
    pub(super) tables: Vec<Table>,
}

/// Kinds of client that fare the same.
pub(super) struct Table {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// A crowd.
pub(super) struct Row {
    /// In pieces between which a line may break.
    pub(super) name: Vec<String>,
    pub(super) count: String,
    pub(super) cells: Vec<Tile>,
}

/// A cell with its colours, letters and words.
pub(super) struct Tile {
    /// Class of the colour and letter: one, or what was before and what comes after.
    pub(super) marks: Vec<(&'static str, char)>,
    pub(super) words: String,
    pub(super) is_changed: bool,
}

impl Picture {
    pub(super) fn new(ground: &Ground<'_>, crowds: Crowds, targets: &[Target], manners: &[Manner]) -> Self {
        let sets: Vec<_> = ground.sets.iter().map(|policies| &policies.set).collect();
        let mut rows = Rows::new(&sets, ground.users, crowds.shown.iter().map(|crowd| crowd.members.as_slice()));
        let distinct = rows.panels(targets, manners);
        let left_out = distinct.iter().skip(MOST).map(|panel| panel.targets.len()).sum();
        let panel = |panel: heat::Panel| {
            let views = manners.iter().zip(panel.grids).map(|(manner, grids)| View {
                title: manner.title,
                explanation: manner.explanation.clone(),
                tables: grids.into_iter().map(|grid| Table::of(grid, &crowds)).collect(),
            });
            let names = panel.targets.into_iter().map(|target| ground.words.value(&Value::Target(target)));
            Panel { title: listed(names.collect()), views: views.collect() }
        };
        let panels = distinct.into_iter().take(MOST).map(panel).collect();
        let columns = platforms().map(platform).collect();
        Self { panels, columns, left_out, crowds_left_out: crowds.left_out, empty: crowds.empty }
    }

    /// What the picture leaves out.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.left_out > 0 {
            notes.push(format!("The picture leaves out {}, which fare otherwise.", counted(self.left_out, "more target")));
        }
        if self.crowds_left_out > 0 {
            let groups = counted(self.crowds_left_out, "smaller group");
            notes.push(format!("The picture leaves out {groups} that policies name; the search does not."));
        }
        if !self.empty.is_empty() {
            notes.push(format!("Policies name what nobody of this directory is in: {}.", listed(self.empty.clone())));
        }
        notes
    }
}

impl Table {
    fn of(grid: Grid, crowds: &Crowds) -> Self {
        let rows = grid.rows.into_iter().zip(&crowds.shown).map(|(cells, crowd)| Row {
            name: pieces(&crowd.name),
            count: grouped(crowd.members.len()),
            cells: cells.iter().map(Tile::of).collect(),
        });
        let clients: Vec<_> = grid.clients.into_iter().map(client).collect();
        Self { title: clients.join(", "), rows: rows.collect() }
    }
}

impl Tile {
    fn of(cell: &Cell) -> Self {
        let words: Vec<_> = cell.shades.iter().map(words).collect();
        let (shades, words) = match (cell.shades.as_slice(), words.as_slice()) {
            (shades, [before, after]) if cell.is_changed => (shades, format!("before: {before}; after: {after}")),
            (shades, words) => (shades.get(..1).unwrap_or_default(), words.first().cloned().unwrap_or_default()),
        };
        Self { marks: shades.iter().map(mark).collect(), words, is_changed: cell.is_changed }
    }
}

/// Names of groups tend to be long and without spaces: they break before a capital and after a dash.
pub(in super::super) fn pieces(name: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut last = ' ';
    for letter in name.chars() {
        if (last.is_lowercase() && letter.is_uppercase()) || matches!(last, '-' | '_' | '.' | '/') {
            pieces.push(String::new());
        }
        pieces.iter_mut().next_back().into_iter().for_each(|piece| piece.push(letter));
        last = letter;
    }
    pieces
}

fn mark(shade: &Shade) -> (&'static str, char) {
    match (shade.granted > 0, shade.interrupted > 0, shade.blocked > 0) {
        (true, false, false) => ("g", 'G'),
        (false, true, false) => ("i", 'I'),
        (false, false, true) => ("b", 'B'),
        (true, true, false) => ("gi", 'M'),
        (true, false, true) => ("gb", 'M'),
        (false, true, true) => ("ib", 'M'),
        (true, true, true) => ("gib", 'M'),
        (false, false, false) => ("none", '–'),
    }
}

fn words(shade: &Shade) -> String {
    let parts = [(shade.granted, "granted"), (shade.interrupted, "interrupted"), (shade.blocked, "blocked")];
    let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    match parts.as_slice() {
        [(_, word)] => (*word).to_owned(),
        parts => parts.iter().map(|(count, word)| format!("{} {word}", grouped(*count))).collect::<Vec<_>>().join(", "),
    }
}

pub(in super::super) fn platform(platform: Option<DevicePlatform>) -> &'static str {
    match platform {
        Some(DevicePlatform::Android) => "Android",
        Some(DevicePlatform::Ios) => "iOS",
        Some(DevicePlatform::Windows) => "Windows",
        Some(DevicePlatform::WindowsPhone) => "Win. Phone",
        Some(DevicePlatform::MacOs) => "macOS",
        Some(DevicePlatform::Linux) => "Linux",
        None => "unknown",
    }
}

pub(in super::super) fn client(client: ClientAppType) -> &'static str {
    match client {
        ClientAppType::Browser => "Browser",
        ClientAppType::MobileAppsAndDesktopClients => "Mobile and desktop apps",
        ClientAppType::ExchangeActiveSync => "Exchange ActiveSync",
        ClientAppType::Other => "Other legacy clients",
    }
}
