//! A protected app: one managed account at most, any number of personal ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::MobilePlatform;
use doorward_model::protection::{AppState, MobileAppIdentifier};
use doorward_model::{Rng, rng};
use doorward_policy::protection::{Account, ClockReading, Handover, Launch, Managed, Party};
use serde_json::{Value, json};

use crate::answer::{Answer, Challenge, Enrolled};
use crate::clipboard::{self, Clip, ClipboardItem, PasteError};
use crate::exchange::{Outcome, Request, Response, refused};
use crate::identity::{Identities, Identity};
use crate::instance::{Circumstances, Instance, Wiped};
use crate::key_store::{Attested, KeyStore, KeyStoreError, Scope};
use crate::proof;
use crate::transfer::{self, Delivery, TransferError};

const PURPOSE: &str = "app instance";
/// Name and version of this runtime, and the version of the settings it knows.
const RUNTIME: &str = concat!("doorward-client/", env!("CARGO_PKG_VERSION"), "; settings=1");

/// The token and the moment of a request.
#[derive(Clone, Copy)]
pub struct Sending<'a> {
    /// Access token for the protection resource; may be empty for [`ProtectedApp::acknowledgement`].
    pub token: &'a str,
    /// The clocks of the phone.
    pub reading: &'a ClockReading,
    /// Randomness.
    pub rng: &'a dyn Rng,
}

/// The runtime of one app on one device.
pub struct ProtectedApp<K> {
    app: MobileAppIdentifier,
    device_tag: String,
    /// `{authority}/mam/v1.0`.
    service: String,
    keys: K,
    identities: Identities,
    instance: Option<Instance>,
}

impl<K: KeyStore> ProtectedApp<K> {
    /// A multi-identity app that is not enrolled yet. `authority` is the tenant's authority without a final slash.
    pub fn new(app: MobileAppIdentifier, device_tag: impl Into<String>, authority: &str, keys: K) -> Self {
        let service = format!("{authority}/mam/v1.0");
        Self { app, device_tag: device_tag.into(), service, keys, identities: Identities::default(), instance: None }
    }

    /// The app.
    pub fn app(&self) -> &MobileAppIdentifier {
        &self.app
    }

    /// The key store.
    pub fn keys(&self) -> &K {
        &self.keys
    }

    /// The enrolled account.
    pub fn instance(&self) -> Option<&Instance> {
        self.instance.as_ref()
    }

    /// The enrolled account, to tell it what the person did.
    pub fn instance_mut(&mut self) -> Option<&mut Instance> {
        self.instance.as_mut()
    }

    /// The identities that are set.
    pub fn identities(&mut self) -> &mut Identities {
        &mut self.identities
    }

