//! From an entry of Active Directory to an account.

use doorward_model::domain::{DomainComputer, OnPremises};
use doorward_service::domain::{Account, DomainUser};
use doorward_wire::active_directory;
use ldap3::SearchEntry;
use uuid::Uuid;

/// Attributes that are asked for.
pub(super) const ATTRIBUTES: [&str; 11] = [
    "objectGUID",
    "objectSid",
    "sAMAccountName",
    "userAccountControl",
    "userPrincipalName",
    "displayName",
    "cn",
    "dNSHostName",
    "operatingSystem",
    "operatingSystemVersion",
    "accountExpires",
];

/// What the entries of a search are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Computer,
}

impl Kind {
    /// The filter that finds them: people who have a sign-in name; computers that are no domain controllers.
    pub(super) fn filter(self, more: &str) -> String {
        match self {
            Self::User => format!("(&(objectCategory=person)(objectClass=user)(userPrincipalName=*){more})"),
            Self::Computer => {
                format!("(&(objectCategory=computer)(!(userAccountControl:1.2.840.113556.1.4.803:=8192)){more})")
            }
        }
    }
}

/// The account that an entry is; the error names the attribute that is missing or wrong.
pub(super) fn account(kind: Kind, entry: &SearchEntry) -> Result<Account, &'static str> {
    let sam_account_name = text(entry, "sAMAccountName").ok_or("sAMAccountName")?;
    let security_identifier = bytes(entry, "objectSid").and_then(active_directory::security_identifier).ok_or("objectSid")?;
    let object_guid = object_guid(entry).ok_or("objectGUID")?;
    let enabled = active_directory::is_enabled(text(entry, "userAccountControl").ok_or("userAccountControl")?);
    let common_name = || text(entry, "cn").unwrap_or(sam_account_name);
    Ok(match kind {
        Kind::User => Account::User(DomainUser {
            account: OnPremises { object_guid, security_identifier, sam_account_name: sam_account_name.to_owned() },
            user_principal_name: text(entry, "userPrincipalName").ok_or("userPrincipalName")?.to_owned(),
            display_name: shortened(text(entry, "displayName").unwrap_or_else(common_name)),
            enabled,
            expires: active_directory::expires(text(entry, "accountExpires").ok_or("accountExpires")?),
        }),
        Kind::Computer => Account::Computer(DomainComputer {
            object_guid,
            security_identifier,
            sam_account_name: sam_account_name.to_owned(),
            host_name: shortened(text(entry, "dNSHostName").unwrap_or_else(common_name)),
            operating_system: shortened(text(entry, "operatingSystem").unwrap_or_default()),
            operating_system_version: shortened(text(entry, "operatingSystemVersion").unwrap_or_default()),
            enabled,
        }),
    })
}

pub(super) fn object_guid(entry: &SearchEntry) -> Option<Uuid> {
    bytes(entry, "objectGUID").and_then(active_directory::guid)
}

/// The first value of an attribute as text; none when it has none or an empty one.
pub(super) fn text<'e>(entry: &'e SearchEntry, name: &str) -> Option<&'e str> {
    entry.attrs.get(name).and_then(|values| values.first()).map(String::as_str).filter(|text| !text.is_empty())
}

/// The first value of an attribute as bytes. The library keeps values that happen to be UTF-8 apart from others.
pub(super) fn bytes<'e>(entry: &'e SearchEntry, name: &str) -> Option<&'e [u8]> {
    let binary = entry.bin_attrs.get(name).and_then(|values| values.first()).map(Vec::as_slice);
    binary.or_else(|| entry.attrs.get(name).and_then(|values| values.first()).map(String::as_bytes))
}

/// As much of a name as pages show.
fn shortened(name: &str) -> String {
    name.chars().take(256).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const SID: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 0x12, 0, 0, 0];

    fn entry(texts: &[(&str, &str)], guid: &[u8]) -> SearchEntry {
        let attrs = texts.iter().map(|(name, text)| ((*name).to_owned(), vec![(*text).to_owned()])).collect::<HashMap<_, _>>();
        // As the library does it: what is UTF-8 is text.
        let mut entry = SearchEntry { dn: String::new(), attrs, bin_attrs: HashMap::new() };
        for (name, bytes) in [("objectGUID", guid), ("objectSid", &SID)] {
            match String::from_utf8(bytes.to_vec()) {
                Ok(text) => drop(entry.attrs.insert(name.into(), vec![text])),
                Err(_) => drop(entry.bin_attrs.insert(name.into(), vec![bytes.to_vec()])),
            }
        }
        entry
    }

    const ANNA: [(&str, &str); 6] = [
        ("sAMAccountName", "anna"),
        ("userAccountControl", "512"),
        ("userPrincipalName", "anna@contoso.example"),
        ("displayName", "Anna"),
        ("cn", "Anna A."),
        ("accountExpires", "9223372036854775807"),
    ];

    #[test]
    fn a_guid_that_happens_to_be_text_is_read_like_any_other() {
        for guid in [*b"0123456789abcdef", [0xff; 16]] {
            let account = account(Kind::User, &entry(&ANNA, &guid)).unwrap();
            assert_eq!(account.object_guid(), Uuid::from_bytes_le(guid));
        }
    }

    #[test]
    fn an_entry_without_what_identifies_it_is_named() {
        assert_eq!(account(Kind::User, &entry(&ANNA, &[1; 15])), Err("objectGUID"));
        for missing in ["sAMAccountName", "userAccountControl", "userPrincipalName", "accountExpires"] {
            let rest: Vec<_> = ANNA.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_eq!(account(Kind::User, &entry(&rest, &[1; 16])), Err(missing));
        }
    }

    #[test]
    fn names_have_a_second_choice() {
        let unnamed: Vec<_> = ANNA.into_iter().filter(|(name, _)| *name != "displayName").collect();
        let Ok(Account::User(anna)) = account(Kind::User, &entry(&unnamed, &[1; 16])) else { panic!("a user") };
        assert_eq!((anna.display_name.as_str(), anna.enabled), ("Anna A.", true));
        let pc = [("sAMAccountName", "PC1$"), ("userAccountControl", "4098"), ("cn", "PC1")];
        let Ok(Account::Computer(pc)) = account(Kind::Computer, &entry(&pc, &[1; 16])) else { panic!("a computer") };
        assert_eq!((pc.host_name.as_str(), pc.operating_system.as_str(), pc.enabled), ("PC1", "", false));
        assert_eq!(pc.security_identifier, "S-1-5-18");
    }
}
