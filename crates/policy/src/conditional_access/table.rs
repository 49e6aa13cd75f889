//! The classes of one dimension: values that no policy of the set tells apart share a row.

use foldhash::HashMap;

use super::mask::{Block, Mask, blocks};

/// How the policies of a set stand to one value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fit {
    /// Policies whose condition is met or not configured.
    pub(super) matched: Mask,
    /// Policies that name the value among their exclusions.
    pub(super) excluded: Mask,
}

/// A class of one dimension: values that no policy of a set tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Class(u32);

/// Rows of policies, without repetition.
#[derive(Debug, Clone)]
pub(super) struct Table {
    width: usize,
    matched: Vec<Block>,
    excluded: Vec<Block>,
    classes: HashMap<Fit, Class>,
}

impl Fit {
    pub(super) fn nothing(positions: usize) -> Self {
        Self { matched: Mask::empty(positions), excluded: Mask::empty(positions) }
    }
}

impl Table {
    pub(super) fn new(positions: usize) -> Self {
        Self { width: blocks(positions), matched: Vec::new(), excluded: Vec::new(), classes: HashMap::default() }
    }

    /// The class of a value.
    pub(super) fn class(&mut self, fit: Fit) -> Class {
        if let Some(class) = self.classes.get(&fit) {
            return *class;
        }
        // A class for each of four thousand million distinct rows is more than memory holds.
        let class = Class(u32::try_from(self.classes.len()).unwrap_or(u32::MAX));
        self.matched.extend_from_slice(fit.matched.row());
        self.excluded.extend_from_slice(fit.excluded.row());
        self.classes.insert(fit, class);
        class
    }

    pub(super) fn matched(&self, class: Class) -> &[Block] {
        row(&self.matched, self.width, class)
    }

    pub(super) fn excluded(&self, class: Class) -> &[Block] {
        row(&self.excluded, self.width, class)
    }
}

fn row(blocks: &[Block], width: usize, class: Class) -> &[Block] {
    let start = class.0 as usize * width;
    // An empty row matches nothing and so lifts every requirement; it is never handed out for a class of this table.
    blocks.get(start..start + width).unwrap_or_default()
}
