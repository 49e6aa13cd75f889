//! What the check claims holds for every sign-in.
#![cfg(test)]

use doorward_model::conditional_access::*;
use doorward_model::device::TrustType;
use doorward_model::named_location::{Area, IpRange, NamedLocation};
use doorward_model::sign_in::*;
use doorward_policy::conditional_access::check::{Rule, review};
use doorward_policy::conditional_access::filter::{Filter, Outcomes};
use doorward_policy::conditional_access::{
    ClientFacts, DeviceFacts, Facts, Outcome, PolicyOutcome, ResourceFacts, Subject, UserFacts, compile, decide,
};
use proptest::array::uniform6;
use proptest::bool::weighted;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const FILTERS: [&str; 8] = [
    "device.isCompliant -eq True",
    "device.isCompliant -eq True -and device.isCompliant -eq False",
    "device.isCompliant -eq True -or device.isCompliant -ne True",
    "device.extensionAttribute1 -ne \"saw\"",
    "device.extensionAttribute1 -eq \"saw\" -or device.extensionAttribute1 -ne \"saw\"",
    "device.model -startsWith \"iPhone\" -and device.model -notContains \"hone\"",
    "device.trustType -eq \"ServerAD\" -and -not (device.trustType -eq \"ServerAD\")",
    "device.systemLabels -contains \"a\" -and device.systemLabels -notContains \"b\"",
];

fn some(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let few = subsequence(words.to_vec(), 1..=words.len().min(2)).prop_map(|words| words.into_iter().map(str::to_owned).collect());
    prop_oneof![2 => Just(Vec::new()), 1 => few]
}

/// Rarely nothing at all.
fn included(words: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    let few = subsequence(words.to_vec(), 1..=2).prop_map(|words| words.into_iter().map(str::to_owned).collect());
    prop_oneof![1 => some(words), 4 => Just(vec!["All".to_owned()]), 4 => few]
}

fn rarely<T: Clone + std::fmt::Debug + 'static>(all: &[T]) -> impl Strategy<Value = Vec<T>> + use<T> {
    prop_oneof![9 => Just(Vec::new()), 1 => subsequence(all.to_vec(), 1..=all.len().min(3))]
}

fn guests() -> BoxedStrategy<Option<Guests>> {
    let kinds = subsequence(ExternalUserType::ALL[1..].to_vec(), 0..3);
    let guests = (kinds, select(MembershipKind::ALL.to_vec()), some(&["t1", "t2"])).prop_map(|(types, tenants, members)| Guests {
        types,
        tenants,
        members,
    });
    prop_oneof![4 => Just(None), 1 => guests.prop_map(Some)].boxed()
}

fn users() -> BoxedStrategy<Users> {
    let include = (included(&["u1", "u2", "None", "GuestsOrExternalUsers"]), some(&["g1", "g2"]), some(&["r1"]), guests());
    let exclude = (some(&["u1", "u2", "All", "GuestsOrExternalUsers"]), some(&["g1", "g2"]), some(&["r1"]), guests());
    (include, exclude)
        .prop_map(|(include, exclude)| Users {
            include_users: include.0,
            exclude_users: exclude.0,
            include_groups: include.1,
            exclude_groups: exclude.1,
            include_roles: include.2,
            exclude_roles: exclude.2,
            include_guests: include.3,
            exclude_guests: exclude.3,
        })
        .boxed()
}

fn applications() -> BoxedStrategy<Applications> {
    let include = included(&["a1", "a2", "Office365", "None"]);
    let exclude = some(&["a1", "a2", "Office365", "All"]);
    (include, exclude, rarely(UserActionCondition::ALL), some(&["c1", "c2"]))
        .prop_map(|(include, exclude, actions, contexts)| Applications {
            include_applications: include,
            exclude_applications: exclude,
            include_user_actions: actions,
            include_authentication_contexts: contexts,
        })
        .boxed()
}

fn devices() -> BoxedStrategy<Devices> {
    let filter = (select(FilterMode::ALL.to_vec()), select(FILTERS.to_vec()))
        .prop_map(|(mode, rule)| Devices { filter: Some(DeviceFilter { mode, rule: rule.to_owned() }), ..Devices::default() });
    let states = (rarely(DeviceStateCondition::ALL), rarely(DeviceStateCondition::ALL))
        .prop_map(|(include, exclude)| Devices { states: DeviceStates { include, exclude }, ..Devices::default() });
    prop_oneof![6 => Just(Devices::default()), 1 => filter, 1 => states].boxed()
}

