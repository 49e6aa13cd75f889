//! Gaps and differences against the engine itself: every sign-in of a small world is looked at one by one.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the little world of the tests is as written")]

use doorward_model::conditional_access::{
    ClientAppCondition, ConditionalAccessPolicy, DeviceFilter, FilterMode, GrantControl, GrantOperator, PlatformCondition, PolicyState,
    RequiredStrength, RiskCondition,
};
use doorward_model::device::TrustType;
use doorward_model::named_location::{Area, IpRange, NamedLocation};
use doorward_model::service_policy::{AppAccess, DeviceAccess, ServicePolicy, WindowsRequirement};
use doorward_model::sign_in::{ClientAppType, DevicePlatform, RiskLevel};
use doorward_policy::conditional_access::regions::{Axis, Region, Requirement, Target, Universe, Value, diff, gaps};
use doorward_policy::conditional_access::{
    Classes, ClientFacts, DeviceFacts, Facts, Outcome, PolicySet, ResourceFacts, Subject, UserFacts, compile,
};
use proptest::prelude::*;

use super::build::{asking, strings};

const OFFICE: &str = "office";

fn locations() -> Vec<NamedLocation> {
    let office = Area::Ip { ranges: vec![IpRange::from_prefix("192.0.2.0/24").unwrap()], is_trusted: true };
    let home = Area::Countries { countries: strings(&["NL"]), include_unknown: false };
    vec![NamedLocation { id: OFFICE.to_owned(), area: office }, NamedLocation { id: "nl".to_owned(), area: home }]
}

const USERS: [(&str, &[&str]); 4] = [("ann", &["staff"]), ("ben", &["staff", "sales"]), ("cat", &[]), ("dan", &["sales"])];

fn users() -> Vec<UserFacts> {
    USERS.map(|(id, groups)| UserFacts { id: id.to_owned(), groups: strings(groups), ..UserFacts::default() }).to_vec()
}

fn clients() -> Vec<ClientFacts> {
    [(false, false), (true, true), (true, false)]
        .map(|(approved, protectable)| ClientFacts { app_id: format!("{approved}-{protectable}"), approved, protectable })
        .to_vec()
}

fn targets() -> Vec<Target> {
    ["mail", "files"].map(|app| Target::Resource(ResourceFacts { app_id: app.to_owned(), bundles: strings(&["Office365"]) })).to_vec()
}

fn devices() -> Vec<Option<DeviceFacts>> {
    let device = |model: &str, compliant, managed, trust| {
        Some(DeviceFacts {
            model: Some(model.to_owned()),
            is_compliant: Some(compliant),
            is_managed: Some(managed),
            trust_type: Some(trust),
            ..DeviceFacts::default()
        })
    };
    vec![
        None,
        device("Pixel 9", false, false, TrustType::Workplace),
        device("iPhone 17", true, true, TrustType::Workplace),
        device("Surface Pro", false, false, TrustType::ServerAd),
        device("Surface", true, false, TrustType::AzureAd),
    ]
}

