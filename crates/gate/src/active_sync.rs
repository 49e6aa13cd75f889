//! `/Microsoft-Server-ActiveSync`: built-in mail clients with HTTP Basic.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::{CorrelationId, ErrorCode};
use doorward_service::caller::Caller;
use doorward_service::{Error, mail, tenants};
use doorward_wire::eas::{self, Query};

use crate::Gate;

/// Versions and commands that the gate offers (MS-ASHTTP §2.2.4.1.1).
const VERSIONS: &str = "14.1,16.0,16.1";
const COMMANDS: &str = "FolderSync";
/// The key under which the one hierarchy is known.
const SYNC_KEY: &str = "1";

/// Any request of a mail client. The credentials are checked first, whatever it asks for.
pub(crate) async fn handle(State(gate): State<Gate>, request: Request) -> Response {
    let headers = request.headers();
    let Some((name, password)) = basic(headers) else { return ask_for_credentials() };
    let query: Query = match request.uri().query().map(serde_urlencoded::from_str).transpose() {
        Ok(query) => {
            query.unwrap_or(Query { cmd: String::new(), user: String::new(), device_id: String::new(), device_type: String::new() })
        }
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let caller = Caller {
        ip: request.extensions().get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()),
        user_agent: text(headers, header::USER_AGENT.as_str()).chars().take(256).collect(),
        client_sku: String::new(),
        broker_hint: false,
        answers_pkeyauth: false,
        in_system_browser: false,
        correlation_id: CorrelationId::random(gate.context.rng.as_ref()),
    };
    let tenant = match tenants::by_id(&gate.context, gate.tenant).await {
        Ok(tenant) => tenant,
        Err(error) => return failure(error),
    };
    if let Err(error) = mail::active_sync(&gate.context, &tenant, &caller, &name, &password, &query.device_id, gate.service).await {
        return failure(error);
    }
    match (request.method(), query.cmd.as_str()) {
        (&Method::OPTIONS, _) => ([("MS-ASProtocolVersions", VERSIONS), ("MS-ASProtocolCommands", COMMANDS)], "").into_response(),
        (&Method::POST, "FolderSync") => {
            let body = eas::folder_sync(SYNC_KEY, &gate.mailbox.folders());
            ([(header::CONTENT_TYPE, "application/vnd.ms-sync.wbxml")], body).into_response()
        }
        (&Method::POST, _) => StatusCode::NOT_IMPLEMENTED.into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn failure(error: Error) -> Response {
    match error {
        Error::Refused(refusal) if refusal.code == ErrorCode::INVALID_CREDENTIALS => ask_for_credentials(),
        Error::Refused(refusal) if refusal.code == ErrorCode::ACCOUNT_LOCKED => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Error::Refused(refusal) => (StatusCode::FORBIDDEN, format!("{}: {}\n", refusal.code, refusal.message)).into_response(),
        error => {
            tracing::error!(%error, "ActiveSync gate");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn ask_for_credentials() -> Response {
    let challenge = (header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Mail\", charset=\"UTF-8\""));
    (StatusCode::UNAUTHORIZED, [challenge]).into_response()
}

/// Name and password of HTTP Basic (RFC 7617); a name may come as `DOMAIN\name@domain`.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = text(headers, header::AUTHORIZATION.as_str());
    let (scheme, encoded) = value.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(encoded.trim()).ok()).flatten()?;
    let decoded = String::from_utf8(decoded).ok()?;
    let (name, password) = decoded.split_once(':')?;
    let name = name.rsplit_once('\\').map_or(name, |(_, name)| name);
    Some((name.to_owned(), password.to_owned()))
}

fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
