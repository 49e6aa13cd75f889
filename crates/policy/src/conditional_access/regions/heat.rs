//! How groups of people fare with every kind of client on every platform, decided by the engine.

use std::collections::HashMap;

use super::manner::Manner;
use super::target::Target;
use crate::conditional_access::{Circumstances, Classes, Facts, Outcome, Parts, PolicySet, Subject, SubjectClass, UserFacts};
use doorward_model::sign_in::{ClientAppType, DevicePlatform};

/// People in rows, ready to be judged under one set of policies or two.
pub struct Rows<'a> {
    sets: Vec<Classes<'a>>,
    /// By row: what the sets tell people by, and how many are alike. Members whom no policy tells apart are judged once.
    rows: Vec<Vec<(Vec<SubjectClass>, usize)>>,
}

/// What becomes of how many members of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shade {
    /// Let in.
    pub granted: usize,
    /// Told what to do first.
    pub interrupted: usize,
    /// Refused.
    pub blocked: usize,
}

/// A row on one platform: under each set, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Under each set.
    pub shades: Vec<Shade>,
    /// The sets decide otherwise for somebody, even where the numbers come out the same.
    pub is_changed: bool,
}

/// Kinds of client that fare the same: a row of cells for each row of people, a cell for each of [`platforms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The kinds.
    pub clients: Vec<ClientAppType>,
    /// By row of people, then by platform.
    pub rows: Vec<Vec<Cell>>,
}

/// Targets that fare the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panel {
    /// The targets.
    pub targets: Vec<Target>,
    /// For each manner of signing in, a grid for each kind of client.
    pub grids: Vec<Vec<Grid>>,
}

/// The columns of a grid; none is an unknown platform.
pub fn platforms() -> impl Iterator<Item = Option<DevicePlatform>> {
    DevicePlatform::ALL.iter().copied().map(Some).chain([None])
}

impl<'a> Rows<'a> {
    /// `rows` hold indexes of users.
    #[must_use]
    pub fn new<'r>(sets: &[&'a PolicySet], users: &[UserFacts], rows: impl IntoIterator<Item = &'r [usize]>) -> Self {
        let mut sets: Vec<_> = sets.iter().map(|set| Classes::new(set)).collect();
        let mut class = |user: &UserFacts| {
            let subject = Subject::User(user.clone());
            sets.iter_mut().map(|set| set.subject(&subject)).collect::<Vec<_>>()
        };
        let classes: Vec<_> = users.iter().map(&mut class).collect();
        let row = |members: &[usize]| {
            let mut alike: HashMap<&Vec<SubjectClass>, usize> = HashMap::new();
            members.iter().filter_map(|member| classes.get(*member)).for_each(|class| *alike.entry(class).or_default() += 1);
            alike.into_iter().map(|(class, count)| (class.clone(), count)).collect()
        };
        let rows = rows.into_iter().map(row).collect();
        Self { sets, rows }
    }

    /// The rows under every kind of client. `facts` say everything but who signs in, with which kind of client and on which platform.
    pub fn grids(&mut self, facts: &Facts) -> Vec<Grid> {
        let mut grids: Vec<Grid> = Vec::new();
        for client in ClientAppType::ALL.iter().copied() {
            let columns: Vec<_> = platforms().map(|platform| self.column(facts, client, platform)).collect();
            let row = |index: usize| columns.iter().filter_map(|column| column.get(index).cloned()).collect();
            let rows: Vec<Vec<Cell>> = (0..self.rows.len()).map(row).collect();
            match grids.iter_mut().find(|grid| grid.rows == rows) {
                Some(grid) => grid.clients.push(client),
                None => grids.push(Grid { clients: vec![client], rows }),
            }
        }
        grids
    }

    /// A panel for all targets that no cell tells apart, in the order of the targets.
    pub fn panels(&mut self, targets: &[Target], manners: &[Manner]) -> Vec<Panel> {
        let mut panels: Vec<Panel> = Vec::new();
        for target in targets {
            let grids: Vec<_> = manners.iter().map(|manner| self.grids(&manner.to(target))).collect();
            match panels.iter_mut().find(|panel| panel.grids == grids) {
                Some(panel) => panel.targets.push(target.clone()),
                None => panels.push(Panel { targets: vec![target.clone()], grids }),
            }
        }
        panels
    }

    /// Every row with one kind of client on one platform.
    fn column(&mut self, facts: &Facts, client: ClientAppType, platform: Option<DevicePlatform>) -> Vec<Cell> {
        let values = Circumstances { client_app_type: Some(client), device_platform: platform, ..Circumstances::from(facts) };
        let mut prepare = |set: &mut Classes<'a>| Parts { circumstances: set.circumstances(values), ..set.sign_in(facts).parts() };
        let parts: Vec<_> = self.sets.iter_mut().map(&mut prepare).collect();
        let sets = &mut self.sets;
        let mut outcomes = |subjects: &[SubjectClass]| {
            let decided = sets.iter_mut().zip(&parts).zip(subjects).map(|((set, parts), subject)| {
                let sign_in = set.resolve(Parts { subject: *subject, ..*parts });
                set.outcome(&sign_in).outcome
            });
            decided.collect::<Vec<_>>()
        };
        let count = parts.len();
        self.rows.iter().map(|row| Cell::of(count, row.iter().map(|(subjects, people)| (outcomes(subjects), *people)))).collect()
    }
}

impl Cell {
    /// People with what each set decides for them.
    fn of(sets: usize, people: impl Iterator<Item = (Vec<Outcome>, usize)>) -> Self {
        let mut cell = Self { shades: vec![Shade::default(); sets], is_changed: false };
        for (outcomes, count) in people {
            cell.is_changed |= outcomes.iter().zip(outcomes.iter().skip(1)).any(|(before, after)| before != after);
            cell.shades.iter_mut().zip(outcomes).for_each(|(shade, outcome)| shade.add(outcome, count));
        }
        cell
    }
}

impl Shade {
    fn add(&mut self, outcome: Outcome, count: usize) {
        let people = match outcome {
            Outcome::Grant => &mut self.granted,
            Outcome::Interrupt => &mut self.interrupted,
            Outcome::Block => &mut self.blocked,
        };
        *people += count;
    }
}
