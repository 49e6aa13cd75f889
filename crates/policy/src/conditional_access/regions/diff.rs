//! What changes for whom when one set of policies takes the place of another.

use super::axis::{Axis, Value};
use super::sharp::{Cell, complement, without_covered};
use super::space::{Contradiction, Cube, Region, Space, Universe};
use crate::conditional_access::classes::Classes;
use crate::conditional_access::compile::PolicySet;
use crate::conditional_access::decision::Outcome;

/// Regions in which the answer changes between granted and not granted.
#[derive(Debug, Clone)]
pub struct Difference {
    /// Granted now, and not before.
    pub gained: Change,
    /// Granted before, and not now.
    pub lost: Change,
    /// Every axis with all its values.
    pub axes: Vec<(Axis, Vec<Value>)>,
    /// Every dimension was cut into all its values.
    pub is_exact: bool,
}

/// One direction of change.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// Those that concern most people first.
    pub regions: Vec<Region>,
    /// Requirements of policies that were looked at before the time was up.
    pub worked: usize,
    /// How many there are.
    pub of: usize,
}

impl Difference {
    /// Nothing was left out: no region means that nothing changes.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_exact && [&self.gained, &self.lost].iter().all(|change| change.worked == change.of)
    }

    /// Somebody gains or loses something.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.gained.regions.is_empty() && self.lost.regions.is_empty()
    }
}

/// Compares two sets over all people and all that they can do. Both were compiled with the named locations of the universe.
///
/// # Errors
/// A region turns out to be decided otherwise.
pub fn diff(old: &PolicySet, new: &PolicySet, universe: Universe<'_>, should_stop: &dyn Fn() -> bool) -> Result<Difference, Contradiction> {
    let space = Space::new(&[old, new], universe, []);
    let of = |index: usize| space.cells(move |cube| matches!(cube, Cube::Refused(set, _) if *set == index));
    let (before, after) = (of(0), of(1));
    let difference = Difference {
        gained: refused_only_by(&space, &before, &after, should_stop),
        lost: refused_only_by(&space, &after, &before, should_stop),
        axes: space.axes(),
        is_exact: space.is_exact,
    };
    let mut decided = [Classes::new(old), Classes::new(new)];
    let mut outcomes = |region: &Region| {
        decided.each_mut().map(|classes| {
            let sign_in = classes.sign_in(&region.witness);
            classes.outcome(&sign_in).outcome == Outcome::Grant
        })
    };
    let gained = difference.gained.regions.iter().all(|region| outcomes(region) == [false, true]);
    let lost = difference.lost.regions.iter().all(|region| outcomes(region) == [true, false]);
    if gained && lost { Ok(difference) } else { Err(Contradiction) }
}

/// What the one list of boxes covers and the other does not.
fn refused_only_by(space: &Space<'_>, these: &[Cell], others: &[Cell], should_stop: &dyn Fn() -> bool) -> Change {
    let shape = space.shape();
    let mut cells = Vec::new();
    let mut worked = 0;
    for cell in these {
        if !others.iter().any(|other| cell.is_within(other)) {
            let left = complement(shape, cell.clone(), others, should_stop);
            if left.worked < others.len() {
                break;
            }
            cells.extend(left.cells);
        }
        worked += 1;
    }
    cells.sort_by_cached_key(|cell| std::cmp::Reverse(space.breadth(cell)));
    let cells = without_covered(shape, cells, |cell| cell, std::slice::from_ref);
    Change { regions: cells.iter().filter_map(|cell| space.region(cell, cell)).collect(), worked, of: these.len() }
}