/// Sixteen hundred sign-ins: every person, target, device, platform and kind of client, with places, apps and proofs taking turns.
fn sign_ins() -> Vec<Facts> {
    let mut all = Vec::new();
    let places = [(Some("192.0.2.9"), Some("NL")), (Some("203.0.113.9"), Some("DE")), (None, None), (Some("2001:db8::9"), Some("NL"))];
    let platforms = [None, Some(DevicePlatform::Ios), Some(DevicePlatform::Android), Some(DevicePlatform::Windows)];
    let kinds = ClientAppType::ALL.iter().copied().map(Some).chain([None]).collect::<Vec<_>>();
    let mut turn = 0_usize;
    for user in users() {
        for target in targets() {
            for device in devices() {
                for platform in platforms {
                    for kind in &kinds {
                        for _ in 0..2 {
                            turn += 1;
                            let proof = turn * 5 % 8;
                            let (ip, country) = places[turn % 4];
                            let Target::Resource(resource) = target.clone() else { unreachable!() };
                            all.push(Facts {
                                resources: vec![resource],
                                device: device.clone(),
                                device_platform: platform,
                                client_app_type: *kind,
                                ip: ip.map(|ip| ip.parse().unwrap()),
                                country: country.map(str::to_owned),
                                client: Some(clients()[turn / 4 % 3].clone()),
                                broker_present: proof & 1 != 0,
                                app_protection_applied: proof & 1 != 0,
                                mfa: proof & 2 != 0,
                                authentication_methods: if proof & 4 != 0 { strings(&["fido2"]) } else { Vec::new() },
                                sign_in_risk: if turn.is_multiple_of(5) { RiskLevel::High } else { RiskLevel::None },
                                ..Facts::new(Subject::User(user.clone()))
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

fn is_in(region: &Region, facts: &Facts, classes: &mut Classes<'_>) -> bool {
    let mut has = |axis: Axis, value: &Value| match (axis, value) {
        (Axis::Users, Value::User(index)) => matches!(&facts.subject, Subject::User(user) if user.id == USERS[*index].0),
        (Axis::Target, Value::Target(Target::Resource(resource))) => facts.resources.first() == Some(resource),
        (Axis::ClientAppType, Value::ClientAppType(kind)) => facts.client_app_type == *kind,
        (Axis::DevicePlatform, Value::DevicePlatform(platform)) => facts.device_platform == *platform,
        (Axis::Location, Value::Location { ip, country, .. }) => {
            classes.place(*ip, country.as_deref()) == classes.place(facts.ip, facts.country.as_deref())
        }
        (Axis::Device, Value::Device(device)) => classes.device(device.as_deref()) == classes.device(facts.device.as_ref()),
        (Axis::ClientApp, Value::ClientApp(client)) => facts.client.as_ref() == Some(client),
        (Axis::BrokerPresent, Value::Flag(yes)) => facts.broker_present == *yes,
        (Axis::AppProtectionApplied, Value::Flag(yes)) => facts.app_protection_applied == *yes,
        (Axis::PasswordChanged, Value::Flag(yes)) => facts.password_changed == *yes,
        (Axis::Authentication, Value::Authentication { mfa, methods }) => {
            let terms = &facts.terms_of_use_accepted;
            facts.mfa == *mfa && classes.factors(*mfa, methods, terms) == classes.factors(facts.mfa, &facts.authentication_methods, terms)
        }
        (Axis::TermsOfUse, Value::TermsOfUse(terms)) => {
            classes.factors(false, &[], terms) == classes.factors(false, &[], &facts.terms_of_use_accepted)
        }
        (Axis::SignInRisk, Value::Risk(risk)) => facts.sign_in_risk == *risk,
        (Axis::UserRisk, Value::Risk(risk)) => facts.user_risk == *risk,
        (Axis::InsiderRisk, Value::InsiderRisk(risk)) => facts.insider_risk == *risk,
        (Axis::TransferMethod, Value::TransferMethod(method)) => facts.transfer_method == *method,
        _ => false,
    };
    region.extents.iter().all(|extent| extent.values.iter().any(|value| has(extent.axis, value)))
}

fn any_policy() -> impl Strategy<Value = ConditionalAccessPolicy> {
    let some = |words: &'static [&'static str], most: usize| {
        proptest::sample::subsequence(words.to_vec(), 0..=most).prop_map(|words| strings(&words))
    };
    let controls = proptest::sample::subsequence(GrantControl::ALL.to_vec(), 0..=3);
    let who = (proptest::sample::select(vec!["All", "ann", "cat"]), some(&["staff", "sales"], 1), some(&["staff", "sales"], 1));
    let what = (proptest::sample::select(vec!["All", "mail", "Office365"]), some(&["files", "mail"], 1));
    let platforms = proptest::sample::subsequence(PlatformCondition::ALL.to_vec(), 0..=2);
    let kinds = proptest::sample::subsequence(ClientAppCondition::ALL.to_vec(), 0..=2);
    let place = (some(&["All", "AllTrusted", OFFICE, "nl"], 1), some(&["AllTrusted", OFFICE, "nl"], 1));
    let rules = [
        "device.model -startsWith \"Surface\" -or device.isCompliant -eq True",
        "device.model -contains \"Pixel\" -and device.trustType -ne \"ServerAD\"",
        "device.model -notIn [\"iPhone 17\", \"Pixel 9\"]",
        "device.model -eq null",
    ];
    let filter = proptest::option::weighted(0.3, (proptest::sample::select(rules.to_vec()), any::<bool>()));
    let rest = (any::<bool>(), proptest::option::weighted(0.2, 2..=4_u8), proptest::bool::weighted(0.2), proptest::bool::weighted(0.9));
    (controls, who, what, platforms, kinds, place, filter, rest).prop_map(|(controls, who, what, platforms, kinds, place, filter, rest)| {
        let (or, strength, risky, enabled) = rest;
        let mut policy = asking("p", if or { GrantOperator::Or } else { GrantOperator::And }, &controls);
        policy.state = if enabled { PolicyState::Enabled } else { PolicyState::ReportOnly };
        let conditions = &mut policy.conditions;
        conditions.users.include_users = strings(&[who.0]);
        (conditions.users.include_groups, conditions.users.exclude_groups) = (who.1, who.2);
        conditions.applications.include_applications = strings(&[what.0]);
        conditions.applications.exclude_applications = what.1;
        conditions.platforms.exclude = platforms;
        conditions.client_app_types = kinds;
        (conditions.locations.include, conditions.locations.exclude) = place;
        conditions.devices.filter = filter.map(|(rule, include)| DeviceFilter {
            mode: if include { FilterMode::Include } else { FilterMode::Exclude },
            rule: rule.to_owned(),
        });
        if risky {
            conditions.sign_in_risk_levels = vec![RiskCondition::High];
        }
        policy.grant_controls.authentication_strength = strength
            .map(|number| RequiredStrength { id: format!("00000000-0000-0000-0000-00000000000{number}"), ..RequiredStrength::default() });
        policy
    })
}

fn any_service() -> impl Strategy<Value = ServicePolicy> {
    let groups = || proptest::sample::subsequence(vec!["staff", "sales"], 0..=2).prop_map(|groups| strings(&groups));
    let windows = proptest::sample::select(WindowsRequirement::ALL.to_vec());
    let platforms = proptest::option::of(proptest::sample::subsequence(DevicePlatform::ALL.to_vec(), 0..=3));
    (groups(), groups(), groups(), windows, platforms, any::<[bool; 3]>()).prop_map(
        |(app, device, exempted, windows, platforms, [a, d, all])| ServicePolicy {
            id: "svc".to_owned(),
            resource: "mail".to_owned(),
            app_access: Some(AppAccess { enabled: a, allows_all_apps: false, restricted_groups: app, exempted_groups: exempted.clone() }),
            device_access: Some(DeviceAccess {
                enabled: d,
                platforms,
                targets_all_users: all,
                targeted_groups: device,
                exempted_groups: exempted,
                windows,
            }),
        },
    )
}

fn any_set() -> impl Strategy<Value = PolicySet> {
    let services = proptest::collection::vec(any_service(), 0..=1);
    (proptest::collection::vec(any_policy(), 0..6), services)
        .prop_map(|(policies, services)| compile(&policies, &services, &locations(), &[]).unwrap())
}

fn granted(classes: &mut Classes<'_>, facts: &Facts) -> bool {
    let sign_in = classes.sign_in(facts);
    classes.outcome(&sign_in).outcome == Outcome::Grant
}

/// Whether a sign-in meets one of the controls: a policy that asks for nothing else lets it in. Nothing meets a block.
fn meets_one(controls: &[GrantControl]) -> impl Fn(&Facts) -> bool {
    let set = |control: &GrantControl| compile(&[asking("only", GrantOperator::And, &[*control])], &[], &[], &[]).unwrap();
    let sets: Vec<_> = controls.iter().map(set).collect();
    move |facts| sets.iter().any(|set| granted(&mut Classes::new(set), facts))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_sign_in_is_in_a_gap_if_and_only_if_it_is_granted_without_the_requirement(
        set in any_set(),
        controls in proptest::sample::subsequence(GrantControl::ALL.to_vec(), 1..=2),
    ) {
        let (users, targets, clients, locations) = (users(), targets(), clients(), locations());
        let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &locations };
        let found = gaps(&set, universe, &Requirement(controls.clone()), &|| false).unwrap();
        prop_assert!(found.is_complete());
        let meets = meets_one(&controls);
        let mut classes = Classes::new(&set);
        for facts in sign_ins() {
            if meets(&facts) {
                continue;
            }
            let open = granted(&mut classes, &facts);
            let inside = found.regions.iter().any(|region| is_in(region, &facts, &mut classes));
            prop_assert_eq!(open, inside, "{:#?}", facts);
        }
        for region in &found.regions {
            prop_assert!(granted(&mut classes, &region.witness));
            prop_assert!(!meets(&region.witness));
        }
    }

    #[test]
    fn a_sign_in_is_in_a_difference_if_and_only_if_its_answer_changes(old in any_set(), new in any_set()) {
        let (users, targets, clients, locations) = (users(), targets(), clients(), locations());
        let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &locations };
        let found = diff(&old, &new, universe, &|| false).unwrap();
        prop_assert!(found.is_complete());
        // Classes of both sets at once: a value is in a region when a value of the region is like it in both.
        let (mut before, mut after) = (Classes::new(&old), Classes::new(&new));
        for facts in sign_ins() {
            let change = (granted(&mut before, &facts), granted(&mut after, &facts));
            let mut inside = |regions: &[Region]| {
                regions.iter().any(|region| is_in_both(region, &facts, &mut before, &mut after))
            };
            prop_assert_eq!(change == (false, true), inside(&found.gained.regions), "{:#?}", facts);
            prop_assert_eq!(change == (true, false), inside(&found.lost.regions), "{:#?}", facts);
        }
    }
}

/// A region holds a sign-in when on each axis one and the same value is like that of the sign-in for both sets.
fn is_in_both(region: &Region, facts: &Facts, before: &mut Classes<'_>, after: &mut Classes<'_>) -> bool {
    region.extents.iter().all(|extent| {
        extent.values.iter().any(|value| {
            let mut alone = extent.clone();
            alone.values = vec![value.clone()];
            let one = Region { extents: vec![alone], users: Vec::new(), witness: region.witness.clone() };
            is_in(&one, facts, before) && is_in(&one, facts, after)
        })
    })
}

#[test]
fn a_search_that_is_cut_short_says_so_and_never_says_none() {
    let (users, targets, clients, locations) = (users(), targets(), clients(), locations());
    let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &locations };
    let set = compile(&[asking("mfa", GrantOperator::And, &[GrantControl::Mfa])], &[], &[], &[]).unwrap();
    let found = gaps(&set, universe, &Requirement(vec![GrantControl::ApprovedApplication]), &|| true).unwrap();
    assert!(!found.is_complete());
    assert_eq!(found.worked, 0);
}

#[test]
fn a_region_that_does_without_the_requirement_only_where_others_do_is_not_told() {
    let phones = vec![PlatformCondition::Ios, PlatformCondition::Android];
    let mut app = asking("app", GrantOperator::And, &[GrantControl::ApprovedApplication]);
    app.conditions.platforms.include = phones.clone();
    let mut device = asking("device", GrantOperator::And, &[GrantControl::CompliantDevice]);
    device.conditions.platforms.exclude = phones;
    let (users, targets, clients, locations) = (users(), targets(), clients(), locations());
    let universe = Universe { users: &users, targets: &targets, clients: &clients, named_locations: &locations };
    let set = compile(&[app, device], &[], &locations, &[]).unwrap();
    let found = gaps(&set, universe, &Requirement(vec![GrantControl::ApprovedApplication]), &|| false).unwrap();
    // A compliant device with an approved app gets in from every platform, but on phones that is what is required.
    assert_eq!(found.regions.len(), 1);
    assert_eq!(found.regions[0].witness.device_platform, Some(DevicePlatform::Windows));
}
