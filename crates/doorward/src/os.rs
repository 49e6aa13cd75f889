//! The only place that asks the machine for time and randomness.

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
}
