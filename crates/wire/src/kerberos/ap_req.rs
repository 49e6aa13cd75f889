//! The request of a client (RFC 4120 §3.2 and §5.5.1): a ticket, and the proof that it is the client's own.

use aws_lc_rs::digest;
use jiff::{SignedDuration, Timestamp};

use super::encryption::{Key, Usage};
use super::fields::Fields;
use super::keytab::Keytab;
use super::{negotiate, pac};
use crate::der::Reader;
use crate::der::universal::SEQUENCE;

/// How far the clocks of client, domain controller and server may be apart (RFC 4120 §8.2).
const SKEW: SignedDuration = SignedDuration::from_mins(5);
/// `use-session-key` of the options of a request.
const USER_TO_USER: u32 = 0x4000_0000;
/// `invalid` of the flags of a ticket.
const INVALID: u32 = 0x0100_0000;
/// Checksum of the GSS-API in place of a hash (RFC 4121 §4.1.1).
const GSS_CHECKSUM: u64 = 0x8003;
/// Authorization data that may be ignored, and in it the PAC (RFC 4120 §5.2.6, MS-KILE §2.2.7).
const IF_RELEVANT: u64 = 1;
const WIN2K_PAC: u64 = 128;

/// A ticket that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Who the client is, `S-1-5-21-…`.
    pub security_identifier: String,
    /// The client's name in the domain, `name@REALM`; for the log, never to find an account by.
    pub principal: String,
    /// SHA-256 of the proof: it must not come twice.
    pub proof: [u8; 32],
    /// Until when the proof would be accepted again.
    pub proof_expires: Timestamp,
}

/// Why a ticket is not accepted. The texts are for logs and administrators.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TicketError {
    /// Something is not in the form of the specifications.
    #[error("{0} is malformed")]
    Malformed(&'static str),
    /// NTLM or something else instead of Kerberos.
    #[error("the client offers no Kerberos: it has no ticket of the domain, or does not trust this address with it")]
    OtherMechanism,
    /// No key fits.
    #[error("the keytab has no key for {service}@{realm}, version {version}, encryption type {encryption_type}: make it again")]
    NoKey {
        /// The service that the ticket is for.
        service: String,
        /// Its realm.
        realm: String,
        /// Version of the key; 0 when the ticket does not say.
        version: u64,
        /// Encryption type.
        encryption_type: u64,
    },
    /// The ticket was not made with the key of the service.
    #[error("the ticket does not open with the key in the keytab")]
    Forged,
    /// The proof does not belong to the ticket.
    #[error("the proof does not belong to the ticket")]
    WrongProof,
    /// The client is of a realm that is not accepted.
    #[error("the client is of the realm {0}")]
    OtherRealm(String),
    /// The ticket is not valid yet, or no longer.
    #[error("the ticket is valid from {0} to {1}")]
    NotValidNow(Timestamp, Timestamp),
    /// The clocks are too far apart, or the request is old.
    #[error("the request was made at {0} by the client's clock")]
    ClockSkew(Timestamp),
    /// The certificate of privileges is not by the domain controller.
    #[error("the certificate of privileges (PAC) is not signed with the key of the service")]
    NotSigned,
    /// There is no certificate of privileges, or it does not tell who the client is.
    #[error("the ticket does not tell the client's security identifier: the domain controller needs the updates of November 2021 or later")]
    NoSecurityIdentifier,
}

/// Verifies the first token of a client.
///
/// The client has proved who it is only if [`Ticket::proof`] was not seen before.
///
/// # Errors
/// [`TicketError`].
pub fn accept(token: &[u8], keytab: &Keytab, now: Timestamp) -> Result<Ticket, TicketError> {
    let request = negotiate::ap_req(token)?;
    let Request { service, realm, ticket, proof } = Request::parse(request).ok_or(TicketError::Malformed("the request"))?;
    let key = keytab.key(&service, ticket.version, ticket.encryption_type).filter(|_| realm == keytab.realm());
    let key = key.ok_or_else(|| TicketError::NoKey {
        service: shown(&service.join("/")),
        realm: shown(realm),
        version: ticket.version.unwrap_or_default(),
        encryption_type: ticket.encryption_type,
    })?;
    let content = key.decrypt(Usage::Ticket, ticket.cipher).ok_or(TicketError::Forged)?;
    let content = Content::parse(&content).ok_or(TicketError::Malformed("the ticket"))?;
    if content.realm != keytab.realm() {
        return Err(TicketError::OtherRealm(shown(content.realm)));
    }
    let (start, end) = content.validity;
    if apart(start, now) < -SKEW || apart(end, now) > SKEW {
        return Err(TicketError::NotValidNow(start, end));
    }
    if proof.encryption_type != content.session_key.encryption_type() {
        return Err(TicketError::WrongProof);
    }
    let authenticator = content.session_key.decrypt(Usage::Authenticator, proof.cipher).ok_or(TicketError::WrongProof)?;
    let made = authenticator_time(&authenticator, &content).ok_or(TicketError::WrongProof)?;
    if apart(made, now).abs() > SKEW {
        return Err(TicketError::ClockSkew(made));
    }
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(digest::digest(&digest::SHA256, proof.cipher).as_ref()) {
        *to = *from;
    }
    Ok(Ticket {
        security_identifier: pac::client(content.pac.ok_or(TicketError::NoSecurityIdentifier)?, key)?,
        principal: shown(&format!("{}@{}", content.client.join("/"), content.realm)),
        proof: hash,
        proof_expires: made.saturating_add(SKEW).unwrap_or(made),
    })
}

