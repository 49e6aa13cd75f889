//! The policies as Rego rules, run by the virtual machine of `regorus`: each enabled policy is a body of `denied`, and what several
//! policies ask alike, filters and strengths, is a rule of its own, which the machine works out once for each sign-in.

use std::collections::BTreeSet;
use std::fmt::{Display, Write as _};
use std::sync::Arc;

use anyhow::Context as _;
use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, FilterMode, GrantControl, GrantOperator, Guests, PlatformCondition, PolicyState,
    UserActionCondition,
};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, UserAction};
use doorward_policy::conditional_access::Facts;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine as Regorus, Value};
use serde_json::{Map, json};

use super::evidence::{Evidence, attribute};
use super::{Answer, Case, Engine, check, combinations};
use crate::world::filter::{Atom, FILTERS, Property, Test, of_rule};

/// The machine, with its inputs made.
pub(crate) struct Rego {
    machine: RegoVM,
    inputs: Vec<Value>,
}

/// What the machine is asked for.
const ENTRY: &str = "data.access.allow";

impl Rego {
    pub(crate) fn new(case: &Case<'_>) -> anyhow::Result<Self> {
        let mut engine = Regorus::new();
        engine.add_policy("access.rego".to_owned(), module(case)?)?;
        let compiled = engine.compile_with_entrypoint(&ENTRY.into())?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut machine = RegoVM::new();
        machine.load_program(Arc::clone(&program));
        machine.set_data(Value::new_object())?;
        let inputs = case.facts.iter().map(|facts| input(facts, case)).collect::<Result<_, _>>()?;
        Ok(Self { machine, inputs })
    }
}

impl Engine for Rego {
    fn name(&self) -> &'static str {
        "regorus"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        let Some(input) = self.inputs.get(sign_in) else { return Answer::Failed };
        self.machine.set_input(input.clone());
        match self.machine.execute_entry_point_by_index(0) {
            Ok(Value::Bool(access)) => Answer::Access(access),
            _ => Answer::Failed,
        }
    }
}

fn module(case: &Case<'_>) -> anyhow::Result<String> {
    let mut text = "package access\n\ndefault allow := false\n\nallow if not denied\n\n".to_owned();
    let mut shared = BTreeSet::new();
    let enabled = case.policies.iter().filter(|policy| policy.state == PolicyState::Enabled);
    for (number, policy) in enabled.enumerate() {
        check(policy)?;
        for unmet in unmet(policy, case, &mut shared) {
            let mut body = applies(policy, number, &mut shared)?;
            body.extend(unmet);
            writeln!(text, "denied if {{ {} }}", body.join("; "))?;
        }
    }
    text.extend(shared);
    for (number, filter) in FILTERS.into_iter().enumerate() {
        for line in filter {
            writeln!(text, "filter_{number} if {{ {} }}", line.iter().map(atom).collect::<Vec<_>>().join("; "))?;
        }
    }
    Ok(text)
}

