//! Named locations that overlap, touch and lie inside each other.

use doorward_model::named_location::{Area, IpRange, NamedLocation};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::{words, words as some_words};

const RANGES: &[(&str, &str)] = &[
    ("10.0.0.0/8", ""),
    ("10.1.2.3/16", ""),
    ("10.1.2.3/32", ""),
    ("10.1.2.3", "10.2.0.0"),
    ("10.2.0.0", "10.2.0.0"),
    ("203.0.113.0/24", ""),
    ("0.0.0.0/0", ""),
    ("2001:db8::/32", ""),
    ("2001:db8::", "2001:db8::1"),
    ("::ffff:10.1.0.0/112", ""),
    ("::/0", ""),
];

pub(super) const ADDRESSES: &[&str] = &[
    "10.0.0.1",
    "10.1.2.2",
    "10.1.2.3",
    "10.1.2.4",
    "10.2.0.0",
    "10.2.0.1",
    "203.0.113.7",
    "::ffff:10.1.2.3",
    "::ffff:203.0.113.255",
    "2001:db8::1",
    "2001:db8::2",
    "::1",
    "0.0.0.0",
    "255.255.255.255",
];

/// Each place exists or does not; a policy may name it either way.
pub(super) fn any_locations() -> impl Strategy<Value = Vec<NamedLocation>> {
    const IDS: [&str; 7] = ["office", "Branch", "vpn", "home", "HOLLAND", "abroad", "elsewhere"];
    vec(proptest::option::weighted(0.7, any_area()), IDS.len()).prop_map(|areas| {
        let places = IDS.iter().zip(areas).filter_map(|(id, area)| Some(NamedLocation { id: (*id).to_owned(), area: area? }));
        places.collect()
    })
}

fn any_area() -> impl Strategy<Value = Area> {
    let addresses = (vec(any_range(), 0..=4), any::<bool>()).prop_map(|(ranges, is_trusted)| Area::Ip { ranges, is_trusted });
    let countries = (some_words(words::COUNTRIES, 0..=2), any::<bool>())
        .prop_map(|(countries, include_unknown)| Area::Countries { countries, include_unknown });
    prop_oneof![6 => addresses, 4 => countries, 1 => Just(Area::Other)]
}

fn any_range() -> impl Strategy<Value = IpRange> {
    select(RANGES).prop_map(|(first, last)| {
        let range = if last.is_empty() { IpRange::from_prefix(first) } else { IpRange::from_ends(first, last) };
        range.unwrap()
    })
}
