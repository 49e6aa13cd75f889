//! A phone (or PC): an operating system that knows its apps, perhaps a broker, and a person who taps.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::{DeviceId, rng};
use doorward_wire::oauth::pkce;
use doorward_wire::prt::PrtGrant;
use reqwest::{Client, RequestBuilder};

use crate::account::Account;
use crate::app::App;
use crate::broker::{self, BROKER, BROKER_REDIRECT, DEVICE_REGISTRATION, DeviceDescription, Proofs, Registration};
use crate::error::PhoneError;
use crate::hardware::Hardware;
use crate::http::{Network, send};
use crate::outcome::{Outcome, Tokens};
use crate::web_view::{self, End};

/// What kind of device it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// An iPhone.
    IPhone,
    /// An Android phone.
    AndroidPhone,
    /// A PC with Windows.
    WindowsPc,
}

impl Body {
    fn user_agent(self) -> &'static str {
        match self {
            Self::IPhone => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 PKeyAuth/1.0"
            }
            Self::AndroidPhone => {
                "Mozilla/5.0 (Linux; Android 16; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 PKeyAuth/1.0"
            }
            Self::WindowsPc => "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36",
        }
    }

    /// Name of the client library, as its header gives it.
    fn sku(self) -> Option<&'static str> {
        match self {
            Self::IPhone => Some("MSAL.iOS"),
            Self::AndroidPhone => Some("MSAL.Android"),
            Self::WindowsPc => None,
        }
    }

    /// Name of the operating system in device registration.
    #[must_use]
    pub fn operating_system(self) -> &'static str {
        match self {
            Self::IPhone => "iOS",
            Self::AndroidPhone => "Android",
            Self::WindowsPc => "Windows",
        }
    }

    /// Its version.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Self::IPhone => "19.1",
            Self::AndroidPhone => "16",
            Self::WindowsPc => "10.0.26200",
        }
    }
}

/// A device.
pub struct Phone {
    /// Name given by its owner.
    pub name: String,
    /// Kind.
    pub body: Body,
    /// The broker app is installed.
    pub broker_installed: bool,
    /// Its secure hardware; none: nobody vouches for its apps but the broker.
    pub hardware: Option<Hardware>,
    network: Network,
    client: Client,
    registration: Option<Registration>,
    screen: Vec<String>,
}

