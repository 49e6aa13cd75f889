//! Redirect URIs: matching, the broker's form derived from an app's identity, and the addresses that web views act on.

use doorward_model::application::PlatformIdentity;
use doorward_model::{CorrelationId, ErrorCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use url::{Host, Url};

/// Unreserved characters (RFC 3986 §2.3) stay as they are.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The redirect URI that follows from what the operating system says of an app.
///
/// iOS: `msauth.<bundle id>://auth`. Android: `msauth://<package>/<base64 SHA-1 of the signing certificate, percent-encoded>`.
#[must_use]
pub fn broker_redirect(identity: &PlatformIdentity) -> String {
    match identity {
        PlatformIdentity::Ios { bundle_id } => format!("msauth.{bundle_id}://auth"),
        PlatformIdentity::Android { package_name, signature_hash } => {
            format!("msauth://{}/{}", utf8_percent_encode(package_name, COMPONENT), utf8_percent_encode(signature_hash, COMPONENT))
        }
    }
}

/// Whether a redirect URI is the registered one: an exact comparison, but for two freedoms. The port of an `http` loopback
/// address is the client's choice (RFC 8252 §7.3), and an Android signature may arrive encoded or decoded.
#[must_use]
pub fn matches(registered: &str, given: &str) -> bool {
    if registered == given {
        return true;
    }
    if let (Some(registered), Some(given)) = (signed_package(registered), signed_package(given)) {
        return registered == given;
    }
    match (loopback(registered), loopback(given)) {
        (Some(registered), Some(given)) => registered == given,
        _ => false,
    }
}

/// Package and signature of an Android redirect URI, the latter decoded once. A package has nothing to encode.
fn signed_package(uri: &str) -> Option<(&str, String)> {
    let (package, signature) = uri.strip_prefix("msauth://")?.split_once('/')?;
    Some((package, percent_decode_str(signature).decode_utf8().ok()?.into_owned()))
}

/// A loopback address without its port: host, path, query.
fn loopback(uri: &str) -> Option<(String, String, Option<String>)> {
    let url = Url::parse(uri).ok()?;
    let is_loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let plain = url.scheme() == "http" && is_loopback && url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    plain.then(|| (url.host_str().unwrap_or_default().to_owned(), url.path().to_owned(), url.query().map(str::to_owned)))
}

/// Whether a redirect URI is the broker's form of an app on iOS, `msauth.<bundle id>://auth`.
#[must_use]
pub fn is_of_ios_app(uri: &str) -> bool {
    uri.strip_prefix("msauth.").and_then(|rest| rest.strip_suffix("://auth")).is_some_and(|bundle| !bundle.is_empty())
}

/// Who acts on an address for the broker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener<'a> {
    /// A client library in its own web view, or a broker: `msauth://wpj`.
    WebView,
    /// An app on iOS behind the system's browser, which hands it nothing but addresses below this redirect URI.
    SystemBrowser(&'a str),
}

/// The address that makes a client library install the broker or hand the sign-in to it: `msauth://wpj?…`, and in the system's browser
/// `<redirect URI>/msauth/wpj?…`. `state` is that of the request, by which the library knows that the address is an answer to it.
///
/// # Errors
/// When the parts do not form an address.
pub fn install_or_register(
    listener: Listener<'_>,
    account: &str,
    store_link: &str,
    code: ErrorCode,
    correlation_id: CorrelationId,
    state: Option<&str>,
) -> Result<Url, url::ParseError> {
    let address = match listener {
        Listener::WebView => "msauth://wpj".to_owned(),
        Listener::SystemBrowser(redirect_uri) => format!("{redirect_uri}/msauth/wpj"),
    };
    let (code, correlation_id) = (code.0.to_string(), correlation_id.to_string());
    let fields = [("username", account), ("app_link", store_link), ("error_code", &code), ("correlation_id", &correlation_id)];
    Url::parse_with_params(&address, fields.into_iter().chain(state.map(|state| ("state", state))))
}
