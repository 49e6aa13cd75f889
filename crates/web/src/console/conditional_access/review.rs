//! The page before saving: what differs, what is suspicious, whom it is for, and which recorded sign-ins would end otherwise.

use askama::Template;
use doorward_service::conditional_access::{Finding, Preview};

use crate::console::difference::Difference;
use crate::console::replay::Replay;
use crate::console::shell::Shell;
use crate::console::words::number;

#[derive(Template)]
#[template(path = "console/conditional_access/review.html")]
pub(super) struct Review {
    pub(super) shell: Shell,
    pub(super) key: String,
    pub(super) name: String,
    pub(super) exists: bool,
    pub(super) kept: [(&'static str, String); 3],
    pub(super) changes: Vec<Difference>,
    pub(super) looked: Looked,
}

/// What looking at a change found, in words.
pub(super) struct Looked {
    pub(super) now: Option<String>,
    pub(super) then: Option<String>,
    pub(super) all: String,
    pub(super) findings: Vec<Finding>,
    pub(super) replay: Replay,
}

impl Looked {
    pub(super) fn of(preview: Preview) -> Self {
        let people = |count: usize| number(count, "person", "people");
        Self {
            now: preview.people.now.map(people),
            then: preview.people.then.map(people),
            all: if preview.people.complete { people(preview.people.all) } else { format!("the first {}", people(preview.people.all)) },
            findings: preview.findings,
            replay: Replay::of(preview.replay),
        }
    }
}