fn conditions() -> BoxedStrategy<Conditions> {
    let workloads = (some(&["sp1", "sp2", "ServicePrincipalsInMyTenant", "None"]), some(&["sp1", "ServicePrincipalsInMyTenant"]))
        .prop_map(|(include, exclude)| ClientApplications { include_service_principals: include, exclude_service_principals: exclude });
    let platforms = (rarely(PlatformCondition::ALL), rarely(PlatformCondition::ALL));
    let locations = (some(&["l1", "l2", "AllTrusted", "All"]), some(&["l1", "AllTrusted", "All"]));
    let risks = (rarely(RiskCondition::ALL), rarely(RiskCondition::ALL), rarely(RiskCondition::ALL), rarely(InsiderRiskCondition::ALL));
    let ways = (rarely(ClientAppCondition::ALL), rarely(TransferCondition::ALL));
    (users(), applications(), workloads, platforms, locations, devices(), risks, ways)
        .prop_map(|(users, applications, client_applications, platforms, locations, devices, risks, ways)| Conditions {
            users,
            client_applications,
            applications,
            client_app_types: ways.0,
            platforms: Platforms { include: platforms.0, exclude: platforms.1 },
            locations: Locations { include: locations.0, exclude: locations.1 },
            devices,
            sign_in_risk_levels: risks.0,
            user_risk_levels: risks.1,
            service_principal_risk_levels: risks.2,
            insider_risk_levels: risks.3,
            transfer_methods: ways.1,
        })
        .boxed()
}

fn controls() -> BoxedStrategy<(GrantControls, SessionControls)> {
    let built_in = subsequence(GrantControl::ALL.to_vec(), 0..=3);
    let strength = option::weighted(0.2, select(vec!["00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000004"]));
    let hours = option::weighted(0.3, 1..3_u32);
    (built_in, option::of(select(GrantOperator::ALL.to_vec())), strength, some(&["terms1", "terms2"]), hours, any::<bool>())
        .prop_map(|(built_in_controls, operator, strength, terms_of_use, hours, restricted)| {
            let grant = GrantControls {
                operator,
                built_in_controls,
                authentication_strength: strength.map(|id| RequiredStrength { id: id.to_owned(), ..RequiredStrength::default() }),
                terms_of_use,
                ..GrantControls::default()
            };
            let frequency = hours.map(|value| SignInFrequency {
                interval: FrequencyInterval::Period { value, unit: FrequencyUnit::Hours },
                authentication: FrequencyAuthentication::PrimaryAndSecondary,
            });
            let session = SessionControls {
                sign_in_frequency: frequency,
                application_enforced_restrictions: restricted,
                ..SessionControls::default()
            };
            (grant, session)
        })
        .boxed()
}

prop_compose! {
    fn policy()(conditions in conditions(), controls in controls()) -> ConditionalAccessPolicy {
        ConditionalAccessPolicy {
            id: "p".to_owned(),
            display_name: None,
            state: PolicyState::Enabled,
            conditions,
            grant_controls: controls.0,
            session_controls: controls.1,
        }
    }
}

/// A policy, and another that differs in one part at random and is wider in others: a near miss of a wider policy.
fn related() -> BoxedStrategy<[ConditionalAccessPolicy; 2]> {
    (policy(), policy(), 0..14_usize, uniform6(weighted(0.3)))
        .prop_map(|(one, other, part, wide)| {
            let mut two = one.clone();
            let (own, new) = (&mut two.conditions, other.conditions);
            let all = || vec!["All".to_owned()];
            if wide[0] {
                own.users = Users { include_users: all(), exclude_users: own.users.exclude_users.clone(), ..Users::default() };
            }
            if wide[1] {
                own.applications.include_applications = all();
            }
            if wide[2] {
                own.platforms = Platforms::default();
            }
            if wide[3] {
                own.devices = Devices::default();
            }
            if wide[4] {
                own.locations = Locations::default();
            }
            if wide[5] {
                two.grant_controls.built_in_controls = vec![GrantControl::Block];
            }
            match part {
                0 => own.users = new.users,
                1 => own.users.exclude_users = new.users.exclude_users,
                2 => own.users.exclude_groups = new.users.exclude_groups,
                3 => own.users.include_guests = new.users.include_guests,
                4 => own.applications = new.applications,
                5 => own.applications.exclude_applications = new.applications.exclude_applications,
                6 => own.locations = new.locations,
                7 => own.platforms = new.platforms,
                8 => own.client_applications = new.client_applications,
                9 => own.sign_in_risk_levels = new.sign_in_risk_levels,
                10 => own.applications.include_user_actions = vec![UserActionCondition::RegisterSecurityInformation],
                12 => two.grant_controls = other.grant_controls,
                11 => own.devices = new.devices,
                _ => two.session_controls = other.session_controls,
            }
            [one, two]
        })
        .boxed()
}

