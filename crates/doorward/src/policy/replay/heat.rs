//! How often which decision became which other, by what a sign-in is for, its kind of client and its platform.

use std::ops::AddAssign;

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::Outcome;

use super::strictness::{OUTCOMES, is_stricter, rank};

/// With one place more for those that are unknown.
const CLIENTS: usize = ClientAppType::ALL.len() + 1;
const PLATFORMS: usize = DevicePlatform::ALL.len() + 1;

/// Where a sign-in is counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spot {
    /// Number of what it is for.
    pub(super) purpose: usize,
    pub(super) client: Option<ClientAppType>,
    pub(super) platform: Option<DevicePlatform>,
}

/// Old decisions in rows, new ones in columns, in the order of [`OUTCOMES`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cell([[u64; 3]; 3]);

/// As large as there are purposes, and no larger however long the log is.
#[derive(Debug, Default)]
pub(super) struct Heat(Vec<Cell>);

impl Heat {
    pub(super) fn count(&mut self, spot: Spot, old: Outcome, new: Outcome) {
        let place = place(spot);
        if place >= self.0.len() {
            self.0.resize(place + 1, Cell::default());
        }
        if let Some(count) = self.0.get_mut(place).and_then(|cell| cell.0.get_mut(rank(old))?.get_mut(rank(new))) {
            *count += 1;
        }
    }

    pub(super) fn cell(&self, spot: Spot) -> Cell {
        self.0.get(place(spot)).copied().unwrap_or_default()
    }
}

impl Cell {
    /// Sign-ins.
    pub(super) fn compared(&self) -> u64 {
        self.sum(|_, _| true)
    }

    pub(super) fn stricter(&self) -> u64 {
        self.sum(is_stricter)
    }

    pub(super) fn looser(&self) -> u64 {
        self.sum(|old, new| is_stricter(new, old))
    }

    pub(super) fn changed(&self) -> u64 {
        self.stricter() + self.looser()
    }

    /// How many were decided so by the old policies.
    pub(super) fn before(&self, outcome: Outcome) -> u64 {
        self.sum(|old, _| old == outcome)
    }

    pub(super) fn after(&self, outcome: Outcome) -> u64 {
        self.sum(|_, new| new == outcome)
    }

    fn sum(&self, counts: impl Fn(Outcome, Outcome) -> bool) -> u64 {
        let pairs = OUTCOMES.into_iter().flat_map(|old| OUTCOMES.into_iter().map(move |new| (old, new)));
        pairs.zip(self.0.iter().flatten()).filter(|((old, new), _)| counts(*old, *new)).map(|(_, count)| count).sum()
    }
}

impl AddAssign for Cell {
    fn add_assign(&mut self, other: Self) {
        self.0.iter_mut().flatten().zip(other.0.iter().flatten()).for_each(|(sum, count)| *sum += count);
    }
}

fn place(Spot { purpose, client, platform }: Spot) -> usize {
    (purpose * CLIENTS + index(ClientAppType::ALL, client)) * PLATFORMS + index(DevicePlatform::ALL, platform)
}

/// What is none comes after all others.
fn index<T: PartialEq>(all: &[T], one: Option<T>) -> usize {
    one.and_then(|one| all.iter().position(|known| *known == one)).unwrap_or(all.len())
}

#[cfg(test)]
mod tests {
    use doorward_policy::conditional_access::Outcome::{Block, Grant, Interrupt};

    use super::*;

    #[test]
    fn every_combination_has_a_cell_of_its_own() {
        let mut heat = Heat::default();
        let clients = || ClientAppType::ALL.iter().copied().map(Some).chain([None]);
        let platforms = || DevicePlatform::ALL.iter().copied().map(Some).chain([None]);
        let spots: Vec<_> = (0..3)
            .flat_map(|purpose| clients().flat_map(move |client| platforms().map(move |platform| Spot { purpose, client, platform })))
            .collect();
        for (times, spot) in spots.iter().enumerate() {
            (0..times).for_each(|_| heat.count(*spot, Grant, Block));
        }
        for (times, spot) in spots.iter().enumerate() {
            assert_eq!(heat.cell(*spot).stricter(), u64::try_from(times).unwrap(), "{spot:?}");
        }
        assert_eq!(heat.cell(Spot { purpose: 3, ..Spot::default() }), Cell::default());
    }

    #[test]
    fn a_cell_tells_before_from_after_and_stricter_from_looser() {
        let mut heat = Heat::default();
        for (old, new) in [(Grant, Grant), (Grant, Interrupt), (Grant, Block), (Block, Interrupt), (Block, Block), (Interrupt, Block)] {
            heat.count(Spot::default(), old, new);
        }
        let cell = heat.cell(Spot::default());
        assert_eq!((cell.compared(), cell.changed(), cell.stricter(), cell.looser()), (6, 4, 3, 1));
        assert_eq!(OUTCOMES.map(|outcome| (cell.before(outcome), cell.after(outcome))), [(3, 1), (1, 2), (2, 3)]);
    }
}
