//! From the step of a sign-in to the page that shows it, or to the answer that ends it.

use axum::response::{IntoResponse, Response};
use doorward_model::application::{Application, MobilePlatform};
use doorward_model::tenant::Tenant;
use doorward_model::{CorrelationId, ErrorCode};
use doorward_service::caller::Caller;
use doorward_service::sign_in::flow::{self, Purpose};
use doorward_service::sign_in::request::{AuthorizeRequest, ResponseMode};
use doorward_service::sign_in::{Outcome, Step};
use doorward_service::{Context, Error, Refusal, resource};
use doorward_wire::oauth::redirect::{self, Listener};
use doorward_wire::oauth::{claims_parameter, error_body};
use http::StatusCode;
use url::Url;

use super::cookies;
use super::managed::Refused;
use crate::pages::advice::{Situation, advise};
use crate::pages::consent::AppOrigin;
use crate::pages::{self, FormState, FormTarget, Frame, Link, RequestFacts};

/// What a page needs to know about the sign-in it belongs to.
pub(super) struct Scene<'a> {
    pub(super) ctx: &'a Context,
    pub(super) tenant: &'a Tenant,
    pub(super) caller: &'a Caller,
    /// Value of the browser cookie, and whether the browser has it already.
    pub(super) browser: (String, bool),
    pub(super) purpose: Purpose,
    pub(super) client: Option<(&'a Application, &'a resource::Target)>,
}

