//! What sign-ins said lately beside their time and ids, to be shared by those that say the same.

use std::hash::BuildHasher as _;
use std::sync::Arc;

use doorward_model::sign_in_record::Circumstances;
use foldhash::fast::RandomState;
use quick_cache::UnitWeighter;
use quick_cache::sync::{Cache, DefaultLifecycle};

use super::telling::Telling;

/// Circumstances remembered, about 4 KiB each.
const CAPACITY: u64 = 4096;
/// Circumstances that there is room for from the start.
const FEW: usize = 64;

/// Circumstances by the hash of what they were made of.
pub(crate) struct Told {
    hasher: RandomState,
    lately: Cache<u64, Arc<Entry>, UnitWeighter, RandomState>,
}

struct Entry {
    telling: Telling<'static>,
    circumstances: Arc<Circumstances>,
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
    pub(crate) fn circumstances(&self, telling: Telling<'_>) -> Arc<Circumstances> {
        let hash = self.hasher.hash_one(&telling);
        // Others may have the same hash, and what stands in the log must not hang on luck.
        if let Some(told) = self.lately.get(&hash).filter(|told| told.telling == telling) {
            return Arc::clone(&told.circumstances);
        }
        let circumstances = Arc::new(telling.written_down());
        let entry = Entry { telling: telling.into_owned(), circumstances: Arc::clone(&circumstances) };
        self.lately.insert(hash, Arc::new(entry));
        circumstances
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;

    use doorward_model::sign_in::{ClientAppType, DevicePlatform, TransferMethod, UserAction};
    use doorward_model::sign_in_record::SignInOutcome;
    use doorward_model::{AppId, DeviceId, JsonText, UserId};
    use serde_json::json;
    use uuid::Uuid;

    use super::super::as_sign_in::AsSignIn;
    use super::{Entry, Telling, Told};

    const ID: Uuid = Uuid::from_u128(7);

    fn facts() -> AsSignIn<'static> {
        AsSignIn {
            user_id: Some("anna".into()),
            service_principal_id: None,
            resources: vec!["mail-service".into()],
            user_action: None,
            authentication_context: None,
            client_app_id: Some("mail".into()),
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
            authentication_methods: Cow::Borrowed(&[]),
            amr: Cow::Borrowed(&[]),
        }
    }

    fn telling() -> Telling<'static> {
        Telling {
            user_id: None,
            user_principal_name: "anna@contoso.example".into(),
            app_id: None,
            app_display_name: "Mail".into(),
            resource_id: None,
            resource_display_name: "Mail service".into(),
            grant: "refresh_token",
            ip_address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: "Mail/1".into(),
            device_id: None,
            outcome: SignInOutcome::Granted,
            error_code: 0,
            failure_reason: "".into(),
            facts: Some(facts()),
            applied_policies: Some(Cow::Owned(JsonText::default())),
            policy_set: "5f2c".into(),
        }
    }

    /// Tellings of which each differs from [`telling`] in one thing.
    fn others() -> Vec<Telling<'static>> {
        let one = telling;
        let facts = |facts| Telling { facts: Some(facts), ..one() };
        vec![
            Telling { user_id: Some(UserId(ID)), ..one() },
            Telling { user_principal_name: "ben@contoso.example".into(), ..one() },
            Telling { app_id: Some(AppId(ID)), ..one() },
            Telling { app_display_name: "Files".into(), ..one() },
            Telling { resource_id: Some(AppId(ID)), ..one() },
            Telling { resource_display_name: "File service".into(), ..one() },
            Telling { grant: "prt", ..one() },
            Telling { ip_address: IpAddr::V4(Ipv4Addr::BROADCAST), ..one() },
            Telling { user_agent: "Mail/2".into(), ..one() },
            Telling { device_id: Some(DeviceId(ID)), ..one() },
            Telling { outcome: SignInOutcome::Refused, ..one() },
            Telling { error_code: 53003, ..one() },
            Telling { failure_reason: "blocked".into(), ..one() },
            Telling { facts: None, ..one() },
            Telling { applied_policies: Some(Cow::Owned(json!([{ "id": "p" }]).into())), ..one() },
            Telling { policy_set: "77aa".into(), ..one() },
            facts(AsSignIn { user_id: Some("ben".into()), ..self::facts() }),
            facts(AsSignIn { resources: Vec::new(), ..self::facts() }),
            facts(AsSignIn { user_action: Some(UserAction::RegisterOrJoinDevices), ..self::facts() }),
            facts(AsSignIn { client_app_type: Some(ClientAppType::Browser), ..self::facts() }),
            facts(AsSignIn { device_platform: Some(DevicePlatform::Android), ..self::facts() }),
            facts(AsSignIn { app_protection_applied: true, ..self::facts() }),
            facts(AsSignIn { mfa: true, ..self::facts() }),
            facts(AsSignIn { amr: Cow::Owned(vec!["pwd".into()]), ..self::facts() }),
        ]
    }

    #[test]
    fn who_tells_the_same_shares_and_who_tells_anything_else_does_not() {
        let told = Told::default();
        let first = told.circumstances(telling());
        for other in others() {
            let expected = other.written_down();
            assert_ne!(expected, *first);
            assert_eq!(*told.circumstances(other.clone()), expected);
            assert!(Arc::ptr_eq(&told.circumstances(other.clone()), &told.circumstances(other)));
        }
        assert_eq!(*told.circumstances(telling()), telling().written_down());
    }

    #[test]
    fn what_only_has_the_same_hash_is_told_as_it_is() {
        let told = Told::default();
        let hash = std::hash::BuildHasher::hash_one(&told.hasher, telling());
        let other = Telling { policy_set: "77aa".into(), ..telling() };
        let circumstances = Arc::new(other.written_down());
        told.lately.insert(hash, Arc::new(Entry { telling: other.clone(), circumstances }));
        assert_eq!(*told.circumstances(telling()), telling().written_down());
        assert_eq!(*told.circumstances(other.clone()), other.written_down());
    }
}
