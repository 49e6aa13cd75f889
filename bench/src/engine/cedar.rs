//! The policies as Cedar policies: one `permit` for everything, and a `forbid` for each enabled policy that asks for something.
//! People, groups, roles, apps, bundles and devices are entities, the rest is context.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use anyhow::Context as _;
use cedar_policy::{Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression};
use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, FilterMode, GrantControl, GrantOperator, Guests, PlatformCondition, PolicyState,
    UserActionCondition, Users,
};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, UserAction};
use doorward_policy::conditional_access::Facts;

use super::evidence::{Evidence, attribute};
use super::{Answer, Case, Engine, check, combinations};
use crate::world::filter::{Atom, Property, Test, of_rule};

/// Cedar, with its requests made.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    requests: Vec<Request>,
}

impl Cedar {
    pub(crate) fn new(case: &Case<'_>) -> anyhow::Result<Self> {
        let mut text = "permit (principal, action, resource);\n".to_owned();
        for policy in case.policies.iter().filter(|policy| policy.state == PolicyState::Enabled) {
            text.extend(forbid(policy, case)?);
        }
        let mut world = World::default();
        let requests = case.facts.iter().map(|facts| world.request(facts, case)).collect::<Result<_, _>>()?;
        Ok(Self { authorizer: Authorizer::new(), policies: text.parse()?, entities: world.entities()?, requests })
    }
}

impl Engine for Cedar {
    fn name(&self) -> &'static str {
        "cedar"
    }

    fn decide(&mut self, sign_in: usize) -> Answer {
        let Some(request) = self.requests.get(sign_in) else { return Answer::Failed };
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        // Cedar passes over a policy that fails to evaluate.
        if response.diagnostics().errors().next().is_some() {
            return Answer::Failed;
        }
        Answer::Access(response.decision() == Decision::Allow)
    }
}

/// The policy as a `forbid` with as much in its head as goes there; none when it asks for nothing.
fn forbid(policy: &ConditionalAccessPolicy, case: &Case<'_>) -> anyhow::Result<Option<String>> {
    check(policy)?;
    let Some(unmet) = unmet(policy, case) else { return Ok(None) };
    let conditions = &policy.conditions;
    let (principal, resource, mut tests) = (principal(&conditions.users), resource(policy), Vec::new());
    let action = match conditions.applications.include_user_actions.as_slice() {
        [] => String::new(),
        [action, ..] => format!(" == {}", uid("Action", action_name(*action))),
    };
    words("platform", &conditions.platforms.include, PlatformCondition::All, &mut tests);
    if !conditions.platforms.exclude.is_empty() {
        tests.push(format!("!{}.contains(context.platform)", list(conditions.platforms.exclude.iter().map(quoted))));
    }
    words("client", &conditions.client_app_types, ClientAppCondition::All, &mut tests);
    word("signInRisk", &conditions.sign_in_risk_levels, &mut tests);
    word("userRisk", &conditions.user_risk_levels, &mut tests);
    word("insiderRisk", &conditions.insider_risk_levels, &mut tests);
    word("transfer", &conditions.transfer_methods, &mut tests);
    if resource.is_none() {
        tests.extend(resources(&conditions.applications.include_applications).map(|list| format!("resource in {list}")));
    }
    tests.extend(resources(&conditions.applications.exclude_applications).map(|list| format!("!(resource in {list})")));
    if principal.is_none() {
        tests.extend(people(
            &conditions.users.include_users,
            &conditions.users.include_groups,
            &conditions.users.include_roles,
            conditions.users.include_guests.as_ref(),
        ));
    }
    let excluded = people(
        &conditions.users.exclude_users,
        &conditions.users.exclude_groups,
        &conditions.users.exclude_roles,
        conditions.users.exclude_guests.as_ref(),
    );
    tests.extend(excluded.map(|test| format!("!({test})")));
    if !conditions.locations.include.is_empty() {
        tests.extend(places(&conditions.locations.include));
    }
    tests.extend(places(&conditions.locations.exclude).map(|test| format!("!({test})")));
    if let Some(filter) = &conditions.devices.filter {
        let (_, lines) = of_rule(&filter.rule).with_context(|| format!("unknown rule {:?}", filter.rule))?;
        let lines = lines.iter().map(|atoms| atoms.iter().map(atom).collect::<Vec<_>>().join(" && "));
        let not = if filter.mode == FilterMode::Include { "" } else { "!" };
        tests.push(format!("{not}({})", lines.collect::<Vec<_>>().join(" || ")));
    }
    tests.extend(unmet);
    let when = if tests.is_empty() { String::new() } else { format!(" when {{ {} }}", tests.join(" && ")) };
    Ok(Some(format!(
        "forbid (principal{}, action{action}, resource{}){when};\n",
        principal.unwrap_or_default(),
        resource.unwrap_or_default()
    )))
}

