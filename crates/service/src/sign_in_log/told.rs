//! What sign-ins said lately beside their time and ids, to be shared by those that say the same.

use std::hash::{BuildHasher as _, Hash as _, Hasher};
use std::sync::Arc;

use doorward_model::sign_in_record::Circumstances;
use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::telling::Telling;

/// Circumstances remembered, about 3 KiB each.
const CAPACITY: u64 = 4096;
/// Circumstances that there is room for from the start.
const FEW: usize = 64;
/// Bytes that most sign-ins say.
const MOST: usize = 640;

/// Circumstances by the hash of what was said.
pub(crate) struct Told {
    hasher: RandomState,
    lately: Cache<u64, Arc<Entry>, UnitWeighter, RandomState>,
}

struct Entry {
    said: Said,
    circumstances: Arc<Circumstances>,
}

/// What a sign-in says, in one piece that is compared at once: a hasher that keeps what it is given. Equal bytes are equal sayings, because what
/// is hashed of a value begins no other's: a text ends with a mark, a list begins with its length, a choice with its number.
#[derive(PartialEq, Eq)]
struct Said(Vec<u8>);

impl Hasher for Said {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Only the bytes count.
    fn finish(&self) -> u64 {
        0
    }
}

impl Said {
    fn by(telling: &Telling<'_>) -> Self {
        let mut said = Self(Vec::with_capacity(MOST));
        telling.hash(&mut said);
        said
    }
}

impl Default for Told {
    fn default() -> Self {
        let hasher = RandomState::default();
        let lately = Cache::with(FEW, CAPACITY, UnitWeighter, hasher.clone(), DefaultLifecycle::default());
        Self { hasher, lately }
    }
}

impl Told {
    /// The circumstances that a sign-in tells of: those written down lately for one that told the same, or else new ones.
    pub(crate) fn circumstances(&self, telling: &Telling<'_>) -> Arc<Circumstances> {
        let said = Said::by(telling);
        let hash = self.hasher.hash_one(&said.0);
        // Others may have the same hash, and what stands in the log must not hang on luck.
        if let Some(told) = self.lately.get(&hash).filter(|told| told.tells(&said, telling)) {
            return Arc::clone(&told.circumstances);
        }
        let circumstances = Arc::new(telling.written_down());
        self.lately.insert(hash, Arc::new(Entry { said, circumstances: Arc::clone(&circumstances) }));
        circumstances
    }
}

impl Entry {
    fn tells(&self, said: &Said, telling: &Telling<'_>) -> bool {
        self.said == *said && telling.applied_policies.is_none_or(|policies| *policies == self.circumstances.applied_policies)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher as _;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::{Arc, LazyLock};

    use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
    use doorward_model::sign_in_record::SignInOutcome;
    use doorward_model::{AppId, DeviceId, JsonText, UserId};
    use serde_json::json;
    use uuid::Uuid;

    use super::super::as_sign_in::AsSignIn;
    use super::{Entry, Said, Telling, Told};

    const ID: Uuid = Uuid::from_u128(7);

    static SAID_NOTHING: LazyLock<JsonText> = LazyLock::new(JsonText::default);
    static SAID_SOMETHING: LazyLock<JsonText> = LazyLock::new(|| json!([{ "id": "p" }]).into());
    static WORDS: LazyLock<[String; 2]> = LazyLock::new(|| ["pwd".to_owned(), "fido".to_owned()]);

    fn facts() -> AsSignIn<'static> {
        AsSignIn {
            user_id: Some("anna"),
            service_principal_id: None,
            resources: vec!["mail-service"],
            user_action: None,
            authentication_context: None,
            client_app_id: Some("mail"),
            client_app_type: None,
            device_platform: None,
            ip_address: None,
            transfer_method: TransferMethod::None,
            device: None,
            broker_present: false,
            app_protection_applied: false,
            attestation_missing: None,
            attestation_problem: None,
            app_protection: None,
            mfa: false,
            authentication_methods: &[],
            amr: &[],
        }
    }

