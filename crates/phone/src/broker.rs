//! The broker of a phone: registers the device, keeps the primary refresh token, and gets tokens for apps.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use doorward_model::application::SigningAlgorithm;
use doorward_model::{AppId, DeviceId, rng};
use doorward_wire::certificate;
use doorward_wire::drs::discover::Discovery;
use doorward_wire::drs::{self, CertificateRequest, DeleteClaims, JoinRequest, JoinResponse};
use doorward_wire::key::SigningKey;
use doorward_wire::oauth::claims_parameter;
use doorward_wire::prt::{self, CookieClaims, KdfVersion, PrtGrant, PrtRequestClaims, PrtResponse, RedemptionClaims, ResponseEncryption};
use reqwest::Client;
use serde::Deserialize;
use url::Url;
use uuid::uuid;

use crate::broker_call::BrokerRequest;
use crate::error::PhoneError;
use crate::html;
use crate::http::{Network, send};
use crate::log::Log;
use crate::outcome::{OAuthError, Outcome, Tokens};

/// Client id of the broker.
pub(crate) const BROKER: AppId = AppId(uuid!("29d9ed98-a469-4536-ade2-f981bc1d605e"));
/// Redirect URI of the broker itself.
pub(crate) const BROKER_REDIRECT: &str = "msauth://Microsoft.AAD.BrokerPlugin";
/// Client id in its requests for a primary refresh token.
const PRT_CLIENT: &str = "38aa3b87-a06d-4817-b275-7a316988d93b";
/// Resource of device registration.
pub(crate) const DEVICE_REGISTRATION: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";

/// A registered device.
pub(crate) struct Registration {
    pub(crate) device_id: DeviceId,
    key: SigningKey,
    certificate: Vec<u8>,
    transport_key: Vec<u8>,
    primary: Option<Primary>,
}

/// A primary refresh token with its session key.
struct Primary {
    token: String,
    session_key: Vec<u8>,
}

/// What the phone says of itself when it registers.
pub(crate) struct DeviceDescription<'a> {
    pub(crate) name: &'a str,
    pub(crate) os: &'a str,
    pub(crate) os_version: &'a str,
}

/// What the broker puts into the headers of one authorization request.
pub struct Proofs {
    /// `x-ms-RefreshTokenCredential`.
    pub cookie: String,
    /// `x-ms-DeviceCredential`.
    pub credential: String,
}

#[derive(Deserialize)]
struct Nonce {
    #[serde(rename = "Nonce")]
    nonce: String,
}

/// A nonce for one signed message.
async fn nonce(client: &Client, network: &Network) -> Result<String, PhoneError> {
    // Existing clients send this body without a content type.
    let answer = send(client.post(format!("{}/oauth2/token", network.authority())).body("grant_type=srv_challenge")).await?;
    let nonce: Nonce =
        serde_json::from_str(&answer.body).map_err(|error| PhoneError::protocol("nonce", format!("{error}: {}", answer.body)))?;
    Ok(nonce.nonce)
}

