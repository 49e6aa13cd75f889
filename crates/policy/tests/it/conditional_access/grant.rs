//! Grant controls: satisfied, to be prompted for, or the end.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::GrantControl::{self, *};
use doorward_model::conditional_access::GrantOperator::{And, Or};
use doorward_model::conditional_access::{GrantOperator, PolicyState, RequiredStrength};
use doorward_model::device::TrustType;
use doorward_model::sign_in::{ClientAppType, DevicePlatform};
use doorward_policy::conditional_access::{ClientFacts, Control, DeviceFacts, Facts, Outcome, PolicyOutcome, compile, decide};
use rstest::rstest;

use super::build::*;

type Answer = (Outcome, Option<u32>, Option<Control>);

const GRANT: Answer = (Outcome::Grant, None, None);

fn blocked(code: u32) -> Answer {
    (Outcome::Block, Some(code), None)
}

fn prompt(code: u32, control: Control) -> Answer {
    (Outcome::Interrupt, Some(code), Some(control))
}

fn answer(policies: &[(GrantOperator, &[GrantControl])], facts: &Facts) -> Answer {
    let policies: Vec<_> = policies.iter().map(|(operator, controls)| asking("p", *operator, controls)).collect();
    let decision = decided(&policies, facts);
    (decision.outcome, decision.error_code, decision.next_control)
}

fn changed(mut facts: Facts, change: impl FnOnce(&mut Facts)) -> Facts {
    change(&mut facts);
    facts
}

#[test]
fn each_control_is_satisfied_by_its_fact() {
    let joined = DeviceFacts { trust_type: Some(TrustType::ServerAd), ..DeviceFacts::default() };
    let table: [(GrantControl, Facts); 6] = [
        (Mfa, changed(facts(), |facts| facts.mfa = true)),
        (CompliantDevice, changed(facts(), |facts| facts.device = Some(compliant_device()))),
        (DomainJoinedDevice, changed(facts(), |facts| facts.device = Some(joined))),
        (ApprovedApplication, approved()),
        (CompliantApplication, changed(approved(), |facts| facts.app_protection_applied = true)),
        (PasswordChange, changed(facts(), |facts| facts.password_changed = true)),
    ];
    for (control, with) in table {
        assert_eq!(answer(&[(And, &[control])], &with), GRANT, "{control}");
        assert_ne!(answer(&[(And, &[control])], &facts()), GRANT, "{control}");
    }
}

#[test]
fn what_an_app_lacks_is_said_in_order() {
    let both = [ApprovedApplication, CompliantApplication];
    for (control, next) in both.into_iter().zip([Control::ApprovedApplication, Control::CompliantApplication]) {
        let ask = |facts: &Facts| answer(&[(And, &[control])], facts);
        assert_eq!(ask(&facts()), blocked(53002), "app not listed");
        assert_eq!(ask(&changed(approved(), |facts| facts.device_platform = Some(DevicePlatform::Windows))), blocked(53002));
        assert_eq!(ask(&changed(approved(), |facts| facts.device_platform = None)), blocked(53002));
        let no_broker = changed(approved(), |facts| (facts.broker_present, facts.device) = (false, None));
        assert_eq!(ask(&no_broker), prompt(50127, next), "the broker comes before the registration");
        assert_eq!(ask(&changed(approved(), |facts| facts.device = None)), prompt(50129, next));
        assert_eq!(
            ask(&changed(approved(), |facts| facts.attestation_missing = true)),
            prompt(53005, next),
            "the registration comes before it"
        );
    }
    assert_eq!(answer(&[(And, &[CompliantApplication])], &approved()), prompt(53005, Control::CompliantApplication));
}

