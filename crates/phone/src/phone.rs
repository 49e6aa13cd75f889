//! A phone (or PC): an operating system that knows its apps, perhaps a broker, and a person who taps.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::{DeviceId, rng};
use doorward_wire::oauth::pkce;
use doorward_wire::prt::PrtGrant;
use reqwest::{Client, RequestBuilder};

use crate::account::Account;
use crate::app::App;
use crate::body::Body;
use crate::broker::{self, DEVICE_REGISTRATION, DeviceDescription, Proofs, Registration};
use crate::broker_call::{self, BrokerRequest};
use crate::error::PhoneError;
use crate::hardware::Hardware;
use crate::http::{Network, send};
use crate::log::{Log, place};
use crate::outcome::{Outcome, Tokens};
use crate::web_view::{End, WebView};

/// The apps carry the protection runtime.
const PROTECTS: &str = r#"{"access_token":{"xms_cc":{"values":["ProtApp"]}}}"#;

/// Code of the server that asks for the registration of the device.
const REGISTER_DEVICE: u32 = 50129;

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
    log: Log,
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
            log: Log::default(),
        })
    }

    /// What has been on the screen, line by line.
    #[must_use]
    pub fn screen(&self) -> &[String] {
        &self.screen
    }

    /// What its apps, its broker and the server said to each other, one step a line.
    #[must_use]
    pub fn log(&self) -> &[String] {
        self.log.lines()
    }

    pub(crate) fn append(&mut self, log: Log) {
        self.log.append(log);
    }

    pub(crate) fn registration(&self) -> Option<&Registration> {
        self.registration.as_ref()
    }

    /// Its time, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.network.clock.now().as_second()
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
        let through_broker = app.asks_broker && self.broker_installed && self.registration.as_ref().is_some_and(Registration::is_signed_in);
        let outcome =
            if through_broker { self.start_silently(app, scope).await? } else { self.start_in_web_view(app, account, scope).await? };
        self.show(&app.name, &outcome);
        Ok(outcome)
    }

    async fn start_silently(&mut self, app: &App, scope: &str) -> Result<Outcome, PhoneError> {
        let Some(registration) = &self.registration else { return Err(PhoneError::local("not registered")) };
        let request = BrokerRequest {
            authority: self.network.authority(),
            client_id: app.client_id.to_string(),
            redirect_uri: app.redirect_uri().to_owned(),
            scope: scope.to_owned(),
            correlation_id: broker::correlation_id(&self.network),
            client_app_name: app.name.clone(),
            client_capabilities: "ProtApp".into(),
        };
        let (call, message) = broker_call::ask(self.body, &request, self.network.rng.as_ref())?;
        let form =
            if self.body == Body::IPhone { "msauthv2://broker with a new key and nonce" } else { "JSON as gzip over a bound service" };
        self.log.note("broker request", format!("{} asks: {form}", app.name));
        let received = broker_call::receive(&message)?;
        // What the operating system says of the app that calls is what counts, not what the app writes.
        let asked = BrokerRequest { redirect_uri: app.redirect_uri().to_owned(), ..received.request.clone() };
        let outcome = registration.token_for(&self.client, &self.network, &asked, &mut self.log).await?;
        let answer = received.answer(&outcome)?;
        let outcome = call.read(&answer, app.redirect_uri())?;
        let form = if self.body == Body::IPhone { "decrypted, hash and nonce fit" } else { "unpacked" };
        self.log.note("broker answer", format!("{}: {form}", app.name));
        if outcome.code() == 50155 || outcome.code() == 70000 {
            // The server does not know the device any more: the broker forgets its registration, so the next start registers again.
            self.registration = None;
        }
        Ok(outcome)
    }

    async fn start_in_web_view(&mut self, app: &App, account: &Account, scope: &str) -> Result<Outcome, PhoneError> {
        let mut log = Log::default();
        let outcome = self.authorize(app, account, scope, &mut log).await;
        self.append(log);
        match outcome? {
            Ok(tokens) => Ok(Outcome::Token(tokens)),
            Err(outcome) => Ok(outcome),
        }
    }

    /// An authorization code flow with PKCE in a web view, or in the system's browser.
    async fn authorize(&self, app: &App, account: &Account, scope: &str, log: &mut Log) -> Result<Result<Tokens, Outcome>, PhoneError> {
        let (client_id, redirect_uri) = (app.client_id.to_string(), app.redirect_uri());
        let verifier = rng::secret(self.network.rng.as_ref());
        let challenge = pkce::challenge(&verifier);
        let state = URL_SAFE_NO_PAD.encode(rng::bytes::<8>(self.network.rng.as_ref()));
        let query = [
            ("client_id", client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("response_type", "code"),
            ("scope", scope),
            ("state", state.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("login_hint", account.name.as_str()),
            ("claims", PROTECTS),
        ];
        let correlation_id = broker::correlation_id(&self.network);
        let by_library = |request: RequestBuilder| self.decorate(request, &app.name, &correlation_id);
        let as_it_is = |request: RequestBuilder| request;
        let (name, user_agent, library, decorate): (_, _, _, &(dyn Fn(RequestBuilder) -> RequestBuilder + Sync)) = if app.in_system_browser
        {
            ("system browser", self.body.browser_user_agent(), None, &as_it_is)
        } else {
            ("web view", self.body.user_agent(), self.body.library(), &by_library)
        };
        let client = &self.network.client(user_agent)?;
        let mut first = client.get(format!("{}/oauth2/v2.0/authorize", self.network.authority())).query(&query);
        if let (true, Some(library)) = (app.in_system_browser, self.body.library()) {
            first = first.query(library.parameters()).query(&[("client-request-id", correlation_id.as_str())]);
        }
        let view = WebView { name, client, library, redirect_uri, registration: self.registration(), now: self.now(), decorate };
        let url = match view.sign_in(first, account, log).await? {
            End::Redirect(url) => url,
            End::Broker { state: given, .. } if given.as_ref() != Some(&state) => {
                return Err(PhoneError::protocol("redirect", "the state is not ours"));
            }
            // A library that finds the broker goes on there; the system's browser did not know that it is there.
            End::Broker { store_link, .. } if self.broker_installed => {
                return Ok(Err(Outcome::Interrupt { code: REGISTER_DEVICE, text: "Register this phone to go on.".into(), store_link }));
            }
            End::Broker { code, store_link, .. } => {
                return Ok(Err(Outcome::Interrupt { code, text: "Install the broker app to go on.".into(), store_link }));
            }
            End::MustBeManaged => {
                let text = "This phone must be managed: the browser says how.";
                return Ok(Err(Outcome::Interrupt { code: 53000, text: text.into(), store_link: None }));
            }
            End::Left(url) => return Ok(Err(Outcome::Refused { code: 0, text: format!("The sign-in was left for {}.", place(&url)) })),
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
            ("client_id", client_id.as_str()),
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.as_str()),
            ("scope", scope),
            ("claims", PROTECTS),
        ];
        let answer = send(by_library(self.client.post(format!("{}/oauth2/v2.0/token", self.network.authority())).form(&form))).await?;
        log.note("token endpoint", format!("authorization_code → HTTP {}", answer.status));
        Ok(match broker::tokens("code", answer.status, &answer.body)? {
            Outcome::Token(tokens) => Ok(tokens),
            other => Err(other),
        })
    }

    pub(crate) fn decorate(&self, mut request: RequestBuilder, app: &str, correlation_id: &str) -> RequestBuilder {
        request = request.header("client-request-id", correlation_id).header("return-client-request-id", "true");
        if let Some(library) = self.body.library() {
            request = library.decorate(request, app);
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
        let mut log = Log::default();
        let tokens = self.authorize(&App::broker(), account, &scope, &mut log).await;
        self.append(log);
        let tokens = match tokens? {
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
        self.log.note("registration", format!("device {id} with a certificate, and a primary refresh token"));
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

    pub(crate) fn show(&mut self, app: &str, outcome: &Outcome) {
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