impl Registration {
    /// A domain-joined PC, which brings a key of its own; an administrator registers its certificate.
    pub(crate) fn domain_joined(network: &Network, device_id: DeviceId) -> Result<Self, PhoneError> {
        let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).map_err(PhoneError::local)?;
        let (_, transport_key) = SigningKey::generate(SigningAlgorithm::RS256).map_err(PhoneError::local)?;
        let certificate = certificate::self_signed(&device_id.to_string(), &pkcs8, network.clock.now(), network.rng.as_ref())
            .map_err(PhoneError::local)?;
        Ok(Self { device_id, key, certificate, transport_key, primary: None })
    }

    /// The device key.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }

    /// The device certificate, DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The public transport key: SubjectPublicKeyInfo, DER as standard base64.
    pub(crate) fn transport_key_spki(&self) -> Result<String, PhoneError> {
        Ok(STANDARD.encode(spki_of(&self.transport_key)?))
    }

    /// Registers the device with a token for device registration.
    pub(crate) async fn join(
        client: &Client,
        network: &Network,
        access_token: &str,
        device: &DeviceDescription<'_>,
    ) -> Result<Result<Self, Outcome>, PhoneError> {
        let discovery =
            send(client.get(format!("{}/Discover?api-version=1.9&managed=True", network.authority())).bearer_auth(access_token)).await?;
        let discovery: Discovery = serde_json::from_str(&discovery.body)
            .map_err(|error| PhoneError::protocol("discovery", format!("{error}: {}", discovery.body)))?;
        let (key, pkcs8) = SigningKey::generate(SigningAlgorithm::RS256).map_err(PhoneError::local)?;
        let (_, transport_key) = SigningKey::generate(SigningAlgorithm::RS256).map_err(PhoneError::local)?;
        let blob = drs::spki_to_blob(&spki_of(&transport_key)?).map_err(PhoneError::local)?;
        let request = JoinRequest {
            certificate_request: CertificateRequest {
                kind: "pkcs10".into(),
                data: STANDARD.encode(drs::build_csr(&pkcs8).map_err(PhoneError::local)?),
            },
            transport_key: STANDARD.encode(blob),
            target_domain: network.tenant.clone(),
            device_type: device.os.to_owned(),
            os_version: device.os_version.to_owned(),
            device_display_name: device.name.to_owned(),
            join_type: 4,
        };
        let service = &discovery.device_join_service;
        let address = format!("{}?api-version={}", service.join_endpoint, service.service_version);
        let answer = send(client.post(address).bearer_auth(access_token).json(&request)).await?;
        if answer.status != 200 {
            return Ok(Err(Outcome::Refused { code: html::error_code(&answer.body).unwrap_or_default(), text: answer.body }));
        }
        let joined: JoinResponse = serde_json::from_str(&answer.body).map_err(|error| PhoneError::protocol("join", error.to_string()))?;
        let certificate = STANDARD.decode(&joined.certificate.raw_body).map_err(|error| PhoneError::protocol("join", error.to_string()))?;
        let (device_id, parsed) =
            certificate::device_name(&certificate).map_err(|error| PhoneError::protocol("join", error.to_string()))?;
        if parsed.public_key.spki != spki_of(&pkcs8)? {
            return Err(PhoneError::protocol("join", "the certificate is for another key"));
        }
        Ok(Ok(Self { device_id, key, certificate, transport_key, primary: None }))
    }

    /// Gets a primary refresh token.
    pub(crate) async fn sign_in(&mut self, client: &Client, network: &Network, grant: PrtGrant) -> Result<Result<(), Outcome>, PhoneError> {
        let client_id = match grant {
            PrtGrant::Password { .. } => PRT_CLIENT.to_owned(),
            PrtGrant::RefreshToken { .. } | PrtGrant::Hello { .. } => BROKER.to_string(),
        };
        let claims = PrtRequestClaims { client_id, request_nonce: nonce(client, network).await?, scope: "openid aza ugs".into(), grant };
        let message = prt::build_request(&self.key, &self.certificate, &claims).map_err(PhoneError::local)?;
        let form = [
            ("windows_api_version", "2.0"),
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("request", message.as_str()),
            ("client_info", "1"),
        ];
        let answer = send(client.post(format!("{}/oauth2/token", network.authority())).form(&form)).await?;
        if answer.status != 200 {
            return refusal("primary refresh token", &answer.body).map(Err);
        }
        let response: PrtResponse =
            serde_json::from_str(&answer.body).map_err(|error| PhoneError::protocol("primary refresh token", error.to_string()))?;
        let wrapped = response.session_key_jwe.ok_or_else(|| PhoneError::protocol("primary refresh token", "no session key"))?;
        let session_key = prt::unwrap_session_key(&self.transport_key, &wrapped).map_err(PhoneError::local)?;
        self.primary = Some(Primary { token: response.refresh_token, session_key });
        Ok(Ok(()))
    }

    /// Whether somebody is signed in to the broker.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.primary.is_some()
    }

    /// The proofs of one authorization request, by a nonce of the server.
    pub(crate) async fn proofs(&self, client: &Client, network: &Network) -> Result<Proofs, PhoneError> {
        let Some(primary) = &self.primary else { return Err(PhoneError::local("nobody is signed in to the broker")) };
        let nonce = nonce(client, network).await?;
        let claims = CookieClaims { refresh_token: primary.token.clone(), request_nonce: Some(nonce.clone()) };
        let cookie = prt::build_cookie(network.rng.as_ref(), &primary.session_key, KdfVersion::V2, &claims)
            .ok_or_else(|| PhoneError::local("cookie"))?;
        let credential = prt::build_device_credential(&self.key, &self.certificate, &nonce).map_err(PhoneError::local)?;
        Ok(Proofs { cookie, credential })
    }

    /// Gets a token for an app, silently: an authorization request with two proofs in its headers, then the code.
    pub(crate) async fn token_for(
        &self,
        client: &Client,
        network: &Network,
        asked: &BrokerRequest,
        log: &mut Log,
    ) -> Result<Outcome, PhoneError> {
        let proofs = self.proofs(client, network).await?;
        let capabilities: Vec<String> = asked.client_capabilities.split(',').map(str::to_owned).collect();
        let claims = claims_parameter::write(&capabilities, None).unwrap_or_default();
        let (client_id, redirect_uri, scope) = (asked.client_id.as_str(), asked.redirect_uri.as_str(), asked.scope.as_str());
        let query =
            [("client_id", client_id), ("response_type", "code"), ("redirect_uri", redirect_uri), ("scope", scope), ("claims", &claims)];
        let request = client
            .get(format!("{}/oAuth2/v2.0/authorize", network.authority()))
            .query(&query)
            .header("x-ms-RefreshTokenCredential", proofs.cookie)
            .header("x-ms-DeviceCredential", proofs.credential)
            .header("accept", "application/json")
            .header("x-client-brkrver", "1.0");
        let answer = send(request).await?;
        log.note("broker", format!("authorize with both proofs (PRT, device) for {redirect_uri} → HTTP {}", answer.status));
        if answer.status >= 400 {
            return refusal("authorization", &answer.body);
        }
        // Brokers read the address from the body's first link.
        let address = html::first_link(&answer.body).and_then(|link| Url::parse(&link).ok());
        let code = address.as_ref().and_then(|url| url.query_pairs().find(|(key, _)| key == "code").map(|(_, value)| value.into_owned()));
        let Some(code) = code else { return Err(PhoneError::protocol("authorization", answer.body)) };
        let form = [
            ("client_id", client_id),
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("scope", scope),
            ("claims", &claims),
        ];
        let answer = send(client.post(format!("{}/oAuth2/v2.0/token", network.authority())).form(&form)).await?;
        log.note("token endpoint", format!("authorization_code → HTTP {}", answer.status));
        tokens("code", answer.status, &answer.body)
    }

    /// Renews the primary refresh token; the answer comes encrypted under the session key.
    pub(crate) async fn renew(&mut self, client: &Client, network: &Network) -> Result<Result<(), Outcome>, PhoneError> {
        let Some(primary) = &mut self.primary else { return Err(PhoneError::local("nobody is signed in to the broker")) };
        let claims = RedemptionClaims {
            refresh_token: primary.token.clone(),
            request_nonce: nonce(client, network).await?,
            client_id: PRT_CLIENT.into(),
            scope: "openid ugs aza".into(),
            resource: None,
            redirect_uri: None,
            grant_type: "refresh_token".into(),
            iss: "aad:brokerplugin".into(),
            ..RedemptionClaims::default()
        };
        let version = KdfVersion::V2;
        let message = prt::build_redemption(network.rng.as_ref(), &primary.session_key, version, &claims)
            .ok_or_else(|| PhoneError::local("request"))?;
        let form =
            [("windows_api_version", "2.2"), ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("request", message.as_str())];
        let answer = send(client.post(format!("{}/oauth2/token", network.authority())).form(&form)).await?;
        if answer.status != 200 {
            return refusal("renewal", &answer.body).map(Err);
        }
        let encryption = ResponseEncryption::for_request(version);
        let plain = prt::decrypt_response(&primary.session_key, &answer.body, encryption).map_err(PhoneError::local)?;
        let response: PrtResponse = serde_json::from_slice(&plain).map_err(|error| PhoneError::protocol("renewal", error.to_string()))?;
        primary.token = response.refresh_token;
        Ok(Ok(()))
    }

    /// Asks the server to forget the device.
    pub(crate) async fn unregister(&self, client: &Client, network: &Network) -> Result<bool, PhoneError> {
        let path = format!("{}/EnrollmentServer/device/{}", network.authority(), self.device_id);
        let claims =
            DeleteClaims { device_id: self.device_id, htm: "DELETE".into(), htu: path.clone(), nonce: nonce(client, network).await? };
        let message = drs::build_delete(&self.key, &self.certificate, &claims).map_err(PhoneError::local)?;
        Ok(send(client.delete(path).bearer_auth(message)).await?.status == 200)
    }
}

/// Tokens, or the refusal, of an answer of the token endpoint.
pub(crate) fn tokens(place: &'static str, status: u16, body: &str) -> Result<Outcome, PhoneError> {
    if status != 200 {
        return refusal(place, body);
    }
    let tokens: Tokens = serde_json::from_str(body).map_err(|error| PhoneError::protocol(place, error.to_string()))?;
    Ok(Outcome::Token(tokens))
}

fn refusal(place: &'static str, body: &str) -> Result<Outcome, PhoneError> {
    let error: OAuthError = serde_json::from_str(body).map_err(|error| PhoneError::protocol(place, format!("{error}: {body}")))?;
    Ok(error.outcome())
}

fn spki_of(pkcs8: &[u8]) -> Result<Vec<u8>, PhoneError> {
    let key = rcgen::KeyPair::try_from(pkcs8).map_err(PhoneError::local)?;
    Ok(rcgen::PublicKeyData::subject_public_key_info(&key))
}

/// A fresh correlation id, as client libraries send one with every request.
pub(crate) fn correlation_id(network: &Network) -> String {
    rng::uuid(network.rng.as_ref()).to_string()
}
