//! Named locations, in the words of Graph's `namedLocation`.

use std::net::IpAddr;

use ipnet::IpNet;

/// A named location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLocation {
    /// Object id.
    pub id: String,
    /// What it covers.
    pub area: Area,
}

/// What a named location covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Area {
    /// Addresses.
    Ip {
        /// Ranges.
        ranges: Vec<IpRange>,
        /// Counts as trusted.
        is_trusted: bool,
    },
    /// Countries.
    Countries {
        /// ISO 3166-1 alpha-2 codes.
        countries: Vec<String>,
        /// An unknown country counts as well.
        include_unknown: bool,
    },
    /// Something the engine cannot tell; covers nothing.
    Other,
}

/// A range of addresses, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IpRange {
    first: IpAddr,
    last: IpAddr,
}

/// A text that is no range of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a range of addresses: {0:?} (wanted, for example, 203.0.113.0/24 or 2001:db8::/32)")]
pub struct InvalidRange(String);

impl IpRange {
    /// The range of a prefix such as `203.0.113.0/24`; host bits are masked.
    ///
    /// # Errors
    /// The text is no prefix.
    pub fn from_prefix(text: &str) -> Result<Self, InvalidRange> {
        let net: IpNet = text.trim().parse().map_err(|_| InvalidRange(text.to_owned()))?;
        Ok(Self { first: net.network(), last: net.broadcast() })
    }

    /// The range between two addresses of one family.
    ///
    /// # Errors
    /// An address does not parse, the families differ, or the upper end lies below the lower.
    pub fn from_ends(lower: &str, upper: &str) -> Result<Self, InvalidRange> {
        let invalid = || InvalidRange(format!("{lower} - {upper}"));
        let first: IpAddr = lower.trim().parse().map_err(|_| invalid())?;
        let last: IpAddr = upper.trim().parse().map_err(|_| invalid())?;
        if first.is_ipv4() == last.is_ipv4() && first <= last { Ok(Self { first, last }) } else { Err(invalid()) }
    }

    /// The lowest and the highest address, of one family.
    #[must_use]
    pub fn ends(&self) -> (IpAddr, IpAddr) {
        (self.first, self.last)
    }

    /// The address lies in the range. An IPv4 address written as IPv6 (`::ffff:203.0.113.7`) counts as IPv4.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        address.is_ipv4() == self.first.is_ipv4() && self.first <= address && address <= self.last
    }
}
