//! The extension 1.3.6.1.4.1.11129.2.1.17 of an attestation certificate of Android: `KeyDescription`.
//!
//! Fields are named as in the published schema. What the hardware vouches for stands in the second list (`hardwareEnforced`); of the
//! first, which is the word of the operating system that the hardware started, only the app is read.

use doorward_model::protection::{AttestedApplication, AttestedPackage, KeyDescription, RootOfTrust, SecurityLevel, VerifiedBootState};

use crate::der::{self, Reader, universal};
use crate::hex;

/// Versions of the format: Keymaster 2 to 4.1 and KeyMint 1 to 4.
const SUPPORTED_VERSIONS: [u64; 8] = [1, 2, 3, 4, 100, 200, 300, 400];

/// Longest challenge that Android takes.
const CHALLENGE: usize = 128;
/// Longest package name of Android.
const PACKAGE_NAME: usize = 256;
/// Most packages and certificates in one application id.
const MEMBERS: usize = 16;
/// Most fields of one list; the schema has fewer than fifty.
const FIELDS: usize = 64;

/// Tags of an `AuthorizationList`.
const PURPOSE: u32 = 1;
const ORIGIN: u32 = 702;
const ROOT_OF_TRUST: u32 = 704;
const OS_PATCH_LEVEL: u32 = 706;
const ATTESTATION_APPLICATION_ID: u32 = 709;

/// The fields of a list, each of which may stand once.
#[derive(Default)]
struct Authorizations<'b> {
    purpose: Option<Reader<'b>>,
    origin: Option<Reader<'b>>,
    root_of_trust: Option<Reader<'b>>,
    patch_level: Option<Reader<'b>>,
    application_id: Option<Reader<'b>>,
}

/// Reads the content of the extension; none when it is not DER of that form.
#[must_use]
pub fn read_key_description(content: &[u8]) -> Option<KeyDescription> {
    let mut outside = Reader::new(content);
    let mut description = outside.enter(universal::SEQUENCE)?;
    outside.end()?;
    let version = description.unsigned(universal::INTEGER).filter(|version| SUPPORTED_VERSIONS.contains(version))?;
    let security_level = level(&mut description)?;
    let key_store_version = description.unsigned(universal::INTEGER)?;
    let key_store_security_level = level(&mut description)?;
    let challenge = description.element(universal::OCTET_STRING).filter(|challenge| challenge.len() <= CHALLENGE)?;
    let _unique_id = description.element(universal::OCTET_STRING)?;
    let software = authorizations(description.enter(universal::SEQUENCE)?)?;
    let hardware = authorizations(description.enter(universal::SEQUENCE)?)?;
    description.end()?;
    Some(KeyDescription {
        version,
        security_level,
        key_store_version,
        key_store_security_level,
        challenge: challenge.to_vec(),
        purposes: optional(hardware.purpose, purposes)?.unwrap_or_default(),
        origin: optional(hardware.origin, number)?,
        root_of_trust: optional(hardware.root_of_trust, |field| root_of_trust(field, version))?,
        patch_level: optional(hardware.patch_level, number)?,
        application: optional(software.application_id, application_id)?,
    })
}

/// The content of the extension, as a key store would write it.
#[must_use]
pub fn write_key_description(said: &KeyDescription) -> Vec<u8> {
    let software: Vec<u8> = said.application.iter().flat_map(|app| der::explicit(ATTESTATION_APPLICATION_ID, &app_id(app))).collect();
    let mut hardware = Vec::new();
    let purposes: Vec<_> = said.purposes.iter().map(|purpose| der::integer(*purpose)).collect();
    hardware.extend(der::explicit(PURPOSE, &der::set(&slices(&purposes))));
    hardware.extend(said.origin.iter().flat_map(|origin| der::explicit(ORIGIN, &der::integer(*origin))));
    hardware.extend(said.root_of_trust.iter().flat_map(|root| {
        let mut parts = vec![der::octet_string(&[0; 32]), der::boolean(root.device_locked)];
        parts.push(der::enumerated(root.verified_boot_state as u8));
        parts.extend((said.version >= 3).then(|| der::octet_string(&[0; 32])));
        der::explicit(ROOT_OF_TRUST, &der::sequence(&slices(&parts)))
    }));
    hardware.extend(said.patch_level.iter().flat_map(|level| der::explicit(OS_PATCH_LEVEL, &der::integer(*level))));
    der::sequence(&[
        &der::integer(said.version),
        &der::enumerated(said.security_level as u8),
        &der::integer(said.key_store_version),
        &der::enumerated(said.key_store_security_level as u8),
        &der::octet_string(&said.challenge),
        &der::octet_string(&[]),
        &der::sequence(&[&software]),
        &der::sequence(&[&hardware]),
    ])
}

