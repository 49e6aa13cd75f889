//! Who the client is, in Active Directory's own words (MS-PAC): the security identifier, which no account can take from another as it can a
//! name.

use super::ap_req::TicketError;
use super::encryption::{Key, Usage};
use crate::active_directory::security_identifier;

/// Types of buffers (MS-PAC §2.4).
const SERVER_CHECKSUM: u32 = 6;
const KDC_CHECKSUM: u32 = 7;
const UPN_DNS_INFO: u32 = 12;
/// The buffer has the short name and the security identifier as well (MS-PAC §2.10).
const EXTENDED: u32 = 2;
/// More buffers than any domain controller writes.
const BUFFERS: usize = 64;
/// Bytes of an AES checksum.
const CHECKSUM: usize = 12;

const MALFORMED: TicketError = TicketError::Malformed("the certificate of privileges (PAC)");

/// The client's security identifier, from a PAC that the domain controller signed with the service's key.
pub(super) fn client(pac: &[u8], key: &Key) -> Result<String, TicketError> {
    let buffers = buffers(pac).ok_or(MALFORMED)?;
    let one = |wanted: u32| {
        let mut found = buffers.iter().filter(|buffer| buffer.kind == wanted);
        let first = found.next();
        if found.next().is_some() { Err(MALFORMED) } else { Ok(first) }
    };
    let server = one(SERVER_CHECKSUM)?.ok_or(MALFORMED)?;
    let kdc = one(KDC_CHECKSUM)?.ok_or(MALFORMED)?;
    // Signatures are made over a PAC in which they are zero.
    let mut unsigned = pac.to_vec();
    for buffer in [server, kdc] {
        let signature = unsigned.get_mut(buffer.start + 4..buffer.start + 4 + CHECKSUM).ok_or(MALFORMED)?;
        signature.fill(0);
    }
    let content = pac.get(server.start..server.end).ok_or(MALFORMED)?;
    let (kind, signature) = content.split_first_chunk::<4>().ok_or(MALFORMED)?;
    let is_signed = u32::from_le_bytes(*kind) == key.checksum_type()
        && signature.get(..CHECKSUM).is_some_and(|signature| key.verifies(Usage::Pac, &unsigned, signature));
    if !is_signed {
        return Err(TicketError::NotSigned);
    }
    let information = one(UPN_DNS_INFO)?.ok_or(TicketError::NoSecurityIdentifier)?;
    let content = pac.get(information.start..information.end).ok_or(MALFORMED)?;
    if u32_at(content, 8).ok_or(MALFORMED)? & EXTENDED == 0 {
        return Err(TicketError::NoSecurityIdentifier);
    }
    let length = usize::from(u16_at(content, 16).ok_or(MALFORMED)?);
    let offset = usize::from(u16_at(content, 18).ok_or(MALFORMED)?);
    content.get(offset..offset + length).and_then(security_identifier).ok_or(MALFORMED)
}

/// Where a buffer is.
struct Buffer {
    kind: u32,
    start: usize,
    end: usize,
}

fn buffers(pac: &[u8]) -> Option<Vec<Buffer>> {
    let count = usize::try_from(u32_at(pac, 0)?).ok().filter(|count| *count <= BUFFERS)?;
    if u32_at(pac, 4)? != 0 {
        return None;
    }
    let head = pac.get(8..8 + count * 16)?;
    let buffer = |entry: &[u8; 16]| {
        let start = usize::try_from(u64::from_le_bytes(*entry.last_chunk()?)).ok()?;
        let end = start.checked_add(usize::try_from(u32_at(entry, 4)?).ok()?)?;
        (end <= pac.len()).then_some(Buffer { kind: u32_at(entry, 0)?, start, end })
    };
    head.as_chunks().0.iter().map(buffer).collect()
}

fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().copied().map(u32::from_le_bytes)
}

fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().copied().map(u16::from_le_bytes)
}
