//! The engine decides as the contract, rule by rule, says.

use std::cell::RefCell;
use std::collections::BTreeSet;

use doorward_policy::conditional_access::{Decision, Facts, decide};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::generate::{Tenant, any_sign_in, any_tenant, hold, trimmed};

/// What the cases of a whole run must have come across.
const EXPECTED: &[&str] = &[
    "Block 50076",
    "Block 50127",
    "Block 50129",
    "Block 50135",
    "Block 50158",
    "Block 53000",
    "Block 53001",
    "Block 53002",
    "Block 53003",
    "Block 53005",
    "Interrupt 50076",
    "Interrupt 50127",
    "Interrupt 50129",
    "Interrupt 50135",
    "Interrupt 50158",
    "Interrupt 53005",
    "next Mfa",
    "next AuthenticationStrength",
    "next ApprovedApplication",
    "next CompliantApplication",
    "next PasswordChange",
    "next TermsOfUse",
    "Success",
    "Failure",
    "ReportOnlySuccess",
    "ReportOnlyFailure",
    "ReportOnlyInterrupted",
    "PolicyNotEnabled",
    "EmptyPolicy",
    "Users",
    "WorkloadIdentities",
    "Application",
    "UserActions",
    "AuthenticationContext",
    "DevicePlatform",
    "Devices",
    "ClientApps",
    "Location",
    "SignInRisk",
    "UserRisk",
    "ServicePrincipalRisk",
    "InsiderRisk",
    "AuthenticationFlow",
    "AlternativeMet",
    "applicationEnforcedRestrictions",
    "cloudAppSecurity",
    "continuousAccessEvaluation",
    "disableResilienceDefaults",
    "persistentBrowser",
    "secureSignInSession",
    "signInFrequency",
];

/// What the cases have come across: a rule that none does is not tested.
#[derive(Default)]
struct Met {
    cases: u32,
    words: BTreeSet<String>,
}

impl Met {
    fn note(&mut self, decision: &Decision) {
        self.cases += 1;
        self.words.extend(decision.error_code.map(|code| format!("{:?} {code}", decision.outcome)));
        self.words.extend(decision.next_control.map(|control| format!("next {control:?}")));
        for row in &decision.policies {
            self.words.insert(row.reason.map_or_else(|| format!("{:?}", row.result), |reason| format!("{reason:?}")));
        }
        self.words.extend(decision.session_controls.keys().cloned());
    }
}

#[test]
fn the_engine_and_the_oracle_decide_alike() {
    let met = alike(0.97, any_tenant(0..=12));
    let missing: Vec<&str> = EXPECTED.iter().copied().filter(|word| !met.words.contains(*word)).collect();
    // A short run need not meet everything.
    assert!(met.cases < 50_000 || missing.is_empty(), "no case came across {missing:?}");
}

/// Such sets do not fit into one machine word a policy to a bit.
#[test]
fn the_engine_and_the_oracle_decide_alike_on_long_lists_of_policies() {
    alike(0.03, any_tenant(70..=200));
}

/// Decides a share of 100,000 sign-ins, the same in every run. `DOORWARD_ORACLE_CASES` asks for another number of them, new ones
/// each time.
#[expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]
fn alike(share: f64, tenants: impl Strategy<Value = Tenant>) -> Met {
    let asked: Option<f64> = std::env::var("DOORWARD_ORACLE_CASES").ok().map(|cases| cases.parse().unwrap());
    let seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(2016) };
    // There are 50.5 sign-ins to a tenant on the average.
    let tenants_in_all = (asked.unwrap_or(100_000.0) * share / 50.0).ceil() as u32;
    let met = RefCell::new(Met::default());
    hold(tenants_in_all, seed, &(tenants, vec(any_sign_in(), 1..=100)), |(tenant, sign_ins)| {
        agree(tenant, sign_ins, &mut met.borrow_mut())
    });
    let met = met.into_inner();
    println!("{} sign-ins decided", met.cases);
    met
}

fn agree(tenant: &Tenant, sign_ins: &[Facts], met: &mut Met) -> Result<(), TestCaseError> {
    let set = tenant.compile().map_err(|error| TestCaseError::fail(error.to_string()))?;
    let oracle = tenant.oracle();
    for facts in sign_ins {
        let (decided, expected) = (decide(&set, facts), oracle.decide(facts));
        prop_assert!(decided == expected, "engine: {}\noracle: {}", trimmed(&decided), trimmed(&expected));
        met.note(&decided);
    }
    Ok(())
}
