//! The heat map: how groups of people fare with every kind of app on every platform.

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::regions::Value;
use doorward_policy::conditional_access::regions::heat::{Grid, Shade, platforms};
use doorward_policy::conditional_access::regions::words::{Words, grouped, listed};
use doorward_service::gaps::Found;

/// Panels that a page holds.
const MOST: usize = 4;

pub(super) struct Picture {
    pub(super) columns: Vec<&'static str>,
    pub(super) panels: Vec<Panel>,
    pub(super) notes: Vec<String>,
}

/// Services that fare the same.
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

/// Kinds of app that fare the same.
pub(super) struct Table {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

/// People who have something in common.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) count: String,
    pub(super) tiles: Vec<Tile>,
}

pub(super) struct Tile {
    pub(super) class: &'static str,
    pub(super) letter: char,
    pub(super) words: String,
}

impl Picture {
    pub(super) fn of(found: &Found, words: &Words<'_>) -> Self {
        let table = |grid: &Grid| {
            let rows = grid.rows.iter().zip(&found.crowds.shown).map(|(cells, crowd)| Row {
                name: crowd.name.clone(),
                count: grouped(crowd.members.len()),
                tiles: cells.iter().filter_map(|cell| cell.shades.first()).map(tile).collect(),
            });
            Table { title: grid.clients.iter().map(|client| kind(*client)).collect::<Vec<_>>().join(", "), rows: rows.collect() }
        };
        let panels = found.panels.iter().take(MOST).map(|panel| Panel {
            title: listed(panel.targets.iter().map(|target| words.value(&Value::Target(target.clone()))).collect()),
            views: found
                .manners
                .iter()
                .zip(&panel.grids)
                .map(|(manner, grids)| View {
                    title: manner.title,
                    explanation: manner.explanation.clone(),
                    tables: grids.iter().map(table).collect(),
                })
                .collect(),
        });
        let mut notes = Vec::new();
        let left_out: usize = found.panels.iter().skip(MOST).map(|panel| panel.targets.len()).sum();
        if left_out > 0 {
            notes.push(format!("{left_out} more services fare otherwise and are not drawn; ask about one of them to see it."));
        }
        if found.crowds.left_out > 0 {
            notes.push(format!("{} smaller groups that policies name are not drawn; the search looked at them.", found.crowds.left_out));
        }
        if !found.crowds.empty.is_empty() {
            notes.push(format!("Policies name what nobody is in: {}.", listed(found.crowds.empty.clone())));
        }
        Self { columns: platforms().map(platform).collect(), panels: panels.collect(), notes }
    }
}

fn tile(shade: &Shade) -> Tile {
    let (class, letter) = match (shade.granted > 0, shade.interrupted > 0, shade.blocked > 0) {
        (true, false, false) => ("granted", 'G'),
        (false, true, false) => ("asked", 'A'),
        (false, false, true) => ("refused", 'R'),
        (false, false, false) => ("nobody", '–'),
        _ => ("mixed", 'M'),
    };
    let parts = [(shade.granted, "granted"), (shade.interrupted, "asked first"), (shade.blocked, "refused")];
    let parts: Vec<_> = parts.into_iter().filter(|(count, _)| *count > 0).collect();
    let words = match parts.as_slice() {
        [] => "nobody".to_owned(),
        [(_, word)] => (*word).to_owned(),
        parts => parts.iter().map(|(count, word)| format!("{} {word}", grouped(*count))).collect::<Vec<_>>().join(", "),
    };
    Tile { class, letter, words }
}

fn kind(client: ClientAppType) -> &'static str {
    match client {
        ClientAppType::Browser => "Browser",
        ClientAppType::MobileAppsAndDesktopClients => "Apps with modern sign-in",
        ClientAppType::ExchangeActiveSync => "Built-in mail (ActiveSync)",
        ClientAppType::Other => "Other legacy clients",
    }
}

/// Short, as a column is narrow.
fn platform(platform: Option<DevicePlatform>) -> &'static str {
    match platform {
        Some(DevicePlatform::Android) => "Android",
        Some(DevicePlatform::Ios) => "iOS",
        Some(DevicePlatform::Windows) => "Windows",
        Some(DevicePlatform::WindowsPhone) => "Win. Phone",
        Some(DevicePlatform::MacOs) => "macOS",
        Some(DevicePlatform::Linux) => "Linux",
        None => "Unknown",
    }
}
