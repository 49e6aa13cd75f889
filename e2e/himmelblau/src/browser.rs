//! Somebody at a browser: follows the sign-in pages where a person must.

use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use reqwest::Client;
use reqwest::redirect::Policy;

use crate::demo::{Demo, Person};

pub struct Browser {
    http: Client,
}

/// A page, or the answer that leads back to the client.
pub struct Page {
    pub html: String,
    pub location: Option<String>,
}

/// An authenticator app.
pub struct Authenticator {
    secret: Vec<u8>,
    /// A code works once, and those of the step before and after count too.
    next_step: u64,
}

impl Page {
    /// The value of a hidden field.
    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let rest = self.html.split(&mark).nth(1).unwrap_or_else(|| panic!("the page has no field {name}: {}", self.html));
        rest.split('"').next().unwrap_or_default().to_owned()
    }

    fn action(&self) -> String {
        self.html.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("the page has a form").to_owned()
    }
}

impl Browser {
    pub fn new() -> Self {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).build().expect("a browser can be made");
        Self { http }
    }

    pub async fn open(&self, address: &str) -> Page {
        page(self.http.get(address)).await
    }

    /// The same with a header that an extension of the browser adds.
    pub async fn open_with(&self, address: &str, header: &str, value: &str) -> Page {
        page(self.http.get(address).header(header, value)).await
    }

    /// Posts the form of a page.
    pub async fn post(&self, page_before: &Page, fields: &[(&str, &str)]) -> Page {
        let hidden = ["ctx", "flowToken", "canary"].map(|name| (name, page_before.hidden(name)));
        let all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).chain(fields.iter().copied()).collect();
        page(self.http.post(page_before.action()).form(&all)).await
    }

    /// Types the code of another device, signs in and agrees.
    pub async fn approve_device_code(&self, address: &str, code: &str, person: &Person) {
        let entry = self.open(address).await;
        let identifier = self.post(&entry, &[("user_code", code)]).await;
        let password = self.post(&identifier, &[("login", &person.name)]).await;
        let question = self.post(&password, &[("login", &person.name), ("passwd", &person.password)]).await;
        self.post(&question, &[("user_code", code), ("answer", "continue")]).await;
    }

    /// Signs in where a second factor is asked for, and registers an authenticator app there.
    pub async fn register_authenticator(&self, demo: &Demo, person: &Person) -> Authenticator {
        let query = "client_id=29d9ed98-a469-4536-ade2-f981bc1d605e&response_type=code&redirect_uri=msauth%3A%2F%2FMicrosoft.AAD.BrokerPlugin\
                     &resource=https%3A%2F%2Fgraph.microsoft.com&amr_values=ngcmfa";
        let identifier = self.open(&format!("{}/oauth2/authorize?{query}", demo.authority())).await;
        let password = self.post(&identifier, &[("login", &person.name)]).await;
        let choice = self.post(&password, &[("login", &person.name), ("passwd", &person.password)]).await;
        let registration = self.post(&choice, &[("instead", "softwareOath")]).await;
        let text = registration.html.split("class=\"key\">").nth(1).and_then(|rest| rest.split('<').next());
        let text = text.unwrap_or_else(|| panic!("no secret on the page: {}", registration.html));
        let mut authenticator = Authenticator::new(&text.replace(' ', ""));
        let code = authenticator.code();
        let saved = self.post(&registration, &[("newotc", &code)]).await;
        let done = self.post(&saved, &[("saved", "yes")]).await;
        assert!(done.location.is_some_and(|address| address.contains("code=")), "the sign-in ends with a code: {}", done.html);
        authenticator
    }
}

async fn page(request: reqwest::RequestBuilder) -> Page {
    let answer = request.send().await.expect("the server answers");
    let location = answer.headers().get("location").map(|value| value.to_str().expect("an address is text").to_owned());
    Page { html: answer.text().await.expect("a page is text"), location }
}

impl Authenticator {
    fn new(base32: &str) -> Self {
        let bits = base32.bytes().flat_map(|letter| {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|known| *known == letter).expect("the secret is base32");
            (0..5).rev().map(move |bit| u8::try_from(value >> bit & 1).expect("a bit"))
        });
        let bits: Vec<u8> = bits.collect();
        let secret = bits.chunks_exact(8).map(|byte| byte.iter().fold(0, |value, bit| value << 1 | bit)).collect();
        // The one before this, so that three codes can be used without waiting.
        Self { secret, next_step: step_now() - 1 }
    }

    /// The next code that has not been used (RFC 6238).
    pub fn code(&mut self) -> String {
        let step = self.next_step.max(step_now() - 1);
        self.next_step = step + 1;
        let key = PKey::hmac(&self.secret).expect("an HMAC key");
        let mut signer = Signer::new(MessageDigest::sha1(), &key).expect("HMAC-SHA1");
        let hash = signer.sign_oneshot_to_vec(&step.to_be_bytes()).expect("a hash");
        let offset = usize::from(hash[19] & 15);
        let number = u32::from_be_bytes([hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]]) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code that is wrong now.
    pub fn wrong_code(&self) -> String {
        let mut other = Self { secret: self.secret.clone(), next_step: step_now() + 10 };
        other.code()
    }
}

fn step_now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("the clock is right").as_secs() / 30
}