fn device() -> BoxedStrategy<DeviceFacts> {
    let trust = option::of(select(vec![TrustType::AzureAd, TrustType::ServerAd, TrustType::Workplace]));
    let model = option::of(select(vec!["iPhone", "iPhone 15", "saw", ""]));
    let flags = (option::of(any::<bool>()), option::of(any::<bool>()));
    (flags, trust, model, option::of(Just("saw")), subsequence(vec!["a", "b"], 0..=2))
        .prop_map(|(flags, trust_type, model, attribute, labels)| {
            let mut device = DeviceFacts {
                is_managed: flags.0,
                is_compliant: flags.1,
                trust_type,
                model: model.map(str::to_owned),
                system_labels: labels.into_iter().map(str::to_owned).collect(),
                ..DeviceFacts::default()
            };
            device.extension_attributes[0] = attribute.map(str::to_owned);
            device
        })
        .boxed()
}

fn subject() -> BoxedStrategy<Subject> {
    let outsider = (select(ExternalUserType::ALL.to_vec()), option::of(select(vec!["t1", "t2"])));
    let user = (select(vec!["u1", "u2", "u3"]), some(&["g1", "g2"]), some(&["r1"]), outsider).prop_map(|(id, groups, roles, outsider)| {
        Subject::User(UserFacts {
            id: id.to_owned(),
            groups,
            roles,
            external_user_type: outsider.0,
            home_tenant_id: outsider.1.map(str::to_owned),
            ..UserFacts::default()
        })
    });
    let workload = (select(vec!["sp1", "sp2"]), any::<bool>())
        .prop_map(|(id, in_my_tenant)| Subject::Workload { service_principal_id: id.to_owned(), in_my_tenant });
    prop_oneof![4 => user, 1 => workload].boxed()
}

fn facts() -> BoxedStrategy<Facts> {
    let resource = select(vec![("a1", vec!["Office365".to_owned()]), ("a2", vec![])])
        .prop_map(|(app_id, bundles)| ResourceFacts { app_id: app_id.to_owned(), bundles });
    let target = (
        proptest::collection::vec(resource, 0..2),
        option::weighted(0.4, select(UserAction::ALL.to_vec())),
        option::weighted(0.2, select(vec!["c1", "c2"])),
    );
    let client = (option::of(select(ClientAppType::ALL.to_vec())), option::of(select(DevicePlatform::ALL.to_vec())));
    let place = option::of(select(vec!["192.0.2.1", "198.51.100.1"]));
    let risks = (
        select(RiskLevel::ALL.to_vec()),
        select(RiskLevel::ALL.to_vec()),
        select(RiskLevel::ALL.to_vec()),
        select(InsiderRiskLevel::ALL.to_vec()),
        select(TransferMethod::ALL.to_vec()),
    );
    let terms = subsequence(vec!["terms1", "terms2"], 0..=2);
    (subject(), target, client, place, risks, option::of(device()), terms, any::<[bool; 6]>())
        .prop_map(|(subject, target, client, place, risks, device, terms, [approved, protectable, broker, applied, mfa, changed])| Facts {
            resources: target.0,
            user_action: target.1,
            authentication_context: target.2.map(str::to_owned),
            client: Some(ClientFacts { app_id: "client".to_owned(), approved, protectable }),
            client_app_type: client.0,
            device_platform: client.1,
            ip: place.map(|ip| ip.parse().unwrap()),
            sign_in_risk: risks.0,
            user_risk: risks.1,
            service_principal_risk: risks.2,
            insider_risk: risks.3,
            transfer_method: risks.4,
            device,
            broker_present: broker,
            app_protection_applied: applied,
            mfa,
            authentication_methods: if changed { vec!["fido2".to_owned()] } else { Vec::new() },
            password_changed: changed,
            terms_of_use_accepted: terms.into_iter().map(str::to_owned).collect(),
            ..Facts::new(subject)
        })
        .boxed()
}

