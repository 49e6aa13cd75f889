//! The sign-in page, read as a program: does the account exist, password, code of an authenticator app.

use himmelblau::error::MsalError;
use himmelblau::{AuthOption, BrokerClientApplication, UserToken};
use reqwest::Method;
use serde_json::json;

use crate::TIMEOUT;
use crate::browser::Authenticator;
use crate::demo::{Demo, Person};
use crate::report::{Report, fail};

const NATIVE: &[AuthOption] = &[AuthOption::NoDAGFallback];

fn broker(demo: &Demo) -> BrokerClientApplication {
    BrokerClientApplication::new(Some(&demo.authority()), None, None, None, TIMEOUT).expect("a client")
}

pub async fn without_second_factor(report: &mut Report, demo: &Demo, person: &Person) {
    let client = broker(demo);
    let nobody = format!("nobody@{}", demo.domain);
    let known = report.done("account: one that exists", client.check_user_exists(&person.name, NATIVE).await);
    report.equal("account: exists", &known.try_exists().ok(), &Some(true));
    let unknown =
        report.done("account: one that does not, while the tenant keeps that to itself", client.check_user_exists(&nobody, NATIVE).await);
    report.equal("account: is said to exist", &unknown.try_exists().ok(), &Some(true));
    demo.graph(Method::PATCH, "organization", json!({ "tellsWhetherAccountsExist": true })).await;
    let unknown = report.done("account: one that does not, where the tenant tells", client.check_user_exists(&nobody, NATIVE).await);
    report.equal("account: does not exist", &unknown.try_exists().ok(), &Some(false));

    demo.graph(Method::PATCH, "organization", json!({ "tellsWhetherAccountsExist": false })).await;

    let answer = client.initiate_acquire_token_by_mfa_flow(&person.name, Some("not the password"), NATIVE, None).await;
    report.refused("page: a wrong password", 50126, answer);
    let answer = client.initiate_acquire_token_by_mfa_flow(&person.name, Some(&person.password), &[], None).await;
    let flow = report.done("page: nobody without a second factor gets through, so a browser is needed", answer);
    report.equal("page: the library offers a device code", &flow.dag.is_some(), &true);
}

pub async fn with_second_factor(report: &mut Report, demo: &Demo, person: &Person, authenticator: &mut Authenticator) -> UserToken {
    let client = broker(demo);
    let init = report.done("page: look first", client.check_user_exists(&person.name, NATIVE).await);
    let answer =
        client.initiate_acquire_token_by_mfa_flow_for_device_enrollment(&person.name, Some(&person.password), NATIVE, Some(init)).await;
    let mut flow = report.done("page: password, then a second factor", answer);
    report.equal("page: which one", &flow.mfa_method(), &"PhoneAppOTP".to_owned());
    match client.acquire_token_by_mfa_flow(&person.name, Some(&authenticator.wrong_code()), None, &mut flow).await {
        Err(MsalError::MFAInvalidCode(_)) => report.equal("page: a wrong code can be corrected", &true, &true),
        Err(other) => fail("page: a wrong code", "MFAInvalidCode", &format!("{other:?}")),
        Ok(_) => fail("page: a wrong code", "MFAInvalidCode", "a token"),
    }
    let answer = client.acquire_token_by_mfa_flow(&person.name, Some(&authenticator.code()), None, &mut flow).await;
    let token = report.done("page: the right code", answer);
    report.equal("page: the token says so", &token.amr_mfa().ok(), &Some(true));
    token
}
