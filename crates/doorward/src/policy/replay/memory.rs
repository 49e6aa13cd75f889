//! What follows from a text, worked out once.

use std::borrow::Borrow;
use std::hash::Hash;

use foldhash::HashMap;

/// How many texts of one kind are remembered. However long a log is, it does not take more memory.
pub(super) const REMEMBERED: usize = 1 << 16;
/// Texts longer than this are not remembered.
pub(super) const LONGEST: usize = 1 << 12;
/// Texts shorter than this, as ids are, stand beside what follows from them: finding one takes a single step through memory.
const SHORT: usize = 48;

/// Keeps what follows from a text.
pub(super) struct Memory<T> {
    /// Filled up with zeros, and the length at the end.
    short: HashMap<[u8; SHORT], T>,
    long: HashMap<Box<[u8]>, T>,
}

impl<T: Copy> Memory<T> {
    pub(super) fn new() -> Self {
        Self { short: HashMap::default(), long: HashMap::default() }
    }

    pub(super) fn recall<E>(&mut self, text: &[u8], otherwise: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        match short(text) {
            Some(key) => recall(&mut self.short, &key, || Some(key), otherwise),
            None => recall(&mut self.long, text, || (text.len() <= LONGEST).then(|| text.into()), otherwise),
        }
    }
}

fn recall<K: Borrow<Q> + Hash + Eq, Q: Hash + Eq + ?Sized, T: Copy, E>(
    known: &mut HashMap<K, T>,
    text: &Q,
    key: impl FnOnce() -> Option<K>,
    otherwise: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    if let Some(value) = known.get(text) {
        return Ok(*value);
    }
    let value = otherwise()?;
    if known.len() >= REMEMBERED {
        known.clear();
    }
    if let Some(key) = key() {
        known.insert(key, value);
    }
    Ok(value)
}

fn short(text: &[u8]) -> Option<[u8; SHORT]> {
    let mut key = [0; SHORT];
    let (last, start) = key.split_last_mut()?;
    start.get_mut(..text.len())?.copy_from_slice(text);
    *last = u8::try_from(text.len()).ok()?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_a_place_of_its_own() {
        let texts: Vec<Vec<u8>> = (0..100).flat_map(|length| [vec![0; length], vec![b'x'; length]]).skip(1).collect();
        let mut memory = Memory::new();
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(memory.recall(text, || Ok::<_, ()>(number)), Ok(number));
        }
        for (number, text) in texts.iter().enumerate() {
            assert_eq!(memory.recall(text, || Err(())), Ok(number));
        }
    }

    #[test]
    fn memory_has_an_end() {
        let mut memory = Memory::new();
        for number in 0..=REMEMBERED {
            let long = [number.to_le_bytes(); 10].concat();
            for text in [&number.to_le_bytes()[..], &long] {
                assert_eq!(memory.recall(text, || Ok::<_, ()>(number)), Ok(number));
            }
            assert!(memory.short.len() <= REMEMBERED && memory.long.len() <= REMEMBERED);
        }
        memory.recall(&[b'x'; 1 << 20], || Ok::<_, ()>(0)).unwrap();
        assert!(memory.long.keys().all(|text| text.len() < 1 << 20));
    }
}
