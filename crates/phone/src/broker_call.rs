//! How an app on a phone asks the broker beside it, and how the broker answers: each platform in its own form.
//!
//! iOS opens the broker by an address and gets the answer at its redirect URI, encrypted under a key that only these two know. Android hands
//! over JSON through a bound service, which nobody else reads; compressed, because what such a service carries at once is limited.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use aws_lc_rs::cipher::{
    AES_256, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::iv::FixedLength;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use doorward_model::{Rng, rng};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use url::Url;

use crate::body::Body;
use crate::error::PhoneError;
use crate::outcome::{Outcome, Tokens};

/// Version of the messages on iOS.
const VERSION: &str = "3";
/// The key is new in each request and encrypts one answer, so the vector may be fixed; the app's library expects this one.
const VECTOR: [u8; 16] = [0; 16];
/// Longest JSON that is unpacked, in bytes: a few may stand for very many.
const LIMIT: u64 = 1024 * 1024;

/// What an app asks for, in the names of both platforms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct BrokerRequest {
    pub(crate) authority: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    #[serde(rename = "scope", alias = "scopes")]
    pub(crate) scope: String,
    pub(crate) correlation_id: String,
    pub(crate) client_app_name: String,
    /// Separated by commas: `ProtApp`, `CP1`.
    pub(crate) client_capabilities: String,
}

/// What the broker answers, in the names of both platforms.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct BrokerResult {
    success: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// `interaction_required` where the person can do something about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broker_error_code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    broker_nonce: Option<String>,
}

/// An app's side of one call.
pub(crate) enum Call {
    /// iOS: what the app keeps for the answer.
    Ios { key: [u8; 32], nonce: String },
    /// Android.
    Android,
}

/// What goes from one to the other.
pub(crate) enum Message {
    /// iOS: an address that is opened.
    Address(String),
    /// Android: JSON as gzip, which is the form since version 5.0 of the protocol between app and broker.
    Packed(Vec<u8>),
}

/// The app makes its request.
pub(crate) fn ask(body: Body, request: &BrokerRequest, random: &dyn Rng) -> Result<(Call, Message), PhoneError> {
    if body != Body::IPhone {
        return Ok((Call::Android, Message::pack(request)?));
    }
    let (key, nonce) = (rng::bytes::<32>(random), rng::uuid(random).to_string());
    let fields = serde_urlencoded::to_string(request).map_err(PhoneError::local)?;
    let mut address = Url::parse(&format!("msauthv2://broker?{fields}")).map_err(PhoneError::local)?;
    address.query_pairs_mut().extend_pairs([
        ("msg_protocol_ver", VERSION),
        ("broker_key", &STANDARD.encode(key)),
        ("broker_nonce", &nonce),
    ]);
    Ok((Call::Ios { key, nonce }, Message::Address(address.into())))
}

impl Message {
    fn pack(message: &impl Serialize) -> Result<Self, PhoneError> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&serde_json::to_vec(message).map_err(PhoneError::local)?).map_err(PhoneError::local)?;
        Ok(Self::Packed(gzip.finish().map_err(PhoneError::local)?))
    }
}

fn unpack<T: DeserializeOwned>(packed: &[u8]) -> Result<T, String> {
    let mut json = Vec::new();
    GzDecoder::new(packed).take(LIMIT).read_to_end(&mut json).map_err(|error| error.to_string())?;
    serde_json::from_slice(&json).map_err(|error| error.to_string())
}

/// A request as the broker reads it, with what it needs for the answer.
pub(crate) struct Received {
    pub(crate) request: BrokerRequest,
    encryption: Option<([u8; 32], String)>,
}

/// The broker reads a request.
pub(crate) fn receive(message: &Message) -> Result<Received, PhoneError> {
    let wrong = |what: &str| PhoneError::protocol("broker request", what);
    let address = match message {
        Message::Address(address) => address,
        Message::Packed(packed) => return Ok(Received { request: unpack(packed).map_err(|error| wrong(&error))?, encryption: None }),
    };
    let query = address.strip_prefix("msauthv2://broker?").ok_or_else(|| wrong("not for the broker"))?;
    let request = serde_urlencoded::from_str(query).map_err(|error| wrong(&error.to_string()))?;
    let parameters: HashMap<String, String> = serde_urlencoded::from_str(query).map_err(|error| wrong(&error.to_string()))?;
    let key = parameters.get("broker_key").and_then(|key| STANDARD.decode(key).ok()).and_then(|key| key.try_into().ok());
    let key = key.ok_or_else(|| wrong("broker_key is not 32 bytes in base64"))?;
    let nonce = parameters.get("broker_nonce").cloned().ok_or_else(|| wrong("broker_nonce is missing"))?;
    Ok(Received { request, encryption: Some((key, nonce)) })
}

