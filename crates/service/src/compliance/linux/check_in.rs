//! Check-in: from the words of the client to facts.

use std::collections::BTreeMap;

use doorward_model::compliance::FactSource;
use doorward_model::tenant::Tenant;
use doorward_policy::compliance::{CompliancePolicy, PolicyKind, Version, catalogue};
use doorward_store::Unit;
use doorward_wire::linux_management::{Details, Policies, Policy, PolicySetting, ReportedState, SettingStatus, Status};
use serde_json::{Value, json};

use super::item::{About, Item, items};
use super::{Computer, ComputerError};
use crate::compliance::gather::{Gathered, Rules};
use crate::compliance::{Report, find, report};
use crate::context::Context;
use crate::directory::Actor;

/// Settings in one report at most.
const MOST: usize = 2000;
/// What a system is called that is none of those allowed, by the word of a client that does not say which it is.
const NOT_TOLD: &str = "not told";
/// Longest name of a distribution.
const NAME: usize = 64;

/// Takes what a computer says of itself.
///
/// # Errors
/// [`ComputerError::NotManaged`], or storage failure.
pub async fn details(ctx: &Context, tenant: &Tenant, computer: &Computer, details: &Details) -> Result<(), ComputerError> {
    let name = shortened(&details.os_distribution);
    // Some clients put the name of the system before its version.
    let version = details.os_version.split_whitespace().rev().find(|word| Version::parse(word).is_some());
    let facts = [
        (catalogue::DISTRIBUTION, if name.is_empty() { Value::Null } else { json!(name) }),
        (catalogue::OS_VERSION, version.map_or(Value::Null, |version| json!(version))),
    ];
    take(ctx, tenant, computer, &details.device_id, facts.map(|(name, value)| (name.to_owned(), value)).to_vec()).await
}

/// The policies for a computer: those for Linux that are for its owner.
///
/// # Errors
/// [`ComputerError::NotManaged`], or storage failure.
pub async fn policies(ctx: &Context, tenant: &Tenant, computer: &Computer, id: &str) -> Result<Policies, ComputerError> {
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let assigned = assigned(unit.as_mut(), computer, id).await?;
    let mut policies = Vec::new();
    for policy in assigned {
        let stored = find(unit.as_mut(), &policy.id).await?;
        let setting = |item: Item| PolicySetting {
            csp_path_id: item.path.clone(),
            rule_id: item.path.clone(),
            csp_path: item.path,
            setting_definition_item_id: item.definition.to_owned(),
            value: item.value,
        };
        policies.push(Policy {
            account_id: tenant.id.to_string(),
            description: policy.display_name.clone(),
            policy_id: policy.id.clone(),
            policy_type: "Compliance".to_owned(),
            version: u32::try_from(stored.document.version).unwrap_or(u32::MAX),
            policy_settings: items(&policy).into_iter().map(setting).collect(),
        });
    }
    Ok(Policies { policies })
}

/// Takes a report. Policies and settings that it does not name stay as they were; those that are not this computer's any more say nothing.
///
/// # Errors
/// [`ComputerError::Malformed`], [`ComputerError::NotManaged`], or storage failure.
pub async fn status(ctx: &Context, tenant: &Tenant, computer: &Computer, status: &Status) -> Result<(), ComputerError> {
    if status.policy_statuses.iter().map(|policy| policy.details.len()).sum::<usize>() > MOST {
        return Err(ComputerError::Malformed(format!("PolicyStatuses: at most {MOST} settings can be reported at once")));
    }
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let assigned = assigned(unit.as_mut(), computer, &status.device_id).await?;
    drop(unit);
    let mut claims: BTreeMap<&'static str, Vec<Claim>> = BTreeMap::new();
    for reported in &status.policy_statuses {
        let Some(policy) = assigned.iter().find(|policy| policy.id == reported.policy_id) else { continue };
        let asked = items(policy);
        for row in &reported.details {
            if let Some(item) = asked.iter().find(|item| item.path == row.rule_id) {
                let (fact, claim) = claim(item, row);
                claims.entry(fact).or_default().push(claim);
            }
        }
    }
    let facts = claims.into_iter().filter_map(|(fact, claims)| Some((fact.to_owned(), together(claims)?))).collect();
    take(ctx, tenant, computer, &status.device_id, facts).await
}

