//! Randomness as an argument.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use uuid::Uuid;

/// A source of random bytes fit for secrets. The binary brings the operating system's; tests bring a seeded one.
///
/// A source that cannot deliver must not return: it ends the process rather than hand out predictable bytes.
pub trait Rng: Send + Sync {
    /// Fills `buffer`.
    fn fill(&self, buffer: &mut [u8]);

    /// Fills what tells an id from the others of its millisecond. Such ids are no secrets, so a source may draw for many of them at once:
    /// should a machine be copied while it runs, both copies would go on with the same bytes, at other times.
    fn fill_id(&self, buffer: &mut [u8; 10]) {
        self.fill(buffer);
    }
}

/// `N` random bytes.
pub fn bytes<const N: usize>(rng: &dyn Rng) -> [u8; N] {
    let mut out = [0; N];
    rng.fill(&mut out);
    out
}

/// A random UUID, version 4.
pub fn uuid(rng: &dyn Rng) -> Uuid {
    uuid::Builder::from_random_bytes(bytes(rng)).into_uuid()
}

/// A UUID, version 7: those made later come later in order, so that a log that is kept by them grows at its end. Never a secret.
pub fn ordered_uuid(rng: &dyn Rng, now: Timestamp) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let mut rest = [0; 10];
    rng.fill_id(&mut rest);
    uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid()
}

/// A secret of 256 random bits as base64url without padding: codes, refresh tokens, one-time passwords of machines.
pub fn secret(rng: &dyn Rng) -> String {
    URL_SAFE_NO_PAD.encode(bytes::<32>(rng))
}

/// A deterministic source for tests: SplitMix64 over a seed. Never for secrets.
#[derive(Debug)]
pub struct SeededRng(std::sync::Mutex<u64>);

impl SeededRng {
    /// The stream that belongs to `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(std::sync::Mutex::new(seed))
    }
}

impl Rng for SeededRng {
    fn fill(&self, buffer: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            for (to, from) in chunk.iter_mut().zip(z.to_le_bytes()) {
                *to = from;
            }
        }
    }
}