/// The constraint on the principal that goes into the head; none when it takes a condition.
fn principal(users: &Users) -> Option<String> {
    match (users.include_users.as_slice(), users.include_groups.as_slice(), users.include_roles.as_slice(), &users.include_guests) {
        ([all], [], [], None) if all == "All" => Some(String::new()),
        ([user], [], [], None) if user != "GuestsOrExternalUsers" => Some(format!(" == {}", uid("User", user))),
        ([], [group], [], None) => Some(format!(" in {}", uid("Group", group))),
        ([], [], [role], None) => Some(format!(" in {}", uid("Role", role))),
        _ => None,
    }
}

/// The same for the resource. What is for an action takes any resource.
fn resource(policy: &ConditionalAccessPolicy) -> Option<String> {
    let applications = &policy.conditions.applications;
    match applications.include_applications.as_slice() {
        [] => Some(String::new()),
        [all] if all == "All" => Some(String::new()),
        [one] => Some(format!(" {} {}", if is_bundle(one) { "in" } else { "==" }, resource_uid(one))),
        _ => None,
    }
}

fn resources(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| list(names.iter().map(|name| resource_uid(name))))
}

fn people(users: &[String], groups: &[String], roles: &[String], guests: Option<&Guests>) -> Option<String> {
    let mut ways = Vec::new();
    let (words, ids): (Vec<_>, Vec<_>) = users.iter().partition(|user| *user == "All" || *user == "GuestsOrExternalUsers");
    ways.extend(words.into_iter().map(|word| if word == "All" { "true" } else { "principal.isOutsider" }.to_owned()));
    match ids.as_slice() {
        [] => {}
        [one] => ways.push(format!("principal == {}", uid("User", one))),
        _ => ways.push(format!("{}.contains(principal)", list(ids.iter().map(|id| uid("User", id))))),
    }
    let holders = groups.iter().map(|id| uid("Group", id)).chain(roles.iter().map(|id| uid("Role", id)));
    if !(groups.is_empty() && roles.is_empty()) {
        ways.push(format!("principal in {}", list(holders)));
    }
    ways.extend(guests.map(|guests| format!("{}.contains(principal.externalType)", list(guests.types.iter().map(quoted)))));
    (!ways.is_empty()).then(|| format!("({})", ways.join(" || ")))
}

fn places(names: &[String]) -> Option<String> {
    let mut ways = Vec::new();
    let (words, ids): (Vec<_>, Vec<_>) = names.iter().partition(|name| *name == "All" || *name == "AllTrusted");
    ways.extend(words.into_iter().map(|word| if word == "All" { "true" } else { "context.isTrusted" }.to_owned()));
    match ids.as_slice() {
        [] => {}
        [one] => ways.push(format!("context.places.contains({})", uid("Location", one))),
        _ => ways.push(format!("context.places.containsAny({})", list(ids.iter().map(|id| uid("Location", id))))),
    }
    // Included `All` restricts nothing.
    (!ways.is_empty()).then(|| format!("({})", ways.join(" || "))).filter(|test| test != "(true)")
}

