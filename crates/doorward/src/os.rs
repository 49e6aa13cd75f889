//! The only place that asks the machine for time and randomness.

use std::cell::RefCell;

use doorward_model::{Clock, Rng};
use jiff::Timestamp;

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the binary brings the clock that everything else takes as an argument")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OsRng;

impl Rng for OsRng {
    #[expect(clippy::disallowed_methods, reason = "the binary brings the randomness that everything else takes as an argument")]
    fn fill(&self, buffer: &mut [u8]) {
        if aws_lc_rs::rand::fill(buffer).is_err() {
            // Without randomness every secret would be guessable: stopping is the only safe answer.
            std::process::abort();
        }
    }

    fn fill_id(&self, buffer: &mut [u8; 10]) {
        FOR_IDS.with_borrow_mut(|ids| *buffer = ids.next(|bytes| self.fill(bytes)));
    }
}

/// Ids for which bytes are drawn at once. A request makes two, and to draw for each would take as long as to find its session and its user.
const AT_ONCE: usize = 64;

/// Bytes drawn ahead for ids, and for nothing else.
struct ForIds {
    bytes: [[u8; 10]; AT_ONCE],
    left: usize,
}

thread_local! {
    static FOR_IDS: RefCell<ForIds> = const { RefCell::new(ForIds { bytes: [[0; 10]; AT_ONCE], left: 0 }) };
}

impl ForIds {
    /// Bytes that were not handed out before.
    fn next(&mut self, draw: impl Fn(&mut [u8])) -> [u8; 10] {
        if self.left == 0 {
            draw(self.bytes.as_flattened_mut());
            self.left = AT_ONCE;
        }
        self.left -= 1;
        self.bytes.get(self.left).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use doorward_model::rng::ordered_uuid;
    use jiff::Timestamp;

    use super::{AT_ONCE, OsRng};

    #[test]
    fn ids_of_one_moment_differ() {
        let ids: HashSet<_> = (0..5 * AT_ONCE).map(|_| ordered_uuid(&OsRng, Timestamp::UNIX_EPOCH)).collect();
        assert_eq!(ids.len(), 5 * AT_ONCE);
        assert!(ids.iter().all(|id| id.as_bytes()[8..].iter().any(|byte| *byte & 0x3f != 0)));
    }
}
