//! A map of what was used lately, of limited size, for many readers at a time.
//!
//! It has two halves. What is put in, or found in the old half, goes to the young one; when that is full it becomes the old one, and
//! what was in the old one is forgotten. So an entry goes when a whole half of others was used since it was used itself, or later; and
//! to find what is used often changes nothing, so that readers do not wait for each other. Writers seldom meet: the map is split into
//! shards.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash};
use std::sync::{PoisonError, RwLock};

use foldhash::fast::RandomState;

const SHARDS: usize = 16;

/// A map that holds a limited number of entries. What is found is cloned, so values are pointers or numbers.
pub(crate) struct Lately<K, V> {
    shards: [RwLock<Halves<K, V>>; SHARDS],
    choice: RandomState,
    /// Entries in each half of a shard.
    half: usize,
}

struct Halves<K, V> {
    young: HashMap<K, V, RandomState>,
    old: HashMap<K, V, RandomState>,
}

impl<K: Hash + Eq, V: Clone> Lately<K, V> {
    /// An empty map for `capacity` entries.
    pub(crate) fn new(capacity: usize) -> Self {
        let empty = || RwLock::new(Halves { young: HashMap::default(), old: HashMap::default() });
        Self { shards: std::array::from_fn(|_| empty()), choice: RandomState::default(), half: capacity / (2 * SHARDS) }
    }

    /// What was put in under the key, unless it is forgotten.
    pub(crate) fn get(&self, key: &K) -> Option<V> {
        let shard = self.shard(key)?;
        {
            let halves = shard.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(value) = halves.young.get(key) {
                return Some(value.clone());
            }
            if !halves.old.contains_key(key) {
                return None;
            }
        }
        let mut halves = shard.write().unwrap_or_else(PoisonError::into_inner);
        let Some((key, value)) = halves.old.remove_entry(key) else {
            // Somebody else has found it, or put another in, between the two looks.
            return halves.young.get(key).cloned();
        };
        let forgotten = halves.put(self.half, key, value.clone());
        drop(halves);
        drop(forgotten);
        Some(value)
    }

    /// Puts a value in, in place of the one that was there.
    pub(crate) fn insert(&self, key: K, value: V) {
        let Some(shard) = self.shard(&key) else { return };
        let forgotten = shard.write().unwrap_or_else(PoisonError::into_inner).put(self.half, key, value);
        drop(forgotten);
    }

    fn shard(&self, key: &K) -> Option<&RwLock<Halves<K, V>>> {
        let place = self.choice.hash_one(key) % (SHARDS as u64);
        self.shards.get(usize::try_from(place).ok()?)
    }
}

impl<K: Hash + Eq, V> Halves<K, V> {
    /// Puts an entry into the young half. Gives back what is forgotten for it, to be freed when nobody waits for it.
    fn put(&mut self, half: usize, key: K, value: V) -> Option<HashMap<K, V, RandomState>> {
        self.old.remove(&key);
        let is_full = self.young.len() >= half && !self.young.contains_key(&key);
        let forgotten = is_full.then(|| std::mem::replace(&mut self.old, std::mem::take(&mut self.young)));
        self.young.insert(key, value);
        forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPACITY: usize = 64 * SHARDS;

    fn filled(with: std::ops::Range<usize>) -> Lately<usize, usize> {
        let map = Lately::new(CAPACITY);
        with.for_each(|number| map.insert(number, number));
        map
    }

    fn len(map: &Lately<usize, usize>) -> usize {
        map.shards.iter().map(|shard| shard.read().unwrap()).map(|halves| halves.young.len() + halves.old.len()).sum()
    }

    #[test]
    fn what_was_put_in_last_counts() {
        let map = filled(0..2);
        map.insert(1, 7);
        assert_eq!([0, 1, 2].map(|key| map.get(&key)), [Some(0), Some(7), None]);
        assert_eq!(len(&map), 2);
    }

    #[test]
    fn it_holds_no_more_than_its_capacity_and_the_latest_of_all() {
        let map = filled(0..100 * CAPACITY);
        assert!((CAPACITY / 2..=CAPACITY).contains(&len(&map)), "{}", len(&map));
        assert_eq!((map.get(&0), map.get(&(100 * CAPACITY - 1))), (None, Some(100 * CAPACITY - 1)));
    }

    #[test]
    fn what_is_asked_for_again_and_again_stays() {
        let map = filled(0..1);
        for number in 1..100 * CAPACITY {
            map.insert(number, number);
            assert_eq!(map.get(&0), Some(0), "after {number}");
        }
    }

    #[test]
    fn an_entry_is_put_in_anew_while_its_old_value_grows_old() {
        let map = filled(0..1);
        // Ages the first entry, whichever shard it is in.
        let mut number = 1;
        while map.shards.iter().all(|shard| !shard.read().unwrap().old.contains_key(&0)) {
            map.insert(number, number);
            number += 1;
        }
        map.insert(0, 7);
        assert_eq!(map.get(&0), Some(7));
        assert!(map.shards.iter().all(|shard| !shard.read().unwrap().old.contains_key(&0)), "the value before is gone");
    }
}