/// The tests that a sign-in passes to which the policy applies, the cheapest first. Rules that they call are added to the shared ones.
fn applies(policy: &ConditionalAccessPolicy, number: usize, shared: &mut BTreeSet<String>) -> anyhow::Result<Vec<String>> {
    let conditions = &policy.conditions;
    let (users, applications, locations) = (&conditions.users, &conditions.applications, &conditions.locations);
    let mut tests = Vec::new();
    if !conditions.platforms.include.contains(&PlatformCondition::All) {
        word("platform", &conditions.platforms.include, &mut tests);
    }
    if !conditions.platforms.exclude.is_empty() {
        tests.push(format!("not {}", among("platform", &conditions.platforms.exclude)));
    }
    if !conditions.client_app_types.contains(&ClientAppCondition::All) {
        word("client", &conditions.client_app_types, &mut tests);
    }
    word("sign_in_risk", &conditions.sign_in_risk_levels, &mut tests);
    word("user_risk", &conditions.user_risk_levels, &mut tests);
    word("insider_risk", &conditions.insider_risk_levels, &mut tests);
    word("transfer", &conditions.transfer_methods, &mut tests);
    for action in &applications.include_user_actions {
        let action = match action {
            UserActionCondition::RegisterSecurityInformation => UserAction::RegisterSecurityInformation.as_str(),
            UserActionCondition::RegisterOrJoinDevices => UserAction::RegisterOrJoinDevices.as_str(),
            UserActionCondition::UnknownFutureValue => "unknown",
        };
        tests.push(format!("input.action == {action:?}"));
    }
    let included = &applications.include_applications;
    tests.extend(any_of(&format!("about_{number}"), members("resource", included), false, shared));
    tests.extend(any_of(&format!("not_about_{number}"), members("resource", &applications.exclude_applications), true, shared));
    let who = people(&users.include_users, &users.include_groups, &users.include_roles, users.include_guests.as_ref());
    tests.extend(any_of(&format!("who_{number}"), who, false, shared));
    let not_who = people(&users.exclude_users, &users.exclude_groups, &users.exclude_roles, users.exclude_guests.as_ref());
    tests.extend(any_of(&format!("not_who_{number}"), not_who, true, shared));
    tests.extend(any_of(&format!("where_{number}"), members("places", &locations.include), false, shared));
    tests.extend(any_of(&format!("not_where_{number}"), members("places", &locations.exclude), true, shared));
    if let Some(filter) = &conditions.devices.filter {
        let (rule, _) = of_rule(&filter.rule).with_context(|| format!("unknown rule {:?}", filter.rule))?;
        tests.push(format!("{}filter_{rule}", if filter.mode == FilterMode::Include { "" } else { "not " }));
    }
    Ok(tests)
}

/// Ways to be one of those people.
fn people(users: &[String], groups: &[String], roles: &[String], guests: Option<&Guests>) -> Vec<String> {
    let mut ways = members("user", users);
    ways.extend(members("groups", groups));
    ways.extend(members("roles", roles));
    ways.extend(guests.map(|guests| among("external_type", &guests.types)));
    ways
}

/// Lookups in a part of the input, which says of each id and word that it is there.
fn members(part: &str, names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!("input.{part}[{name:?}]")).collect()
}

/// A test that one of the ways is met, or that none is. Several ways to be something take a rule; to be none of them does not.
fn any_of(name: &str, ways: Vec<String>, negated: bool, shared: &mut BTreeSet<String>) -> Vec<String> {
    match ways.as_slice() {
        _ if ways.iter().any(|way| way.ends_with("[\"All\"]")) && !negated => Vec::new(),
        _ if negated => ways.iter().map(|way| format!("not {way}")).collect(),
        [] => Vec::new(),
        [one] => vec![one.clone()],
        several => {
            shared.extend(several.iter().map(|way| format!("{name} if {way}\n")));
            vec![name.to_owned()]
        }
    }
}

/// A test of a word against a list that restricts nothing when it is empty.
fn word<W: Display>(name: &str, list: &[W], tests: &mut Vec<String>) {
    match list {
        [] => {}
        [one] => tests.push(format!("input.{name} == {:?}", one.to_string())),
        several => tests.push(among(name, several)),
    }
}

fn among<W: Display>(name: &str, list: &[W]) -> String {
    let words: Vec<_> = list.iter().map(|word| format!("{:?}", word.to_string())).collect();
    format!("input.{name} in {{{}}}", words.join(", "))
}

fn atom(atom: &Atom) -> String {
    let value = format!("input.device.{}", atom.property.name());
    let positive = match atom.test {
        _ if atom.property == Property::IsCompliant => value,
        Test::Equal => format!("{value} == {:?}", atom.value),
        Test::StartsWith => format!("startswith({value}, {:?})", atom.value),
        Test::EndsWith => format!("endswith({value}, {:?})", atom.value),
        Test::Contains => format!("contains({value}, {:?})", atom.value),
    };
    let believed = if atom.property.needs_vouching() { "not input.is_unvouched; " } else { "" };
    format!("{believed}{}{positive}", if atom.negated { "not " } else { "" })
}

