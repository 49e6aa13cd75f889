//! SPNEGO (RFC 4178), as far as a token that begins with Kerberos.

use super::ap_req::TicketError;
use crate::der::universal::{OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE};
use crate::der::{Reader, Tag};

/// 1.3.6.1.5.5.2
const SPNEGO: [u8; 6] = [0x2b, 6, 1, 5, 5, 2];
/// 1.2.840.113554.1.2.2
const KERBEROS: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 1, 2, 2];
/// 1.2.840.48018.1.2.2, by which Windows calls the same.
const MICROSOFT_KERBEROS: [u8; 9] = [0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 1, 2, 2];
/// `KRB_AP_REQ` in the Kerberos mechanism (RFC 4121 §4.1).
const AP_REQ: [u8; 2] = [1, 0];

/// The Kerberos request in the first token of a client. A client that begins with another mechanism, such as NTLM, is refused: there is no
/// second leg.
pub(super) fn ap_req(token: &[u8]) -> Result<&[u8], TicketError> {
    if token.starts_with(b"NTLMSSP\0") {
        return Err(TicketError::OtherMechanism);
    }
    let malformed = TicketError::Malformed("the SPNEGO token");
    let (mechanism, begun) = first_mechanism(token).ok_or(malformed.clone())?;
    if !is_kerberos(mechanism) {
        return Err(TicketError::OtherMechanism);
    }
    let token = begun.ok_or(TicketError::Malformed("the SPNEGO token, which holds no Kerberos token,"))?;
    let (mechanism, inner) = initial_token(token).ok_or(malformed)?;
    if !is_kerberos(mechanism) {
        return Err(TicketError::OtherMechanism);
    }
    inner.strip_prefix(&AP_REQ).ok_or(TicketError::Malformed("the Kerberos token"))
}

fn is_kerberos(mechanism: &[u8]) -> bool {
    mechanism == KERBEROS || mechanism == MICROSOFT_KERBEROS
}

/// The mechanism that the client likes best, and its token for that one.
fn first_mechanism(token: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let (mechanism, inner) = initial_token(token)?;
    if mechanism != SPNEGO {
        return None;
    }
    let mut inner = Reader::new(inner);
    let (choice, content) = inner.any()?;
    inner.end()?;
    if choice.as_explicit() != Some(0) {
        return None;
    }
    let mut init = Reader::new(content).enter(SEQUENCE)?;
    let (mut mechanism, mut begun) = (None, None);
    while !init.is_empty() {
        let (tag, content) = init.any()?;
        let mut content = Reader::new(content);
        match tag.as_explicit()? {
            0 => mechanism = content.enter(SEQUENCE)?.element(OBJECT_IDENTIFIER),
            2 => begun = Some(content.element(OCTET_STRING)?),
            _ => {}
        }
    }
    Some((mechanism?, begun))
}

/// The mechanism and content of an initial token (RFC 2743 §3.1).
fn initial_token(token: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut reader = Reader::new(token);
    let mut content = reader.enter(Tag::application(0))?;
    reader.end()?;
    let mechanism = content.element(OBJECT_IDENTIFIER)?;
    Some((mechanism, content.rest()))
}
