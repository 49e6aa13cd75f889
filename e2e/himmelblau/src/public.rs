//! A public client without a device: password, refresh token, device code.

use himmelblau::PublicClientApplication;

use crate::TIMEOUT;
use crate::browser::Browser;
use crate::demo::{Demo, Person};
use crate::report::Report;

const SCOPE: &str = "api://contoso-mail/Mail.Read";

pub async fn run(report: &mut Report, demo: &Demo, person: &Person) {
    let client = PublicClientApplication::new(&demo.desktop, Some(&demo.authority()), TIMEOUT).expect("a client");
    let answer = client.acquire_token_by_username_password(&person.name, &person.password, vec![SCOPE]).await;
    let token = report.done("password: tokens", answer);
    report.equal("password: whose token it is", &token.spn().ok(), &Some(person.name.clone()));
    report.equal("password: of which tenant", &token.tenant_id().ok(), &Some(demo.tenant.clone()));
    let answer = client.acquire_token_by_username_password(&person.name, "not the password", vec![SCOPE]).await;
    report.refused("password: a wrong one", 50126, answer);
    let answer = client.acquire_token_by_refresh_token(&token.refresh_token, vec!["User.Read"]).await;
    report.done("refresh token: tokens for another resource", answer);
    let answer = client.acquire_token_by_refresh_token("made up", vec![SCOPE]).await;
    report.refused("refresh token: one that was made up", 70000, answer);

    let flow = report.done("device code: a code", client.initiate_device_flow(vec![SCOPE]).await);
    report.refused("device code: before anybody agreed", 70016, client.acquire_token_by_device_flow(flow.clone()).await);
    Browser::new().approve_device_code(&flow.verification_uri, &flow.user_code, person).await;
    let token = report.done("device code: tokens", client.acquire_token_by_device_flow(flow).await);
    report.equal("device code: whose token it is", &token.uuid().ok().map(|id| id.to_string()), &Some(person.id.clone()));
}
