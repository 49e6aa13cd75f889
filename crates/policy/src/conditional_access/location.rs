//! Where a sign-in comes from.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use doorward_model::conditional_access::{Conditions, Locations};
use doorward_model::named_location::{Area, IpRange, NamedLocation};

use super::condition::ConditionState;
use super::ids::{fold, is_word};
use super::mask::Mask;
use super::table::Fit;

/// The location conditions of all policies of a set. Policies with the same condition share it.
#[derive(Debug, Clone)]
pub(super) struct Places {
    size: usize,
    areas: Vec<Coverage>,
    unrestricted: Mask,
    scopes: Vec<(Scope, Mask)>,
}

/// What a named location covers, ready for looking up.
#[derive(Debug, Clone)]
enum Coverage {
    /// Ranges that neither overlap nor touch, in order; IPv4 before IPv6.
    Ip {
        ranges: Vec<(IpAddr, IpAddr)>,
        is_trusted: bool,
    },
    Countries {
        countries: Vec<String>,
        include_unknown: bool,
    },
    Nothing,
}

/// The location condition of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scope {
    include: Names,
    exclude: Names,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Names {
    all: bool,
    trusted: bool,
    /// Indexes of areas; ids that no location has are left out, because nothing is there.
    areas: Vec<usize>,
}

impl Places {
    pub(super) fn new(size: usize, locations: &[NamedLocation], policies: &[(usize, &Conditions)]) -> Self {
        let areas: Vec<_> = locations.iter().map(|location| Coverage::new(&location.area)).collect();
        // Of two locations with one id the later counts, as in the directory.
        let index: HashMap<_, _> = locations.iter().enumerate().map(|(index, location)| (fold(&location.id), index)).collect();
        let mut places = Self { size, areas, unrestricted: Mask::empty(size), scopes: Vec::new() };
        let mut known = HashMap::new();
        for (position, conditions) in policies {
            let condition = &conditions.locations;
            if condition.include.is_empty() && condition.exclude.is_empty() {
                places.unrestricted.insert(*position);
                continue;
            }
            let scope = Scope::new(condition, &index);
            let number = *known.entry(scope.clone()).or_insert_with(|| {
                places.scopes.push((scope, Mask::empty(size)));
                places.scopes.len() - 1
            });
            if let Some((_, mask)) = places.scopes.get_mut(number) {
                mask.insert(*position);
            }
        }
        places
    }

    /// How the policies stand to an address and a country.
    pub(super) fn fit(&self, ip: Option<IpAddr>, country: Option<&str>) -> Fit {
        let mut fit = Fit { matched: self.unrestricted.clone(), excluded: Mask::empty(self.size) };
        if self.scopes.is_empty() {
            return fit;
        }
        let place = Place::new(ip, country);
        for (scope, policies) in &self.scopes {
            match scope.state(&self.areas, &place) {
                ConditionState::Excluded => fit.excluded.add(policies),
                ConditionState::NotMatched => {}
                ConditionState::Matched | ConditionState::NotConfigured => fit.matched.add(policies),
            }
        }
        fit
    }

    /// The named locations, by their indexes, that cover an address and a country.
    pub(super) fn covering(&self, ip: Option<IpAddr>, country: Option<&str>) -> Vec<usize> {
        let place = Place::new(ip, country);
        (0..).zip(&self.areas).filter(|(_, area)| area.covers(&place)).map(|(index, _)| index).collect()
    }

    /// The first address of each range, the first after it, and the first of IPv6: between two of them no location begins or ends.
    pub(super) fn edges(&self) -> impl Iterator<Item = IpAddr> {
        let ranges = self.areas.iter().filter_map(|area| if let Coverage::Ip { ranges, .. } = area { Some(ranges) } else { None });
        let edges = ranges.flatten().flat_map(|(first, last)| [Some(*first), next(*last)]).flatten();
        edges.chain([Ipv6Addr::UNSPECIFIED.into()])
    }

