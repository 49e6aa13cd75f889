//! What a rule can come to: whether some device meets it, and whether some device does not.

use super::{Filter, values};

/// What a rule can come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes {
    /// Some device, or having none, meets it.
    pub can_hold: bool,
    /// Some device, or having none, does not meet it.
    pub can_fail: bool,
}

impl Filter {
    /// What the rule can come to over all devices; none when that is too much to find out.
    #[must_use]
    pub fn outcomes(&self) -> Option<Outcomes> {
        let (devices, is_exact) = values::devices([self].into_iter());
        let answers: Vec<bool> = devices.iter().map(Some).chain([None]).map(|device| self.matches(device)).collect();
        is_exact.then(|| Outcomes { can_hold: answers.contains(&true), can_fail: answers.contains(&false) })
    }

    /// Values that no device can have, with their properties: `device.trustType -eq "Hybrid"`.
    #[must_use]
    pub fn impossible_values(&self) -> Vec<(&'static str, &str)> {
        let mut impossible = Vec::new();
        self.0.visit(&mut |atom| {
            if let Some((name, possible)) = atom.property.closed() {
                let odd = atom.values.iter().flatten().map(String::as_str).filter(|value| !possible.contains(value));
                impossible.extend(odd.map(|value| (name, value)));
            }
        });
        impossible
    }
}
