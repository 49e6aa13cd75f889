//! One row of a log: a sign-in, and what was decided then.

use std::borrow::Cow;

use anyhow::Context;
use doorward_model::AppId;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_policy::conditional_access::{Outcome, Waived};
use doorward_service::access::waived_controls;
use doorward_wire::policy_file::{Json, Node, ReadError};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::tally::{Policy, Verdict};
use crate::policy::sign_in::{self, Fields, Known, Scalar};

/// What the rows of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Sign-ins of `eval`, which may have the members of its decisions besides.
    SignIn,
    /// Records of Doorward's sign-in log.
    Record,
    /// `signIn` objects of Graph.
    Graph,
}

pub(super) struct Row<'a> {
    pub(super) fields: Fields<'a>,
    pub(super) recorded: Option<Recorded<'a>>,
    /// Controls that counted as satisfied.
    pub(super) waived: Waived,
    /// The row was not written for this directory, so it may name people that are gone.
    pub(super) is_log: bool,
}

pub(super) struct Recorded<'a> {
    pub(super) verdict: Verdict,
    policies: Option<&'a str>,
}

/// A record of the sign-in log, as far as it counts here, in the letters that Doorward writes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    outcome: SignInOutcome,
    error_code: u32,
    resource_id: Option<AppId>,
    #[serde(borrow)]
    facts: Option<&'a RawValue>,
    #[serde(borrow)]
    applied_policies: Option<&'a RawValue>,
}

impl Shape {
    /// Tells from one row what all rows of the file are.
    pub(super) fn of(text: &str) -> anyhow::Result<Self> {
        let document: Json = serde_json::from_str(text).context("not JSON")?;
        let object = document.root().object()?;
        let has = |names: &[&str]| names.iter().any(|name| object.get(name).is_some());
        // A sign-in of `eval` may have members of any other name besides its own.
        Ok(match () {
            () if has(&["resources", "userAction", "authenticationContext"]) => Self::SignIn,
            () if has(&["outcome", "facts"]) => Self::Record,
            () if has(&["status", "clientAppUsed", "deviceDetail", "conditionalAccessStatus", "appDisplayName"]) => Self::Graph,
            () => Self::SignIn,
        })
    }
}

impl<'a> Row<'a> {
    /// A sign-in of `eval`; from another log when it was translated from one.
    pub(super) fn sign_in(text: &'a str, known: Known<'_>, is_log: bool) -> anyhow::Result<Self> {
        let fields = Fields::read_knowing(text, known)?;
        let recorded = recorded(&fields)?;
        Ok(Self { fields, recorded, waived: Waived::default(), is_log })
    }

    /// A record of the sign-in log; none when it was made without a decision.
    pub(super) fn record(text: &'a str, known: Known<'_>) -> anyhow::Result<Option<Self>> {
        let record: Record<'a> = serde_json::from_str(text).context("is no record of a sign-in log")?;
        let Some(facts) = record.facts else { return Ok(None) };
        let outcome = match record.outcome {
            SignInOutcome::Granted => Outcome::Grant,
            SignInOutcome::Interrupted => Outcome::Interrupt,
            SignInOutcome::Refused => Outcome::Block,
        };
        let verdict = Verdict { outcome, error_code: (record.error_code != 0).then_some(record.error_code) };
        let mut fields = Fields::read_knowing(facts.get(), known).context("facts")?;
        // The facts are those of the record; records of earlier versions say so in the facts too.
        fields.id = fields.id.or(record.id);
        Ok(Some(Self {
            fields,
            recorded: Some(Recorded { verdict, policies: record.applied_policies.map(RawValue::get) }),
            waived: record.resource_id.map(|id| Waived::of(&waived_controls(id))).unwrap_or_default(),
            is_log: true,
        }))
    }
}

impl Recorded<'_> {
    /// The policies that refused then.
    pub(super) fn failing(&self) -> Result<Vec<Policy>, ReadError> {
        let Some(text) = self.policies else { return Ok(Vec::new()) };
        sign_in::parse("policies", text, |node| {
            let policies = node.list()?.into_iter().map(|node| policy(&node)).collect::<Result<Vec<_>, _>>()?;
            Ok(policies.into_iter().flatten().collect())
        })
    }
}

/// The policy, when it refused.
fn policy(node: &Node<'_>) -> Result<Option<Policy>, ReadError> {
    let object = node.object()?;
    let failed = object.text("result")?.is_some_and(|result| result.eq_ignore_ascii_case("failure"));
    let policy = || Ok(Policy { id: object.require("id")?.text()?.to_owned(), display_name: object.text("displayName")? });
    failed.then(policy).transpose()
}

fn recorded<'a>(fields: &Fields<'a>) -> Result<Option<Recorded<'a>>, ReadError> {
    let Some(decision) = &fields.decision else { return Ok(None) };
    let outcome = if let Scalar::Text(word) = decision { outcome(word) } else { None };
    let outcome = outcome.ok_or_else(|| sign_in::error("decision", "must be grant, interrupt or block"))?;
    let error_code = match &fields.error_code {
        None => None,
        // Logs write none as 0.
        Some(code) => Some(code.json().at("$.errorCode").count()?).filter(|code| *code != 0),
    };
    Ok(Some(Recorded { verdict: Verdict { outcome, error_code }, policies: fields.policies }))
}

fn outcome(word: &str) -> Option<Outcome> {
    let words = [("grant", Outcome::Grant), ("interrupt", Outcome::Interrupt), ("block", Outcome::Block)];
    words.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, outcome)| outcome)
}

#[cfg(test)]
mod tests {
    use super::Shape::{self, Graph, Record, SignIn};

    #[test]
    fn a_row_tells_what_it_is_by_its_members() {
        let table = [
            (r#"{"id": "s", "userId": "ann", "resources": ["mail"]}"#, SignIn),
            (r#"{"id": "s", "userAction": "registerOrJoinDevices", "status": "old", "appDisplayName": "Mail"}"#, SignIn),
            (r#"{"id": "s", "outcome": "refused", "facts": null, "appDisplayName": "Mail"}"#, Record),
            (r#"{"id": "s", "appDisplayName": "Mail", "resourceId": "mail"}"#, Graph),
            (r#"{"id": "s", "STATUS": {"errorCode": 0}}"#, Graph),
            ("{}", SignIn),
        ];
        for (row, expected) in table {
            assert_eq!(Shape::of(row).unwrap(), expected, "{row}");
        }
    }
}