async fn take(ctx: &Context, tenant: &Tenant, computer: &Computer, named: &str, facts: Vec<(String, Value)>) -> Result<(), ComputerError> {
    let id = computer.id_if(named)?;
    managed(ctx.store.tenant(tenant.id).read().await?.as_mut(), computer).await?;
    let word = Report { source: FactSource::Agent, facts, not_applicable: Vec::new(), enforced: Vec::new(), collected: None, word: None };
    report(ctx, tenant.id, &Actor::user(&computer.owner), id, word).await?;
    Ok(())
}

/// The policies for Linux that are for the owner of a managed computer.
async fn assigned(unit: &mut dyn Unit, computer: &Computer, named: &str) -> Result<Vec<CompliancePolicy>, ComputerError> {
    computer.id_if(named)?;
    let managed = managed(unit, computer).await?;
    let rules = Rules::read(unit).await?;
    let gathered = Gathered::read(unit, &rules, &managed).await?;
    Ok(gathered.policies.into_iter().filter(|policy| policy.kind == PolicyKind::Linux).collect())
}

async fn managed(unit: &mut dyn Unit, computer: &Computer) -> Result<doorward_model::compliance::ManagedDevice, ComputerError> {
    let managed = unit.managed_devices().get(computer.device.id).await?;
    managed.filter(doorward_model::compliance::ManagedDevice::is_managed).ok_or(ComputerError::NotManaged)
}

/// What one answer says about its fact.
#[derive(Debug, Clone, PartialEq)]
enum Claim {
    /// Nothing: the client does not know, or was asked for something else than is asked now.
    Nothing,
    /// This is so.
    Is(Value),
    /// So much is there, and maybe more.
    AtLeast(u32),
    /// Not so much is there, and maybe less.
    AtMost(u32),
    /// What is known stays.
    Stays,
}

/// The fact that an answer is about, and what it says. A value that can be compared counts for itself; where the client only says that
/// something is not met, the fact becomes one that does not meet it.
fn claim(item: &Item, row: &SettingStatus) -> (&'static str, Claim) {
    let actual = row.actual_value.trim();
    let state = row.state();
    if row.expected_value.trim() != item.value || state == ReportedState::Unknown {
        return (item.about.fact(), Claim::Nothing);
    }
    let met = state == ReportedState::Compliant;
    match item.about {
        About::Flag(fact) => (fact, Claim::Is(json!(met && !actual.eq_ignore_ascii_case("false")))),
        About::Count(fact, least) => {
            let claim = match (actual.parse::<u32>(), met) {
                (Ok(number), true) => Claim::Is(json!(number)),
                (Err(_), true) => Claim::AtLeast(least),
                (Ok(number), false) => Claim::AtMost(number.min(least.saturating_sub(1))),
                (Err(_), false) => Claim::AtMost(least.saturating_sub(1)),
            };
            (fact, claim)
        }
        About::Distribution if !actual.is_empty() => (catalogue::DISTRIBUTION, Claim::Is(json!(shortened(actual)))),
        About::Version if Version::parse(actual).is_some() => (catalogue::OS_VERSION, Claim::Is(json!(actual))),
        About::Distribution | About::Version if met => (item.about.fact(), Claim::Stays),
        About::Distribution | About::Version => (catalogue::DISTRIBUTION, Claim::Is(json!(NOT_TOLD))),
    }
}

/// What several answers about one fact say together; none when it stays as it was. The worst of them counts.
fn together(claims: Vec<Claim>) -> Option<Value> {
    let worst = claims.iter().filter_map(|claim| if let Claim::AtMost(number) = claim { Some(*number) } else { None }).min();
    if let Some(worst) = worst {
        return Some(json!(worst));
    }
    let values: Vec<&Value> = claims.iter().filter_map(|claim| if let Claim::Is(value) = claim { Some(value) } else { None }).collect();
    if let Some(failing) = values.iter().find(|value| **value == &json!(false) || **value == &json!(NOT_TOLD)) {
        return Some((*failing).clone());
    }
    if claims.contains(&Claim::Nothing) {
        return Some(Value::Null);
    }
    if let Some(least) = values.iter().filter_map(|value| value.as_u64()).min() {
        return Some(json!(least));
    }
    if let Some(first) = values.first() {
        // Two answers that name different systems are no answer.
        return Some(if values.iter().all(|value| value == first) { (*first).clone() } else { Value::Null });
    }
    claims.iter().filter_map(|claim| if let Claim::AtLeast(number) = claim { Some(*number) } else { None }).max().map(|most| json!(most))
}

