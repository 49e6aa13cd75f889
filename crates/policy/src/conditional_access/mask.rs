//! Sets of policies, one bit for each position of the compiled set.

use std::ops::{BitAnd, BitOr, Not};

/// Positions in a block: a few vector registers, so that an AND of two blocks is two or four instructions.
const BLOCK: usize = 256;
const WORD: usize = 64;

/// 256 positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Block([u64; BLOCK / WORD]);

/// A set of positions. All sets of one compiled policy set are equally long.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Mask(Blocks);

/// Few organisations have more policies than one block has positions, so that one needs no memory of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Blocks {
    One(Block),
    Many(Box<[Block]>),
}

impl Block {
    pub(super) const FULL: Self = Self([u64::MAX; BLOCK / WORD]);

    /// The 64-bit words that hold anything, each with the position of its lowest bit; `index` is that of the block.
    pub(super) fn words(self, index: usize) -> impl Iterator<Item = (usize, u64)> {
        (index * BLOCK..).step_by(WORD).zip(self.0).filter(|(_, word)| *word != 0)
    }

    pub(super) fn contains(self, bit: usize) -> bool {
        self.0.get(bit / WORD).is_some_and(|word| word >> (bit % WORD) & 1 == 1)
    }

    fn insert(&mut self, bit: usize) {
        if let Some(word) = self.0.get_mut(bit / WORD) {
            *word |= 1 << (bit % WORD);
        }
    }
}

impl BitAnd for Block {
    type Output = Self;

    fn bitand(self, Self([e, f, g, h]): Self) -> Self {
        let Self([a, b, c, d]) = self;
        Self([a & e, b & f, c & g, d & h])
    }
}

impl BitOr for Block {
    type Output = Self;

    fn bitor(self, Self([e, f, g, h]): Self) -> Self {
        let Self([a, b, c, d]) = self;
        Self([a | e, b | f, c | g, d | h])
    }
}

impl Not for Block {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0.map(Not::not))
    }
}

/// Blocks that so many positions need.
pub(super) fn blocks(positions: usize) -> usize {
    positions.div_ceil(BLOCK)
}

/// Whether a row of blocks has the position.
pub(super) fn has(row: &[Block], position: usize) -> bool {
    row.get(position / BLOCK).is_some_and(|block| block.contains(position % BLOCK))
}

/// Adds bits of a word to a row; the position of its lowest bit comes with them.
pub(super) fn insert_word(row: &mut [Block], (base, bits): (usize, u64)) {
    if let Some(word) = row.get_mut(base / BLOCK).and_then(|block| block.0.get_mut(base % BLOCK / WORD)) {
        *word |= bits;
    }
}

impl From<&[Block]> for Mask {
    fn from(row: &[Block]) -> Self {
        match row {
            [block] => Self(Blocks::One(*block)),
            blocks => Self(Blocks::Many(blocks.into())),
        }
    }
}

impl Mask {
    pub(super) fn empty(positions: usize) -> Self {
        match blocks(positions) {
            1 => Self(Blocks::One(Block::default())),
            blocks => Self(Blocks::Many(vec![Block::default(); blocks].into())),
        }
    }

    pub(super) fn of(size: usize, positions: impl IntoIterator<Item = usize>) -> Self {
        let mut mask = Self::empty(size);
        positions.into_iter().for_each(|position| mask.insert(position));
        mask
    }

    pub(super) fn row(&self) -> &[Block] {
        match &self.0 {
            Blocks::One(block) => std::slice::from_ref(block),
            Blocks::Many(blocks) => blocks,
        }
    }

    fn row_mut(&mut self) -> &mut [Block] {
        match &mut self.0 {
            Blocks::One(block) => std::slice::from_mut(block),
            Blocks::Many(blocks) => blocks,
        }
    }

    pub(super) fn insert(&mut self, position: usize) {
        if let Some(block) = self.row_mut().get_mut(position / BLOCK) {
            block.insert(position % BLOCK);
        }
    }

    pub(super) fn contains(&self, position: usize) -> bool {
        has(self.row(), position)
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.row_mut().iter_mut().zip(other.row()).for_each(|(mine, theirs)| *mine = *mine | *theirs);
    }

    pub(super) fn keep(&mut self, other: &[Block]) {
        self.row_mut().iter_mut().zip(other).for_each(|(mine, theirs)| *mine = *mine & *theirs);
    }

    pub(super) fn remove(&mut self, other: &Self) {
        self.row_mut().iter_mut().zip(other.row()).for_each(|(mine, theirs)| *mine = *mine & !*theirs);
    }
}

#[cfg(test)]
mod tests {
    use super::{Mask, blocks};

    #[test]
    fn a_set_holds_its_positions_however_many_blocks_they_need() {
        for size in [0, 1, 255, 256, 257, 600] {
            let thirds = Mask::of(size, (0..size).step_by(3));
            let others = Mask::of(size, (0..size).filter(|position| position % 3 != 0));
            assert_eq!(thirds.row().len(), blocks(size), "{size}");
            assert!((0..size + 300).all(|position| thirds.contains(position) == (position < size && position % 3 == 0)), "{size}");
            assert_eq!(Mask::from(thirds.row()), thirds, "{size}");
            let mut both = thirds.clone();
            both.add(&others);
            assert_eq!(both, Mask::of(size, 0..size), "{size}");
            both.remove(&thirds);
            assert_eq!(both, others, "{size}");
            both.keep(thirds.row());
            assert_eq!(both, Mask::empty(size), "{size}");
        }
    }
}