/// A test of a word against a list in which one word stands for all.
fn words<W: PartialEq + Display>(name: &str, list: &[W], all: W, tests: &mut Vec<String>) {
    if !list.contains(&all) {
        word(name, list, tests);
    }
}

/// A test of a word against a list.
fn word<W: Display>(name: &str, words: &[W], tests: &mut Vec<String>) {
    match words {
        [] => {}
        [one] => tests.push(format!("context.{name} == {}", quoted(one))),
        several => tests.push(format!("{}.contains(context.{name})", list(several.iter().map(quoted)))),
    }
}

fn atom(atom: &Atom) -> String {
    let name = atom.property.name();
    let value = format!("context.device.{name}");
    let test = match atom.test {
        _ if atom.property == Property::IsCompliant => value,
        Test::Equal => format!("{value} == {:?}", atom.value),
        Test::StartsWith => format!("{value} like \"{}*\"", atom.value),
        Test::EndsWith => format!("{value} like \"*{}\"", atom.value),
        Test::Contains => format!("{value} like \"*{}*\"", atom.value),
    };
    let positive = format!("(context has device && context.device has {name} && {test})");
    let believed = if atom.property.needs_vouching() { "!context.isUnvouched && " } else { "" };
    format!("{believed}{}{positive}", if atom.negated { "!" } else { "" })
}

/// What the policy asks for is missing; an inner none for a block, which asks for nothing, and none for a policy without controls.
fn unmet(policy: &ConditionalAccessPolicy, case: &Case<'_>) -> Option<Option<String>> {
    let controls = &policy.grant_controls;
    if controls.built_in_controls.contains(&GrantControl::Block) {
        return Some(None);
    }
    let mut met: Vec<_> = controls.built_in_controls.iter().map(|control| format!("context.{control}")).collect();
    met.extend(controls.authentication_strength.as_ref().map(|strength| {
        let sets = combinations(strength, case.strengths).into_iter().map(|methods| match methods.as_slice() {
            [one] => format!("context.methods.contains({})", quoted(one)),
            _ => format!("context.methods.containsAll({})", list(methods.iter().map(quoted))),
        });
        format!("({})", sets.collect::<Vec<_>>().join(" || "))
    }));
    if !controls.terms_of_use.is_empty() {
        met.push(format!("context.terms.containsAll({})", list(controls.terms_of_use.iter().map(quoted))));
    }
    let operator = if controls.operator == Some(GrantOperator::Or) { " || " } else { " && " };
    (!met.is_empty()).then(|| Some(format!("!({})", met.join(operator))))
}

fn is_bundle(name: &str) -> bool {
    matches!(name, "Office365" | "MicrosoftAdminPortals")
}

fn resource_uid(name: &str) -> String {
    uid(if is_bundle(name) { "Bundle" } else { "App" }, name)
}

fn action_name(action: UserActionCondition) -> &'static str {
    match action {
        UserActionCondition::RegisterSecurityInformation => UserAction::RegisterSecurityInformation.as_str(),
        UserActionCondition::RegisterOrJoinDevices => UserAction::RegisterOrJoinDevices.as_str(),
        UserActionCondition::UnknownFutureValue => "unknown",
    }
}

fn uid(kind: &str, id: &str) -> String {
    format!("{kind}::{}", quoted(id))
}

