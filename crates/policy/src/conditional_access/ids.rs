//! Sets of ids. Ids are opaque text that compares without regard to case.

use std::collections::HashSet;

#[derive(Debug, Clone, Default)]
pub(super) struct IdSet(HashSet<String>);

impl IdSet {
    pub(super) fn new<'a>(ids: impl IntoIterator<Item = &'a String>) -> Self {
        Self(ids.into_iter().map(|id| fold(id)).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The id must have been folded.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.contains(id)
    }

    pub(super) fn contains_any(&self, ids: &[String]) -> bool {
        !self.0.is_empty() && ids.iter().any(|id| self.0.contains(id))
    }

    pub(super) fn into_vec(self) -> Vec<String> {
        self.0.into_iter().collect()
    }

    /// Removes a word that is not an id, and says whether it was there.
    pub(super) fn take(&mut self, word: &str) -> bool {
        self.0.remove(&fold(word))
    }
}

/// The form in which ids are compared.
pub(super) fn fold(id: &str) -> String {
    id.to_lowercase()
}

pub(super) fn fold_all(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| fold(id)).collect()
}
