//! Reports: what is taken, what is refused, and by whose word.

use super::*;

#[tokio::test]
async fn what_is_no_fact_or_has_another_shape_is_refused_by_name_and_nothing_is_kept() {
    let company = Company::new().await;
    let unknown = company.send_report(&json!({ "facts": {} })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "not managed yet: {}", unknown.body);
    company.enrol().await;
    let before = company.read(&format!("{DEVICES}/{}", company.device())).await;
    let cases = [
        (json!({ "facts": { "passwordSte": true } }), "facts.passwordSte: is no fact"),
        (json!({ "facts": { "passwordSet": "yes" } }), "facts.passwordSet: must be true or false"),
        (json!({ "facts": { "osVersion": "the newest" } }), "facts.osVersion: must be a version"),
        (json!({ "facts": { "threatLevel": "great" } }), "facts.threatLevel: must be one of secured"),
        (json!({ "facts": { "customCompliance": { "big": "x".repeat(20_000) } } }), "facts.customCompliance: must be an object of at most"),
        (json!({ "facts": { "installedApps": [1] } }), "facts.installedApps: must be a list"),
        (json!({ "notApplicable": ["battery"] }), "facts.battery: is no fact"),
        (json!({ "facts": {}, "collectedAt": "2026-11-23T09:06:00Z" }), "collectedAt: must not be in the future"),
        (json!({ "facts": {}, "expiresAt": "2026-11-24T09:00:00Z" }), "expiresAt: is about complianceState"),
        (json!({ "fcats": {} }), "fcats"),
    ];
    for (body, problem) in cases {
        let refused = company.send_report(&body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(refused.body.contains(problem), "{problem}: {}", refused.body);
    }
    assert_eq!(company.read(&format!("{DEVICES}/{}", company.device())).await, before);
}

#[tokio::test]
async fn an_old_report_speaks_for_its_time_and_never_replaces_a_newer_one() {
    let company = Company::new().await;
    company.enrol().await;
    let report = async |collected: &str| company.send_report(&json!({ "facts": {}, "collectedAt": collected })).await.status;
    let spoken_for = async || company.read(&format!("{DEVICES}/{}", company.device())).await["lastSyncDateTime"].clone();
    assert_eq!(report("2026-11-23T07:00:00Z").await, StatusCode::OK);
    assert_eq!(spoken_for().await, "2026-11-23T07:00:00Z");
    assert_eq!(report("2026-11-23T06:00:00Z").await, StatusCode::CONFLICT);
    assert_eq!(report("2026-11-23T08:30:00Z").await, StatusCode::OK);
    assert_eq!(spoken_for().await, "2026-11-23T09:00:00Z", "fresh enough to speak for now");
}

#[tokio::test]
async fn facts_stay_until_they_are_changed_or_taken_back() {
    let company = Company::new().await;
    let policy =
        company.policy(json!({ "passcodeRequired": true, "securityBlockJailbrokenDevices": true, "passcodeBlockSimple": true })).await;
    company.enrol().await;
    company.report(json!({ "passwordSet": true, "jailbroken": false })).await;
    company
        .send_report(&json!({ "notApplicable": ["passwordSimple"], "enforced": ["passwordSet"], "facts": { "passwordSet": true } }))
        .await;
    let states = async || {
        let states = company.read(&format!("{DEVICES}/{}/deviceCompliancePolicyStates", company.device())).await;
        assert_eq!(states["value"][0]["id"], policy.as_str());
        let of = |setting: &Value| (setting["setting"].as_str().unwrap().to_owned(), setting["state"].as_str().unwrap().to_owned());
        states["value"][0]["settingStates"].as_array().unwrap().iter().map(of).collect::<Vec<_>>()
    };
    let state = |name: &str, state: &str| (format!("IosCompliancePolicy.{name}"), state.to_owned());
    assert_eq!(
        states().await,
        [
            state("PasscodeRequired", "remediated"),
            state("PasscodeBlockSimple", "notApplicable"),
            state("SecurityBlockJailbrokenDevices", "compliant"),
        ]
    );
    assert_eq!(company.report(json!({ "jailbroken": null })).await["complianceState"], "unknown");
    assert_eq!(states().await[2], state("SecurityBlockJailbrokenDevices", "unknown"));
}

#[tokio::test]
async fn the_reporters_own_judgement_counts_like_a_policy_and_expires() {
    let company = Company::new().await;
    company.enrol().await;
    let told = company.send_report(&json!({ "complianceState": "Compliant" })).await;
    assert_eq!(told.json()["complianceState"], "compliant", "{}", told.body);
    assert_eq!(company.mail().await, 0);
    company.policy(json!({ "osMinimumVersion": "20.0" })).await;
    company.report(json!({ "osVersion": "19.2" })).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT, "own policies still count");
    company.report(json!({ "osVersion": "20.0" })).await;
    assert_eq!(company.mail().await, 0);
    company.send_report(&json!({ "complianceState": "noncompliant", "expiresAt": "2026-11-23T10:00:00Z" })).await;
    assert_eq!(company.mail().await, NOT_COMPLIANT);
    company.world.clock.advance(3601);
    company.background_work().await;
    assert_eq!(company.mail().await, 0, "what it said is over");
}