    fn telling() -> Telling<'static> {
        Telling {
            user_id: None,
            user_principal_name: "anna@contoso.example",
            app_id: None,
            app_display_name: "Mail",
            resource_id: None,
            resource_display_name: "Mail service",
            grant: "refresh_token",
            ip_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: "Mail/1",
            device_id: None,
            outcome: SignInOutcome::Granted,
            error_code: 0,
            failure_reason: "",
            facts: Some(facts()),
            applied_policies: Some(&SAID_NOTHING),
            policy_set: "5f2c",
        }
    }

    /// Tellings of which each differs from [`telling`] in one thing.
    fn others() -> Vec<Telling<'static>> {
        let one = telling;
        let facts = |facts| Telling { facts: Some(facts), ..one() };
        vec![
            Telling { user_id: Some(UserId(ID)), ..one() },
            Telling { user_principal_name: "ben@contoso.example", ..one() },
            Telling { app_id: Some(AppId(ID)), ..one() },
            Telling { app_display_name: "Files", ..one() },
            Telling { resource_id: Some(AppId(ID)), ..one() },
            Telling { resource_display_name: "File service", ..one() },
            Telling { grant: "prt", ..one() },
            Telling { ip_address: IpAddr::V4(Ipv4Addr::BROADCAST), ..one() },
            Telling { user_agent: "Mail/2", ..one() },
            Telling { device_id: Some(DeviceId(ID)), ..one() },
            Telling { outcome: SignInOutcome::Refused, ..one() },
            Telling { error_code: 53003, ..one() },
            Telling { failure_reason: "blocked", ..one() },
            Telling { facts: None, ..one() },
            Telling { applied_policies: Some(&SAID_SOMETHING), ..one() },
            Telling { policy_set: "77aa", ..one() },
            facts(AsSignIn { user_id: Some("ben"), ..self::facts() }),
            facts(AsSignIn { resources: Vec::new(), ..self::facts() }),
            facts(AsSignIn { user_action: Some(UserAction::RegisterOrJoinDevices), ..self::facts() }),
            facts(AsSignIn { client_app_type: Some(ClientAppType::Browser), ..self::facts() }),
            facts(AsSignIn { device_platform: Some(DevicePlatform::Android), ..self::facts() }),
            facts(AsSignIn { app_protection_applied: true, ..self::facts() }),
            facts(AsSignIn { mfa: true, ..self::facts() }),
            facts(AsSignIn { amr: &WORDS[..1], ..self::facts() }),
            facts(AsSignIn { amr: &WORDS[..], ..self::facts() }),
            facts(AsSignIn { authentication_methods: &WORDS[..1], ..self::facts() }),
            facts(AsSignIn { authentication_methods: &WORDS[..1], amr: &WORDS[1..], ..self::facts() }),
            // The same letters and lists, parted elsewhere.
            Telling { user_principal_name: "anna@contoso.exampleM", app_display_name: "ail", ..one() },
            Telling {
                app_id: one().resource_id,
                resource_id: Some(AppId(ID)),
                app_display_name: "MailM",
                resource_display_name: "ail service",
                ..one()
            },
            facts(AsSignIn { resources: vec!["mail", "-service"], ..self::facts() }),
            facts(AsSignIn { user_id: None, service_principal_id: Some("anna"), ..self::facts() }),
        ]
    }

    #[test]
    fn who_tells_the_same_shares_and_who_tells_anything_else_does_not() {
        let told = Told::default();
        let first = told.circumstances(&telling());
        for other in others() {
            let expected = other.written_down();
            assert_ne!(expected, *first);
            assert_eq!(*told.circumstances(&other), expected);
            assert!(Arc::ptr_eq(&told.circumstances(&other), &told.circumstances(&other)));
        }
        assert_eq!(*told.circumstances(&telling()), telling().written_down());
    }

    #[test]
    fn what_only_has_the_same_hash_is_told_as_it_is() {
        let told = Told::default();
        let hash = told.hasher.hash_one(&Said::by(&telling()).0);
        let other = Telling { policy_set: "77aa", ..telling() };
        let circumstances = Arc::new(other.written_down());
        told.lately.insert(hash, Arc::new(Entry { said: Said::by(&other), circumstances }));
        assert_eq!(*told.circumstances(&telling()), telling().written_down());
        assert_eq!(*told.circumstances(&other), other.written_down());
    }
}
