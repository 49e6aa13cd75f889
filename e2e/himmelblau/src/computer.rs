//! A Linux computer that joins, and its broker.

use himmelblau::{BrokerClientApplication, EnrollAttrs, UserToken};
use kanidm_hsm_crypto::AuthValue;
use kanidm_hsm_crypto::provider::{BoxedDynTpm, SoftTpm, Tpm as _};
use kanidm_hsm_crypto::structures::{SealedData, StorageKey};

use crate::TIMEOUT;
use crate::browser::Browser;
use crate::demo::{Demo, Person};
use crate::report::Report;

/// Where the mail service of the demo is asked for.
pub const MAIL: &str = "api://contoso-mail/.default";
/// The Linux broker, and where its answers go.
const LINUX_BROKER: &str = "b743a22d-6705-4147-8670-d92fa515ee2b";
const LINUX_REDIRECT: &str = "companyportal%3A%2F%2Fcom.microsoft.CompanyPortal";
/// PIN of the Hello key.
const PIN: &str = "492817";

pub struct Computer {
    pub client: BrokerClientApplication,
    pub tpm: BoxedDynTpm,
    pub key: StorageKey,
    pub device_id: String,
    name: String,
    /// The primary refresh token in use.
    prt: Option<SealedData>,
}

/// Registers a new computer of a person.
pub async fn join(report: &mut Report, demo: &Demo, person: &Person) -> Computer {
    let mut tpm = BoxedDynTpm::new(SoftTpm::new());
    let auth = AuthValue::ephemeral().expect("randomness");
    let loadable = tpm.root_storage_key_create(&auth).expect("a storage key");
    let key = tpm.root_storage_key_load(&auth, &loadable).expect("a storage key");
    let mut client = BrokerClientApplication::new(Some(&demo.authority()), None, None, None, TIMEOUT).expect("a client");
    let answer = client.acquire_token_by_username_password_for_device_enrollment(&person.name, &person.password).await;
    let token = report.done("join: a token to begin with", answer);
    let name = "workbench";
    let attributes = EnrollAttrs::new(demo.domain.clone(), Some(name.into()), Some("Linux".into()), Some(0), None).expect("attributes");
    let answer = client.enroll_device(&token.refresh_token, attributes, &mut tpm, &key).await;
    let (_, _, device_id) = report.done("join: discovery, certificate", answer);
    Computer { client, tpm, key, device_id, name: name.into(), prt: None }
}

impl Computer {
    /// By password, by refresh token, and renewed.
    pub async fn primary_refresh_tokens(&mut self, report: &mut Report, person: &Person, token: &UserToken) {
        let Self { client, tpm, key, .. } = self;
        let answer = client.acquire_user_prt_by_username_password(&person.name, &person.password, tpm, key).await;
        report.done("PRT: by password", answer);
        let answer = client.acquire_user_prt_by_username_password(&person.name, "not the password", tpm, key).await;
        report.refused("PRT: by a wrong password", 50126, answer);
        let answer = client.acquire_user_prt_by_refresh_token(&token.refresh_token, tpm, key).await;
        let first = report.done("PRT: by refresh token", answer);
        let renewed = report.done("PRT: renewed, encrypted", client.exchange_prt_for_prt(&first, tpm, key, true).await);
        report.refused("PRT: the one before is withdrawn", 70008, client.exchange_prt_for_prt(&first, tpm, key, false).await);
        self.prt = Some(renewed);
    }

    /// A token for an app or a service, as the broker gets it.
    pub async fn token(&mut self, scopes: Vec<&str>, resource: Option<&str>) -> Result<UserToken, himmelblau::error::MsalError> {
        let Self { client, tpm, key, prt, .. } = self;
        let prt = prt.as_ref().expect("there is a PRT");
        client.exchange_prt_for_access_token(prt, scopes, resource.map(str::to_owned), None, tpm, key, None, None).await
    }