/// From one instant to another.
fn apart(from: Timestamp, to: Timestamp) -> SignedDuration {
    to.duration_since(from)
}

/// What a client chose, as a log may show it.
fn shown(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(128).collect()
}

/// Something encrypted (RFC 4120 §5.2.9).
struct Encrypted<'b> {
    encryption_type: u64,
    version: Option<u64>,
    cipher: &'b [u8],
}

impl<'b> Encrypted<'b> {
    fn parse(reader: Reader<'b>) -> Option<Self> {
        let fields = Fields::of(reader)?;
        Some(Self { encryption_type: fields.number(0)?, version: fields.number(1), cipher: fields.octets(2)? })
    }
}

/// `AP-REQ`, with the outside of its ticket.
struct Request<'b> {
    service: Vec<&'b str>,
    realm: &'b str,
    ticket: Encrypted<'b>,
    proof: Encrypted<'b>,
}

impl<'b> Request<'b> {
    fn parse(bytes: &'b [u8]) -> Option<Self> {
        let request = Fields::of_message(bytes, 14)?;
        let ticket = Fields::of_message(request.get(3)?.rest(), 1)?;
        if request.number(0)? != 5 || request.number(1)? != 14 || ticket.number(0)? != 5 || request.flags(2)? & USER_TO_USER != 0 {
            return None;
        }
        Some(Self {
            service: ticket.name(2)?,
            realm: ticket.text(1)?,
            ticket: Encrypted::parse(ticket.get(3)?)?,
            proof: Encrypted::parse(request.get(4)?)?,
        })
    }
}

/// `EncTicketPart`: what the domain controller says.
struct Content<'b> {
    session_key: Key,
    realm: &'b str,
    client: Vec<&'b str>,
    validity: (Timestamp, Timestamp),
    pac: Option<&'b [u8]>,
}

impl<'b> Content<'b> {
    fn parse(bytes: &'b [u8]) -> Option<Self> {
        let fields = Fields::of_message(bytes, 3)?;
        if fields.flags(0)? & INVALID != 0 {
            return None;
        }
        let key = Fields::of(fields.get(1)?)?;
        // Without a start it is valid from the sign-in on.
        let start = match fields.get(6) {
            Some(_) => fields.time(6)?,
            None => fields.time(5)?,
        };
        Some(Self {
            session_key: Key::new(key.number(0)?, key.octets(1)?)?,
            realm: fields.text(2)?,
            client: fields.name(3)?,
            validity: (start, fields.time(7)?),
            pac: match fields.get(10) {
                Some(data) => find_pac(data)?,
                None => None,
            },
        })
    }
}

/// The PAC in authorization data; several of them are an error, as nobody could say which counts.
fn find_pac(data: Reader<'_>) -> Option<Option<&[u8]>> {
    let mut found = None;
    for (kind, content) in authorization_data(data)? {
        if kind != IF_RELEVANT {
            // Whoever does not know what it restricts must not accept the ticket (RFC 4120 §5.2.6).
            return None;
        }
        for (kind, content) in authorization_data(Reader::new(content))? {
            if kind == WIN2K_PAC && found.replace(content).is_some() {
                return None;
            }
        }
    }
    Some(found)
}

fn authorization_data(mut reader: Reader<'_>) -> Option<Vec<(u64, &[u8])>> {
    let mut list = reader.enter(SEQUENCE)?;
    reader.end()?;
    let mut elements = Vec::new();
    while !list.is_empty() {
        let (tag, content) = list.any()?;
        if tag != SEQUENCE {
            return None;
        }
        let fields = Fields::of_content(Reader::new(content))?;
        elements.push((fields.number(0)?, fields.octets(1)?));
    }
    Some(elements)
}

/// `Authenticator`: when the client made it; none when it is not by the client of the ticket, or not for the GSS-API.
fn authenticator_time(bytes: &[u8], content: &Content<'_>) -> Option<Timestamp> {
    let fields = Fields::of_message(bytes, 2)?;
    let checksum = Fields::of(fields.get(3)?)?;
    let is_gss = checksum.number(0)? == GSS_CHECKSUM && checksum.octets(1)?.starts_with(&[16, 0, 0, 0]);
    let is_client = fields.number(0)? == 5 && fields.text(1)? == content.realm && fields.name(2)? == content.client;
    (is_gss && is_client).then(|| fields.time(5))?
}
