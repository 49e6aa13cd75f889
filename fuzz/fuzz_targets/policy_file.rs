//! Policy files, from the bytes on the disk to a decision: nothing panics or exhausts the stack, and what is not understood never
//! comes to apply.
#![no_main]

use std::sync::LazyLock;

use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{self, ClientFacts, DeviceFacts, Facts, ResourceFacts, Subject, UserFacts, decide};
use doorward_wire::policy_file::conditional_access::read_node;
use doorward_wire::policy_file::{Json, decode, policies_of_file};
use libfuzzer_sys::fuzz_target;

static FACTS: LazyLock<Facts> = LazyLock::new(|| {
    let user = UserFacts { id: "anna".to_owned(), groups: vec!["staff".to_owned()], ..UserFacts::default() };
    Facts {
        resources: vec![ResourceFacts { app_id: "mail".to_owned(), bundles: vec!["Office365".to_owned()] }],
        client: Some(ClientFacts { app_id: "client".to_owned(), approved: true, protectable: true }),
        client_app_type: Some(ClientAppType::MobileAppsAndDesktopClients),
        device_platform: Some(DevicePlatform::Ios),
        ip: Some([192, 0, 2, 1].into()),
        device: Some(DeviceFacts::default()),
        broker_present: true,
        ..Facts::new(Subject::User(user))
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = decode(bytes.to_vec()) else { return };
    let Ok(document) = serde_json::from_str::<Json>(&text) else { return };
    let root = document.root();
    let Ok(nodes) = policies_of_file(&root) else { return };
    let mut policies = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let Ok(reading) = read_node(node, &format!("file.json#{index}")) else { continue };
        assert_eq!(reading.policy.is_none(), reading.unsupported().count() > 0, "a policy is there when it is understood");
        assert!(reading.findings.iter().all(|finding| finding.path.starts_with('$')), "a finding names its place");
        if let Some(policy) = reading.policy
            && conditional_access::check(&policy, &[]).is_ok()
        {
            policies.push(policy);
        }
    }
    let compiled = conditional_access::compile(&policies, &[], &[], &[]).expect("each of the policies was checked");
    let decision = decide(&compiled, &FACTS);
    let decided: Vec<_> = decision.policies.iter().map(|row| &row.id).collect();
    let understood: Vec<_> = policies.iter().map(|policy| &policy.id).collect();
    assert_eq!(decided, understood, "every policy that is understood has its row, and no other");

    with_unknown_conditions(&document);
});

/// The same policies, each with one more condition and grant control that nobody knows: none of them can be decided.
fn with_unknown_conditions(document: &Json) {
    let mut changed = document.clone();
    let mut count = 0;
    for section in ["conditions", "grantControls"] {
        add_unknown(&mut changed, section, &mut count);
    }
    if count == 0 {
        return;
    }
    let root = changed.root();
    let Ok(nodes) = policies_of_file(&root) else { panic!("a member more does not change what a file holds") };
    for node in nodes {
        let Ok(reading) = read_node(&node, "p") else { continue };
        let is_marked = reading.findings.iter().any(|finding| finding.path.ends_with(".fromTheFuture"));
        assert!(!is_marked || reading.policy.is_none(), "{reading:?}");
    }
}

/// Puts an unknown member into every object of that name, wherever it stands.
fn add_unknown(json: &mut Json, section: &str, count: &mut usize) {
    match json {
        Json::List(items) => items.iter_mut().for_each(|item| add_unknown(item, section, count)),
        Json::Object(members) => {
            for (name, member) in members {
                if let Json::Object(inner) = member
                    && name.eq_ignore_ascii_case(section)
                {
                    inner.push(("fromTheFuture".to_owned(), Json::Bool(true)));
                    *count += 1;
                }
                add_unknown(member, section, count);
            }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) => {}
    }
}
