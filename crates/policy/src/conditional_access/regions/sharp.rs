//! The complement of a union of boxes, as the boxes that cannot be made larger.

/// A box: for each axis a set of values, one bit each, in words of 64.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Cell(Box<[u64]>);

/// How many values each axis has, and where its words stand.
#[derive(Debug, Clone)]
pub(super) struct Shape(Vec<(usize, std::ops::Range<usize>)>);

/// Boxes that no cube touches.
pub(super) struct Complement {
    pub(super) cells: Vec<Cell>,
    /// Cubes that were worked in before the time was up; all of them when the answer is whole.
    pub(super) worked: usize,
}

impl Shape {
    pub(super) fn new(sizes: impl IntoIterator<Item = usize>) -> Self {
        let mut next = 0;
        let axes = sizes.into_iter().map(|size| {
            let start = next;
            next += size.div_ceil(64);
            (size, start..next)
        });
        Self(axes.collect())
    }

    fn words(&self) -> usize {
        self.0.last().map_or(0, |(_, words)| words.end)
    }

    /// The whole space.
    pub(super) fn all(&self) -> Cell {
        self.cell(|_, _| true)
    }

    /// The box of the values for which `has` holds.
    pub(super) fn cell(&self, has: impl Fn(usize, usize) -> bool) -> Cell {
        let mut words = vec![0; self.words()];
        for (axis, (size, range)) in self.0.iter().enumerate() {
            for value in (0..*size).filter(|value| has(axis, *value)) {
                if let Some(word) = words.get_mut(range.start + value / 64) {
                    *word |= 1 << (value % 64);
                }
            }
        }
        Cell(words.into())
    }

    /// The values of one axis in a box.
    pub(super) fn values<'a>(&self, cell: &'a Cell, axis: usize) -> impl Iterator<Item = usize> + 'a {
        let (size, range) = self.0.get(axis).cloned().unwrap_or_default();
        (0..size).filter(move |value| cell.0.get(range.start + value / 64).is_some_and(|word| word >> (value % 64) & 1 == 1))
    }

    pub(super) fn is_whole(&self, cell: &Cell, axis: usize) -> bool {
        self.0.get(axis).is_some_and(|(size, _)| self.values(cell, axis).count() == *size)
    }

    fn meet(&self, a: &Cell, b: &Cell) -> bool {
        self.0.iter().all(|(_, range)| parts(a, b, range).any(|(a, b)| a & b != 0))
    }

    /// The largest boxes of `cell` that the cube does not touch.
    fn cut(&self, cell: &Cell, cube: &Cell) -> Vec<Cell> {
        let beyond = |range: &std::ops::Range<usize>| parts(cell, cube, range).any(|(cell, cube)| cell & !cube != 0);
        let without = |range: &std::ops::Range<usize>| {
            let mut words = cell.0.clone();
            let own = words.get_mut(range.clone()).unwrap_or_default();
            own.iter_mut().zip(cube.0.get(range.clone()).unwrap_or_default()).for_each(|(word, cube)| *word &= !cube);
            Cell(words)
        };
        self.0.iter().map(|(_, range)| range).filter(|range| beyond(range)).map(without).collect()
    }
}

fn parts<'a>(a: &'a Cell, b: &'a Cell, range: &std::ops::Range<usize>) -> impl Iterator<Item = (u64, u64)> + 'a {
    let slice = |cell: &'a Cell| cell.0.get(range.clone()).unwrap_or_default();
    slice(a).iter().copied().zip(slice(b).iter().copied())
}

impl Cell {
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(mine, theirs)| mine & !theirs == 0)
    }
}

/// Removes from `start` all that the cubes cover. What is left is the union of all largest boxes: none of it is lost, and none is inside
/// another. `should_stop` is asked before each cube.
pub(super) fn complement(shape: &Shape, start: Cell, cubes: &[Cell], should_stop: &dyn Fn() -> bool) -> Complement {
    let mut cells = vec![start];
    for (worked, cube) in cubes.iter().enumerate() {
        let (cut, mut kept): (Vec<_>, Vec<_>) = cells.into_iter().partition(|cell| shape.meet(cell, cube));
        let mut pieces = Vec::new();
        for (count, cell) in cut.iter().enumerate() {
            if count % 64 == 0 && should_stop() {
                kept.extend(cut);
                return Complement { cells: kept, worked };
            }
            pieces.extend(shape.cut(cell, cube));
        }
        absorb(&mut kept, pieces);
        cells = kept;
        if cells.is_empty() {
            break;
        }
    }
    Complement { cells, worked: cubes.len() }
}

/// Adds the pieces that are inside no other box.
fn absorb(cells: &mut Vec<Cell>, mut pieces: Vec<Cell>) {
    // The larger come first, so that the smaller ones inside them go.
    pieces.sort_by_cached_key(|piece| std::cmp::Reverse(piece.0.iter().map(|word| word.count_ones()).sum::<u32>()));
    for piece in pieces {
        if !cells.iter().any(|cell| piece.is_within(cell)) {
            cells.push(piece);
        }
    }
}

/// Leaves out every item whose parts the boxes of others cover together. Those in front stay rather than those behind, unless what comes
/// later says it all as well.
pub(super) fn without_covered<T>(shape: &Shape, items: Vec<T>, whole: impl Fn(&T) -> &Cell, parts: impl Fn(&T) -> &[Cell]) -> Vec<T> {
    let says_nothing_beside = |item: &T, by: &[&Cell]| parts(item).iter().all(|part| is_covered(shape, part, by));
    let mut chosen: Vec<T> = Vec::new();
    for item in items {
        if !says_nothing_beside(&item, &chosen.iter().map(&whole).collect::<Vec<_>>()) {
            chosen.push(item);
        }
    }
    for index in (0..chosen.len()).rev() {
        let others: Vec<&Cell> = chosen.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, item)| whole(item)).collect();
        if chosen.get(index).is_some_and(|item| says_nothing_beside(item, &others)) {
            chosen.remove(index);
        }
    }
    chosen
}

/// Cubes are as good as regions for being covered by: nothing of the box may be left beside them.
fn is_covered(shape: &Shape, cell: &Cell, by: &[&Cell]) -> bool {
    /// Pieces after which a box is kept rather than searched further: an extra line in a report does no harm.
    const MOST: usize = 300;
    let mut left = vec![cell.clone()];
    for cube in by.iter().filter(|cube| shape.meet(cell, cube)) {
        let (cut, mut kept): (Vec<_>, Vec<_>) = left.into_iter().partition(|piece| shape.meet(piece, cube));
        absorb(&mut kept, cut.iter().flat_map(|piece| shape.cut(piece, cube)).collect());
        left = kept;
        if left.is_empty() {
            return true;
        }
        if left.len() > MOST {
            return false;
        }
    }
    false
}