fn shortened(text: &str) -> String {
    text.trim().chars().filter(|character| !character.is_control()).take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use doorward_wire::linux_management::SettingStatus;
    use serde_json::{Value, json};

    use super::super::item::{About, Item};
    use super::{Claim, claim, together};

    fn row(expected: &str, actual: &str, state: &str) -> SettingStatus {
        SettingStatus {
            rule_id: "r".into(),
            setting_definition_item_id: String::new(),
            expected_value: expected.into(),
            actual_value: actual.into(),
            new_compliance_state: state.into(),
            old_compliance_state: String::new(),
            error_type: None,
            error_code: None,
        }
    }

    fn item(value: &str, about: About) -> Item {
        Item { definition: "d", path: "r".into(), value: value.into(), about }
    }

    #[test]
    fn an_answer_becomes_a_fact_that_meets_the_setting_only_if_the_client_says_so_and_its_value_does() {
        let (flag, length) = (item("true", About::Flag("storageEncrypted")), item("12", About::Count("passwordLength", 12)));
        let (distribution, version) = (item("ubuntu", About::Distribution), item("22.04", About::Version));
        let table: [(&Item, SettingStatus, &str, Claim); 17] = [
            (&flag, row("true", "", "Compliant"), "storageEncrypted", Claim::Is(json!(true))),
            (&flag, row("true", "false", "Compliant"), "storageEncrypted", Claim::Is(json!(false))),
            (&flag, row("true", "true", "NonCompliant"), "storageEncrypted", Claim::Is(json!(false))),
            (&flag, row("true", "", "Error"), "storageEncrypted", Claim::Is(json!(false))),
            (&flag, row("true", "", "splendid"), "storageEncrypted", Claim::Is(json!(false))),
            (&flag, row("true", "", "Unknown"), "storageEncrypted", Claim::Nothing),
            (&flag, row("false", "true", "Compliant"), "storageEncrypted", Claim::Nothing),
            (&length, row("12", "14", "Compliant"), "passwordLength", Claim::Is(json!(14))),
            (&length, row("12", "", "Compliant"), "passwordLength", Claim::AtLeast(12)),
            (&length, row("12", "14", "NonCompliant"), "passwordLength", Claim::AtMost(11)),
            (&length, row("12", "8", "NonCompliant"), "passwordLength", Claim::AtMost(8)),
            (&length, row("8", "14", "Compliant"), "passwordLength", Claim::Nothing),
            (&distribution, row("ubuntu", "debian", "Compliant"), "distribution", Claim::Is(json!("debian"))),
            (&distribution, row("ubuntu", "", "NonCompliant"), "distribution", Claim::Is(json!("not told"))),
            (&distribution, row("ubuntu", "", "Compliant"), "distribution", Claim::Stays),
            (&version, row("22.04", "24.04", "NonCompliant"), "osVersion", Claim::Is(json!("24.04"))),
            (&version, row("22.04", "newest", "NonCompliant"), "distribution", Claim::Is(json!("not told"))),
        ];
        for (item, row, fact, expected) in table {
            assert_eq!(claim(item, &row), (fact, expected), "{row:?}");
        }
    }

    #[test]
    fn of_several_answers_about_one_fact_the_worst_counts() {
        let is = |value: Value| Claim::Is(value);
        let table = [
            (vec![Claim::AtLeast(4), Claim::AtLeast(8)], Some(json!(8))),
            (vec![Claim::AtLeast(4), Claim::AtMost(7)], Some(json!(7))),
            (vec![is(json!(9)), Claim::AtMost(7), Claim::Nothing], Some(json!(7))),
            (vec![is(json!(9)), is(json!(6))], Some(json!(6))),
            (vec![is(json!(true)), is(json!(false))], Some(json!(false))),
            (vec![is(json!(true)), Claim::Nothing], Some(Value::Null)),
            (vec![is(json!("ubuntu")), is(json!("ubuntu")), Claim::Stays], Some(json!("ubuntu"))),
            (vec![is(json!("ubuntu")), is(json!("debian"))], Some(Value::Null)),
            (vec![is(json!("ubuntu")), is(json!("not told"))], Some(json!("not told"))),
            (vec![Claim::Stays], None),
        ];
        for (claims, expected) in table {
            assert_eq!(together(claims.clone()), expected, "{claims:?}");
        }
    }
}
