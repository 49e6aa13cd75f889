//! Policies for the tests of this folder.

use doorward_policy::conditional_access::compile;
use doorward_wire::policy_file::conditional_access::read_node;
use doorward_wire::policy_file::{Json, policies_of_file};
use serde_json::{Value, json};

use crate::policy::set::Policies;

pub(super) fn policies(policies: &Value) -> Policies {
    let document: Json = serde_json::from_str(&policies.to_string()).unwrap();
    let nodes = policies_of_file(&document.root()).unwrap();
    let policies: Vec<_> = nodes.iter().map(|node| read_node(node, "p").unwrap().policy.unwrap()).collect();
    let set = compile(&policies, &[], &[], &[]).unwrap();
    Policies { policies, documents: Vec::new(), services: Vec::new(), skipped: 0, are_assumed_enabled: false, set }
}

/// An enabled policy for all resources that asks for one control.
pub(super) fn policy(users: &Value, control: &str) -> Value {
    json!({"state": "enabled", "grantControls": {"operator": "OR", "builtInControls": [control]},
        "conditions": {"users": users, "applications": {"includeApplications": ["All"]}}})
}