fn quoted(text: impl Display) -> String {
    format!("{:?}", text.to_string())
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// The entities that requests are about, each once.
#[derive(Default)]
struct World(HashMap<EntityUid, Entity>);

type Expressions = Vec<(String, RestrictedExpression)>;

impl World {
    fn entities(self) -> anyhow::Result<Entities> {
        Ok(Entities::from_entities(self.0.into_values(), None)?)
    }

    fn add(&mut self, uid: &EntityUid, attributes: Expressions, parents: HashSet<EntityUid>) -> anyhow::Result<()> {
        if !self.0.contains_key(uid) {
            self.0.insert(uid.clone(), Entity::new(uid.clone(), attributes.into_iter().collect(), parents)?);
        }
        Ok(())
    }

    /// Parents that have neither attributes nor parents themselves.
    fn parents(&mut self, kind: &str, ids: &[String]) -> anyhow::Result<HashSet<EntityUid>> {
        let mut parents = HashSet::new();
        for id in ids {
            let parent: EntityUid = uid(kind, id).parse()?;
            self.add(&parent, Vec::new(), HashSet::new())?;
            parents.insert(parent);
        }
        Ok(parents)
    }

    fn request(&mut self, facts: &Facts, case: &Case<'_>) -> anyhow::Result<Request> {
        let evidence = Evidence::of(facts, case.locations).context("a workload, which is not compared")?;
        let user: EntityUid = uid("User", &evidence.user.id).parse()?;
        let mut parents = self.parents("Group", &evidence.user.groups)?;
        parents.extend(self.parents("Role", &evidence.user.roles)?);
        let attributes = vec![
            ("isOutsider".to_owned(), RestrictedExpression::new_bool(evidence.is_outsider)),
            ("externalType".to_owned(), text(evidence.user.external_user_type.as_str())),
        ];
        self.add(&user, attributes, parents)?;
        let resource: EntityUid = match facts.resources.first() {
            Some(resource) => {
                let app: EntityUid = uid("App", &resource.app_id).parse()?;
                let bundles = self.parents("Bundle", &resource.bundles)?;
                self.add(&app, Vec::new(), bundles)?;
                app
            }
            None => uid("App", "none").parse()?,
        };
        let action = uid("Action", facts.user_action.map_or("signIn", UserAction::as_str)).parse()?;
        let context = Context::from_pairs(self.context(facts, &evidence)?)?;
        Ok(Request::new(user, action, resource, context, None)?)
    }

    fn context(&mut self, facts: &Facts, evidence: &Evidence<'_>) -> anyhow::Result<Expressions> {
        let set = |words: &[&str]| RestrictedExpression::new_set(words.iter().map(|word| text(word)));
        let places = evidence.places.iter().map(|id| Ok(RestrictedExpression::new_entity_uid(uid("Location", id).parse()?)));
        let mut context = vec![
            ("platform", text(facts.device_platform.map_or("unknown", DevicePlatform::as_str))),
            ("client", text(facts.client_app_type.map_or("unknown", ClientAppType::as_str))),
            ("signInRisk", text(facts.sign_in_risk.as_str())),
            ("userRisk", text(facts.user_risk.as_str())),
            ("insiderRisk", text(facts.insider_risk.as_str())),
            ("transfer", text(facts.transfer_method.as_str())),
            ("places", RestrictedExpression::new_set(places.collect::<anyhow::Result<Vec<_>>>()?)),
            ("isTrusted", RestrictedExpression::new_bool(evidence.is_trusted)),
            ("isUnvouched", RestrictedExpression::new_bool(evidence.is_unvouched)),
            ("methods", set(&evidence.methods)),
            ("terms", set(&evidence.terms)),
        ];
        for control in GrantControl::ALL {
            context.push((control.as_str(), RestrictedExpression::new_bool(evidence.met.contains(control))));
        }
        if let Some(device) = &facts.device {
            let id: EntityUid = uid("Device", device.device_id.as_deref().unwrap_or_default()).parse()?;
            let known = Property::ALL.into_iter().filter_map(|property| Some((property, attribute(device, property)?)));
            let value = |(property, value): (Property, String)| {
                let value = if property == Property::IsCompliant { RestrictedExpression::new_bool(value == "true") } else { text(&value) };
                (property.name().to_owned(), value)
            };
            self.add(&id, known.map(value).collect(), HashSet::new())?;
            context.push(("device", RestrictedExpression::new_entity_uid(id)));
        }
        Ok(context.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

fn text(word: &str) -> RestrictedExpression {
    RestrictedExpression::new_string(word.to_owned())
}
