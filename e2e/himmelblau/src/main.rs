//! libhimmelblau, unchanged, through the whole life of a Linux computer at a demo server.
//!
//! Reads `DOORWARD_DEMO` (the demo's `demo.json`). `SSL_CERT_FILE` and `HIMMELBLAU_DISCOVERY_URL` are the library's own: see `docs/clients.md`.
//! Prints a line for each step and ends with status 1 at the first that is not as expected.

mod browser;
mod computer;
mod confidential;
mod demo;
mod directory;
mod management;
mod public;
mod report;
mod sign_in_page;

use std::env;
use std::time::Duration;

use browser::Browser;
use demo::Demo;
use report::{Report, fail};

/// How long the library waits for an answer. Passwords are hashed for real.
pub const TIMEOUT: Duration = Duration::from_secs(20);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    for name in ["DOORWARD_DEMO", "SSL_CERT_FILE", "HIMMELBLAU_DISCOVERY_URL"] {
        if env::var_os(name).is_none() {
            fail("environment", &format!("{name} is set (see e2e/run)"), "it is not");
        }
    }
    let demo = Demo::open(&env::var("DOORWARD_DEMO").expect("checked above")).await;
    let mut report = Report::new();
    let person = demo.new_person().await;

    public::run(&mut report, &demo, &person).await;
    sign_in_page::without_second_factor(&mut report, &demo, &person).await;
    let mut authenticator = Browser::new().register_authenticator(&demo, &person).await;
    let token = sign_in_page::with_second_factor(&mut report, &demo, &person, &mut authenticator).await;
    let mut computer = computer::join(&mut report, &demo, &person).await;
    computer.primary_refresh_tokens(&mut report, &person, &token).await;
    computer.tokens_for_apps(&mut report).await;
    computer.single_sign_on(&mut report, &demo).await;
    computer.certificate_for_other_devices(&mut report, &demo).await;
    computer.hello_key(&mut report, &person, &token).await;
    confidential::run(&mut report, &demo, &mut computer).await;
    directory::run(&mut report, &demo, &person, &mut computer).await;
    management::run(&mut report, &demo, &person, &mut computer).await;
    report.finish();
}
