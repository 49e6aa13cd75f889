//! A confidential client: for itself by secret and certificate, and on behalf of somebody.

use himmelblau::{ClientCredential, ConfidentialClientApplication};
use kanidm_hsm_crypto::glue::rsa::RS256PrivateKey;
use kanidm_hsm_crypto::glue::traits::{DecodeDer as _, Pkcs8DecodePrivateKey as _};
use kanidm_hsm_crypto::glue::x509::Certificate;
use kanidm_hsm_crypto::provider::TpmRS256 as _;
use openssl::asn1::Asn1Time;
use openssl::base64::encode_block;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::{X509, X509Name};
use reqwest::Method;
use serde_json::json;

use crate::TIMEOUT;
use crate::computer::{Computer, MAIL};
use crate::demo::Demo;
use crate::report::Report;

const GRAPH: &str = "https://graph.microsoft.com/.default";

pub async fn run(report: &mut Report, demo: &Demo, computer: &mut Computer) {
    let registration = json!({ "displayName": "Service of the himmelblau test", "doorward": { "consent": "user" } });
    let id = demo.graph(Method::POST, "applications", registration).await["appId"].as_str().expect("a client id").to_owned();
    let secret = demo.graph(Method::POST, &format!("applications/{id}/addPassword"), json!({})).await;
    let by_secret = |secret: &str| {
        let credential = ClientCredential::from_secret(secret.to_owned());
        ConfidentialClientApplication::new(&id, Some(&demo.authority()), credential, TIMEOUT).expect("a client")
    };
    let client = by_secret(secret["secretText"].as_str().expect("a secret"));
    report.done("for itself: by secret", client.acquire_token_silent(vec![GRAPH], None).await);
    report.refused("for itself: by a wrong secret", 7000215, by_secret("wrong").acquire_token_silent(vec![GRAPH], None).await);

    let (key, certificate) = certificate();
    let body = json!({ "keyCredentials": [{ "type": "AsymmetricX509Cert", "usage": "Verify", "key": encode_block(&certificate) }] });
    demo.graph(Method::PATCH, &format!("applications/{}", id), body).await;
    let private = RS256PrivateKey::from_pkcs8_der(&key.private_key_to_pkcs8().expect("a key")).expect("a key");
    let loadable = computer.tpm.rs256_import(&computer.key, private).expect("a key");
    let loaded = computer.tpm.rs256_load(&computer.key, &loadable).expect("a key");
    let credential = ClientCredential::from_certificate(&Certificate::from_der(&certificate).expect("a certificate"), loaded);
    let by_certificate = ConfidentialClientApplication::new(&id, Some(&demo.authority()), credential, TIMEOUT).expect("a client");
    report.done("for itself: by certificate", by_certificate.acquire_token_silent(vec![GRAPH], Some(&mut computer.tpm)).await);

    let scope = format!("{}/.default", id);
    let called_with = report.done("on behalf: the token that the service is called with", computer.token(vec![&scope], None).await);
    let called_with = called_with.access_token.clone().unwrap_or_default();
    let answer = client.acquire_token_on_behalf_of(&called_with, vec![MAIL], None).await;
    report.refused("on behalf: not before the person has agreed", 65001, answer);
    demo.graph(Method::PATCH, &format!("applications/{}", id), json!({ "doorward": { "consent": "preauthorized" } })).await;
    let answer = client.acquire_token_on_behalf_of(&called_with, vec![MAIL], None).await;
    report.done("on behalf: a token for the next service", answer);
    let other = report.done("on behalf: a token for somebody else", computer.token(vec![MAIL], None).await);
    let answer = client.acquire_token_on_behalf_of(&other.access_token.clone().unwrap_or_default(), vec![MAIL], None).await;
    report.refused("on behalf: not with a token that was made for another service", 50013, answer);
}

/// A key with a certificate that it signed itself, DER.
fn certificate() -> (PKey<Private>, Vec<u8>) {
    let key = PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key");
    let mut name = X509Name::builder().expect("a name");
    name.append_entry_by_text("CN", "Contoso Intranet").expect("a name");
    let name = name.build();
    let mut builder = X509::builder().expect("a certificate");
    builder.set_version(2).expect("a version");
    builder.set_subject_name(&name).expect("a subject");
    builder.set_issuer_name(&name).expect("an issuer");
    builder.set_not_before(&Asn1Time::days_from_now(0).expect("a time")).expect("a start");
    builder.set_not_after(&Asn1Time::days_from_now(30).expect("a time")).expect("an end");
    builder.set_pubkey(&key).expect("a key");
    builder.sign(&key, MessageDigest::sha256()).expect("a signature");
    let der = builder.build().to_der().expect("a certificate");
    (key, der)
}
