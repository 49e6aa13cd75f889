//! What time it is on a device whose clock its owner can set.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A wall clock this far behind the last known time was set back.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);
/// A jump over a restart beyond which limits ask for the service's time instead of taking effect.
const BELIEVABLE_JUMP: SignedDuration = SignedDuration::from_hours(24);

/// What the device's clocks show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockReading {
    /// Wall clock.
    pub wall: Timestamp,
    /// Seconds since the device started.
    pub monotonic_seconds: u64,
    /// Changes when the device restarts.
    pub boot_id: String,
}

/// What was known about the time before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// The service's time at the last check-in.
    pub server_time: Timestamp,
    /// Seconds since the device started, then.
    pub monotonic_seconds: u64,
    /// The start of the device, then.
    pub boot_id: String,
    /// The latest time that was reckoned since.
    pub last_known: Timestamp,
}

/// The time that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reckoning {
    /// Now. Never before the last known time.
    pub now: Timestamp,
    /// The wall clock was set back over a restart.
    pub set_back: bool,
    /// The wall clock went forward over a restart by more than is believed without the service.
    pub jumped: bool,
}

/// Reckons the time: by the monotonic clock while the device runs, by the wall clock, but never backwards, after a restart.
#[must_use]
pub fn reckon(before: &Checkpoint, reading: &ClockReading) -> Reckoning {
    if before.boot_id == reading.boot_id {
        let passed = reading.monotonic_seconds.saturating_sub(before.monotonic_seconds);
        let passed = SignedDuration::from_secs(i64::try_from(passed).unwrap_or(i64::MAX));
        let now = before.server_time.saturating_add(passed).unwrap_or(Timestamp::MAX);
        return Reckoning { now: now.max(before.last_known), set_back: false, jumped: false };
    }
    let ahead = reading.wall.duration_since(before.last_known);
    Reckoning { now: reading.wall.max(before.last_known), set_back: ahead < -TOLERANCE, jumped: ahead > BELIEVABLE_JUMP }
}