    /// What to store, sealed; none when nobody is enrolled.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn save(&self) -> Result<Option<(Account, Vec<u8>)>, KeyStoreError> {
        let Some(instance) = &self.instance else { return Ok(None) };
        let plain = instance.to_bytes().map_err(|error| KeyStoreError(error.to_string()))?;
        Ok(Some((instance.account(), self.keys.seal(instance.account(), Scope::App, PURPOSE, &plain)?)))
    }

    /// Takes up what was stored. False when it does not open: the keys are gone, and the app enrols anew.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn restore(&mut self, account: Account, sealed: &[u8]) -> Result<bool, KeyStoreError> {
        let plain = self.keys.open(account, Scope::App, PURPOSE, sealed)?;
        self.instance = plain.as_deref().and_then(Instance::from_bytes).filter(|instance| instance.account() == account);
        Ok(self.instance.is_some())
    }

    /// The request for a nonce, which an attestation answers.
    pub fn challenge(&self) -> Request {
        let headers = vec![("doorward-runtime", RUNTIME.to_owned())];
        Request { method: "GET", url: format!("{}/challenge", self.service), headers, body: Vec::new() }
    }

    /// The nonce of the answer to [`challenge`](Self::challenge); none when it is no such answer.
    #[must_use]
    pub fn challenged(response: &Response) -> Option<String> {
        let Challenge { nonce } = serde_json::from_slice(&response.body).ok().filter(|_| response.status == 200)?;
        Some(nonce)
    }

    /// The request to enrol. With a nonce the phone attests the app's key for it, if it can.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn enrolment(&self, sending: &Sending<'_>, state: &AppState, nonce: Option<&str>) -> Result<Request, KeyStoreError> {
        let evidence = match nonce {
            Some(nonce) => evidence(self.keys.attest(nonce)?, nonce),
            None => Vec::new(),
        };
        let body = json!({
            "appIdentifier": self.app,
            "deviceTag": self.device_tag,
            "publicKey": self.keys.proof_key()?,
            "state": state,
            "evidence": evidence,
        });
        Ok(self.request("POST", "/enrollments", sending, Some(&body), Vec::new()))
    }

    /// Takes the answer to an enrolment of `account`. The account that is there must be removed before another one can come.
    pub fn enrolled(&mut self, account: Account, response: &Response, reading: &ClockReading) -> Outcome {
        if self.instance.as_ref().is_some_and(|instance| instance.account() != account) {
            return Outcome::WrongUser;
        }
        if !matches!(response.status, 200 | 201) {
            return refused(response).0;
        }
        let Ok(Enrolled { check_in }) = serde_json::from_slice(&response.body) else { return Outcome::Failed { code: None } };
        let instance = Instance::new(account, self.app.clone(), self.instance.take(), check_in, reading);
        let outcome = if instance.policy().is_some() { Outcome::PolicyChanged } else { Outcome::NotTargeted };
        self.instance = Some(instance);
        outcome
    }

    /// The request to check in; none when nobody is enrolled.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn check_in(&self, sending: &Sending<'_>, state: &AppState) -> Result<Option<Request>, KeyStoreError> {
        let Some(instance) = &self.instance else { return Ok(None) };
        let evidence = evidence(self.keys.assert(instance.nonce())?, instance.nonce());
        let body = json!({ "state": state, "applied": { "tag": instance.applied_tag() }, "events": [], "evidence": evidence });
        let known = instance.applied_tag().map(|tag| ("if-none-match", format!("\"{tag}\"")));
        let path = format!("/registrations/{}/checkIn", instance.registration());
        self.proven("POST", &path, sending, Some(&body), known, instance).map(Some)
    }

    /// Takes the answer to a check-in.
    pub fn checked_in(&mut self, response: &Response, reading: &ClockReading) -> Outcome {
        let Some(instance) = &mut self.instance else { return Outcome::EnrolAgain };
        if response.status != 200 {
            let (outcome, nonce) = refused(response);
            match (&outcome, nonce) {
                (Outcome::Retry, Some(nonce)) => instance.set_nonce(nonce),
                (Outcome::EnrolAgain, _) => instance.lost(),
                (Outcome::Unenrolled, _) => instance.ended(),
                _ => instance.check_in_failed(reading),
            }
            return outcome;
        }
        let Ok(answer) = serde_json::from_slice::<Answer>(&response.body) else {
            instance.check_in_failed(reading);
            return Outcome::Failed { code: None };
        };
        let changed = instance.apply(answer, reading);
        match (instance.policy(), changed) {
            (_, true) => Outcome::PolicyChanged,
            (Some(_), false) => Outcome::Enrolled,
            (None, false) => Outcome::NotTargeted,
        }
    }

    /// The request that ends the enrolment, to be sent before the account's tokens are dropped; none when nobody is enrolled.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn unenrolment(&self, sending: &Sending<'_>, wiped: bool) -> Result<Option<Request>, KeyStoreError> {
        let Some(instance) = &self.instance else { return Ok(None) };
        let path = format!("/registrations/{}", instance.registration());
        self.proven("DELETE", &path, sending, Some(&json!({ "wiped": wiped })), None, instance).map(Some)
    }

    fn proven(
        &self,
        method: &'static str,
        path: &str,
        sending: &Sending<'_>,
        body: Option<&Value>,
        header: Option<(&'static str, String)>,
        instance: &Instance,
    ) -> Result<Request, KeyStoreError> {
        let mut request = self.request(method, path, sending, body, header.into_iter().collect());
        let moment = proof::Moment {
            issued_at: instance.reckon(sending.reading).now,
            id: rng::uuid(sending.rng).to_string(),
            nonce: instance.nonce(),
        };
        let header = proof::header(&self.keys, &request, moment)?;
        request.headers.push(("doorward-proof", header));
        Ok(request)
    }

    fn request(
        &self,
        method: &'static str,
        path: &str,
        sending: &Sending<'_>,
        body: Option<&Value>,
        mut headers: Vec<(&'static str, String)>,
    ) -> Request {
        if !sending.token.is_empty() {
            headers.push(("authorization", format!("Bearer {}", sending.token)));
        }
        headers.push(("doorward-runtime", RUNTIME.to_owned()));
        let body = body.map(|body| {
            headers.push(("content-type", "application/json".to_owned()));
            body.to_string().into_bytes()
        });
        Request { method, url: format!("{}{path}", self.service), headers, body: body.unwrap_or_default() }
    }

    /// The app under an identity, as policies see it.
    pub fn party(&self, identity: Option<&Identity>) -> Party<'_> {
        let account = identity.and_then(Identity::account);
        let instance = self.instance.as_ref().filter(|instance| Some(instance.account()) == account);
        let settings = instance.and_then(Instance::settings);
        Party { app: &self.app, managed: account.zip(settings).map(|(account, settings)| Managed { account, settings }) }
    }

    /// Whether data of an identity may be shown. A managed account that this app has not enrolled stays shut.
    #[must_use]
    pub fn launch(&mut self, identity: &Identity, circumstances: &Circumstances) -> Launch {
        let Some(account) = identity.account() else { return Launch::Allow };
        match &mut self.instance {
            Some(instance) if instance.account() == account => instance.launch(circumstances),
            _ => Launch::Block(doorward_policy::protection::Reason::NotEnrolled),
        }
    }

    /// Copies under the identity in the foreground.
    ///
    /// # Errors
    /// [`KeyStoreError`]; nothing is copied then.
    pub fn copy(&self, clip: Clip) -> Result<ClipboardItem, KeyStoreError> {
        clipboard::copy(&self.keys, &self.party(self.identities.for_clipboard()), clip)
    }

    /// Pastes under the identity in the foreground.
    ///
    /// # Errors
    /// [`PasteError`].
    pub fn paste(&self, item: &ClipboardItem) -> Result<Clip, PasteError> {
        clipboard::paste(&self.keys, item, &self.party(self.identities.for_clipboard()))
    }

    /// Hands data of `owner` to another app. `personal_account`: that app has a personal account to switch to.
    ///
    /// # Errors
    /// [`TransferError`].
    pub fn hand_over(
        &self,
        owner: Option<&Identity>,
        to: &Party<'_>,
        handover: &Handover<'_>,
        personal_account: bool,
        data: &[u8],
    ) -> Result<Delivery, TransferError> {
        transfer::hand_over(&self.keys, &self.party(owner), to, handover, personal_account, data)
    }

    /// Removes the managed account: its keys, and with them everything that was protected for it, and its place on the screen.
    /// Personal accounts stay. What is given back is to be told to the service, if the service had asked.
    ///
    /// # Errors
    /// [`KeyStoreError`]; then the account is still there, and the wipe is to be tried again.
    pub fn wipe(&mut self) -> Result<Option<Wiped>, KeyStoreError> {
        let Some(account) = self.instance.as_ref().map(Instance::account) else { return Ok(None) };
        self.keys.forget(account)?;
        self.identities.forget(account);
        Ok(self.instance.take().filter(|instance| instance.wipe_operation().is_some()).map(Wiped))
    }

    /// The request that tells the service of a wipe. It needs no token: the service goes by the signature. Should it never arrive, the
    /// service asks again when the app enrols again.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    pub fn acknowledgement(&self, sending: &Sending<'_>, Wiped(instance): &Wiped) -> Result<Request, KeyStoreError> {
        let operation = instance.wipe_operation().unwrap_or_default();
        let path = format!("/registrations/{}/operations/{operation}/acknowledge", instance.registration());
        self.proven("POST", &path, sending, Some(&json!({ "result": "done" })), None, instance)
    }
}

/// Evidence as the service takes it.
fn evidence(attested: Option<Attested>, nonce: &str) -> Vec<Value> {
    let piece = |Attested { platform, data }| {
        let kind = match platform {
            MobilePlatform::Ios => "appAttest",
            MobilePlatform::Android => "androidKeyAttestation",
        };
        json!({ "type": kind, "nonce": nonce, "data": STANDARD.encode(data) })
    };
    attested.map(piece).into_iter().collect()
}