impl Received {
    /// The broker answers.
    pub(crate) fn answer(&self, outcome: &Outcome) -> Result<Message, PhoneError> {
        let result = BrokerResult::of(outcome);
        let Some((key, nonce)) = &self.encryption else {
            return Message::pack(&result);
        };
        let result = BrokerResult { broker_nonce: Some(nonce.clone()), ..result };
        let mut sealed = serde_urlencoded::to_string(&result).map_err(PhoneError::local)?.into_bytes();
        let hash = hash(&sealed);
        let cipher = UnboundCipherKey::new(&AES_256, key).and_then(PaddedBlockEncryptingKey::cbc_pkcs7).map_err(PhoneError::local)?;
        cipher.less_safe_encrypt(&mut sealed, EncryptionContext::Iv128(FixedLength::from(VECTOR))).map_err(PhoneError::local)?;
        let response = URL_SAFE_NO_PAD.encode(sealed);
        let address = &self.request.redirect_uri;
        Ok(Message::Address(format!("{address}?response={response}&hash={hash}&msg_protocol_ver={VERSION}")))
    }
}

impl Call {
    /// The app reads the answer. One under another key, with another text or for another request is none.
    pub(crate) fn read(&self, message: &Message, redirect_uri: &str) -> Result<Outcome, PhoneError> {
        let wrong = |what: &str| PhoneError::protocol("broker answer", what);
        let (key, nonce, address) = match (self, message) {
            (Self::Ios { key, nonce }, Message::Address(address)) => (key, nonce, address),
            (Self::Android, Message::Packed(packed)) => return unpack::<BrokerResult>(packed).map_err(|error| wrong(&error))?.outcome(),
            _ => return Err(wrong("in the form of another platform")),
        };
        let query = address.strip_prefix(redirect_uri).and_then(|rest| rest.strip_prefix('?')).ok_or_else(|| wrong("for another app"))?;
        let parameters: HashMap<String, String> = serde_urlencoded::from_str(query).map_err(|error| wrong(&error.to_string()))?;
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let mut sealed = URL_SAFE_NO_PAD.decode(parameter("response")).map_err(|_| wrong("response is not base64url"))?;
        let cipher = UnboundCipherKey::new(&AES_256, key).and_then(PaddedBlockDecryptingKey::cbc_pkcs7).map_err(PhoneError::local)?;
        let plain = cipher
            .decrypt(&mut sealed, DecryptionContext::Iv128(FixedLength::from(VECTOR)))
            .map_err(|_| wrong("response is under another key"))?;
        if !bool::from(hash(plain).as_bytes().ct_eq(parameter("hash").as_bytes())) {
            return Err(wrong("hash is of another text"));
        }
        let result: BrokerResult = serde_urlencoded::from_bytes(plain).map_err(|error| wrong(&error.to_string()))?;
        if !result.broker_nonce.as_ref().is_some_and(|given| bool::from(given.as_bytes().ct_eq(nonce.as_bytes()))) {
            return Err(wrong("broker_nonce is of another request"));
        }
        result.outcome()
    }
}

impl BrokerResult {
    fn of(outcome: &Outcome) -> Self {
        let refused = |error: &str, code: u32, text: &str| Self {
            error: Some(error.to_owned()),
            error_description: Some(text.to_owned()),
            broker_error_code: Some(code),
            ..Self::default()
        };
        match outcome {
            Outcome::Token(tokens) => Self {
                success: true,
                access_token: Some(tokens.access_token.clone()),
                refresh_token: tokens.refresh_token.clone(),
                scope: tokens.scope.clone(),
                ..Self::default()
            },
            Outcome::Interrupt { code, text, .. } => refused("interaction_required", *code, text),
            Outcome::Refused { code, text } => refused("access_denied", *code, text),
        }
    }

    fn outcome(self) -> Result<Outcome, PhoneError> {
        if let (true, Some(access_token)) = (self.success, self.access_token) {
            return Ok(Outcome::Token(Tokens { access_token, refresh_token: self.refresh_token, scope: self.scope }));
        }
        let (code, text) = (self.broker_error_code.unwrap_or_default(), self.error_description.unwrap_or_default());
        match self.error.as_deref() {
            Some("interaction_required") => Ok(Outcome::Interrupt { code, text, store_link: None }),
            Some(_) => Ok(Outcome::Refused { code, text }),
            None => Err(PhoneError::protocol("broker answer", "neither tokens nor an error")),
        }
    }
}

/// SHA-256, upper-case hexadecimal.
fn hash(text: &[u8]) -> String {
    doorward_wire::hex(digest(&SHA256, text).as_ref()).to_uppercase()
}

#[cfg(test)]
mod tests {
    use doorward_model::rng::SeededRng;

    use super::*;

    const OWN: &str = "msauth.com.contoso.mail://auth";

