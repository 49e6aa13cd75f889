//! Versions, builds and dates as policies and devices write them.

use jiff::civil::Date;

/// A dotted version of up to four parts; a missing part is 0, so `15` and `15.0` are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u32; 4]);

impl Version {
    /// Reads a version; none when it is none. Leading zeros do not count.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = [0; 4];
        let mut given = text.trim().split('.');
        for place in &mut parts {
            let Some(part) = given.next() else { return Some(Self(parts)) };
            *place = number(part)?;
        }
        given.next().is_none().then_some(Self(parts))
    }

    /// The version with these parts.
    #[must_use]
    pub fn of(given: &[u32]) -> Self {
        let mut parts = [0; 4];
        for (place, part) in parts.iter_mut().zip(given) {
            *place = *part;
        }
        Self(parts)
    }
}

/// A build such as `22F66` or `22F66a`: number, letters, number, and letters behind it, compared in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Build(u32, String, u32, String);

impl Build {
    /// Reads a build; none when it is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let (major, rest) = split(&text, |letter| letter.is_ascii_digit());
        let (train, rest) = split(rest, |letter| letter.is_ascii_uppercase());
        let (minor, suffix) = split(rest, |letter| letter.is_ascii_digit());
        if train.is_empty() || !suffix.chars().all(|letter| letter.is_ascii_uppercase()) {
            return None;
        }
        Some(Self(number(major)?, train.to_owned(), number(minor)?, suffix.to_owned()))
    }
}

/// A day such as `2021-05-01`; none when it is none.
#[must_use]
pub fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

fn split(text: &str, inside: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !inside(letter)).unwrap_or(text.len()))
}

/// Digits alone: `parse` would take a sign as well.
fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}
