//! Where a list is and where it goes on. The filters stand in the address, so that a link shares them.

use doorward_store::query::Position;

use super::words::number;
use crate::page_token;

/// The links below a list, and how much there is.
pub(super) struct Pages {
    pub(super) first: Option<String>,
    pub(super) next: Option<String>,
    pub(super) count: String,
}

impl Pages {
    /// The links of a list at `path` with these filters.
    pub(super) fn new(path: &str, filters: &[(&str, &str)], after: &str, next: Option<&Position>, count: String) -> Self {
        let address = |after: &str| {
            let fields: Vec<(&str, &str)> =
                filters.iter().copied().chain([("after", after)]).filter(|(_, value)| !value.is_empty()).collect();
            let query = serde_urlencoded::to_string(fields).unwrap_or_default();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        Self { first: (!after.is_empty()).then(|| address("")), next: next.map(|next| address(&page_token::write(next))), count }
    }
}

/// `1 person`, `10 000 people`.
pub(super) fn counted(count: u64, one: &str, more: &str) -> String {
    number(usize::try_from(count).unwrap_or(usize::MAX), one, more)
}
