//! Objects that were met before: where one ends is then found by comparing it, which is much faster than reading it.

use foldhash::HashMap;

use super::memory::{LONGEST, REMEMBERED};

/// So much of an object tells which one it may be: a member with an id, mostly.
const START: usize = 48;

/// Keeps what follows from the texts of objects. Of those that start alike, the last.
pub(super) struct KnownObjects<T>(HashMap<[u8; START], (Box<str>, T)>);

impl<T: Copy> KnownObjects<T> {
    pub(super) fn new() -> Self {
        Self(HashMap::default())
    }

    /// The length of a known object at the start of a text.
    pub(super) fn at_start_of(&self, text: &[u8]) -> Option<usize> {
        let (known, _) = self.0.get(text.first_chunk()?)?;
        text.starts_with(known.as_bytes()).then_some(known.len())
    }

    pub(super) fn recall<E>(&mut self, text: &str, otherwise: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let start = start(text);
        if let Some((known, value)) = self.0.get(&start)
            && **known == *text
        {
            return Ok(*value);
        }
        let value = otherwise()?;
        if self.0.len() >= REMEMBERED {
            self.0.clear();
        }
        if text.len() <= LONGEST {
            self.0.insert(start, (text.into(), value));
        }
        Ok(value)
    }
}

/// The start of an object, which may have ended before.
fn start(text: &str) -> [u8; START] {
    let mut start = [0; START];
    start.iter_mut().zip(text.bytes()).for_each(|(to, byte)| *to = byte);
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_that_start_alike_are_not_confused() {
        let object = |end: &str| format!(r#"{{"deviceId":"12345678-1234-1234-1234-123456789012","isCompliant":{end}}}"#);
        let texts = [object("true"), object("false"), object("null"), "{}".to_owned(), String::new()];
        let mut known = KnownObjects::new();
        for _ in 0..2 {
            for (number, text) in texts.iter().enumerate() {
                assert_eq!(known.recall(text, || Ok::<_, ()>(number)), Ok(number));
                assert_eq!(known.recall(text, || Err(())), Ok(number));
            }
        }
    }

    #[test]
    fn a_known_object_ends_where_it_ended() {
        let object = r#"{"deviceId":"12345678-1234-1234-1234-123456789012","isCompliant":true}"#;
        let mut known = KnownObjects::new();
        known.recall(object, || Ok::<_, ()>(())).unwrap();
        assert_eq!(known.at_start_of(format!("{object},\"mfa\":true}}").as_bytes()), Some(object.len()));
        assert_eq!(known.at_start_of(object.replace("true", "null").as_bytes()), None);
        assert_eq!(known.at_start_of(object.get(..60).unwrap().as_bytes()), None);
        assert_eq!(known.at_start_of(b"{}"), None);
    }

    #[test]
    fn memory_has_an_end() {
        let mut known = KnownObjects::new();
        for number in 0..=REMEMBERED {
            assert_eq!(known.recall(&number.to_string(), || Ok::<_, ()>(number)), Ok(number));
            assert!(known.0.len() <= REMEMBERED);
        }
        known.recall(&"x".repeat(1 << 20), || Ok::<_, ()>(0)).unwrap();
        assert!(known.0.values().all(|(text, _)| text.len() < 1 << 20));
    }
}
