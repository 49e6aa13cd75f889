//! Answering the question for the device (PKeyAuth) as the client library of each phone does.

use doorward_wire::certificate;
use doorward_wire::pkeyauth::{self, Answer, Challenge};
use uuid::Uuid;

use crate::body::Library;
use crate::broker::Registration;
use crate::error::PhoneError;
use crate::log::Log;

/// The header `Authorization` that answers a challenge; `now` is in seconds since 1970.
///
/// The device answers where its certificate comes from the authority that was named. Else the library says that there is none.
pub(crate) fn answer(
    challenge: &Challenge,
    library: &Library,
    registration: Option<&Registration>,
    now: i64,
    log: &mut Log,
) -> Result<String, PhoneError> {
    let fitting = registration.filter(|registration| is_from(registration.certificate(), &challenge.authority));
    let auth_token = match fitting {
        Some(registration) => Some(
            pkeyauth::build(registration.key(), registration.certificate(), challenge, library.manner, now).map_err(PhoneError::local)?,
        ),
        None => None,
    };
    let how = if auth_token.is_some() { "signed with the device key" } else { "without AuthToken: no certificate of that authority" };
    log.note("PKeyAuth", format!("asked by {} for {}; answers {how}", challenge.authority, crate::log::place(&challenge.submit_url)));
    let header = Answer { auth_token, context: challenge.context.clone() }.header(library.separator);
    Ok(header.replacen(' ', &format!(" {}", library.padding), 1))
}

/// Libraries look for the `OU` of their certificate's issuer in the names that they are given.
fn is_from(certificate: &[u8], authorities: &str) -> bool {
    let units = authorities.split([',', ';']).filter_map(|part| part.trim().strip_prefix("OU="));
    units.filter_map(|unit| Uuid::parse_str(unit).ok()).any(|unit| certificate::claims_issuer(certificate, unit))
}
