//! Google's list of attestation certificates that are not to be trusted any more, as it publishes it: JSON with the serial numbers of
//! certificates.

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::Value;

/// More than the list has ever had.
const LIMIT: usize = 16 * 1024 * 1024;

/// Why a list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RevocationsError {
    /// Larger than any list has been.
    #[error("the list is larger than 16 MiB")]
    TooLarge,
    /// Not the JSON it should be.
    #[error("not a revocation list in Google's format: {0}")]
    Malformed(String),
    /// A key that is no serial number: the list would be without effect on some certificate.
    #[error("entries: {0:?} is not a serial number in hexadecimal")]
    Serial(String),
}

#[derive(Deserialize)]
struct File {
    entries: serde_json::Map<String, Value>,
}

/// Serial numbers that are not to be trusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revocations(HashSet<String>);

impl Revocations {
    /// Reads a list. Whatever stands in it counts, also an entry whose status is not known: nothing is listed because it is good.
    ///
    /// # Errors
    /// [`RevocationsError`].
    pub fn parse(json: &[u8]) -> Result<Self, RevocationsError> {
        if json.len() > LIMIT {
            return Err(RevocationsError::TooLarge);
        }
        let file: File = serde_json::from_slice(json).map_err(|error| RevocationsError::Malformed(error.to_string()))?;
        let serials = file.entries.into_iter().map(|(serial, _)| {
            let digits = serial.trim_start_matches('0').to_ascii_lowercase();
            let is_serial = !serial.is_empty() && serial.len() <= 64 && serial.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_serial { Ok(digits) } else { Err(RevocationsError::Serial(serial.chars().take(64).collect())) }
        });
        serials.collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of these serial numbers is on the list. They are in lower-case hexadecimal without leading zeros.
    #[must_use]
    pub fn name_any(&self, serials: &[String]) -> bool {
        serials.iter().any(|serial| self.0.contains(serial))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