#[rstest]
#[case::prompt(&[(And, &[Mfa] as &[_])], prompt(50076, Control::Mfa))]
#[case::password(&[(And, &[PasswordChange] as &[_])], prompt(50135, Control::PasswordChange))]
#[case::device_cannot_be_prompted(&[(And, &[CompliantDevice] as &[_])], blocked(53000))]
#[case::domain(&[(And, &[DomainJoinedDevice] as &[_])], blocked(53001))]
#[case::and_with_one_that_cannot(&[(And, &[Mfa, DomainJoinedDevice] as &[_])], blocked(53001))]
#[case::or_with_one_that_can(&[(Or, &[CompliantDevice, Mfa] as &[_])], prompt(50076, Control::Mfa))]
#[case::or_next_is_the_promptable_one(&[(Or, &[CompliantDevice, PasswordChange] as &[_])], prompt(50135, Control::PasswordChange))]
#[case::or_with_none(&[(Or, &[DomainJoinedDevice, CompliantDevice, ApprovedApplication] as &[_])], blocked(53000))]
#[case::first_in_prompt_order(&[(And, &[PasswordChange, Mfa] as &[_])], prompt(50076, Control::Mfa))]
#[case::policies_are_anded(&[(Or, &[Mfa, CompliantDevice] as &[_]), (And, &[DomainJoinedDevice])], blocked(53001))]
#[case::first_failing_policy_by_control(&[(And, &[ApprovedApplication] as &[_]), (And, &[DomainJoinedDevice])], blocked(53001))]
#[case::block_beats_all(&[(And, &[CompliantDevice] as &[_]), (Or, &[Block, Mfa])], blocked(53003))]
#[case::nothing_asked(&[(And, &[] as &[_])], GRANT)]
#[case::no_policy(&[], GRANT)]
fn policies_combine(#[case] policies: &[(GrantOperator, &[GrantControl])], #[case] expected: Answer) {
    assert_eq!(answer(policies, &facts()), expected);
}

#[test]
fn controls_of_different_policies_are_not_merged() {
    let satisfied = changed(facts(), |facts| facts.device = Some(compliant_device()));
    assert_eq!(answer(&[(Or, &[Mfa, CompliantDevice])], &satisfied), GRANT);
    assert_eq!(answer(&[(Or, &[Mfa, CompliantDevice]), (And, &[Mfa])], &satisfied), prompt(50076, Control::Mfa));
}

#[rstest]
#[case::other_never(ClientAppType::Other, &[CompliantDevice], blocked(53003))]
#[case::active_sync_by_device(ClientAppType::ExchangeActiveSync, &[CompliantDevice], GRANT)]
#[case::active_sync_cannot_be_prompted(ClientAppType::ExchangeActiveSync, &[Mfa], blocked(53003))]
#[case::active_sync_has_no_app(ClientAppType::ExchangeActiveSync, &[ApprovedApplication], blocked(53003))]
#[case::unless_nothing_is_asked(ClientAppType::Other, &[], GRANT)]
fn legacy_clients_show_at_most_a_device(#[case] client: ClientAppType, #[case] controls: &[GrantControl], #[case] expected: Answer) {
    let facts = changed(approved(), |facts| {
        (facts.client_app_type, facts.device, facts.mfa) = (Some(client), Some(compliant_device()), true);
    });
    assert_eq!(answer(&[(And, controls)], &facts), expected);
}

#[test]
fn an_unknown_client_type_is_a_modern_client() {
    assert_eq!(answer(&[(And, &[Mfa])], &changed(facts(), |facts| facts.client_app_type = None)), prompt(50076, Control::Mfa));
}

#[test]
fn a_workload_cannot_be_prompted() {
    let mut policy = asking("p", And, &[Mfa]);
    policy.conditions.client_applications.include_service_principals = strings(&["sp-1"]);
    let decision = decided(&[policy], &workload("sp-1", true));
    assert_eq!((decision.outcome, decision.error_code), (Outcome::Block, Some(50076)));
}

#[test]
fn terms_of_use_are_one_control_and_custom_factors_never_satisfied() {
    let mut policy = asking("p", Or, &[Mfa]);
    policy.grant_controls.terms_of_use = strings(&["A", "b"]);
    let accepted =
        |ids: &[&str]| decided(std::slice::from_ref(&policy), &changed(facts(), |facts| facts.terms_of_use_accepted = strings(ids)));
    assert_eq!(accepted(&["a"]).outcome, Outcome::Interrupt);
    assert_eq!(accepted(&["a", "B"]).outcome, Outcome::Grant);

    let mut custom = asking("c", And, &[]);
    custom.grant_controls.custom_authentication_factors = strings(&["factor"]);
    let decision = decided(&[custom], &facts());
    assert_eq!((decision.outcome, decision.error_code), (Outcome::Block, Some(50158)));
}

