//! The attestation object of a registration (WebAuthn Level 2 §6.5). No statement about the make of an authenticator is asked for,
//! and none is taken: an unchecked one would be worth nothing.

use minicbor::Decoder;

use super::{AuthenticatorData, WebauthnError};

/// More than any browser sends for format `none`.
const LIMIT: usize = 16 * 1024;

/// The authenticator data within an attestation object of format `none`.
///
/// # Errors
/// [`WebauthnError::AttestationObject`], [`WebauthnError::AttestationFormat`], or what [`AuthenticatorData::parse`] says.
pub fn attested(object: &[u8]) -> Result<AuthenticatorData, WebauthnError> {
    let parts = Some(object).filter(|object| object.len() <= LIMIT).and_then(|object| read(object).ok().flatten());
    let parts = parts.ok_or(WebauthnError::AttestationObject)?;
    if parts.format != "none" || parts.statement_members != 0 {
        return Err(WebauthnError::AttestationFormat);
    }
    AuthenticatorData::parse(parts.data)
}

struct Parts<'b> {
    format: &'b str,
    statement_members: u64,
    data: &'b [u8],
}

/// Each part must be there once, and nothing else.
fn read(object: &[u8]) -> Result<Option<Parts<'_>>, minicbor::decode::Error> {
    let mut decoder = Decoder::new(object);
    if decoder.map()? != Some(3) {
        return Ok(None);
    }
    let (mut format, mut statement, mut data) = (None, None, None);
    for _ in 0..3 {
        match decoder.str()? {
            "fmt" if format.is_none() => format = Some(decoder.str()?),
            "attStmt" if statement.is_none() => {
                statement = decoder.probe().map()?;
                decoder.skip()?;
            }
            "authData" if data.is_none() => data = Some(decoder.bytes()?),
            _ => return Ok(None),
        }
    }
    let all = format.zip(statement).zip(data);
    let all = all.map(|((format, statement_members), data)| Parts { format, statement_members, data });
    Ok(all.filter(|_| decoder.position() == object.len()))
}