impl Phone {
    /// A new device without broker.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn new(name: &str, body: Body, network: Network) -> Result<Self, PhoneError> {
        let client = network.client(body.user_agent())?;
        Ok(Self {
            name: name.to_owned(),
            body,
            broker_installed: false,
            hardware: None,
            network,
            client,
            registration: None,
            screen: Vec::new(),
        })
    }

    /// What has been on the screen, line by line.
    #[must_use]
    pub fn screen(&self) -> &[String] {
        &self.screen
    }

    /// The network it is on.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    pub(crate) fn http(&self) -> &Client {
        &self.client
    }

    /// Its device id, once registered.
    #[must_use]
    pub fn device_id(&self) -> Option<DeviceId> {
        self.registration.as_ref().map(|registration| registration.device_id)
    }

    /// The person starts an app: silently through the broker when it is signed in, else with a web view.
    ///
    /// # Errors
    /// [`PhoneError`]; refusals are outcomes.
    pub async fn start(&mut self, app: &App, account: &Account, scope: &str) -> Result<Outcome, PhoneError> {
        let through_broker = self.broker_installed && self.registration.as_ref().is_some_and(Registration::is_signed_in);
        let outcome =
            if through_broker { self.start_silently(app, scope).await? } else { self.start_in_web_view(app, account, scope).await? };
        self.show(&app.name, &outcome);
        Ok(outcome)
    }

    async fn start_silently(&mut self, app: &App, scope: &str) -> Result<Outcome, PhoneError> {
        let Some(registration) = &self.registration else { return Err(PhoneError::local("not registered")) };
        let (client, network) = (self.client.clone(), self.network.clone());
        let outcome = registration.token_for(&client, &network, app, scope).await?;
        if outcome.code() == 50155 || outcome.code() == 70000 {
            // The server does not know the device any more: the broker forgets its registration, so the next start registers again.
            self.registration = None;
        }
        Ok(outcome)
    }

    async fn start_in_web_view(&self, app: &App, account: &Account, scope: &str) -> Result<Outcome, PhoneError> {
        match self.authorize(&app.client_id.to_string(), app.redirect_uri(), account, scope).await? {
            Ok(tokens) => Ok(Outcome::Token(tokens)),
            Err(outcome) => Ok(outcome),
        }
    }

    /// An authorization code flow with PKCE in a web view.
    async fn authorize(
        &self,
        client_id: &str,
        redirect_uri: &str,
        account: &Account,
        scope: &str,
    ) -> Result<Result<Tokens, Outcome>, PhoneError> {
        let web_view = self.network.client(self.body.user_agent())?;
        let verifier = rng::secret(self.network.rng.as_ref());
        let challenge = pkce::challenge(&verifier);
        let state = URL_SAFE_NO_PAD.encode(rng::bytes::<8>(self.network.rng.as_ref()));
        let query = [
            ("client_id", client_id),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", state.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", account.name.as_str()),
        ];
        let first = web_view.get(format!("{}/oauth2/v2.0/authorize", self.network.authority())).query(&query);
        let correlation_id = broker::correlation_id(&self.network);
        let decorate = |request: RequestBuilder| self.decorate(request, &correlation_id);
        let url = match web_view::sign_in(&web_view, first, redirect_uri, account, &decorate).await? {
            End::Redirect(url) => url,
            End::Broker { code, store_link } => {
                let text = if code == 50127 { "Install the broker app to go on." } else { "Register this phone to go on." };
                return Ok(Err(Outcome::Interrupt { code, text: text.into(), store_link }));
            }
            End::Refused { code, text } => return Ok(Err(Outcome::Refused { code, text })),
        };
        let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        if parameter("state").as_deref() != Some(state.as_str()) {
            return Err(PhoneError::protocol("redirect", "the state is not ours"));
        }
        let Some(code) = parameter("code") else {
            let text = parameter("error_description").unwrap_or_default();
            return Ok(Err(Outcome::Refused { code: crate::html::error_code(&text).unwrap_or_default(), text }));
        };
        let form = [
            ("client_id", client_id),
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.as_str()),
            ("scope", scope),
        ];
        let request = web_view.post(format!("{}/oauth2/v2.0/token", self.network.authority())).form(&form);
        let answer = send(self.decorate(request, &correlation_id)).await?;
        Ok(match broker::tokens("code", answer.status, &answer.body)? {
            Outcome::Token(tokens) => Ok(tokens),
            other => Err(other),
        })
    }

    fn decorate(&self, mut request: RequestBuilder, correlation_id: &str) -> RequestBuilder {
        request = request.header("client-request-id", correlation_id).header("return-client-request-id", "true");
        if let Some(sku) = self.body.sku() {
            request = request.header("x-client-SKU", sku).header("x-ms-PKeyAuth", "1.0");
        }
        if self.broker_installed {
            request = request.header("x-client-brkrver", "1.0");
        }
        request
    }

    /// The broker registers the device for the person and signs them in. It happens once.
    ///
    /// # Errors
    /// [`PhoneError`]; refusals are inside.
    pub async fn register(&mut self, account: &Account) -> Result<Result<DeviceId, Outcome>, PhoneError> {
        if !self.broker_installed {
            return Err(PhoneError::local("the broker is not installed"));
        }
        let scope = format!("openid profile offline_access {DEVICE_REGISTRATION}/.default");
        let tokens = match self.authorize(&BROKER.to_string(), BROKER_REDIRECT, account, &scope).await? {
            Ok(tokens) => tokens,
            Err(outcome) => {
                self.show("Broker", &outcome);
                return Ok(Err(outcome));
            }
        };
        let device = DeviceDescription { name: &self.name, os: self.body.operating_system(), os_version: self.body.version() };
        let mut registration = match Registration::join(&self.client, &self.network, &tokens.access_token, &device).await? {
            Ok(registration) => registration,
            Err(outcome) => {
                self.show("Broker", &outcome);
                return Ok(Err(outcome));
            }
        };
        let refresh_token = tokens.refresh_token.ok_or_else(|| PhoneError::protocol("broker sign-in", "no refresh token"))?;
        if let Err(outcome) = registration.sign_in(&self.client, &self.network, PrtGrant::RefreshToken { refresh_token }).await? {
            self.show("Broker", &outcome);
            return Ok(Err(outcome));
        }
        let id = registration.device_id;
        self.screen.push(format!("Broker: this device is registered ({id})"));
        self.registration = Some(registration);
        Ok(Ok(id))
    }

    /// Gives a PC the identity of a domain member. Returns what an administrator registers: device id, certificate and transport
    /// key, the latter two as base64.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn join_domain(&mut self) -> Result<(DeviceId, String, String), PhoneError> {
        let id = DeviceId::random(self.network.rng.as_ref());
        let registration = Registration::domain_joined(&self.network, id)?;
        let parts = (id, STANDARD.encode(registration.certificate()), registration.transport_key_spki()?);
        self.registration = Some(registration);
        self.broker_installed = true;
        Ok(parts)
    }

    /// The person signs in to the operating system of a registered device with name and password.
    ///
    /// # Errors
    /// [`PhoneError`]; refusals are inside.
    pub async fn sign_in_to_device(&mut self, account: &Account) -> Result<Result<(), Outcome>, PhoneError> {
        let Some(registration) = &mut self.registration else { return Err(PhoneError::local("not registered")) };
        let grant = PrtGrant::Password { username: account.name.clone(), password: account.password.clone() };
        registration.sign_in(&self.client, &self.network, grant).await
    }

    /// The proofs that the broker sends with one authorization request, for whoever sends the request itself.
    ///
    /// # Errors
    /// [`PhoneError`], also when nobody is signed in to the broker.
    pub async fn proofs(&self) -> Result<Proofs, PhoneError> {
        let Some(registration) = &self.registration else { return Err(PhoneError::local("not registered")) };
        registration.proofs(&self.client, &self.network).await
    }

    /// The broker renews its primary refresh token.
    ///
    /// # Errors
    /// [`PhoneError`]; refusals are inside.
    pub async fn renew(&mut self) -> Result<Result<(), Outcome>, PhoneError> {
        let Some(registration) = &mut self.registration else { return Err(PhoneError::local("not registered")) };
        registration.renew(&self.client, &self.network).await
    }

    /// The broker unregisters the device. True when the server has forgotten it.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub async fn unregister(&mut self) -> Result<bool, PhoneError> {
        let Some(registration) = &self.registration else { return Ok(false) };
        let gone = registration.unregister(&self.client, &self.network).await?;
        if gone {
            self.registration = None;
        }
        Ok(gone)
    }

    /// An app uses its token at a service. Status and body of the answer.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub async fn fetch(&self, url: &str, tokens: &Tokens) -> Result<(u16, String), PhoneError> {
        let answer = send(self.client.get(url).bearer_auth(&tokens.access_token)).await?;
        Ok((answer.status, answer.body))
    }

    fn show(&mut self, app: &str, outcome: &Outcome) {
        self.screen.push(match outcome {
            Outcome::Token(_) => format!("{app}: signed in"),
            Outcome::Interrupt { text, store_link, .. } => match store_link {
                Some(link) => format!("{app}: {text} {link}"),
                None => format!("{app}: {text}"),
            },
            Outcome::Refused { text, code } => format!("{app}: {text} ({code})"),
        });
    }
}
