//! Named locations, and where people sign in from.

use std::net::{IpAddr, Ipv4Addr};

use doorward_model::named_location::{Area, InvalidRange, IpRange, NamedLocation};
use fastrand::Rng;

use super::guid::{Kind, guid};
use super::pick;

/// Ranges of each location by address, and whether it is trusted.
pub(crate) const NETWORKS: [(&[&str], bool); 8] = [
    (&["203.0.113.0/25", "203.0.113.128/26"], true),
    (&["198.51.100.0/25"], true),
    (&["192.0.2.0/26", "192.0.2.64/26"], true),
    (&["2001:db8:10::/48"], true),
    (&["198.51.100.128/25"], false),
    (&["192.0.2.128/25"], false),
    (&["203.0.113.192/26"], false),
    (&["100.64.0.0/16"], false),
];

/// Countries of each location by country, and whether unknown ones belong to it.
pub(crate) const REGIONS: [(&[&str], bool); 4] =
    [(&["NL", "DE", "FR", "BE"], false), (&["US", "CA"], false), (&["NL"], false), (&["KP", "IR", "SY", "CU", "RU"], true)];

/// Number of locations by address; those by country follow them.
pub(crate) const NETWORK_COUNT: u32 = 8;
/// Number of all locations.
pub(crate) const COUNT: u32 = 12;

/// The named locations, by address and then by country.
pub(crate) fn named_locations() -> Result<Vec<NamedLocation>, InvalidRange> {
    let network = |(ranges, is_trusted): &(&[&str], bool)| {
        let ranges = ranges.iter().map(|range| IpRange::from_prefix(range)).collect::<Result<_, _>>()?;
        Ok(Area::Ip { ranges, is_trusted: *is_trusted })
    };
    let region = |(countries, include_unknown): &(&[&str], bool)| {
        let countries = countries.iter().map(|country| (*country).to_owned()).collect();
        Ok(Area::Countries { countries, include_unknown: *include_unknown })
    };
    let areas = NETWORKS.iter().map(network).chain(REGIONS.iter().map(region));
    (0..).zip(areas).map(|(number, area)| Ok(NamedLocation { id: guid(Kind::Location, number), area: area? })).collect()
}

/// An address and its country: half the time an office, now and then far away.
pub(crate) fn origin(rng: &mut Rng) -> (IpAddr, Option<&'static str>) {
    let last = rng.u8(..);
    let address = match rng.u32(..100) {
        0..30 => Ipv4Addr::new(203, 0, 113, last / 2),
        30..45 => Ipv4Addr::new(198, 51, 100, last),
        45..55 => Ipv4Addr::new(192, 0, 2, last),
        _ => Ipv4Addr::new(rng.u8(20..90), rng.u8(..), rng.u8(..), last),
    };
    let address =
        if pick::percent(rng, 4) { IpAddr::V6([0x2001, 0xdb8, 0x10, 0, 0, 0, 0, rng.u16(..)].into()) } else { IpAddr::V4(address) };
    let country = pick::weighted(
        rng,
        &[(70, Some("NL")), (10, Some("DE")), (6, Some("BE")), (7, Some("US")), (5, Some("GB")), (1, Some("RU")), (1, None)],
    );
    (address, country)
}