    pub async fn tokens_for_apps(&mut self, report: &mut Report) {
        let answer = self.token(vec![MAIL], None).await;
        let token = report.done("PRT to token: v2.0, by scope", answer);
        report.equal("PRT to token: says that a second factor was given", &token.amr_mfa().ok(), &Some(true));
        let answer = self.token(vec![], Some("https://graph.microsoft.com")).await;
        report.done("PRT to token: v1.0, by resource", answer);
        report.refused("PRT to token: a resource that is not there", 500011, self.token(vec!["api://nothing/.default"], None).await);
        let Self { client, tpm, key, prt, .. } = self;
        let prt = prt.as_ref().expect("there is a PRT");
        // {"kid":"V6N_HMPagNpYS_wxM14X73q3eWzbTr9Z31RyHkIcN0Y"}
        let confirmation = "eyJraWQiOiJWNk5fSE1QYWdOcFlTX3d4TTE0WDczcTNlV3piVHI5WjMxUnlIa0ljTjBZIn0";
        let answer = client.exchange_prt_for_access_token(prt, vec![MAIL], None, None, tpm, key, None, Some(confirmation)).await;
        let token = report.done("PRT to token: bound to a key of the client", answer);
        report.equal("PRT to token: of this kind", &token.token_type, &"pop".to_owned());
        let answer = client
            .exchange_prt_for_access_token(prt, vec![MAIL], None, Some("d3590ed6-52b3-4102-aeff-aad2292ab01c"), tpm, key, None, None)
            .await;
        report.refused("PRT to token: for an app whose redirect URI is not registered", 50011, answer);
    }

    /// The cookie that lets a browser on this computer in.
    pub async fn single_sign_on(&mut self, report: &mut Report, demo: &Demo) {
        let Self { client, tpm, key, prt, .. } = self;
        let prt = prt.as_ref().expect("there is a PRT");
        let browser = Browser::new();
        let address = format!(
            "{}/oauth2/v2.0/authorize?client_id={LINUX_BROKER}&response_type=code&redirect_uri={LINUX_REDIRECT}\
             &scope=openid%20api%3A%2F%2Fcontoso-mail%2FMail.Read",
            demo.authority()
        );
        let cookie = report.done("cookie: without a nonce", client.acquire_prt_sso_cookie(prt, tpm, key).await);
        let page = browser.open_with(&address, "x-ms-RefreshTokenCredential", &cookie).await;
        let again = page.location.unwrap_or_default();
        let nonce = again.split("sso_nonce=").nth(1).and_then(|rest| rest.split('&').next()).map(str::to_owned);
        report.equal("cookie: the server hands out a nonce first", &nonce.is_some(), &true);
        let answer = client.acquire_prt_sso_cookie_with_nonce(prt, nonce.as_deref(), tpm, key).await;
        let cookie = report.done("cookie: over the nonce", answer);
        let page = browser.open_with(&again, "x-ms-RefreshTokenCredential", &cookie).await;
        let signed_in = page.location.is_some_and(|address| address.contains("?code="));
        report.equal("cookie: the browser is signed in", &signed_in, &true);
        let page = browser.open_with(&again, "x-ms-RefreshTokenCredential", &cookie).await;
        let again = page.location.is_some_and(|address| address.contains("?code="));
        report.equal("cookie: it works once", &again, &false);
    }

    /// A certificate with which devices of the tenant know each other.
    pub async fn certificate_for_other_devices(&mut self, report: &mut Report, demo: &Demo) {
        let Self { client, tpm, key, name, device_id, .. } = self;
        let answer = client.acquire_device_p2p_certificate(&demo.tenant, name, None, tpm, key).await;
        let certificate = report.done("device certificate for peers", answer);
        report.equal("device certificate: it names the device", &certificate.subject.contains(device_id.as_str()), &true);
    }

    /// A key behind a PIN in place of the password.
    pub async fn hello_key(&mut self, report: &mut Report, person: &Person, token: &UserToken) {
        let Self { client, tpm, key, .. } = self;
        let answer = client.acquire_token_by_username_password(&person.name, &person.password, vec![], None, None, tpm, key).await;
        let weak = report.done("Hello key: a token by password alone", answer);
        let refused = client.provision_hello_for_business_key(&weak, tpm, key, PIN).await.is_err();
        report.equal("Hello key: not with a password alone", &refused, &true);
        let hello = report.done("Hello key: provisioned", client.provision_hello_for_business_key(token, tpm, key, PIN).await);
        let answer = client.acquire_user_prt_by_hello_for_business_key(&person.name, &hello, tpm, key, PIN).await;
        self.prt = Some(report.done("Hello key: PRT", answer));
        let token = report.done("Hello key: PRT to token", self.token(vec![MAIL], None).await);
        report.equal("Hello key: the token says so", &token.amr_ngcmfa().ok(), &Some(true));
    }
}
