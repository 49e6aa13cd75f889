//! PKeyAuth: the client library of a phone proves with the device key which device it is on, in a web view or at the token endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::TenantId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::certificate::DeviceCertificate;
use crate::jwt::{self, JwtError};
use crate::key::{KeyError, SigningKey};
use crate::prt::device_signed;

/// Name of the scheme in `WWW-Authenticate` and `Authorization`.
const SCHEME: &str = "PKeyAuth";
/// The one version there is.
const VERSION: &str = "1.0";
/// Where a web view is sent to be challenged, before the query.
const ADDRESS: &str = "urn:http-auth:PKeyAuth";
/// Algorithms that are verified; the key of the certificate says which one counts.
const ALGORITHMS: &str = "RS256,ES256";
/// Longest header that is looked at, in bytes: a certificate, a signature, and the context that the challenge gave.
const LIMIT: usize = 32 * 1024;
/// Parameters of a header at most.
const PARAMETERS: usize = 16;
/// Unreserved characters (RFC 3986 §2.3) stay as they are. A space becomes `%20`: not every reader takes `+` for one.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What a device is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Where the answer goes, and what it is signed for.
    pub submit_url: Url,
    /// Nonce.
    pub nonce: String,
    /// Handed back with the answer.
    pub context: String,
    /// Name of the authority whose certificates are asked for (RFC 4514).
    pub authority: String,
    /// Tenant.
    pub tenant: TenantId,
}

impl Challenge {
    /// The address to which a web view is sent: `urn:http-auth:PKeyAuth?…`.
    ///
    /// # Errors
    /// When the parts do not form an address.
    pub fn address(&self) -> Result<Url, url::ParseError> {
        let tenant = self.tenant.to_string();
        let parameters = [
            ("SubmitUrl", self.submit_url.as_str()),
            ("nonce", &self.nonce),
            ("Context", &self.context),
            ("Version", VERSION),
            ("CertAuthorities", &self.authority),
            ("TenantId", &tenant),
            ("SupportedAlgs", ALGORITHMS),
        ];
        let query = parameters.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, COMPONENT))).join("&");
        Url::parse(&format!("{ADDRESS}?{query}"))
    }

    /// The value of `WWW-Authenticate` at the token endpoint. The address to answer at is the one that was asked.
    #[must_use]
    pub fn header(&self) -> String {
        let Self { nonce, context, authority, tenant, .. } = self;
        format!(r#"{SCHEME} nonce="{nonce}", Version="{VERSION}", CertAuthorities="{authority}", Context="{context}", TenantId="{tenant}""#)
    }

    /// Reads the address that a web view was sent to; none when it is something else.
    #[must_use]
    pub fn of_address(address: &Url) -> Option<Self> {
        let (place, _) = address.as_str().split_once('?')?;
        if !place.eq_ignore_ascii_case(ADDRESS) {
            return None;
        }
        let pairs: Vec<(String, String)> = address.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        let submit_url = one(&pairs, "SubmitUrl")?.parse().ok()?;
        Self::of_parameters(&pairs, submit_url)
    }

    /// Reads `WWW-Authenticate` of an answer of the token endpoint at `submit_url`; none when it asks for something else.
    #[must_use]
    pub fn of_header(header: &str, submit_url: Url) -> Option<Self> {
        Self::of_parameters(&parameters(header)?, submit_url)
    }

    fn of_parameters(pairs: &[(String, String)], submit_url: Url) -> Option<Self> {
        let text = |name: &str| one(pairs, name).map(str::to_owned);
        if one(pairs, "Version") != Some(VERSION) {
            return None;
        }
        Some(Self {
            submit_url,
            nonce: text("nonce")?,
            context: text("Context")?,
            authority: text("CertAuthorities")?,
            tenant: one(pairs, "TenantId")?.parse().ok()?,
        })
    }
}

/// `Authorization` of a client that was challenged.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The signed message; none from a device without a certificate of the authority that was named.
    pub auth_token: Option<String>,
    /// The context of the challenge.
    pub context: String,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer").field("auth_token", &self.auth_token.is_some()).finish_non_exhaustive()
    }
}

/// The header is not an answer to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the header must be: PKeyAuth AuthToken=\"…\", Context=\"…\", Version=\"1.0\"")]
pub struct AnswerError;

impl Answer {
    /// Whether an `Authorization` header is of this scheme.
    #[must_use]
    pub fn is_one(header: &str) -> bool {
        without_scheme(header).is_some()
    }

