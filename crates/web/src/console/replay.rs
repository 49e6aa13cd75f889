//! Recorded sign-ins under the present policies and under changed ones, as a part of the pages that a change is looked at on.

use doorward_service::overview::DAYS;
use doorward_service::preview::{self, Example, Word};

use super::moment::Moment;
use super::words::{self, Badge, number};
use crate::area::sentence;

/// What `console/replay.html` and `console/refusal.html` show.
pub(super) struct Replay {
    pub(super) replayed: String,
    pub(super) complete: bool,
    pub(super) days: i32,
    pub(super) total: usize,
    pub(super) share: Vec<Change>,
    pub(super) rows: Vec<Row>,
    /// Why the change will be refused.
    pub(super) locks_out: Option<String>,
}

/// A kind of change, with its number.
pub(super) struct Change {
    pub(super) now: Badge,
    pub(super) then: Badge,
    pub(super) number: String,
}

/// A sign-in that would end otherwise.
pub(super) struct Row {
    pub(super) id: String,
    pub(super) time: Moment,
    pub(super) person: String,
    pub(super) app: String,
    pub(super) now: Badge,
    pub(super) then: Badge,
}

impl Replay {
    pub(super) fn of(replay: preview::Replay) -> Self {
        let change = |((now, then), count): (&(Word, Word), &usize)| Change {
            now: words::decided(*now),
            then: words::decided(*then),
            number: number(*count, "sign-in", "sign-ins"),
        };
        Self {
            replayed: number(replay.replayed, "recorded sign-in", "recorded sign-ins"),
            complete: replay.complete,
            days: DAYS,
            total: replay.changed.values().sum(),
            share: replay.changed.iter().map(change).collect(),
            rows: replay.examples.into_iter().map(row).collect(),
            locks_out: replay.locks_out.as_deref().map(sentence),
        }
    }
}

fn row(example: Example) -> Row {
    Row {
        id: example.record.id.to_string(),
        time: Moment(example.record.created_date_time),
        person: example.record.circumstances.user_principal_name.clone(),
        app: example.record.circumstances.app_display_name.clone(),
        now: words::decided(example.now),
        then: words::decided(example.then),
    }
}
