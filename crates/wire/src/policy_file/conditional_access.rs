//! One conditional access policy.

use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};
use serde_json::Value;

use super::json::{Json, Node, ReadError};
pub use super::write::write;
use super::{Finding, Findings, Severity, conditions, grant, session};

/// A policy as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyReading {
    /// Its id.
    pub id: String,
    /// The file names the id; otherwise it is the one that the caller gave.
    pub has_own_id: bool,
    /// JSON path of the policy proper, which in a template is its `details`.
    pub path: String,
    /// The policy; none when it holds something that the engine does not know. Such a policy can be shown but not decided.
    pub policy: Option<ConditionalAccessPolicy>,
    /// All that the engine does not know.
    pub findings: Vec<Finding>,
}

const POLICY: &[&str] = &[
    "id",
    "templateId",
    "displayName",
    "description",
    "createdDateTime",
    "modifiedDateTime",
    "deletedDateTime",
    "state",
    "conditions",
    "grantControls",
    "sessionControls",
];

const TEMPLATE: &[&str] = &["id", "name", "description", "scenarios", "details"];

impl PolicyReading {
    /// What makes the policy impossible to decide.
    pub fn unsupported(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.severity == Severity::Unsupported)
    }
}

/// Reads a policy from a document of the store. `id` names a policy without an id.
///
/// # Errors
/// The first thing that the engine does not know and that has a bearing on who gets in.
pub fn read(document: &Value, id: &str) -> Result<ConditionalAccessPolicy, ReadError> {
    let document = Json::from(document);
    let root = document.root();
    let reading = read_node(&root, id)?;
    let first = reading.unsupported().next().map(|finding| ReadError { path: finding.path.clone(), message: finding.message.clone() });
    reading.policy.ok_or_else(|| first.unwrap_or_else(|| root.error("cannot be read as a policy")))
}

/// Reads a policy, or a template with `details`. `fallback_id` names a policy without an id.
///
/// # Errors
/// It is no object at all. Everything else is a finding.
pub fn read_node(node: &Node<'_>, fallback_id: &str) -> Result<PolicyReading, ReadError> {
    let outer = node.object()?;
    let mut findings = Findings { severity: Severity::Warning, found: Vec::new() };
    let template = outer.get("details");
    let body = match &template {
        Some(details) => details.object()?,
        None => outer.clone(),
    };

    let own_id = findings.take(outer.text("id")).filter(|id| !id.is_empty());
    let has_own_id = own_id.is_some();
    let id = own_id.unwrap_or_else(|| fallback_id.to_owned());
    let mut display_name = findings.take(body.text("displayName"));
    if template.is_some() {
        findings.unknown_members(&outer, TEMPLATE);
        display_name = display_name.or_else(|| findings.take(outer.text("name")));
    }
    findings.unknown_members(&body, POLICY);
    let session_controls = session::read(&mut findings, &body);

    findings.severity = Severity::Unsupported;
    let state = match body.get("state") {
        Some(state) => findings.take(state.word(PolicyState::from_wire).map(Some)),
        // A template waits to be looked at before it acts.
        None if template.is_some() => Some(PolicyState::ReportOnly),
        None => findings.take(body.require("state").map(|_| None)),
    };
    let conditions = conditions::read(&mut findings, &body);
    let grant_controls = grant::read(&mut findings, &body);

    let understood = findings.found.iter().all(|finding| finding.severity < Severity::Unsupported);
    let policy = state.filter(|_| understood).map(|state| ConditionalAccessPolicy {
        id: id.clone(),
        display_name,
        state,
        conditions,
        grant_controls,
        session_controls,
    });
    Ok(PolicyReading { id, has_own_id, path: body.path().to_owned(), policy, findings: findings.found })
}