fn locations() -> Vec<NamedLocation> {
    let location = |id: &str, range: &str, is_trusted| NamedLocation {
        id: id.to_owned(),
        area: Area::Ip { ranges: vec![IpRange::from_prefix(range).unwrap()], is_trusted },
    };
    vec![location("l1", "192.0.2.0/24", true), location("l2", "198.51.100.0/24", false)]
}

fn decided(policies: &[ConditionalAccessPolicy], facts: &Facts) -> doorward_policy::conditional_access::Decision {
    decide(&compile(policies, &[], &locations(), &[]).unwrap(), facts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn what_never_applies_applies_to_no_sign_in(policy in policy(), signs in proptest::collection::vec(facts(), 24)) {
        let never = [Rule::NeverApplies, Rule::EmptyPolicy];
        if review(std::slice::from_ref(&policy), None).iter().any(|finding| never.contains(&finding.rule)) {
            for facts in signs {
                prop_assert_eq!(decided(std::slice::from_ref(&policy), &facts).policies[0].result, PolicyOutcome::NotApplied);
            }
        }
    }

    #[test]
    fn without_a_shadowed_policy_the_same_people_get_in(policies in related(), signs in proptest::collection::vec(facts(), 24)) {
        let pointless = [Rule::ShadowedBy, Rule::DuplicatePolicy];
        for finding in review(&policies, None).iter().filter(|finding| pointless.contains(&finding.rule)) {
            let rest = &policies[1 - finding.policy];
            for facts in &signs {
                let (with, without) = (decided(&policies, facts), decided(std::slice::from_ref(rest), facts));
                prop_assert_eq!(with.outcome, without.outcome);
                if with.outcome == Outcome::Grant {
                    prop_assert_eq!(with.session_controls, without.session_controls);
                }
            }
        }
    }

    #[test]
    fn no_device_contradicts_what_a_rule_can_come_to(rule in select(FILTERS.to_vec()), device in option::of(device())) {
        let filter = Filter::parse(rule).unwrap();
        let outcomes = filter.outcomes().unwrap();
        let possible = if filter.matches(device.as_ref()) { outcomes.can_hold } else { outcomes.can_fail };
        prop_assert!(possible);
    }
}

#[test]
fn a_rule_is_judged_over_all_devices() {
    let (both, never, always) = ((true, true), (false, true), (true, false));
    let table = [
        (r#"device.model -eq "a""#, both),
        (r#"device.model -eq "a" -and device.model -eq "b""#, never),
        (r#"device.model -eq "a" -or device.model -ne "a""#, always),
        (r#"device.model -eq "a" -and device.manufacturer -eq "b""#, both),
        (r#"device.model -startsWith "ab" -and device.model -notStartsWith "a""#, never),
        (r#"device.model -startsWith "ab" -and device.model -endsWith "bc" -and device.model -notContains "abc""#, both),
        (r#"device.model -contains "abc" -and device.model -notContains "b""#, never),
        (r#"device.model -eq "abc" -and device.model -notContains "b""#, never),
        (r#"device.model -in ["a", "b"] -and device.model -in ["b", "c"]"#, both),
        (r#"device.model -in ["a", "b"] -and device.model -in ["c"]"#, never),
        (r#"device.model -ne "a" -or device.model -ne "b""#, always),
        (r#"device.model -eq null -and device.model -notContains "x""#, both),
        (r#"device.isCompliant -eq "yes""#, never),
        (r#"device.isCompliant -ne "yes""#, always),
        (r#"device.trustType -eq "Hybrid" -or device.trustType -eq "ServerAD""#, both),
        (
            r#"device.trustType -ne "AzureAD" -and device.trustType -ne "ServerAD" -and device.trustType -ne "Workplace" -and device.trustType -ne null"#,
            never,
        ),
        ("device.isCompliant -ne True -or device.isCompliant -ne False", always),
        (r#"device.physicalIds -contains "a" -and device.physicalIds -contains "b""#, both),
        (r#"device.physicalIds -contains "a" -and device.physicalIds -notContains "a""#, never),
        // A device that nobody vouches for meets neither.
        (r#"device.extensionAttribute1 -eq "a" -or device.extensionAttribute1 -ne "a""#, both),
    ];
    for (rule, (can_hold, can_fail)) in table {
        assert_eq!(Filter::parse(rule).unwrap().outcomes(), Some(Outcomes { can_hold, can_fail }), "{rule}");
    }
    let many: Vec<_> = (0..20).map(|number| format!("device.model -contains \"{number}x\"")).collect();
    assert_eq!(Filter::parse(&many.join(" -and ")).unwrap().outcomes(), None, "too much to try");
}
