//! The page as its template sees it. Every text is escaped by the template.

use askama::Template;

use super::panel::Picture;

#[derive(Template)]
#[template(path = "policy_report.html")]
pub(super) struct Page {
    pub(super) kind: &'static str,
    /// The question.
    pub(super) title: String,
    pub(super) lead: &'static str,
    pub(super) figures: Vec<Figure>,
    /// Why there may be more than the page shows.
    pub(super) warnings: Vec<String>,
    pub(super) picture: Picture,
    /// Cells show what was before and what comes after.
    pub(super) is_comparison: bool,
    pub(super) chapters: Vec<Chapter>,
    pub(super) notes: Vec<String>,
}

/// A big number.
pub(super) struct Figure {
    pub(super) number: String,
    pub(super) of: Option<String>,
    pub(super) label: &'static str,
    pub(super) is_loud: bool,
}

/// Regions of one kind.
pub(super) struct Chapter {
    pub(super) heading: &'static str,
    /// How many there are; none when the figures say it.
    pub(super) count: Option<String>,
    /// What to say when there is none.
    pub(super) nothing: &'static str,
    pub(super) cards: Vec<Card>,
    /// Regions that are not shown.
    pub(super) more: usize,
}

/// A region.
pub(super) struct Card {
    pub(super) id: String,
    pub(super) people: String,
    pub(super) limits: Vec<(&'static str, String)>,
    pub(super) example: String,
    /// The example as `eval` reads it.
    pub(super) sign_in: String,
}

impl Figure {
    pub(super) fn new(number: String, label: &'static str) -> Self {
        Self { number, of: None, label, is_loud: false }
    }
}