    fn request() -> BrokerRequest {
        BrokerRequest {
            authority: "https://login.example/t".into(),
            client_id: "11111111-0000-4000-8000-000000000001".into(),
            redirect_uri: OWN.into(),
            scope: "openid Mail.Read".into(),
            correlation_id: "1".into(),
            client_app_name: "Contoso Mail & more".into(),
            client_capabilities: "ProtApp".into(),
        }
    }

    fn tokens() -> Outcome {
        Outcome::Token(Tokens { access_token: "a+b/c=".into(), refresh_token: Some("r".into()), scope: Some("Mail.Read".into()) })
    }

    fn access_token(outcome: &Outcome) -> &str {
        &outcome.tokens().unwrap().access_token
    }

    #[test]
    fn a_request_and_its_answer_come_through_on_both_platforms() {
        for body in [Body::IPhone, Body::AndroidPhone] {
            let (call, message) = ask(body, &request(), &SeededRng::new(1)).unwrap();
            match &message {
                Message::Address(address) => assert!(body == Body::IPhone && address.starts_with("msauthv2://broker?"), "{address}"),
                Message::Packed(packed) => assert!(body == Body::AndroidPhone && packed.starts_with(&[0x1f, 0x8b]), "{packed:?}"),
            }
            let received = receive(&message).unwrap();
            assert_eq!(received.request, request());
            let answer = received.answer(&tokens()).unwrap();
            assert_eq!(access_token(&call.read(&answer, OWN).unwrap()), "a+b/c=");
            if let Message::Address(address) = &answer {
                assert!(!address.contains("a+b"), "encrypted: {address}");
            }
            let refused = received.answer(&Outcome::Refused { code: 53003, text: "no".into() }).unwrap();
            assert_eq!(call.read(&refused, OWN).unwrap().code(), 53003);
            let interrupted = Outcome::Interrupt { code: 53005, text: "protect".into(), store_link: None };
            let interrupted = received.answer(&interrupted).unwrap();
            assert!(matches!(call.read(&interrupted, OWN), Ok(Outcome::Interrupt { code: 53005, .. })));
        }
    }

    #[test]
    fn an_answer_is_for_one_request_of_one_app_and_whole() {
        let (call, message) = ask(Body::IPhone, &request(), &SeededRng::new(1)).unwrap();
        let answer = receive(&message).unwrap().answer(&tokens()).unwrap();
        let (other, other_message) = ask(Body::IPhone, &request(), &SeededRng::new(2)).unwrap();
        assert!(other.read(&answer, OWN).is_err(), "another key");
        assert!(call.read(&answer, "msauth.com.evil.mail://auth").is_err(), "another app");
        let (Message::Address(address), Message::Address(other_address)) = (&answer, &other_message) else { panic!("iOS") };
        let hash_at = address.find("hash=").unwrap() + 5;
        let mut spoiled = address.clone();
        spoiled.replace_range(hash_at..hash_at + 4, "0000");
        assert!(call.read(&Message::Address(spoiled), OWN).is_err(), "another hash");
        let Call::Ios { key, .. } = call else { panic!("iOS") };
        let Call::Ios { nonce, .. } = other else { panic!("iOS") };
        assert!(Call::Ios { key, nonce }.read(&answer, OWN).is_err(), "another nonce");
        for broken in ["msauth://broker?x=1", "msauthv2://broker?client_id=1", "{", "{}"] {
            assert!(receive(&Message::Address(broken.into())).is_err(), "{broken}");
        }
        let short = other_address.replace("broker_key=", "broker_key=AAAA&x=");
        assert!(receive(&Message::Address(short)).is_err(), "a short key");
    }

    #[test]
    fn what_android_hands_over_is_whole_of_its_form_and_no_longer_than_it_may_be() {
        let (call, message) = ask(Body::AndroidPhone, &request(), &SeededRng::new(1)).unwrap();
        let Message::Packed(packed) = &message else { panic!("Android") };
        let plain = serde_json::to_vec(&request()).unwrap();
        for broken in [&packed[..packed.len() - 9], b"", &plain] {
            assert!(receive(&Message::Packed(broken.to_vec())).is_err(), "{broken:?}");
        }
        let long = BrokerRequest { client_app_name: "x".repeat(2 * 1024 * 1024), ..request() };
        let (_, long) = ask(Body::AndroidPhone, &long, &SeededRng::new(1)).unwrap();
        assert!(receive(&long).is_err(), "a few bytes that stand for two megabytes");
        let (_, of_an_iphone) = ask(Body::IPhone, &request(), &SeededRng::new(1)).unwrap();
        let answer = receive(&of_an_iphone).unwrap().answer(&tokens()).unwrap();
        assert!(call.read(&answer, OWN).is_err(), "the form of another platform");
    }
}