impl Scene<'_> {
    fn frame(&self) -> Frame {
        Frame::new(&self.tenant.display_name)
    }

    fn facts(&self, refusal: Option<&Refusal>) -> RequestFacts {
        let request_id = refusal
            .and_then(|refusal| refusal.trace_id)
            .map_or_else(|| CorrelationId::random(self.ctx.rng.as_ref()), |id| CorrelationId(id.0));
        RequestFacts { request_id, correlation_id: self.caller.correlation_id, time: self.ctx.now() }
    }

    /// Hidden fields of the next page.
    fn form(&self, action: &str, progress: &flow::Progress) -> Result<FormState, Error> {
        Ok(FormState {
            action: format!("{}/{action}", self.ctx.authority(self.tenant.id)),
            ctx: flow::seal_context(self.ctx, self.tenant.id, self.purpose.clone())?,
            flow_token: flow::seal_progress(self.ctx, self.tenant.id, progress)?,
            canary: flow::canary(&self.browser.0),
        })
    }

    fn request(&self) -> Option<&AuthorizeRequest> {
        match &self.purpose {
            Purpose::Authorize(request) => Some(request),
            Purpose::DeviceCode(_) => None,
        }
    }

    /// Where forms may lead in the end: browsers check redirects after a form, too.
    pub(super) fn target(&self) -> FormTarget {
        match self.request().and_then(|request| Url::parse(&request.redirect_uri).ok()) {
            Some(url) if self.in_web_view() => FormTarget::App(url),
            Some(url) => FormTarget::Client(url),
            None => FormTarget::Own,
        }
    }

    /// Address that starts this sign-in again with another account.
    fn other_account(&self) -> String {
        let authority = self.ctx.authority(self.tenant.id);
        match &self.purpose {
            Purpose::Authorize(request) => {
                let query = restart_query(request);
                let dialect = if request.resource.is_some() { "oauth2" } else { "oauth2/v2.0" };
                format!("{authority}/{dialect}/authorize?{query}")
            }
            Purpose::DeviceCode(code) => format!("{authority}/oauth2/deviceauth?user_code={code}"),
        }
    }

    /// Sets the cookies that go with a response.
    pub(super) fn with_cookies(&self, mut response: Response, session: Option<&str>) -> Response {
        if !self.browser.1 {
            cookies::set(&mut response, cookies::BROWSER, &self.browser.0);
        }
        if let Some(session) = session {
            cookies::set(&mut response, cookies::SESSION, session);
        }
        response
    }

    /// Shows a step. [`Step::SignedIn`] belongs to the caller and is shown as a fault here.
    ///
    /// # Errors
    /// When the state of the page cannot be sealed.
    pub(super) fn show(&self, outcome: Outcome) -> Result<Response, Error> {
        let Outcome { step, session_cookie, progress } = outcome;
        let app = self.client.map(|(client, _)| client.display_name.clone());
        let form = self.form("login", &progress)?;
        let frame = Frame { state: self.page_state(&step, &form), ..self.frame() };
        let response = match step {
            Step::Identifier { login, problem, passkey } => {
                let tickets = self.ctx.tickets.are_accepted(self.tenant.id);
                let page = pages::identifier::Identifier { frame, form, app, login, problem, passkey: passkey.into(), tickets };
                pages::page(StatusCode::OK, &page, &self.target())
            }
            Step::Password { login, problem, .. } => {
                let other_account = self.other_account();
                pages::page(StatusCode::OK, &pages::password::Password { frame, form, app, login, other_account, problem }, &self.target())
            }
            Step::ChangePassword { login, problem } => {
                let reason = pages::change_password::Reason::FirstUse;
                let minimum_length = doorward_service::password::MINIMUM_LENGTH;
                let page = pages::change_password::ChangePassword { frame, form, login, reason, minimum_length, problem };
                pages::page(StatusCode::OK, &page, &self.target())
            }
            Step::ProveDevice(challenge) => match challenge.address() {
                Ok(address) => pages::redirect_answer::redirect(&address),
                Err(error) => return Err(Error::internal("device challenge", &error)),
            },
            Step::Consent { login } => self.consent(frame, form, login),
            Step::Code(code) => self.answer(&[("code", code)]),
            Step::Error(refusal) => self.answer_error(&refusal),
            Step::Refused { refusal, login, approved_apps } => self.refused(frame, &refusal, login, &approved_apps),
            step @ (Step::SecondFactor { .. }
            | Step::ChooseSecondFactor { .. }
            | Step::RegisterApp { .. }
            | Step::RegisterPasskey { .. }
            | Step::RecoveryCodes { .. }) => self.second_factor(frame, form, step),
            Step::SignedIn(..) => self.failure(StatusCode::INTERNAL_SERVER_ERROR, None),
        };
        Ok(self.with_cookies(response, session_cookie.as_deref()))
    }

    fn consent(&self, frame: Frame, form: FormState, login: String) -> Response {
        let Some((client, target)) = self.client else { return self.failure(StatusCode::INTERNAL_SERVER_ERROR, None) };
        let openid = target.openid.names();
        let of_openid = openid.iter().map(|scope| pages::scopes::right(scope, &target.resource.display_name));
        let of_resource = target.scopes.iter().map(|scope| pages::scopes::right_to(scope, &target.resource));
        let rights = of_openid.chain(of_resource).collect();
        pages::page(StatusCode::OK, &pages::consent::Consent { frame, form, login, app: origin(client), rights }, &self.target())
    }

    /// A page for what cannot be answered to the client.
    pub(super) fn failure(&self, status: StatusCode, refusal: Option<&Refusal>) -> Response {
        let facts = self.facts(refusal);
        let frame = Frame { state: refusal.map(|refusal| self.error_state(refusal)), ..self.frame() };
        let mut page = pages::failure::Failure::of_status(status, frame, facts);
        if let Some(refusal) = refusal {
            page.explanation.clone_from(&refusal.message);
            page.code = Some(refusal.code);
        }
        pages::page(status, &page, &FormTarget::Own)
    }

    /// The refusal page, or the address that makes a phone app install the broker or register the device.
    fn refused(&self, frame: Frame, refusal: &Refusal, login: String, approved_apps: &[String]) -> Response {
        let phone = phone(self.caller);
        let remedy = self.remedy(refusal, phone, &login);
        let is_listened_for = self.in_web_view() || self.request().is_some_and(|request| request.in_system_browser);
        if let (Some(address), true) = (&remedy, is_listened_for) {
            return pages::redirect_answer::redirect(address);
        }
        let store = self.broker_store(phone);
        let store = store.as_deref().and_then(Link::store);
        let registration = remedy.as_ref().and_then(|address| Link::to_app(address.as_str()));
        let app = self.client.map(|(client, _)| client.display_name.clone());
        let advice = advise(
            refusal.code,
            &Situation {
                phone,
                app: app.as_deref(),
                service: self.client.map(|(_, target)| target.resource.display_name.as_str()),
                broker: None,
                broker_store: store.as_ref(),
                registration: registration.as_ref().filter(|_| refusal.code == ErrorCode::DEVICE_NOT_REGISTERED),
                approved_apps,
            },
        );
        let back = self.error_address(refusal).and_then(|address| Link::to_app(address.as_str()));
        let request = self.facts(Some(refusal));
        let page = pages::refusal::Refusal { frame, advice, code: refusal.code, login: Some(login), app, back, request };
        pages::page(StatusCode::FORBIDDEN, &page, &self.target())
    }

    /// The page is shown inside an app by a client library that follows `msauth:` addresses itself.
    fn in_web_view(&self) -> bool {
        let Caller { client_sku, user_agent, in_system_browser, .. } = self.caller;
        !in_system_browser && (matches!(client_sku.as_str(), "MSAL.iOS" | "MSAL.Android") || user_agent.contains("PKeyAuth/"))
    }

    fn broker_store(&self, phone: Option<MobilePlatform>) -> Option<String> {
        phone.map(|phone| match phone {
            MobilePlatform::Ios => self.tenant.broker_store_link_ios.clone(),
            MobilePlatform::Android => self.tenant.broker_store_link_android.clone(),
        })
    }

    fn remedy(&self, refusal: &Refusal, phone: Option<MobilePlatform>, login: &str) -> Option<Url> {
        let store = self.broker_store(phone)?;
        match refusal.code {
            // Only Android's library takes it for what it is; elsewhere the page itself says what to do.
            ErrorCode::DEVICE_NOT_COMPLIANT if phone == Some(MobilePlatform::Android) && self.in_web_view() => {
                let facts = self.facts(Some(refusal));
                let refused = Refused {
                    client_id: self.client.map(|(client, _)| client.app_id.to_string()).unwrap_or_default(),
                    request_id: facts.request_id.to_string(),
                    correlation_id: facts.correlation_id.to_string(),
                };
                refused.address(&self.ctx.authority(self.tenant.id))
            }
            ErrorCode::BROKER_NOT_INSTALLED | ErrorCode::DEVICE_NOT_REGISTERED => {
                let request = self.request();
                let listener = match request {
                    Some(request) if request.in_system_browser => Listener::SystemBrowser(&request.redirect_uri),
                    _ => Listener::WebView,
                };
                let state = request.and_then(|request| request.state.as_deref());
                redirect::install_or_register(listener, login, &store, refusal.code, self.caller.correlation_id, state).ok()
            }
            _ => None,
        }
    }

    /// Answers the client at its redirect URI.
    pub(super) fn answer(&self, fields: &[(&str, String)]) -> Response {
        let Some(request) = self.request() else { return self.failure(StatusCode::INTERNAL_SERVER_ERROR, None) };
        let Ok(mut address) = Url::parse(&request.redirect_uri) else { return self.failure(StatusCode::BAD_REQUEST, None) };
        let mut fields = fields.to_vec();
        if let Some(state) = &request.state {
            fields.push(("state", state.clone()));
        }
        match request.response_mode {
            ResponseMode::FormPost => {
                let app = self.client.map_or("the app", |(client, _)| client.display_name.as_str());
                pages::form_post::form_post(self.frame(), app, &address, &fields)
            }
            ResponseMode::Query => {
                address.query_pairs_mut().extend_pairs(&fields);
                pages::redirect_answer::redirect(&address)
            }
            ResponseMode::Fragment => {
                let text = serde_urlencoded::to_string(&fields).unwrap_or_default();
                address.set_fragment(Some(&text));
                pages::redirect_answer::redirect(&address)
            }
        }
    }

    /// Answers the client with an error (RFC 6749 §4.1.2.1).
    pub(super) fn answer_error(&self, refusal: &Refusal) -> Response {
        self.answer(&self.error_fields(refusal))
    }

    fn error_fields(&self, refusal: &Refusal) -> Vec<(&'static str, String)> {
        let trace = refusal.trace_id.map_or(self.caller.correlation_id.0, |id| id.0);
        let description = error_body::description(refusal.code, &refusal.message, trace, self.caller.correlation_id, self.ctx.now());
        let mut fields = vec![("error", refusal.oauth_error().to_owned()), ("error_description", description)];
        if let Some(suberror) = refusal.suberror() {
            fields.push(("suberror", suberror.to_owned()));
        }
        if let Some(claims) = &refusal.claims {
            fields.push(("claims", claims.clone()));
        }
        fields
    }

    fn error_address(&self, refusal: &Refusal) -> Option<Url> {
        let request = self.request()?;
        let mut address = Url::parse(&request.redirect_uri).ok()?;
        let state = request.state.clone().map(|state| ("state", state));
        address.query_pairs_mut().extend_pairs(self.error_fields(refusal).into_iter().chain(state));
        Some(address)
    }

    /// The page that asks whether the other device may sign in.
    pub(super) fn confirm_device_code(
        &self,
        code: &str,
        client: &Application,
        login: String,
        session: Option<&str>,
    ) -> Result<Response, Error> {
        let form = self.form("oauth2/deviceauth", &flow::Progress::named(&login))?;
        let page =
            pages::device_code::DeviceCodeConfirm { frame: self.frame(), form, login, app: origin(client), user_code: code.to_owned() };
        Ok(self.with_cookies(pages::page(StatusCode::OK, &page, &FormTarget::Own), session))
    }

    /// The page that asks for the code of the other device.
    pub(super) fn enter_device_code(&self, typed: String, problem: Option<String>) -> Result<Response, Error> {
        let form = self.form("oauth2/deviceauth", &flow::Progress::default())?;
        let page = pages::device_code::DeviceCodeEntry { frame: self.frame(), form, user_code: typed, problem };
        Ok(self.with_cookies(pages::page(StatusCode::OK, &page, &FormTarget::Own), None))
    }

    /// The page after the answer to a device code.
    pub(super) fn device_code_done(&self, app: String, approved: bool) -> Response {
        let page = pages::device_code::DeviceCodeDone { frame: self.frame(), app, approved };
        pages::page(StatusCode::OK, &page, &FormTarget::Own).into_response()
    }
}