#[tokio::test]
async fn each_report_is_audited_with_the_facts_before_and_after() {
    let company = Company::new().await;
    company.enrol().await;
    company.report(json!({ "passwordLength": 4 })).await;
    company.world.clock.advance(1);
    company.report(json!({ "passwordLength": 6 })).await;
    let audits = company.world.audits().await;
    assert_eq!(audits[0].activity_display_name, "Report managedDevice");
    assert_eq!((&audits[0].before["facts"], &audits[0].after["facts"]), (&json!({ "passwordLength": 4 }), &json!({ "passwordLength": 6 })));
    company.world.clock.advance(1);
    company.report(json!({ "installedApps": ["com.example.private"] })).await;
    let newest = company.world.audits().await;
    assert_eq!(newest[0].after["facts"]["installedApps"], "1 entries", "the audit is no inventory");
    assert_eq!((&audits[0].after["isManaged"], &audits[0].after["isCompliant"]), (&json!(true), &json!(false)));
}

#[tokio::test]
async fn retirement_by_a_policy_waits_for_an_administrator() {
    let company = Company::new().await;
    let actions = json!([{ "scheduledActionConfigurations": [
        { "actionType": "block", "gracePeriodHours": 0 },
        { "actionType": "notification", "gracePeriodHours": 0 },
        { "actionType": "retire", "gracePeriodHours": 24 }] }]);
    company.policy(json!({ "passcodeRequired": true, "scheduledActionsForRule": actions })).await;
    company.enrol().await;
    company.report(json!({ "passwordSet": false })).await;
    company.world.clock.advance(24 * 3600 + 1);
    company.background_work().await;
    let token = company.world.access_token(&company.world.admin, SCOPE).await;
    let company = Company { admin: token, ..company };
    let listed = company.read(&format!("{DEVICES}?$filter=managementState%20eq%20'retirePending'")).await;
    assert_eq!(listed["value"][0]["id"], company.device().as_str());
    let retire = format!("{DEVICES}/{}/retire", company.device());
    assert_eq!(company.call("POST", &retire, &Value::Null).await.status, StatusCode::NO_CONTENT);
    assert_eq!(company.call("POST", &retire, &Value::Null).await.status, StatusCode::CONFLICT);
    let refused = company.send_report(&json!({ "facts": {} })).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    // It may come back, with nothing known of it.
    company.enrol().await;
    let again = company.call("POST", DEVICES, &json!({ "azureADDeviceId": company.device() })).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert_eq!(company.report(json!({})).await["complianceState"], "unknown");
}