    /// Reads the header. Libraries differ in case and spaces, which say nothing.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn read(header: &str) -> Result<Self, AnswerError> {
        let pairs = parameters(header).ok_or(AnswerError)?;
        let text = |name: &str| one(&pairs, name).filter(|text| !text.is_empty()).map(str::to_owned);
        if text("Version").is_some_and(|version| version != VERSION) {
            return Err(AnswerError);
        }
        Ok(Self { auth_token: text("AuthToken"), context: text("Context").ok_or(AnswerError)? })
    }

    /// The header. `separator` stands between the parameters: libraries write `,` or `, `.
    #[must_use]
    pub fn header(&self, separator: &str) -> String {
        let token = self.auth_token.as_ref().map(|token| format!(r#"AuthToken="{token}"{separator}"#)).unwrap_or_default();
        format!(r#"{SCHEME} {token}Context="{}"{separator}Version="{VERSION}""#, self.context)
    }
}

/// A message whose signature fits the certificate that came with it. Whose certificate that is, the caller looks up.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The nonce that was signed. It says when: clocks of phones are wrong.
    pub nonce: String,
    /// When the device believes that it signed, in seconds since 1970.
    pub issued: i64,
    /// The certificate of the device.
    pub certificate: DeviceCertificate,
    audience: String,
}

#[derive(Deserialize)]
struct Claims {
    aud: String,
    nonce: String,
    #[serde(deserialize_with = "jwt::numeric_date")]
    iat: i64,
}

impl Proof {
    /// Parses a message and checks its signature. The key of the certificate fixes the algorithm.
    ///
    /// # Errors
    /// [`JwtError`].
    pub fn read(auth_token: &str) -> Result<Self, JwtError> {
        let (Claims { aud, nonce, iat }, certificate) = device_signed::parse(auth_token, "JWT")?;
        Ok(Self { nonce, issued: iat, certificate, audience: aud })
    }

    /// Whether the message was signed for an address. Some libraries leave its query out, some add to it, and case says nothing here.
    #[must_use]
    pub fn is_for(&self, address: &Url) -> bool {
        let Ok(audience) = Url::parse(&self.audience) else { return false };
        let whereabouts = |url: &Url| (url.origin().ascii_serialization(), url.path().to_ascii_lowercase());
        let plain = audience.username().is_empty() && audience.password().is_none() && audience.has_host();
        plain && whereabouts(&audience) == whereabouts(address)
    }
}

/// How a platform's library writes its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Signs the address without its query; the time as text.
    Ios,
    /// Signs the address as it is; the time as a number.
    Android,
}

/// Signs the answer to a challenge; `now` is in seconds since 1970.
///
/// # Errors
/// [`KeyError`].
pub fn build(key: &SigningKey, certificate: &[u8], challenge: &Challenge, manner: Manner, now: i64) -> Result<String, KeyError> {
    let mut audience = challenge.submit_url.clone();
    if manner == Manner::Ios {
        audience.set_query(None);
    }
    let iat = match manner {
        Manner::Ios => json!(now.to_string()),
        Manner::Android => json!(now),
    };
    let claims = json!({ "aud": audience, "nonce": challenge.nonce, "iat": iat });
    jwt::sign_with_header(key, json!({ "typ": "JWT", "x5c": [STANDARD.encode(certificate)] }), &claims)
}

/// The parameters behind the scheme of a header (RFC 9110 §11.4); none when they cannot be read.
fn parameters(header: &str) -> Option<Vec<(String, String)>> {
    let mut rest = without_scheme(header)?.trim();
    let mut pairs = Vec::new();
    while !rest.is_empty() {
        if pairs.len() == PARAMETERS {
            return None;
        }
        let (name, tail) = rest.split_once('=')?;
        let (value, tail) = match tail.trim_start().strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => tail.split_at(tail.find(',').unwrap_or(tail.len())),
        };
        pairs.push((name.trim().to_owned(), value.trim().to_owned()));
        rest = tail.trim_start();
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start();
        }
    }
    Some(pairs)
}

fn without_scheme(header: &str) -> Option<&str> {
    let (scheme, rest) = header.trim().split_once(' ')?;
    (scheme.eq_ignore_ascii_case(SCHEME) && header.len() <= LIMIT).then_some(rest)
}

/// The value of a parameter, whatever the case of its name; none when it is missing or there twice.
fn one<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = pairs.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let (_, value) = found.next()?;
    found.next().is_none().then_some(value)
}
