//! The places that no policy tells apart.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use doorward_model::named_location::NamedLocation;

use super::axis::Value;
use crate::conditional_access::compile::PolicySet;
use crate::conditional_access::location::Places;

/// Addresses that documentation may use (RFC 5737, RFC 3849): good witnesses for an address that is nowhere in particular.
const PLAIN: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)),
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// An address for each way in which the locations of a set can cover addresses; at least one.
#[must_use]
pub fn addresses(set: &PolicySet) -> Vec<IpAddr> {
    let mut addresses: Vec<IpAddr> = Vec::new();
    for value in values(&[&set.places], &[]) {
        if let Value::Location { ip: Some(ip), .. } = value
            && !addresses.contains(&ip)
        {
            addresses.push(ip);
        }
    }
    addresses
}

/// An address and a country for each way in which locations can cover them. `places` holds the locations as each set knows them.
pub(super) fn values(places: &[&Places], locations: &[NamedLocation]) -> Vec<Value> {
    let covering = |ip: Option<IpAddr>, country: Option<&str>| places.iter().map(|places| places.covering(ip, country)).collect::<Vec<_>>();

    let mut seen = HashSet::new();
    let lowest = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let edges = places.iter().flat_map(|places| places.edges());
    let addresses = PLAIN.into_iter().chain(edges).chain([lowest]).map(Some).chain([None]);
    // What locations of countries say of the address is the same for all addresses.
    let addresses: Vec<_> = addresses.filter(|ip| seen.insert(covering(*ip, Some(NOWHERE)))).collect();

    let mut seen = HashSet::new();
    let named = places.iter().flat_map(|places| places.countries()).map(str::to_uppercase);
    let countries = [Some(NOWHERE.to_owned())].into_iter().chain(named.map(Some)).chain([None]);
    let countries: Vec<_> = countries.filter(|country| seen.insert(covering(None, country.as_deref()))).collect();

    let mut values = Vec::new();
    for ip in &addresses {
        for country in &countries {
            let within = places.first().map(|places| places.covering(*ip, country.as_deref())).unwrap_or_default();
            let within = within.iter().filter_map(|index| locations.get(*index)).map(|location| location.id.clone()).collect();
            values.push(Value::Location { ip: *ip, country: country.clone(), within });
        }
    }
    values
}

/// A code that ISO 3166 leaves to users and that stands for no country.
const NOWHERE: &str = "ZZ";
