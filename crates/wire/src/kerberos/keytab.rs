//! Keytabs: keys of services in a file (the format 0x0502 of MIT Kerberos, which every tool writes).

use super::encryption::Key;

/// Why a keytab cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeytabError {
    /// It is no keytab.
    #[error("it is no keytab, or it is damaged")]
    Malformed,
    /// It holds no key for `HTTP/…` that can be used.
    #[error(
        "it holds no key of AES for a service HTTP/HOST: allow AES for the service's account (msDS-SupportedEncryptionTypes) and make the keytab again"
    )]
    NoKey,
    /// It holds keys of several realms.
    #[error("it holds keys of the realms {0} and {1}: only one domain is accepted")]
    Realms(String, String),
}

/// The keys of web services, all of one realm.
#[derive(Debug, Clone)]
pub struct Keytab {
    realm: String,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    /// `HTTP`, host.
    service: [String; 2],
    version: u32,
    key: Key,
}

impl Keytab {
    /// Reads a keytab. Keys of other services and of encryption types that are out of use are left out.
    ///
    /// # Errors
    /// [`KeytabError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KeytabError> {
        let mut reader = Bytes(bytes.strip_prefix(&[5, 2]).ok_or(KeytabError::Malformed)?);
        let mut realm: Option<String> = None;
        let mut entries = Vec::new();
        while !reader.0.is_empty() {
            let length = i32::from_be_bytes(reader.array().ok_or(KeytabError::Malformed)?);
            let record = reader.take(usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX)).ok_or(KeytabError::Malformed)?;
            // A negative length is a hole that a deleted entry left.
            if length < 0 {
                continue;
            }
            let (of, entry) = entry(Bytes(record)).ok_or(KeytabError::Malformed)?;
            let Some(entry) = entry else { continue };
            match realm {
                Some(other) if other != of => return Err(KeytabError::Realms(other, of)),
                _ => realm = Some(of),
            }
            entries.push(entry);
        }
        Ok(Self { realm: realm.ok_or(KeytabError::NoKey)?, entries })
    }

    /// The realm, as tickets spell it.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The key for a ticket: of the service it is for, of the version and encryption type that it names.
    pub(super) fn key(&self, service: &[&str], version: Option<u64>, encryption_type: u64) -> Option<&Key> {
        // The directory takes no regard of case in names of services, and tickets spell them as the client did.
        let is_service = |entry: &Entry| {
            entry.service.len() == service.len() && entry.service.iter().zip(service).all(|(a, b)| a.eq_ignore_ascii_case(b))
        };
        let found = self.entries.iter().find(|entry| {
            is_service(entry)
                && version.is_none_or(|version| version == u64::from(entry.version))
                && entry.key.encryption_type() == encryption_type
        });
        found.map(|entry| &entry.key)
    }
}

/// One entry with its realm; without the entry when it is not for a web service or its key is of no use.
fn entry(mut record: Bytes<'_>) -> Option<(String, Option<Entry>)> {
    let parts = u16::from_be_bytes(record.array()?);
    let realm = record.text()?;
    let service: Vec<String> = (0..parts).map(|_| record.text()).collect::<Option<_>>()?;
    // Type of the name, and when the entry was made.
    record.take(8)?;
    let [short_version] = record.array::<1>()?;
    let encryption_type = u16::from_be_bytes(record.array()?);
    let length = u16::from_be_bytes(record.array()?);
    let key = Key::new(encryption_type.into(), record.take(length.into())?);
    let version = record.array().map(u32::from_be_bytes).filter(|version| *version != 0).unwrap_or(short_version.into());
    let service: Option<[String; 2]> = service.try_into().ok().filter(|[kind, _]: &[String; 2]| kind.eq_ignore_ascii_case("HTTP"));
    Some((realm, service.zip(key).map(|(service, key)| Entry { service, version, key })))
}

/// What is left of a file or record.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.array()?);
        String::from_utf8(self.take(length.into())?.to_vec()).ok()
    }
}
