//! Where a sign-in comes from.

use std::collections::HashMap;

use doorward_model::conditional_access::Locations;
use doorward_model::named_location::{Area, NamedLocation};

use super::facts::Facts;
use super::ids::{IdSet, fold};

/// The named locations of a run, by id.
#[derive(Debug, Clone)]
pub(super) struct Atlas(HashMap<String, Area>);

impl Atlas {
    pub(super) fn new(locations: &[NamedLocation]) -> Self {
        Self(locations.iter().map(|location| (fold(&location.id), folded(&location.area))).collect())
    }

    fn covers(&self, id: &str, facts: &Facts) -> bool {
        self.0.get(id).is_some_and(|area| covers(area, facts))
    }

    fn is_trusted(&self, facts: &Facts) -> bool {
        self.0.values().any(|area| matches!(area, Area::Ip { is_trusted: true, .. }) && covers(area, facts))
    }
}

fn folded(area: &Area) -> Area {
    match area {
        Area::Countries { countries, include_unknown } => {
            Area::Countries { countries: countries.iter().map(|country| fold(country)).collect(), include_unknown: *include_unknown }
        }
        other => other.clone(),
    }
}

fn covers(area: &Area, facts: &Facts) -> bool {
    match area {
        Area::Ip { ranges, .. } => facts.ip.is_some_and(|ip| ranges.iter().any(|range| range.contains(ip))),
        Area::Countries { countries, include_unknown } => {
            facts.country.as_ref().map_or(*include_unknown, |country| countries.contains(country))
        }
        Area::Other => false,
    }
}

/// The location condition of one policy.
#[derive(Debug, Clone)]
pub(super) struct LocationScope {
    include: Places,
    exclude: Places,
}

#[derive(Debug, Clone)]
struct Places {
    all: bool,
    trusted: bool,
    named: Vec<String>,
}

impl LocationScope {
    pub(super) fn new(condition: &Locations) -> Self {
        let mut include = Places::new(&condition.include);
        // With nothing included, only exclusions restrict.
        include.all |= condition.include.is_empty();
        Self { include, exclude: Places::new(&condition.exclude) }
    }

    pub(super) fn contains(&self, atlas: &Atlas, facts: &Facts) -> bool {
        self.include.contain(atlas, facts) && !self.exclude.contain(atlas, facts)
    }
}

impl Places {
    fn new(names: &[String]) -> Self {
        let mut ids = IdSet::new(names);
        Self { all: ids.take("All"), trusted: ids.take("AllTrusted"), named: ids.into_vec() }
    }

    fn contain(&self, atlas: &Atlas, facts: &Facts) -> bool {
        self.all || (self.trusted && atlas.is_trusted(facts)) || self.named.iter().any(|id| atlas.covers(id, facts))
    }
}
