//! The reader against the plainest one there could be: a whole JSON document, asked for one member after the other.

use doorward_model::sign_in::{ClientAppType, DevicePlatform, InsiderRiskLevel, RiskLevel, TransferMethod, UserAction};
use doorward_policy::conditional_access::{Facts, Subject};
use doorward_wire::policy_file::{Json, Node, Object, ReadError, device};
use proptest::prelude::*;
use serde_json::json;

use super::Directory;
use super::read_line;

pub(in super::super) fn directory() -> Directory {
    let text = json!({
        "users": [{"id": "ann", "roles": ["admin"]}],
        "groups": [{"id": "staff", "members": ["ann"]}],
        "servicePrincipals": [{"id": "robot", "appId": "app"}],
        "applications": [{"appId": "mail", "bundles": ["Office365"]}, {"appId": "outlook", "approved": true}],
    });
    Directory::from_json(&serde_json::from_value(text).unwrap()).unwrap()
}

fn plain(line: &str, directory: &Directory) -> Option<(String, Facts)> {
    let document: Json = serde_json::from_str(line).ok()?;
    plain_facts(&document, directory).ok()
}

fn plain_facts(document: &Json, directory: &Directory) -> Result<(String, Facts), ReadError> {
    let root = document.root();
    let object = root.object()?;
    let mut facts = Facts::new(plain_subject(&root, &object, directory)?);
    facts.resources = object.strings("resources")?.iter().map(|app_id| directory.resource(app_id)).collect();
    facts.user_action = object.word("userAction", UserAction::from_wire)?;
    facts.authentication_context = object.text("authenticationContext")?;
    if facts.resources.is_empty() && facts.user_action.is_none() && facts.authentication_context.is_none() {
        return Err(root.error("has no target"));
    }
    facts.client = object.text("clientAppId")?.map(|app_id| directory.client(&app_id));
    facts.client_app_type = object.word("clientAppType", ClientAppType::from_wire)?;
    facts.device_platform = object.text("devicePlatform")?.as_deref().and_then(DevicePlatform::from_wire);
    facts.ip = object.optional("ipAddress", Node::ip_address)?;
    facts.country = object.text("country")?;
    facts.sign_in_risk = object.word("signInRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.user_risk = object.word("userRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.service_principal_risk = object.word("servicePrincipalRiskLevel", RiskLevel::from_wire)?.unwrap_or_default();
    facts.insider_risk = object.word("insiderRiskLevel", InsiderRiskLevel::from_wire)?.unwrap_or_default();
    facts.transfer_method = object.word("transferMethod", TransferMethod::from_wire)?.unwrap_or_default();
    facts.device = object.optional("device", |node| device::read(&node.object()?))?;
    facts.broker_present = object.flag("brokerPresent")?;
    facts.app_protection_applied = object.flag("appProtectionApplied")?;
    facts.attestation_missing = object.flag("attestationMissing")?;
    facts.mfa = object.flag("mfa")?;
    facts.authentication_methods = object.strings("authenticationMethods")?;
    facts.password_changed = object.flag("passwordChanged")?;
    facts.terms_of_use_accepted = object.strings("termsOfUseAccepted")?;
    Ok((object.require("id")?.text()?.to_owned(), facts))
}

fn plain_subject(root: &Node<'_>, object: &Object<'_>, directory: &Directory) -> Result<Subject, ReadError> {
    match (object.get("userId"), object.get("servicePrincipalId")) {
        (Some(user), None) => directory.user(user.text()?).ok_or_else(|| user.error("is not known")),
        (None, Some(workload)) => Ok(directory.workload(workload.text()?)),
        _ => Err(root.error("must have exactly one")),
    }
}

/// Members that make a sign-in, some of which turn it into none.
const GOOD: &[(&str, &str)] = &[
    ("id", r#""s1""#),
    ("userId", r#""Ann""#),
    ("resources", r#"["mail"]"#),
    ("attestationMissing", "true"),
    ("resources", r#"["MAIL", "other"]"#),
    ("userAction", r#""registerOrJoinDevices""#),
    ("authenticationContext", r#""c1""#),
    ("authenticationContext", r#""""#),
    ("resources", "[]"),
    ("country", r#""1\u0000NL""#),
    ("clientAppId", r#""outlook""#),
    ("clientAppType", r#""BROWSER""#),
    ("devicePlatform", r#""toaster""#),
    ("devicePlatform", r#""ios""#),
    ("ipAddress", r#""2001:db8::1""#),
    ("country", r#""N\u004c""#),
    ("signInRiskLevel", r#""High""#),
    ("userRiskLevel", r#""low""#),
    ("servicePrincipalRiskLevel", r#""medium""#),
    ("insiderRiskLevel", r#""elevated""#),
    ("transferMethod", r#""deviceCodeFlow""#),
    ("device", r#"{"deviceId": "d1", "IsManaged": true, "isCompliant": null, "extensionAttribute3": "x", "odd": {}}"#),
    ("brokerPresent", "true"),
    ("appProtectionApplied", "true"),
    ("mfa", "true"),
    ("authenticationMethods", r#"["password"]"#),
    ("passwordChanged", "false"),
    ("termsOfUseAccepted", r#"["terms"]"#),
    ("odd", r#"{"a": [1, -2, 0.5, "\ud83d\ude00"]}"#),
    ("members@odata.type", "7"),
    ("decision", r#""grant""#),
    ("errorCode", "-1"),
    ("policies", "[[]]"),
];

/// Values that most members cannot have, and text that is no JSON.
const ODD: &[&str] = &["null", "7", "-7", "1e9", "true", r#""fax""#, "[]", "[1]", "{}", r#"{"isManaged": 1}"#, "nul", r#""\ud800""#, ""];

fn recased(name: &str, upper: u32) -> String {
    (0..32)
        .cycle()
        .zip(name.chars())
        .map(|(bit, letter)| if upper >> bit & 1 == 1 { letter.to_ascii_uppercase() } else { letter })
        .collect()
}

fn good() -> impl Strategy<Value = (String, String)> {
    let case = prop_oneof![Just(0), any::<u32>()];
    (prop::sample::select(GOOD), case).prop_map(|((name, value), case)| (recased(name, case), value.to_owned()))
}

fn odd() -> impl Strategy<Value = (String, String)> {
    (good(), prop::sample::select(ODD)).prop_map(|((name, _), value)| (name, value.to_owned()))
}

/// Mostly a sign-in: what none can do without comes first, before or after what else there is.
pub(in super::super) fn line() -> impl Strategy<Value = String> {
    let needed = GOOD.iter().take(3).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>();
    let more = prop::collection::vec(prop_oneof![8 => good(), 1 => odd()], 0..10);
    (Just(needed), more, any::<prop::sample::Index>(), 0..20_u8).prop_map(|(mut members, more, at, tail)| {
        let at = at.index(members.len() + 1);
        members.splice(at..at, more);
        if tail < 3 {
            members.remove(usize::from(tail));
        }
        let text: Vec<String> = members.iter().map(|(name, value)| format!("{name:?}: {value}")).collect();
        format!("{{{}}}{}", text.join(", "), if tail == 19 { "}" } else { " " })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_means_what_its_document_means(line in line()) {
        let directory = directory();
        let read = read_line(&line, &directory).ok().map(|sign_in| (sign_in.id, sign_in.facts));
        prop_assert_eq!(read, plain(&line, &directory));
    }
}

#[test]
fn what_is_no_object_is_no_sign_in() {
    for (line, expected) in [("[]", "$ must be an object"), ("7", "$ must be an object"), ("{", "not JSON"), ("{} {}", "not JSON")] {
        let error = read_line(line, &directory()).err().unwrap();
        assert!(error.to_string().starts_with(expected), "{line}: {error}");
    }
}
