//! A protected app on a phone: the product's runtime with this phone's keys, clock and network.

use doorward_client::{Instance, Outcome as ProtectionOutcome, ProtectedApp, Request, Response, Sending};
use doorward_model::application::{MobilePlatform, PlatformIdentity};
use doorward_model::protection::{AppState, MobileAppIdentifier};
use doorward_policy::protection::{Account as ManagedAccount, ClockReading};
use serde_json::json;

use crate::app::App;
use crate::body::Body;
use crate::error::PhoneError;
use crate::hardware::Attestor;
use crate::key_store::{SharedKeys, SoftwareKeys};
use crate::phone::Phone;

/// An app with the protection runtime.
pub struct Protected {
    /// The runtime.
    pub runtime: ProtectedApp<SoftwareKeys>,
    boot_id: String,
}

impl Protected {
    /// The runtime of an app that has just been installed. `managed`: it carries the runtime; otherwise it is any other app.
    ///
    /// # Errors
    /// [`PhoneError::Local`].
    pub fn install(phone: &Phone, app: &App, shared: SharedKeys, managed: bool) -> Result<Self, PhoneError> {
        let identifier = match &app.identity {
            Some(PlatformIdentity::Ios { bundle_id }) => MobileAppIdentifier::Ios { bundle_id: bundle_id.clone() },
            Some(PlatformIdentity::Android { package_name, .. }) => MobileAppIdentifier::Android { package_id: package_name.clone() },
            None => return Err(PhoneError::local("app protection is for apps on phones")),
        };
        let network = phone.network();
        let attestor = phone.hardware.clone().zip(app.signer.clone());
        let attestor = attestor.map(|(hardware, signer)| Attestor::new(hardware, identifier.identifier(), signer));
        let keys = SoftwareKeys::new(shared, managed, network.rng.clone()).map_err(PhoneError::local)?.with_attestor(attestor);
        let tag = format!("tag-{}", phone.name.to_lowercase().replace(' ', "-"));
        let boot_id = doorward_model::rng::uuid(network.rng.as_ref()).to_string();
        Ok(Self { runtime: ProtectedApp::new(identifier, tag, &network.authority(), keys), boot_id })
    }

    /// The phone's clocks.
    #[must_use]
    pub fn reading(&self, phone: &Phone) -> ClockReading {
        let wall = phone.network().clock.now();
        ClockReading { wall, monotonic_seconds: wall.as_second().unsigned_abs(), boot_id: self.boot_id.clone() }
    }

    fn state(&self, phone: &Phone) -> Result<AppState, PhoneError> {
        let platform = match phone.body {
            Body::AndroidPhone => MobilePlatform::Android,
            Body::IPhone | Body::WindowsPc => MobilePlatform::Ios,
        };
        let reading = self.reading(phone);
        serde_json::from_value(json!({
            "deviceName": phone.name,
            "deviceType": phone.body.operating_system(),
            "platform": platform,
            "platformVersion": phone.body.version(),
            "applicationVersion": "1.0.0",
            "sdkVersion": env!("CARGO_PKG_VERSION"),
            "rooted": false,
            "deviceLockSet": true,
            "managementLevel": "unmanaged",
            "locale": "en",
            "clock": reading.wall,
            "monotonicSeconds": reading.monotonic_seconds,
            "bootId": reading.boot_id,
            "multiIdentity": true,
            "pinSet": false,
        }))
        .map_err(PhoneError::local)
    }

    /// Enrols, attests where the phone can, and checks in with a token for the protection service.
    ///
    /// # Errors
    /// [`PhoneError`]; the service's word is the outcome.
    pub async fn enrol(&mut self, phone: &Phone, account: ManagedAccount, token: &str) -> Result<ProtectionOutcome, PhoneError> {
        let reading = self.reading(phone);
        let state = self.state(phone)?;
        let network = phone.network().clone();
        let sending = Sending { token, reading: &reading, rng: network.rng.as_ref() };
        let nonce = ProtectedApp::<SoftwareKeys>::challenged(&exchange(phone, self.runtime.challenge()).await?);
        let request = self.runtime.enrolment(&sending, &state, nonce.as_deref()).map_err(PhoneError::local)?;
        let response = exchange(phone, request).await?;
        let outcome = self.runtime.enrolled(account, &response, &reading);
        if outcome != ProtectionOutcome::PolicyChanged {
            return Ok(outcome);
        }
        // A new policy is in force: the service wants to hear so at once.
        match self.runtime.check_in(&sending, &state).map_err(PhoneError::local)? {
            Some(request) => {
                let response = exchange(phone, request).await?;
                Ok(self.runtime.checked_in(&response, &reading))
            }
            None => Ok(outcome),
        }
    }
}

impl Protected {
    /// Checks in with a token for the protection service, and does at once what the service asks for: a wipe, which it then tells of.
    ///
    /// # Errors
    /// [`PhoneError`]; the service's word is the outcome.
    pub async fn check_in(&mut self, phone: &Phone, token: &str) -> Result<ProtectionOutcome, PhoneError> {
        let reading = self.reading(phone);
        let state = self.state(phone)?;
        let network = phone.network().clone();
        let sending = Sending { token, reading: &reading, rng: network.rng.as_ref() };
        let Some(request) = self.runtime.check_in(&sending, &state).map_err(PhoneError::local)? else {
            return Ok(ProtectionOutcome::EnrolAgain);
        };
        let outcome = self.runtime.checked_in(&exchange(phone, request).await?, &reading);
        if !self.runtime.instance().is_some_and(Instance::is_to_be_wiped) {
            return Ok(outcome);
        }
        let Some(mut wiped) = self.runtime.wipe().map_err(PhoneError::local)? else { return Ok(ProtectionOutcome::Unenrolled) };
        let request = self.runtime.acknowledgement(&sending, &wiped).map_err(PhoneError::local)?;
        Ok(wiped.acknowledged(&exchange(phone, request).await?))
    }
}

async fn exchange(phone: &Phone, request: Request) -> Result<Response, PhoneError> {
    let method = reqwest::Method::from_bytes(request.method.as_bytes()).map_err(PhoneError::local)?;
    let mut builder = phone.http().request(method, &request.url).body(request.body);
    for (name, value) in request.headers {
        builder = builder.header(name, value);
    }
    let response = builder.send().await?;
    let status = response.status().as_u16();
    Ok(Response { status, body: response.bytes().await?.to_vec() })
}
