//! Every way to a target that does without a requirement.

use doorward_model::conditional_access::GrantControl;

use super::axis::{Axis, Value};
use super::obligation::lacks_of;
use super::sharp::{Cell, complement, without_covered};
use super::space::{Contradiction, Cube, Region, Space, Universe};
use crate::conditional_access::classes::Classes;
use crate::conditional_access::compile::PolicySet;
use crate::conditional_access::decision::Outcome;

/// What a sign-in should have shown: one of these controls. None of them, or `block`, stands for a target that nobody should reach.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Requirement(pub Vec<GrantControl>);

/// What was found.
#[derive(Debug, Clone)]
pub struct Gaps {
    /// Regions in which everything is granted, those that concern most people first, as far as some of it does without the requirement; their
    /// witnesses do. Regions may overlap; none could go without losing a sign-in that does without the requirement.
    pub regions: Vec<Region>,
    /// Every axis with all its values.
    pub axes: Vec<(Axis, Vec<Value>)>,
    /// Requirements of policies that were worked in before the time was up.
    pub worked: usize,
    /// How many there are.
    pub of: usize,
    /// Every dimension was cut into all its values.
    pub is_exact: bool,
}

impl Gaps {
    /// Nothing was left out: no region means that there is no way.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_exact && self.worked == self.of
    }
}

/// Finds the ways. When `should_stop` says so the search ends early and tells how far it came; what it gives then are regions that nothing
/// looked at so far closes, reduced to those whose plainest sign-in is granted.
///
/// # Errors
/// A region of a search that was not cut short turns out not to be granted.
pub fn gaps(
    set: &PolicySet,
    universe: Universe<'_>,
    requirement: &Requirement,
    should_stop: &dyn Fn() -> bool,
) -> Result<Gaps, Contradiction> {
    let met = requirement.0.iter().filter(|control| **control != GrantControl::Block).map(|control| lacks_of(*control));
    let space = Space::new(&[set], universe, met);
    let refused = space.cells(|cube| matches!(cube, Cube::Refused(..)));
    let met = space.cells(|cube| matches!(cube, Cube::Met(_)));
    let shape = space.shape();
    let found = complement(shape, shape.all(), &refused, should_stop);
    let is_whole = found.worked == refused.len();
    // What of each granted box does without the requirement, the broadest first.
    let mut open: Vec<(Cell, Vec<Cell>)> = Vec::new();
    for granted in found.cells {
        let mut without = complement(shape, granted.clone(), &met, &|| false).cells;
        without.sort_by_cached_key(|cell| std::cmp::Reverse(space.breadth(cell)));
        if !without.is_empty() {
            open.push((granted, without));
        }
    }
    open.sort_by_cached_key(|(granted, _)| std::cmp::Reverse(space.breadth(granted)));
    if is_whole {
        open = without_covered(shape, open, |(granted, _)| granted, |(_, without)| without);
    }
    let mut regions: Vec<Region> = open.iter().filter_map(|(granted, without)| space.region(granted, without.first()?)).collect();
    let mut classes = Classes::new(set);
    let mut is_granted = |region: &Region| {
        let sign_in = classes.sign_in(&region.witness);
        classes.outcome(&sign_in).outcome == Outcome::Grant
    };
    if !is_whole {
        regions.retain(&mut is_granted);
    } else if !regions.iter().all(is_granted) {
        return Err(Contradiction);
    }
    Ok(Gaps { regions, axes: space.axes(), worked: found.worked, of: refused.len(), is_exact: space.is_exact })
}