/// The kind of phone, as far as the caller says.
pub(super) fn phone(caller: &Caller) -> Option<MobilePlatform> {
    let agent = &caller.user_agent;
    if caller.client_sku == "MSAL.iOS" || agent.contains("iPhone") || agent.contains("iPad") {
        Some(MobilePlatform::Ios)
    } else if caller.client_sku == "MSAL.Android" || agent.contains("Android") {
        Some(MobilePlatform::Android)
    } else {
        None
    }
}

fn origin(client: &Application) -> AppOrigin {
    AppOrigin { display_name: client.display_name.clone(), publisher: None, homepage: client.homepage.as_deref().and_then(Link::web) }
}

/// The query that repeats a request without its account, so that another can be chosen.
fn restart_query(request: &AuthorizeRequest) -> String {
    let mode = match request.response_mode {
        ResponseMode::Query => "query",
        ResponseMode::Fragment => "fragment",
        ResponseMode::FormPost => "form_post",
    };
    let app_id = request.app_id.to_string();
    let claims = claims_parameter::write(&request.capabilities, request.authentication_context.as_deref());
    let fields = [
        ("client_id", Some(app_id.as_str())),
        ("redirect_uri", Some(request.redirect_uri.as_str())),
        ("response_type", Some("code")),
        ("response_mode", Some(mode)),
        ("scope", Some(request.scope.as_str())),
        ("resource", request.resource.as_deref()),
        ("state", request.state.as_deref()),
        ("nonce", request.nonce.as_deref()),
        ("code_challenge", request.code_challenge.as_deref()),
        ("code_challenge_method", request.code_challenge.as_ref().map(|_| "S256")),
        ("prompt", Some("select_account")),
        ("claims", claims.as_deref()),
        ("brk_client_id", request.hub_parameters.brk_client_id.as_deref()),
        ("brk_redirect_uri", request.hub_parameters.brk_redirect_uri.as_deref()),
        ("amr_values", request.second_factor.then_some("mfa")),
    ];
    let present: Vec<(&str, &str)> = fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    serde_urlencoded::to_string(present).unwrap_or_default()
}
