//! A software authenticator, written from the specification: what it answers can be bent, part by part.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// Site of the world.
pub const ORIGIN: &str = "https://login.contoso.example";
const RP_ID: &str = "login.contoso.example";

/// One passkey.
pub struct Authenticator {
    key: EcdsaKeyPair,
    pub credential_id: Vec<u8>,
    pub user_handle: Vec<u8>,
    pub counter: u32,
}

/// What an answer claims; bent by tests.
#[derive(Clone)]
pub struct Answering {
    pub origin: String,
    pub rp_id: String,
    pub ceremony: &'static str,
    pub challenge: String,
    pub cross_origin: bool,
    /// User present (1), user verified (4).
    pub flags: u8,
    pub format: &'static str,
}

impl Answering {
    pub fn to(challenge: &str, ceremony: &'static str) -> Self {
        Self {
            origin: ORIGIN.into(),
            rp_id: RP_ID.into(),
            ceremony,
            challenge: challenge.into(),
            cross_origin: false,
            flags: 5,
            format: "none",
        }
    }

    fn client_data(&self) -> Vec<u8> {
        let Self { origin, ceremony, challenge, cross_origin, .. } = self;
        json!({ "type": ceremony, "challenge": challenge, "origin": origin, "crossOrigin": cross_origin, "other": 1 }).to_string().into()
    }

    fn authenticator_data(&self, flags: u8, counter: u32) -> Vec<u8> {
        [digest(&SHA256, self.rp_id.as_bytes()).as_ref(), &[self.flags | flags], &counter.to_be_bytes()].concat()
    }
}

/// The fields that the page posts.
pub type Fields = Vec<(&'static str, String)>;

impl Authenticator {
    pub fn new(credential_id: &[u8]) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        Self { key, credential_id: credential_id.to_vec(), user_handle: Vec::new(), counter: 0 }
    }

    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &point[1..33], &[0x22, 0x58, 32], &point[33..]].concat()
    }

    /// Answers a request for a new passkey.
    pub fn create(&self, answering: &Answering) -> Fields {
        let length = u16::try_from(self.credential_id.len()).unwrap().to_be_bytes();
        let data =
            [&answering.authenticator_data(0x40, self.counter)[..], &[0; 16], &length, &self.credential_id, &self.public_key()].concat();
        let format = answering.format.as_bytes();
        let object = [
            &[0xa3, 0x63][..],
            b"fmt",
            &[0x60 + u8::try_from(format.len()).unwrap()],
            format,
            &[0x67],
            b"attStmt",
            &[0xa0, 0x68],
            b"authData",
            &[0x59],
            &u16::try_from(data.len()).unwrap().to_be_bytes(),
            &data,
        ]
        .concat();
        vec![("clientDataJSON", encode(&answering.client_data())), ("attestationObject", encode(&object))]
    }

    /// Answers a request for proof.
    pub fn prove(&self, answering: &Answering) -> Fields {
        let client_data = answering.client_data();
        let data = answering.authenticator_data(0, self.counter);
        let message = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &message).unwrap();
        vec![
            ("credentialId", encode(&self.credential_id)),
            ("clientDataJSON", encode(&client_data)),
            ("authenticatorData", encode(&data)),
            ("signature", encode(signature.as_ref())),
            ("userHandle", encode(&self.user_handle)),
        ]
    }
}

pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
