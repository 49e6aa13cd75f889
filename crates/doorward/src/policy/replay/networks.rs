//! Ranges of addresses that no policy tells apart. A log has as many addresses as rows, but they lie in few of these.

use std::net::IpAddr;

use super::pair::Pair;

pub(super) struct Networks {
    /// The first address of each, in order.
    borders: Vec<IpAddr>,
}

impl Networks {
    pub(super) fn new(borders: Pair<impl Iterator<Item = IpAddr>>) -> Self {
        let mut borders: Vec<_> = borders.new.chain(borders.old.into_iter().flatten()).collect();
        borders.sort_unstable();
        borders.dedup();
        Self { borders }
    }

    /// The number of the range that an address lies in; no address has one of its own.
    pub(super) fn number(&self, ip: Option<IpAddr>) -> usize {
        let range = |ip: IpAddr| self.borders.partition_point(|border| *border <= ip.to_canonical());
        ip.map_or(usize::MAX, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_belongs_to_the_border_before_it() {
        let border = |text: &str| text.parse::<IpAddr>().unwrap();
        let networks = Networks::new(Pair {
            new: ["10.0.0.0", "10.1.0.0", "::"].map(border).into_iter(),
            old: Some(["10.0.0.0", "10.0.128.0", "::"].map(border).into_iter()),
        });
        let table = [
            ("9.255.255.255", 0),
            ("10.0.0.0", 1),
            ("10.0.127.255", 1),
            ("10.0.128.0", 2),
            ("10.1.0.0", 3),
            ("255.255.255.255", 3),
            ("::ffff:10.0.0.1", 1),
            ("::", 4),
            ("2001:db8::1", 4),
        ];
        for (ip, expected) in table {
            assert_eq!(networks.number(Some(border(ip))), expected, "{ip}");
        }
        assert_eq!(networks.number(None), usize::MAX);
    }
}