/// What makes the policy unmet: a body for each list, all tests of which must pass. None for a policy without controls.
fn unmet(policy: &ConditionalAccessPolicy, case: &Case<'_>, shared: &mut BTreeSet<String>) -> Vec<Vec<String>> {
    let controls = &policy.grant_controls;
    if controls.built_in_controls.contains(&GrantControl::Block) {
        return vec![Vec::new()];
    }
    let mut missing: Vec<_> = controls.built_in_controls.iter().map(|control| format!("not input.met.{control}")).collect();
    missing.extend(controls.authentication_strength.as_ref().map(|strength| {
        let name = format!("strength_{}", strength.id.replace('-', "_"));
        for methods in combinations(strength, case.strengths) {
            let methods: Vec<_> = methods.iter().map(|method| format!("input.methods[{method:?}]")).collect();
            shared.insert(format!("{name} if {{ {} }}\n", methods.join("; ")));
        }
        format!("not {name}")
    }));
    if controls.operator == Some(GrantOperator::Or) {
        return if missing.is_empty() { Vec::new() } else { vec![missing] };
    }
    missing.extend(controls.terms_of_use.iter().map(|terms| format!("not input.terms[{terms:?}]")));
    missing.into_iter().map(|missing| vec![missing]).collect()
}

fn input(facts: &Facts, case: &Case<'_>) -> anyhow::Result<Value> {
    let evidence = Evidence::of(facts, case.locations).context("a workload, which is not compared")?;
    let user = evidence.user;
    let strings = |texts: &[String]| set(texts.iter().map(String::as_str));
    let outsider = evidence.is_outsider.then_some("GuestsOrExternalUsers");
    let trusted = evidence.is_trusted.then_some("AllTrusted");
    let resources = facts.resources.iter().flat_map(|resource| [&resource.app_id].into_iter().chain(&resource.bundles));
    let mut input = json!({
        "platform": facts.device_platform.map_or("unknown", DevicePlatform::as_str),
        "client": facts.client_app_type.map_or("unknown", ClientAppType::as_str),
        "sign_in_risk": facts.sign_in_risk,
        "user_risk": facts.user_risk,
        "insider_risk": facts.insider_risk,
        "transfer": facts.transfer_method,
        "action": facts.user_action,
        "resource": set(resources.map(String::as_str)),
        "user": set([user.id.as_str()].into_iter().chain(outsider)),
        "groups": strings(&user.groups),
        "roles": strings(&user.roles),
        "external_type": user.external_user_type,
        "places": set(evidence.places.iter().copied().chain(trusted)),
        "is_unvouched": evidence.is_unvouched,
        "met": set(evidence.met.iter().map(|control| control.as_str())),
        "methods": set(evidence.methods.iter().copied()),
        "terms": set(evidence.terms.iter().copied()),
    });
    if let Some(device) = &facts.device {
        let known = Property::ALL.into_iter().filter_map(|property| Some((property, attribute(device, property)?)));
        let value = |(property, value): (Property, String)| {
            let value = if property == Property::IsCompliant { (value == "true").into() } else { value.into() };
            (property.name().to_owned(), value)
        };
        let device: Map<String, serde_json::Value> = known.map(value).collect();
        input.as_object_mut().context("an object")?.insert("device".to_owned(), device.into());
    }
    Ok(input.into())
}

/// A set as JSON has it: an object in which each member is true.
fn set<'a>(members: impl Iterator<Item = &'a str>) -> Map<String, serde_json::Value> {
    members.map(|member| (member.to_owned(), true.into())).collect()
}