#[rstest]
#[case::directory_first("s", &["fido2"], &["password,sms"], &["fido2"], true)]
#[case::then_the_copy("other", &["fido2"], &["Password, SMS"], &["sms", "password"], true)]
#[case::then_the_table("00000000-0000-0000-0000-000000000004", &[], &[], &["FIDO2"], true)]
#[case::whole_combinations_only("00000000-0000-0000-0000-000000000002", &[], &[], &["password"], false)]
#[case::unknown_is_never_satisfied("unknown", &[], &[], &["fido2"], false)]
fn strengths_are_looked_up(
    #[case] id: &str,
    #[case] listed: &[&str],
    #[case] copied: &[&str],
    #[case] used: &[&str],
    #[case] expected: bool,
) {
    let directory =
        [AuthenticationStrengthPolicy { id: "S".to_owned(), allowed_combinations: strings(listed), has_combination_configurations: false }];
    let mut policy = asking("p", And, &[]);
    let required = RequiredStrength { id: id.to_owned(), allowed_combinations: strings(copied), has_combination_configurations: false };
    policy.grant_controls.authentication_strength = Some(required);
    let set = compile(&[policy], &[], &[], &directory).unwrap();
    let mut facts = changed(facts(), |facts| (facts.mfa, facts.authentication_methods) = (true, strings(used)));
    assert_eq!(decide(&set, &facts).outcome == Outcome::Grant, expected);
    facts.mfa = false;
    let decision = decide(&set, &facts);
    assert_eq!((decision.error_code, decision.next_control), (Some(50076), Some(Control::AuthenticationStrength)));
}

#[test]
fn combination_configurations_are_refused() {
    let strength = AuthenticationStrengthPolicy {
        id: "s".to_owned(),
        allowed_combinations: strings(&["fido2"]),
        has_combination_configurations: true,
    };
    let mut policy = policy("p");
    policy.grant_controls.authentication_strength = Some(RequiredStrength { id: "S".to_owned(), ..RequiredStrength::default() });
    assert!(compile(&[policy], &[], &[], &[strength]).is_err());
}

#[rstest]
#[case(&[], PolicyOutcome::ReportOnlySuccess)]
#[case(&[Mfa], PolicyOutcome::ReportOnlyInterrupted)]
#[case(&[CompliantDevice], PolicyOutcome::ReportOnlyFailure)]
#[case(&[Block], PolicyOutcome::ReportOnlyFailure)]
fn report_only_reports_and_grants(#[case] controls: &[GrantControl], #[case] expected: PolicyOutcome) {
    let mut policy = asking("p", And, controls);
    policy.state = PolicyState::ReportOnly;
    let decision = decided(&[policy], &facts());
    assert_eq!((decision.outcome, decision.policies[0].result), (Outcome::Grant, expected));
}

#[test]
fn a_waived_control_counts_as_satisfied() {
    let registering = changed(facts(), |facts| facts.waived_controls = vec![ApprovedApplication, CompliantDevice]);
    assert_eq!(answer(&[(And, &[ApprovedApplication, CompliantDevice])], &registering), GRANT);
    assert_eq!(answer(&[(And, &[ApprovedApplication, Mfa])], &registering), prompt(50076, Control::Mfa));
    assert_eq!(answer(&[(And, &[Block])], &registering), blocked(53003));
}

#[test]
fn failing_names_enforced_policies_that_are_not_satisfied() {
    let mut report_only = asking("report", And, &[Mfa]);
    report_only.state = PolicyState::ReportOnly;
    let decision = decided(&[policy("ok"), asking("bad", And, &[Mfa]), report_only], &facts());
    assert_eq!(decision.failing().collect::<Vec<_>>(), ["bad"]);
}

#[test]
fn an_unlisted_client_is_not_approved() {
    let unknown = changed(approved(), |facts| facts.client = None);
    assert_eq!(answer(&[(And, &[ApprovedApplication])], &unknown), blocked(53002));
    let only_protectable = changed(approved(), |facts| {
        facts.client = Some(ClientFacts { app_id: "app".to_owned(), approved: false, protectable: true });
    });
    assert_eq!(answer(&[(And, &[ApprovedApplication])], &only_protectable), blocked(53002));
}
