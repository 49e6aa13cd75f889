//! Choosing at random.

use fastrand::Rng;

/// One of a table.
#[expect(clippy::indexing_slicing, reason = "the index is below the length; every table has a member, as a call with none is a mistake")]
pub(crate) fn one<'a, T>(rng: &mut Rng, table: &'a [T]) -> &'a T {
    &table[rng.usize(..table.len())]
}

/// One of a table of which each member comes up as often as its weight says.
#[expect(clippy::indexing_slicing, reason = "as above")]
pub(crate) fn weighted<T: Copy>(rng: &mut Rng, table: &[(u32, T)]) -> T {
    let total: u32 = table.iter().map(|(weight, _)| weight).sum();
    let mut left = rng.u32(..total);
    let index = table.iter().position(|(weight, _)| {
        let rest = left.checked_sub(*weight);
        left = rest.unwrap_or_default();
        rest.is_none()
    });
    table[index.unwrap_or_default()].1
}

/// True in so many of a hundred cases.
pub(crate) fn percent(rng: &mut Rng, chance: u32) -> bool {
    rng.u32(..100) < chance
}

/// Several different numbers below a limit, in ascending order; more of the low ones, as a few groups hold most people.
pub(crate) fn skewed(rng: &mut Rng, count: usize, limit: u32) -> Vec<u32> {
    let mut numbers: Vec<u32> = (0..count).map(|_| rng.u32(..limit).min(rng.u32(..limit))).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}