    /// Countries that locations name, lower-cased.
    pub(super) fn countries(&self) -> impl Iterator<Item = &str> {
        let lists =
            self.areas.iter().filter_map(|area| if let Coverage::Countries { countries, .. } = area { Some(countries) } else { None });
        lists.flatten().map(String::as_str)
    }

    /// The policy at a position says something about it.
    pub(super) fn is_configured(&self, position: usize) -> bool {
        !self.unrestricted.contains(position)
    }
}

/// An address and a country as they are compared.
struct Place {
    ip: Option<IpAddr>,
    country: Option<String>,
}

impl Place {
    fn new(ip: Option<IpAddr>, country: Option<&str>) -> Self {
        Self { ip: ip.map(|ip| ip.to_canonical()), country: country.filter(|country| !country.is_empty()).map(fold) }
    }
}

/// The address after one; none after the last.
fn next(ip: IpAddr) -> Option<IpAddr> {
    match ip {
        IpAddr::V4(ip) => ip.to_bits().checked_add(1).map(|bits| Ipv4Addr::from_bits(bits).into()),
        IpAddr::V6(ip) => ip.to_bits().checked_add(1).map(|bits| Ipv6Addr::from_bits(bits).into()),
    }
}

impl Scope {
    fn new(condition: &Locations, index: &HashMap<String, usize>) -> Self {
        let mut include = Names::new(&condition.include, index);
        // With nothing included, only exclusions restrict.
        include.all |= condition.include.is_empty();
        Self { include, exclude: Names::new(&condition.exclude, index) }
    }

    fn state(&self, areas: &[Coverage], place: &Place) -> ConditionState {
        ConditionState::of(self.include.contain(areas, place), self.exclude.contain(areas, place))
    }
}

impl Names {
    fn new(names: &[String], index: &HashMap<String, usize>) -> Self {
        let has = |word| names.iter().any(|name| is_word(name, word));
        let mut areas: Vec<_> = names.iter().filter_map(|name| index.get(&fold(name)).copied()).collect();
        areas.sort_unstable();
        areas.dedup();
        Self { all: has("All"), trusted: has("AllTrusted"), areas }
    }

    fn contain(&self, areas: &[Coverage], place: &Place) -> bool {
        self.all
            || (self.trusted && areas.iter().any(|area| area.is_trusted() && area.covers(place)))
            || self.areas.iter().any(|index| areas.get(*index).is_some_and(|area| area.covers(place)))
    }
}

impl Coverage {
    fn new(area: &Area) -> Self {
        match area {
            Area::Ip { ranges, is_trusted } => Self::Ip { ranges: disjoint(ranges), is_trusted: *is_trusted },
            Area::Countries { countries, include_unknown } => {
                Self::Countries { countries: countries.iter().map(|country| fold(country)).collect(), include_unknown: *include_unknown }
            }
            Area::Other => Self::Nothing,
        }
    }

    fn is_trusted(&self) -> bool {
        matches!(self, Self::Ip { is_trusted: true, .. })
    }

    fn covers(&self, place: &Place) -> bool {
        match self {
            Self::Ip { ranges, .. } => place.ip.is_some_and(|ip| {
                // `IpAddr` orders IPv4 before IPv6, so a range of one family never spans an address of the other.
                let after = ranges.partition_point(|(first, _)| *first <= ip);
                after.checked_sub(1).and_then(|before| ranges.get(before)).is_some_and(|(_, last)| ip <= *last)
            }),
            Self::Countries { countries, include_unknown } => {
                place.country.as_ref().map_or(*include_unknown, |country| countries.contains(country))
            }
            Self::Nothing => false,
        }
    }
}

/// Overlapping ranges put together, so that the one before an address is the only one that can hold it.
fn disjoint(ranges: &[IpRange]) -> Vec<(IpAddr, IpAddr)> {
    let mut sorted: Vec<_> = ranges.iter().map(IpRange::ends).collect();
    sorted.sort_unstable();
    let mut merged: Vec<(IpAddr, IpAddr)> = Vec::new();
    for (first, last) in sorted {
        match merged.last_mut() {
            Some((_, end)) if first <= *end => *end = last.max(*end),
            _ => merged.push((first, last)),
        }
    }
    merged
}
