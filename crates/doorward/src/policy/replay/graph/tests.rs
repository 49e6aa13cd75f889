use doorward_wire::policy_file::Json;
use serde_json::{Value, json};

use super::{Directory, client_app_type, platform, translate, trust_type};

fn directory() -> Directory {
    let document = json!({"servicePrincipals": [{"id": "mail-object", "appId": "mail"}]});
    Directory::from_json(&Json::from(&document)).unwrap()
}

fn translated(sign_in: &Value) -> Option<Value> {
    translate(&sign_in.to_string(), &directory()).unwrap().map(|line| serde_json::from_str(&line).unwrap())
}

#[test]
fn a_sign_in_becomes_one_of_eval_with_its_decision() {
    let sign_in = json!({
        "@odata.type": "#microsoft.graph.signIn", "id": "s1", "createdDateTime": "2026-11-01T08:00:00Z", "UserId": "ann", "appId": "outlook",
        "resourceId": null, "resourceServicePrincipalId": "Mail-Object", "clientAppUsed": "Mobile Apps and Desktop clients",
        "ipAddress": "203.0.113.7", "location": {"city": "Delft", "countryOrRegion": "NL"}, "riskLevelDuringSignIn": "medium",
        "riskLevelAggregated": "high", "originalTransferMethod": "deviceCodeFlow", "authenticationRequirement": "multiFactorAuthentication",
        "deviceDetail": {"deviceId": "d1", "displayName": "PC 1", "operatingSystem": "Windows 11", "browser": "Edge", "isCompliant": true,
            "isManaged": null, "trustType": "Hybrid Azure AD joined"},
        "status": {"errorCode": 53000, "failureReason": "…"}, "conditionalAccessStatus": "failure",
        "appliedConditionalAccessPolicies": [
            {"id": "p1", "displayName": "Compliant PCs", "result": "failure", "enforcedGrantControls": ["RequireCompliantDevice"]},
            {"id": "p2", "displayName": "Other", "result": "notApplied"},
        ],
    });
    let expected = json!({
        "id": "s1", "userId": "ann", "servicePrincipalId": null, "resources": ["mail"], "clientAppId": "outlook",
        "clientAppType": "mobileAppsAndDesktopClients", "devicePlatform": "windows", "ipAddress": "203.0.113.7", "country": "NL",
        "signInRiskLevel": "medium", "transferMethod": "deviceCodeFlow",
        "device": {"deviceId": "d1", "displayName": "PC 1", "operatingSystem": "Windows 11", "isCompliant": true, "isManaged": null,
            "trustType": "ServerAD"},
        "mfa": false, "decision": "block", "errorCode": 53000,
        "policies": [{"id": "p1", "displayName": "Compliant PCs", "result": "failure"}],
    });
    assert_eq!(translated(&sign_in), Some(expected));
}

#[test]
fn somebody_must_have_asked_for_something() {
    let table = [
        (json!({"id": "s", "userId": "ann", "resourceId": "mail"}), true),
        (json!({"id": "s", "userId": "", "servicePrincipalId": "robot", "resourceId": "mail"}), true),
        (json!({"id": "s", "userId": "", "resourceId": "mail"}), false),
        (json!({"id": "s", "userId": "ann", "resourceId": ""}), false),
    ];
    for (sign_in, expected) in table {
        assert_eq!(translated(&sign_in).is_some(), expected, "{sign_in}");
    }
}

#[test]
fn the_decision_is_what_conditional_access_made_of_it() {
    let table = [
        (0, "success", Some("grant")),
        (0, "notApplied", Some("grant")),
        (50076, "failure", Some("interrupt")),
        (50127, "failure", Some("interrupt")),
        (53003, "failure", Some("block")),
        // A wrong password, and an answer that contradicts itself.
        (50126, "notApplied", None),
        (50126, "success", None),
        (0, "failure", None),
    ];
    for (code, status, expected) in table {
        let sign_in =
            json!({"id": "s", "userId": "ann", "resourceId": "mail", "status": {"errorCode": code}, "conditionalAccessStatus": status});
        assert_eq!(translated(&sign_in).unwrap()["decision"].as_str(), expected, "{code} {status}");
    }
}

#[test]
fn a_second_factor_counts_when_it_was_asked_for_and_the_sign_in_succeeded() {
    for (requirement, code, expected) in
        [("multiFactorAuthentication", 0, true), ("multiFactorAuthentication", 50076, false), ("singleFactorAuthentication", 0, false)]
    {
        let sign_in = json!({"id": "s", "userId": "ann", "resourceId": "mail", "authenticationRequirement": requirement, "status": {"errorCode": code}});
        assert_eq!(translated(&sign_in).unwrap()["mfa"], expected, "{requirement} {code}");
    }
}

#[test]
fn what_is_hidden_or_empty_is_not_there() {
    let sign_in = json!({"id": "s", "userId": "ann", "resourceId": "mail", "riskLevelDuringSignIn": "hidden", "ipAddress": "",
        "clientAppUsed": "", "deviceDetail": {"deviceId": "", "operatingSystem": ""}, "location": null});
    let line = translated(&sign_in).unwrap();
    for name in ["signInRiskLevel", "ipAddress", "clientAppType", "device", "devicePlatform", "country", "decision"] {
        assert_eq!(line[name], Value::Null, "{name}");
    }
}

#[test]
fn the_words_of_graph_have_words_of_eval() {
    let clients = [
        ("Browser", Some("browser")),
        ("Mobile Apps and Desktop clients", Some("mobileAppsAndDesktopClients")),
        ("Exchange ActiveSync", Some("exchangeActiveSync")),
        ("IMAP4", Some("other")),
        ("Authenticated SMTP", Some("other")),
        ("Other clients", Some("other")),
        ("Unknown", None),
    ];
    let platforms = [
        ("Windows 10", Some("windows")),
        ("Windows Phone 8.1", Some("windowsPhone")),
        ("Ios 18.1", Some("iOS")),
        ("Android", Some("android")),
        ("MacOs", Some("macOS")),
        ("Linux", Some("linux")),
        ("Tizen", None),
    ];
    let trust_types = [
        ("Azure AD joined", Some("AzureAD")),
        ("Hybrid Azure AD joined", Some("ServerAD")),
        ("Azure AD registered", Some("Workplace")),
        ("Microsoft Entra hybrid joined", Some("ServerAD")),
        ("", None),
    ];
    clients.iter().for_each(|(words, expected)| assert_eq!(client_app_type(words), *expected, "{words}"));
    platforms.iter().for_each(|(words, expected)| assert_eq!(platform(words), *expected, "{words}"));
    trust_types.iter().for_each(|(words, expected)| assert_eq!(trust_type(words), *expected, "{words}"));
}
