//! The pages as their templates see them. Every text is escaped by the templates.

use askama::Template;

use super::panel::Picture;

/// What every page has around its findings.
pub(in super::super) struct Frame {
    pub(in super::super) kind: &'static str,
    /// The question.
    pub(in super::super) title: String,
    pub(in super::super) lead: &'static str,
    pub(in super::super) figures: Vec<Figure>,
    /// Why there may be more than the page shows.
    pub(in super::super) warnings: Vec<String>,
    /// What was assumed.
    pub(in super::super) notes: Vec<String>,
}

/// Regions as a picture and as cards.
#[derive(Template)]
#[template(path = "policy_regions.html")]
pub(super) struct Page {
    pub(super) frame: Frame,
    pub(super) picture: Picture,
    /// Cells show what was before and what comes after.
    pub(super) is_comparison: bool,
    pub(super) chapters: Vec<Chapter>,
}

/// A big number.
pub(in super::super) struct Figure {
    pub(in super::super) number: String,
    pub(in super::super) of: Option<String>,
    pub(in super::super) label: &'static str,
    pub(in super::super) is_loud: bool,
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
    pub(in super::super) fn new(number: String, label: &'static str) -> Self {
        Self { number, of: None, label, is_loud: false }
    }
}
