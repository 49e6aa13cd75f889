//! What was read a moment ago, and is taken for true for a while.

use std::hash::Hash;

use foldhash::fast::RandomState;
use jiff::{SignedDuration, Timestamp};
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

/// Values by key, each with the time when it was read.
pub(crate) struct ReadLately<K, V> {
    /// How long a value counts: another node's change stays unseen for no longer.
    life: SignedDuration,
    known: Cache<K, (Timestamp, V), UnitWeighter, RandomState>,
}

impl<K: Hash + Eq, V: Clone> ReadLately<K, V> {
    /// Nothing is known yet; `capacity` values will be at most.
    pub(crate) fn new(capacity: u64, life: SignedDuration) -> Self {
        Self { life, known: Cache::with(1, capacity, UnitWeighter, RandomState::default(), DefaultLifecycle::default()) }
    }

    /// What was read, if it still counts. By a clock that was set back nothing does.
    pub(crate) fn get(&self, key: &K, now: Timestamp) -> Option<V> {
        let (read, value) = self.known.get(key)?;
        (read <= now && now.duration_since(read) < self.life).then_some(value)
    }

    /// Remembers what is read now.
    pub(crate) fn put(&self, key: K, now: Timestamp, value: V) {
        self.known.insert(key, (now, value));
    }

    /// Forgets a value, after a change made on this node.
    pub(crate) fn forget(&self, key: &K) {
        self.known.remove(key);
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use rstest::rstest;

    use super::ReadLately;

    #[rstest]
    #[case::at_once(0, true)]
    #[case::while_it_counts(59, true)]
    #[case::no_longer(60, false)]
    #[case::before_it_was_read(-1, false)]
    fn a_value_counts_for_a_while_from_when_it_was_read(#[case] seconds: i64, #[case] counts: bool) {
        let lately = ReadLately::new(1, SignedDuration::from_secs(60));
        let read = Timestamp::UNIX_EPOCH;
        lately.put("key", read, 7);
        assert_eq!(lately.get(&"key", read + SignedDuration::from_secs(seconds)), counts.then_some(7));
        lately.forget(&"key");
        assert_eq!(lately.get(&"key", read), None);
    }
}
