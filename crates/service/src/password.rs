//! Passwords: Argon2id, hashed and checked in a bounded pool so that a flood of sign-ins cannot take all memory or every core.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use doorward_model::{Rng, rng};
use tokio::sync::Semaphore;

use crate::error::Error;

/// Shortest password a person may choose (NIST SP 800-63B-4 §3.1.1.2: at least 15 characters for a password that stands alone
/// is advised; 12 is what administrators are used to and what the rate limit carries).
pub const MINIMUM_LENGTH: usize = 12;
/// Longest password accepted, in bytes; bounds the work of one request.
pub const MAXIMUM_BYTES: usize = 512;

/// Why a new password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("the password needs at least {MINIMUM_LENGTH} characters")]
    TooShort,
    /// Too long.
    #[error("the password may have at most {MAXIMUM_BYTES} bytes")]
    TooLong,
    /// Contains the sign-in name.
    #[error("the password must not contain the sign-in name")]
    ContainsName,
    /// One character over and over.
    #[error("the password must have at least five different characters")]
    Monotonous,
    /// The same as before.
    #[error("the new password must differ from the old one")]
    Unchanged,
}

/// Judges a password that a person or an administrator chose.
///
/// # Errors
/// The first rule it breaks.
pub fn check_strength(password: &str, user_principal_name: &str) -> Result<(), WeakPassword> {
    if password.chars().count() < MINIMUM_LENGTH {
        return Err(WeakPassword::TooShort);
    }
    if password.len() > MAXIMUM_BYTES {
        return Err(WeakPassword::TooLong);
    }
    let name = user_principal_name.split('@').next().unwrap_or_default().to_lowercase();
    if name.len() >= 3 && password.to_lowercase().contains(&name) {
        return Err(WeakPassword::ContainsName);
    }
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return Err(WeakPassword::Monotonous);
    }
    Ok(())
}

/// A readable random password of 80 bits for the first sign-ins of whoever has one of these sign-in names: four groups of four characters
/// without look-alikes.
pub fn generate(rng: &dyn Rng, names: &[&str]) -> String {
    loop {
        let password = draw(rng);
        // A short name stands in a few of ten thousand by chance, and whoever has it would be refused the password.
        if names.iter().all(|name| check_strength(&password, name).is_ok()) {
            return password;
        }
    }
}

fn draw(rng: &dyn Rng) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let bytes = rng::bytes::<16>(rng);
    let mut out = String::with_capacity(19);
    for (position, byte) in bytes.iter().enumerate() {
        if position > 0 && position % 4 == 0 {
            out.push('-');
        }
        out.push(char::from(ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'a')));
    }
    out
}

/// The hashing pool.
pub struct Passwords {
    permits: Arc<Semaphore>,
    argon2: Argon2<'static>,
    /// Checked when the account does not exist, so that the answer takes as long.
    decoy: String,
}

impl Passwords {
    /// A pool that hashes `concurrency` passwords at a time, with the parameters of the OWASP password storage guidance
    /// (19 MiB, two passes, one lane).
    ///
    /// # Errors
    /// When the hash function refuses its parameters.
    pub fn new(concurrency: usize, rng: &dyn Rng) -> Result<Self, Error> {
        let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| Error::internal("argon2 parameters", &error))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash_now(&argon2, &rng::secret(rng), rng::bytes(rng))?;
        Ok(Self { permits: Arc::new(Semaphore::new(concurrency.max(1))), argon2, decoy })
    }

    /// Hashes a password with a fresh salt; the result is a PHC string.
    ///
    /// # Errors
    /// When hashing fails.
    pub async fn hash(&self, password: &str, rng: &dyn Rng) -> Result<String, Error> {
        let salt = rng::bytes::<16>(rng);
        let (argon2, password) = (self.argon2.clone(), password.to_owned());
        self.in_pool(move || hash_now(&argon2, &password, salt)).await?
    }

    /// Checks a password against a hash. Without a hash the same work is done and the answer is no.
    ///
    /// # Errors
    /// When the pool is gone.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, Error> {
        let known = hash.is_some();
        let (argon2, hash, password) = (self.argon2.clone(), hash.unwrap_or(&self.decoy).to_owned(), password.to_owned());
        let fits = self
            .in_pool(move || PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok()))
            .await?;
        Ok(fits && known)
    }

    async fn in_pool<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let permit = self.permits.clone().acquire_owned().await.map_err(|error| Error::internal("password pool", &error))?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(|error| Error::internal("password pool", &error))
    }
}

fn hash_now(argon2: &Argon2<'_>, password: &str, salt: [u8; 16]) -> Result<String, Error> {
    argon2
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| Error::internal("password hash", &error))
}

#[cfg(test)]
mod tests {
    use doorward_model::rng::SeededRng;

    use super::generate;

    #[test]
    fn a_generated_password_does_not_contain_the_sign_in_name() {
        for seed in 0..50 {
            let by_chance = generate(&SeededRng::new(seed), &[]);
            let name = by_chance.get(..3).unwrap();
            let password = generate(&SeededRng::new(seed), &["zoe@contoso.example", &format!("{name}@contoso.example")]);
            assert!(!password.to_lowercase().contains(name), "{password}");
        }
    }
}
