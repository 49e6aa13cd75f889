//! Names where ids belong, and ids that nobody has.

use doorward_model::authentication_strength::AuthenticationStrengthPolicy;
use doorward_model::conditional_access::ConditionalAccessPolicy;
use doorward_model::named_location::NamedLocation;

use super::scope::Ids;
use super::{Finding, Rule, Subject, grant};
use crate::conditional_access::facts::UserFacts;
use crate::conditional_access::ids::fold;

/// What a directory holds.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(super) users: Vec<UserFacts>,
    pub(super) named_locations: Vec<NamedLocation>,
    pub(super) strengths: Vec<AuthenticationStrengthPolicy>,
    known: Known,
}

/// Ids by what they are ids of.
#[derive(Debug, Clone)]
struct Known {
    users: Ids,
    groups: Ids,
    roles: Ids,
    service_principals: Ids,
    applications: Ids,
    locations: Ids,
}

impl Catalogue {
    /// What a directory holds: `groups`, `service_principals` and `applications` by id.
    #[must_use]
    pub fn new(
        users: Vec<UserFacts>,
        groups: &[String],
        service_principals: &[String],
        applications: &[String],
        named_locations: Vec<NamedLocation>,
        strengths: Vec<AuthenticationStrengthPolicy>,
    ) -> Self {
        let ids = |ids: &[String]| ids.iter().map(|id| fold(id)).collect();
        let known = Known {
            users: users.iter().map(|user| fold(&user.id)).collect(),
            groups: ids(groups),
            roles: users.iter().flat_map(|user| &user.roles).map(|id| fold(id)).collect(),
            service_principals: ids(service_principals),
            applications: ids(applications),
            locations: named_locations.iter().map(|location| fold(&location.id)).collect(),
        };
        Self { users, named_locations, strengths, known }
    }

    /// Named locations.
    #[must_use]
    pub fn named_locations(&self) -> &[NamedLocation] {
        &self.named_locations
    }

    /// Authentication strengths.
    #[must_use]
    pub fn strengths(&self) -> &[AuthenticationStrengthPolicy] {
        &self.strengths
    }
}

/// What a list of a policy holds.
#[derive(Clone, Copy)]
enum Kind {
    User,
    Group,
    Role,
    ServicePrincipal,
    Application,
    Location,
}

impl Kind {
    /// The word, and the words that may stand among the ids.
    fn describe(self) -> (&'static str, &'static [&'static str]) {
        match self {
            Self::User => ("user", &["all", "none", "guestsorexternalusers"]),
            Self::Group => ("group", &[]),
            Self::Role => ("role template", &[]),
            Self::ServicePrincipal => ("service principal", &["none", "serviceprincipalsinmytenant"]),
            Self::Application => ("resource", &["all", "none", "office365", "microsoftadminportals"]),
            Self::Location => ("named location", &["all", "alltrusted"]),
        }
    }

    fn among(self, known: &Known) -> &Ids {
        match self {
            Self::User => &known.users,
            Self::Group => &known.groups,
            Self::Role => &known.roles,
            Self::ServicePrincipal => &known.service_principals,
            Self::Application => &known.applications,
            Self::Location => &known.locations,
        }
    }
}

pub(super) fn findings(subject: &Subject<'_>, catalogue: Option<&Catalogue>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (member, kind, ids) in lists(subject.policy) {
        let (what, words) = kind.describe();
        let (mut names, mut unknown) = (Vec::new(), Vec::new());
        for id in ids {
            let folded = fold(id);
            if words.contains(&folded.as_str()) || catalogue.is_some_and(|catalogue| kind.among(&catalogue.known).contains(&folded)) {
                continue;
            }
            let list = if looks_like_an_id(id) { &mut unknown } else { &mut names };
            if !list.contains(&format!("{id:?}")) {
                list.push(format!("{id:?}"));
            }
        }
        if let Some(message) = misplaced(&names, what) {
            findings.push(subject.finding(Rule::NotAnId, member, message));
        }
        if catalogue.is_some() && !unknown.is_empty() {
            let lack =
                if matches!(kind, Kind::Role) { "nobody in the directory has it as a role" } else { "the directory has no such object" };
            findings.push(subject.finding(Rule::UnknownObject, member, format!("{what} {}: {lack}; correct or remove it", some(&unknown))));
        }
    }
    findings.extend(contexts(subject));
    let strengths = catalogue.map(|catalogue| catalogue.strengths.as_slice()).unwrap_or_default();
    if let Some(strength) = &subject.policy.grant_controls.authentication_strength
        && catalogue.is_some()
        && !strength.id.is_empty()
        && grant::allows_nothing(strength, strengths)
    {
        let message = format!("{:?}: the directory has no such authentication strength; correct or remove it", strength.id);
        findings.push(subject.finding(Rule::UnknownObject, "grantControls.authenticationStrength.id", message));
    }
    findings
}

/// What is said of names where ids belong.
fn misplaced(names: &[String], what: &str) -> Option<String> {
    match names {
        [] => None,
        [name] => Some(format!("{name} stands where the id of a {what} belongs and matches nothing; write the id")),
        _ => Some(format!("{} stand where {what} ids belong and match nothing; write the ids", some(names))),
    }
}

fn contexts(subject: &Subject<'_>) -> Option<Finding> {
    let is_context = |name: &str| {
        let number = fold(name).strip_prefix('c').and_then(|digits| digits.parse::<u8>().ok());
        number.is_some_and(|number| (1..=99).contains(&number))
    };
    let contexts = &subject.policy.conditions.applications.include_authentication_contexts;
    let odd: Vec<_> = contexts.iter().filter(|name| !is_context(name)).map(|name| format!("{name:?}")).collect();
    let member = "conditions.applications.includeAuthenticationContextClassReferences";
    let message = || format!("{}: authentication contexts are called c1 to c99; write which one is meant", some(&odd));
    (!odd.is_empty()).then(|| subject.finding(Rule::NotAnId, member, message()))
}

/// The first few, and how many more there are.
pub(super) fn some(texts: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = texts.get(..SHOWN).unwrap_or(texts).join(", ");
    match texts.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn looks_like_an_id(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|digit| digit.is_ascii_hexdigit()))
}

fn lists(policy: &ConditionalAccessPolicy) -> [(&'static str, Kind, &[String]); 12] {
    let conditions = &policy.conditions;
    let (users, apps) = (&conditions.users, &conditions.applications);
    let (workloads, locations) = (&conditions.client_applications, &conditions.locations);
    [
        ("conditions.users.includeUsers", Kind::User, &users.include_users),
        ("conditions.users.excludeUsers", Kind::User, &users.exclude_users),
        ("conditions.users.includeGroups", Kind::Group, &users.include_groups),
        ("conditions.users.excludeGroups", Kind::Group, &users.exclude_groups),
        ("conditions.users.includeRoles", Kind::Role, &users.include_roles),
        ("conditions.users.excludeRoles", Kind::Role, &users.exclude_roles),
        ("conditions.clientApplications.includeServicePrincipals", Kind::ServicePrincipal, &workloads.include_service_principals),
        ("conditions.clientApplications.excludeServicePrincipals", Kind::ServicePrincipal, &workloads.exclude_service_principals),
        ("conditions.applications.includeApplications", Kind::Application, &apps.include_applications),
        ("conditions.applications.excludeApplications", Kind::Application, &apps.exclude_applications),
        ("conditions.locations.includeLocations", Kind::Location, &locations.include),
        ("conditions.locations.excludeLocations", Kind::Location, &locations.exclude),
    ]
}