fn app_id(app: &AttestedApplication) -> Vec<u8> {
    let package = |package: &AttestedPackage| der::sequence(&[&der::octet_string(package.name.as_bytes()), &der::integer(package.version)]);
    let packages: Vec<_> = app.packages.iter().map(package).collect();
    let digests: Vec<_> = app.signing_certificates.iter().map(|digest| der::octet_string(&unhex(digest))).collect();
    der::octet_string(&der::sequence(&[&der::set(&slices(&packages)), &der::set(&slices(&digests))]))
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().filter_map(|digit| digit.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect()
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

/// Reads a field that may be missing, but not be malformed.
fn optional<'b, T>(field: Option<Reader<'b>>, read: impl FnOnce(Reader<'b>) -> Option<T>) -> Option<Option<T>> {
    match field {
        Some(field) => read(field).map(Some),
        None => Some(None),
    }
}

fn level(reader: &mut Reader<'_>) -> Option<SecurityLevel> {
    match reader.unsigned(universal::ENUMERATED)? {
        0 => Some(SecurityLevel::Software),
        1 => Some(SecurityLevel::TrustedEnvironment),
        2 => Some(SecurityLevel::StrongBox),
        _ => None,
    }
}

fn authorizations(mut list: Reader<'_>) -> Option<Authorizations<'_>> {
    let mut read = Authorizations::default();
    let mut seen = Vec::new();
    while !list.is_empty() {
        let (tag, content) = list.any()?;
        let number = tag.as_explicit()?;
        if seen.contains(&number) || seen.len() == FIELDS {
            return None;
        }
        seen.push(number);
        let field = Some(Reader::new(content));
        match number {
            PURPOSE => read.purpose = field,
            ORIGIN => read.origin = field,
            ROOT_OF_TRUST => read.root_of_trust = field,
            OS_PATCH_LEVEL => read.patch_level = field,
            ATTESTATION_APPLICATION_ID => read.application_id = field,
            // Newer versions say more, and nothing that takes back what is read here.
            _ => {}
        }
    }
    Some(read)
}

fn number(mut field: Reader<'_>) -> Option<u64> {
    let number = field.unsigned(universal::INTEGER)?;
    field.end().map(|()| number)
}

fn purposes(mut field: Reader<'_>) -> Option<Vec<u64>> {
    let mut set = field.enter(universal::SET)?;
    field.end()?;
    members(&mut set, |set| set.unsigned(universal::INTEGER))
}

fn root_of_trust(mut field: Reader<'_>, version: u64) -> Option<RootOfTrust> {
    let mut root = field.enter(universal::SEQUENCE)?;
    field.end()?;
    let _verified_boot_key = root.element(universal::OCTET_STRING)?;
    let device_locked = root.boolean()?;
    let verified_boot_state = match root.unsigned(universal::ENUMERATED)? {
        0 => VerifiedBootState::Verified,
        1 => VerifiedBootState::SelfSigned,
        2 => VerifiedBootState::Unverified,
        3 => VerifiedBootState::Failed,
        _ => return None,
    };
    if version >= 3 {
        let _verified_boot_hash = root.element(universal::OCTET_STRING)?;
    }
    root.end()?;
    Some(RootOfTrust { device_locked, verified_boot_state })
}

/// The application id is DER of its own within an octet string.
fn application_id(mut field: Reader<'_>) -> Option<AttestedApplication> {
    let mut outside = Reader::new(field.element(universal::OCTET_STRING)?);
    field.end()?;
    let mut id = outside.enter(universal::SEQUENCE)?;
    outside.end()?;
    let packages = members(&mut id.enter(universal::SET)?, package)?;
    let digest = |set: &mut Reader<'_>| set.element(universal::OCTET_STRING).filter(|digest| digest.len() == 32).map(hex);
    let signing_certificates = members(&mut id.enter(universal::SET)?, digest)?;
    id.end()?;
    Some(AttestedApplication { packages, signing_certificates })
}

fn package(set: &mut Reader<'_>) -> Option<AttestedPackage> {
    let mut info = set.enter(universal::SEQUENCE)?;
    let name = info.element(universal::OCTET_STRING).filter(|name| name.len() <= PACKAGE_NAME)?;
    let version = info.unsigned(universal::INTEGER)?;
    info.end()?;
    Some(AttestedPackage { name: std::str::from_utf8(name).ok()?.to_owned(), version })
}

/// The members of a set, in whatever order: old key stores do not sort them.
fn members<'b, T>(set: &mut Reader<'b>, mut read: impl FnMut(&mut Reader<'b>) -> Option<T>) -> Option<Vec<T>> {
    let mut members = Vec::new();
    while !set.is_empty() {
        if members.len() == MEMBERS {
            return None;
        }
        members.push(read(set)?);
    }
    Some(members)
}
