//! Lengths of time in settings.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// A length of time in whole seconds, written as an ISO 8601 duration of days and smaller units (`Edm.Duration`: `PT12H`, `P90D`).
///
/// Zero means "off" in every setting that uses it. A day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Interval {
    seconds: u32,
}

/// A text that is no duration of days and smaller units.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a duration of days, hours, minutes and seconds such as PT12H or P90D")]
pub struct ParseIntervalError(String);

impl Interval {
    /// The setting is off.
    pub const OFF: Self = Self { seconds: 0 };

    /// So many seconds.
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        Self { seconds }
    }

    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: u16) -> Self {
        Self { seconds: minutes as u32 * MINUTE }
    }

    /// So many hours.
    #[must_use]
    pub const fn hours(hours: u16) -> Self {
        Self { seconds: hours as u32 * HOUR }
    }

    /// So many days.
    #[must_use]
    pub const fn days(days: u16) -> Self {
        Self { seconds: days as u32 * DAY }
    }

    /// True when the setting is off.
    #[must_use]
    pub const fn is_off(self) -> bool {
        self.seconds == 0
    }

    /// Length in seconds.
    #[must_use]
    pub const fn as_secs(self) -> u32 {
        self.seconds
    }

    /// As a duration, to add to or compare with spans between instants.
    #[must_use]
    pub const fn duration(self) -> SignedDuration {
        SignedDuration::from_secs(self.seconds as i64)
    }
}

impl FromStr for Interval {
    type Err = ParseIntervalError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseIntervalError(text.chars().take(64).collect());
        if !text.starts_with('P') {
            return Err(error()); // jiff also reads "12 hours" and negative spans
        }
        let span: jiff::Span = text.parse().map_err(|_| error())?;
        if span.is_negative() || span.get_years() != 0 || span.get_months() != 0 {
            return Err(error());
        }
        let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
        let parts = [(days, DAY), (i64::from(span.get_hours()), HOUR), (span.get_minutes(), MINUTE), (span.get_seconds(), 1)];
        let seconds = parts.into_iter().try_fold(0_i64, |sum, (count, unit)| sum.checked_add(count.checked_mul(i64::from(unit))?));
        seconds.and_then(|seconds| u32::try_from(seconds).ok()).map(|seconds| Self { seconds }).ok_or_else(error)
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, rest) = (self.seconds / DAY, self.seconds % DAY);
        f.write_str("P")?;
        if days > 0 {
            write!(f, "{days}D")?;
        }
        if rest > 0 || days == 0 {
            f.write_str("T")?;
        }
        for (count, letter) in [(rest / HOUR, 'H'), (rest % HOUR / MINUTE, 'M')] {
            if count > 0 {
                write!(f, "{count}{letter}")?;
            }
        }
        match rest % MINUTE {
            0 if self.seconds > 0 => Ok(()),
            seconds => write!(f, "{seconds}S"),
        }
    }
}

impl TryFrom<String> for Interval {
    type Error = ParseIntervalError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Interval> for String {
    fn from(interval: Interval) -> Self {
        interval.to_string()
    }
}
