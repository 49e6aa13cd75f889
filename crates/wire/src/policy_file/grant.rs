//! `grantControls`.

use doorward_model::conditional_access::{GrantControl, GrantControls, GrantOperator, RequiredStrength};

use super::json::Object;
use super::{Findings, Severity};

const GRANT: &[&str] = &["operator", "builtInControls", "customAuthenticationFactors", "termsOfUse", "authenticationStrength"];

const STRENGTH: &[&str] = &[
    "id",
    "displayName",
    "description",
    "createdDateTime",
    "modifiedDateTime",
    "policyType",
    "requirementsSatisfied",
    "allowedCombinations",
    "combinationConfigurations",
];

pub(super) fn read(findings: &mut Findings, policy: &Object<'_>) -> GrantControls {
    let Some(grant) = findings.object(policy, "grantControls") else { return GrantControls::default() };
    findings.unknown_members(&grant, GRANT);
    GrantControls {
        operator: findings.word(&grant, "operator", GrantOperator::from_wire),
        built_in_controls: findings.words(&grant, "builtInControls", GrantControl::from_wire),
        custom_authentication_factors: findings.strings(&grant, "customAuthenticationFactors"),
        terms_of_use: findings.strings(&grant, "termsOfUse"),
        authentication_strength: strength(findings, &grant),
    }
}

fn strength(findings: &mut Findings, grant: &Object<'_>) -> Option<RequiredStrength> {
    if grant.get("authenticationStrength")?.is_empty() {
        return None;
    }
    let strength = findings.object(grant, "authenticationStrength")?;
    findings.severity = Severity::Warning;
    findings.unknown_members(&strength, STRENGTH);
    let id = findings.take(strength.text("id")).unwrap_or_default();
    let allowed_combinations = findings.strings(&strength, "allowedCombinations");
    findings.severity = Severity::Unsupported;
    let configurations = strength.get("combinationConfigurations").filter(|node| !node.is_empty());
    if let Some(configurations) = &configurations {
        findings.report(configurations.error("restricts combinations further, which the engine does not know"));
    }
    Some(RequiredStrength { id, allowed_combinations, has_combination_configurations: configurations.is_some() })
}
