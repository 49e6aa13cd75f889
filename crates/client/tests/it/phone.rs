//! A phone in memory: its key stores, its clocks, and the answers of a service.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use doorward_client::{Circumstances, KeyStore, KeyStoreError, Outcome, ProtectedApp, Response, Scope};
use doorward_model::application::{MobilePlatform, SigningAlgorithm};
use doorward_model::protection::{AppState, MobileAppIdentifier, ProofKey};
use doorward_policy::protection::{Account, Biometrics, ClockReading};
use doorward_wire::key::SigningKey;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// What a key store on this phone has sealed: who may open it is decided by looking it up, so nothing opens by accident.
#[derive(Default)]
struct Vault {
    items: Vec<(Account, Scope, String, String, Vec<u8>)>,
    forgotten: BTreeSet<(String, Account)>,
}

/// The key store as one app sees it.
#[derive(Clone)]
pub(crate) struct Keys {
    app: String,
    managed: bool,
    proof: Rc<SigningKey>,
    vault: Rc<RefCell<Vault>>,
}

impl KeyStore for Keys {
    fn proof_key(&self) -> Result<ProofKey, KeyStoreError> {
        Ok(serde_json::from_value(self.proof.public_jwk().clone()).unwrap())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        self.proof.sign(message).map_err(|error| KeyStoreError(error.to_string()))
    }

    fn seal(&self, account: Account, scope: Scope, purpose: &str, plain: &[u8]) -> Result<Vec<u8>, KeyStoreError> {
        let mut vault = self.vault.borrow_mut();
        vault.items.push((account, scope, self.app.clone(), purpose.to_owned(), plain.to_vec()));
        Ok(vec![u8::try_from(vault.items.len() - 1).unwrap()])
    }

    fn open(&self, account: Account, scope: Scope, purpose: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, KeyStoreError> {
        let vault = self.vault.borrow();
        if vault.forgotten.contains(&(self.app.clone(), account)) || !self.managed {
            return Ok(None);
        }
        let item = sealed.first().and_then(|index| vault.items.get(usize::from(*index)));
        Ok(item
            .filter(|(owner, sealed_for, app, why, _)| {
                (*owner, *sealed_for, why.as_str()) == (account, scope, purpose) && (scope == Scope::ManagedApps || *app == self.app)
            })
            .map(|(.., plain)| plain.clone()))
    }

    fn mac(&self, account: Account, purpose: &str, data: &[u8]) -> Result<[u8; 32], KeyStoreError> {
        let mut out = [0; 32];
        let all = [account.user.0.as_bytes().as_slice(), purpose.as_bytes(), data].concat();
        for (index, byte) in all.iter().enumerate() {
            let place = out.get_mut(index % 32).unwrap();
            *place = u8::wrapping_add(u8::rotate_left(*place, 3), *byte);
        }
        Ok(out)
    }

    fn forget(&self, account: Account) -> Result<(), KeyStoreError> {
        self.vault.borrow_mut().forgotten.insert((self.app.clone(), account));
        Ok(())
    }
}

/// One phone.
#[derive(Default)]
pub(crate) struct Phone {
    vault: Rc<RefCell<Vault>>,
    minutes: Cell<i64>,
}

pub(crate) fn start() -> Timestamp {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

pub(crate) fn anna() -> Account {
    account(1)
}

pub(crate) fn account(user: u32) -> Account {
    let id = |number: u32| format!("{number:08x}-0000-4000-8000-000000000000");
    Account { tenant: id(7).parse().unwrap(), user: id(user).parse().unwrap() }
}

pub(crate) fn android(package: &str) -> MobileAppIdentifier {
    MobileAppIdentifier::new(MobilePlatform::Android, package)
}

impl Phone {
    pub(crate) fn keys(&self, app: &str, managed: bool) -> Keys {
        let (proof, _) = SigningKey::generate(SigningAlgorithm::ES256).unwrap();
        Keys { app: app.to_owned(), managed, proof: Rc::new(proof), vault: Rc::clone(&self.vault) }
    }

    pub(crate) fn app(&self, package: &str) -> ProtectedApp<Keys> {
        ProtectedApp::new(android(package), "tag", "https://login.example/t", self.keys(package, true))
    }

    /// An app in which Anna is enrolled under these settings, with its managed identity on the screen.
    pub(crate) fn managed_app(&self, package: &str, settings: Value) -> ProtectedApp<Keys> {
        let mut app = self.app(package);
        let outcome = app.enrolled(anna(), &self.enrolled(settings), &self.reading());
        assert_eq!(outcome, Outcome::PolicyChanged);
        app.identities().set_process(Some(doorward_client::Identity::Managed(anna())));
        app
    }

    pub(crate) fn wait(&self, minutes: i64) {
        self.minutes.set(self.minutes.get() + minutes);
    }

    pub(crate) fn now(&self) -> Timestamp {
        start() + SignedDuration::from_mins(self.minutes.get())
    }

    pub(crate) fn reading(&self) -> ClockReading {
        let minutes = u64::try_from(self.minutes.get()).unwrap();
        ClockReading { wall: self.now(), monotonic_seconds: minutes * 60, boot_id: "one".into() }
    }

    pub(crate) fn circumstances(&self) -> Circumstances {
        Circumstances {
            reading: self.reading(),
            online: true,
            service_failed: false,
            rooted: Some(false),
            lock_set: true,
            pin: None,
            biometrics: Biometrics::default(),
        }
    }

    pub(crate) fn state(&self) -> AppState {
        serde_json::from_value(json!({ "deviceName": "phone", "deviceType": "Pixel", "platform": "android", "platformVersion": "16",
            "applicationVersion": "1.0", "sdkVersion": "1.0", "rooted": false, "managementLevel": "unmanaged", "locale": "en",
            "clock": self.now(), "monotonicSeconds": 0, "bootId": "one", "multiIdentity": true, "pinSet": false }))
        .unwrap()
    }

    /// An answer of the service now, with some members replaced.
    pub(crate) fn answer(&self, changes: Value) -> Value {
        let mut answer = json!({
            "registrationId": "00000009-0000-4000-8000-000000000000",
            "serverTime": self.now(),
            "nextCheckIn": "PT30M",
            "nonce": "nonce",
            "protection": "active",
            "policy": { "tag": "one", "settings": {} },
            "user": { "state": "enabled" },
            "device": { "state": "known", "isManaged": false, "isCompliant": false },
            "membersOfTheFuture": 1,
        });
        answer.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        answer
    }

    fn enrolled(&self, settings: Value) -> Response {
        ok(201, &json!({ "registration": {}, "checkIn": self.answer(json!({ "policy": { "tag": "one", "settings": settings } })) }))
    }
}

pub(crate) fn ok(status: u16, body: &Value) -> Response {
    Response { status, body: body.to_string().into_bytes() }
}
