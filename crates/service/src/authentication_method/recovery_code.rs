//! Recovery codes: for the day when the phone is lost. Each works once.

use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_model::{Rng, rng};
use doorward_store::Unit;

use super::{Rejection, Result};
use crate::context::Context;
use crate::one_time::sha256;

/// Codes handed out at a time.
pub const COUNT: usize = 10;
/// Characters of a code without the hyphens: 80 bits, so its hash can be kept like that of any random secret.
const LENGTH: usize = 16;
/// 32 characters without look-alikes.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Makes new codes in place of the old ones and returns them, to be shown once.
///
/// # Errors
/// Storage failure.
pub async fn issue(ctx: &Context, unit: &mut dyn Unit, tenant: &Tenant, user: &User) -> Result<Vec<String>> {
    let codes: Vec<String> = (0..COUNT).map(|_| generate(ctx.rng.as_ref())).collect();
    let hashes: Vec<[u8; 32]> = codes.iter().filter_map(|code| hash(tenant, user, code)).collect();
    unit.authentication_methods().set_recovery_codes(user.id, &hashes).await?;
    Ok(codes)
}

/// Uses a code up. The unit of work must be committed for that.
///
/// # Errors
/// [`Rejection::WrongCode`], or storage failure.
pub async fn verify(unit: &mut dyn Unit, tenant: &Tenant, user: &User, typed: &str) -> Result<()> {
    let hash = hash(tenant, user, typed).ok_or(Rejection::WrongCode)?;
    if unit.authentication_methods().use_recovery_code(user.id, &hash).await? { Ok(()) } else { Err(Rejection::WrongCode.into()) }
}

/// Four groups of four characters.
fn generate(rng: &dyn Rng) -> String {
    let mut code = String::with_capacity(LENGTH + 3);
    for (position, byte) in (0_usize..).zip(rng::bytes::<LENGTH>(rng)) {
        if position > 0 && position % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET.get(usize::from(byte & 0x1f)).copied().unwrap_or(b'a')));
    }
    code
}

/// The form in which a code is kept; none for what is no code. Case, spaces and hyphens do not count.
fn hash(tenant: &Tenant, user: &User, typed: &str) -> Option<[u8; 32]> {
    let code: String =
        typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).take(LENGTH + 1).collect();
    (code.len() == LENGTH).then(|| sha256(&format!("doorward recovery code {} {} {code}", tenant.id, user.id)))
}
