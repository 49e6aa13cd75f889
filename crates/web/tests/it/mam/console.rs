//! What administrators do in the console, and what the phone makes of it.

use super::*;
use crate::console::browser::Browser;
use crate::console::form::{fields, with};

async fn submit(phone: &Phone, browser: &mut Browser, page: &Answer, (action, path): (&str, &str), typed: &[(&str, &str)]) -> Answer {
    let fields = with(fields(page, action), typed);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.send_form(&phone.world, path, &fields).await
}

#[tokio::test]
async fn a_policy_that_is_changed_in_the_console_is_in_force_at_the_next_check_in() {
    let mut phone = Phone::enrolled().await;
    let old = phone.apply().await;
    let mut browser = Browser::signed_in(&phone.world, &phone.world.admin).await;
    let (path, action) = ("/console/app-protection/policies/p", "/console/app-protection/policies/p/draft");
    let form = browser.get(&phone.world, path).await;
    let typed = [("s.minimumPinLength", "8"), ("s.allowedOutboundDataTransferDestinations", "none")];
    let saved = submit(&phone, &mut browser, &form, (action, path), &typed).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let answer = phone.check_in(Some(&old)).await;
    let settings = &answer["policy"]["settings"];
    assert_eq!((&settings["minimumPinLength"], &settings["allowedOutboundDataTransferDestinations"]), (&json!(8), &json!("none")));
    assert_eq!(settings["saveAsBlocked"], true, "where nothing may leave, nothing is saved elsewhere");
    let registration = format!("/console/app-protection/registrations/{}", phone.registration);
    let page = browser.get(&phone.world, &registration).await;
    assert!(page.body.contains("In an earlier version."), "{}", page.body);
    let new = answer["policy"]["tag"].as_str().unwrap().to_owned();
    phone.check_in(Some(&new)).await;
    let page = browser.get(&phone.world, &registration).await;
    assert!(page.body.contains("The same, in its present version.") && page.body.contains("counts as protected"), "{}", page.body);
    let api = phone.world.access_token(&phone.world.admin, crate::graph::SCOPE).await;
    for which in ["appliedPolicies", "intendedPolicies"] {
        let path = format!("/v1.0/deviceAppManagement/managedAppRegistrations/{}/{which}", phone.registration);
        let listed = phone.world.json(Method::GET, &path, &api, &Value::Null).await.json();
        assert_eq!((&listed["value"][0]["id"], &listed["value"][0]["minimumPinLength"]), (&json!("p"), &json!(8)), "{which}");
    }
}

#[tokio::test]
async fn a_wipe_that_is_asked_for_in_the_console_reaches_the_phone_and_its_word_comes_back() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    let mut browser = Browser::signed_in(&phone.world, &phone.world.admin).await;
    let path = format!("/console/app-protection/registrations/{}", phone.registration);
    let wipe = format!("{path}/wipe");
    let page = browser.get(&phone.world, &wipe).await;
    let asked = submit(&phone, &mut browser, &page, (&wipe, &wipe), &[]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let answer = phone.check_in(Some(&tag)).await;
    assert_eq!(answer["operations"][0]["kind"], "wipe");
    let operation = answer["operations"][0]["id"].as_str().unwrap().to_owned();
    let page = browser.get(&phone.world, &path).await;
    assert!(page.body.contains("The app was told") && !page.body.contains("Take back"), "{}", page.body);
    phone.fresh_nonce().await;
    let done = Sent::new(Method::POST, "", json!({ "result": "done" }));
    let said = phone.send(Sent { path: &format!("/operations/{operation}/acknowledge"), ..done }).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let page = browser.get(&phone.world, &path).await;
    assert!(page.body.contains("Wiped") && page.body.contains("Done") && page.body.contains("has ended"), "{}", page.body);
}
