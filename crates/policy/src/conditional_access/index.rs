//! From ids to the policies that name them.

use foldhash::HashMap;

use super::ids::{fold, folded};
use super::mask::Mask;

/// The policies that name each id, by position.
#[derive(Debug, Clone, Default)]
pub(super) struct Index(HashMap<String, Vec<usize>>);

impl Index {
    pub(super) fn insert(&mut self, id: &str, position: usize) {
        self.0.entry(fold(id)).or_default().push(position);
    }

    /// Adds the policies that name the id.
    pub(super) fn add_to(&self, mask: &mut Mask, id: &str) {
        // Most directories hold many more ids than policies name.
        if !self.0.is_empty() {
            self.0.get(folded(id).as_ref()).into_iter().flatten().for_each(|position| mask.insert(*position));
        }
    }

    pub(super) fn add_all_to<'a>(&self, mask: &mut Mask, ids: impl IntoIterator<Item = &'a String>) {
        ids.into_iter().for_each(|id| self.add_to(mask, id));
    }
}
