//! The behaviour that every engine must show. An engine's tests call [`behaviour_suite!`](crate::behaviour_suite) with a way to
//! make an empty store; each rule becomes one test.
#![expect(clippy::unwrap_used, clippy::panic, reason = "these functions are tests, kept in a library so that every engine can run them")]

use std::sync::Arc;

use doorward_model::application::{Application, SigningAlgorithm};
use doorward_model::authorization_code::AuthorizationCode;
use doorward_model::device::{Device, TrustType};
use doorward_model::device_code::{DeviceCode, DeviceCodeState};
use doorward_model::document::{Document, DocumentKind};
use doorward_model::group::{Group, Member};
use doorward_model::key::{KeySlot, SigningKey};
use doorward_model::refresh_token::{PrimaryRefreshToken, RefreshToken};
use doorward_model::rng::SeededRng;
use doorward_model::session::{Session, SessionKind};
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::tenant::Tenant;
use doorward_model::user::{User, UserType};
use doorward_model::{AppId, CodeId, CorrelationId, DeviceId, GroupId, SessionId, SignInId, TenantId, TokenId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

use self::grants::{code, prt, refresh_token};
use crate::{Store, StoreError, TenantStore};

mod domain;
mod grants;
mod issued;
mod lists;
mod managed_devices;
mod memory;
mod second_factors;

pub use domain::*;
pub use issued::*;
pub use lists::*;
pub use managed_devices::*;
pub use memory::*;
pub use second_factors::*;

/// Makes one test of each rule. `$make` is an async expression that gives an empty store.
#[macro_export]
macro_rules! behaviour_suite {
    ($make:expr) => {
        $crate::behaviour_suite!($make;
            a_domain_belongs_to_one_tenant,
            what_one_tenant_has_no_other_sees,
            a_unit_that_is_dropped_leaves_nothing,
            a_unit_for_reading_refuses_to_write,
            a_reader_sees_one_moment_while_others_write,
            sign_in_names_are_unique_in_any_case,
            users_are_listed_page_by_page_in_order_of_name,
            deleting_a_user_takes_everything_issued_along,
            nested_groups_count_and_cycles_end,
            the_groups_of_many_are_told_at_once,
            a_group_has_owners_until_they_or_it_are_gone,
            identifier_uris_find_their_application_and_are_unique,
            devices_are_found_by_key_and_by_mail_client_of_their_owner,
            deleting_a_device_takes_its_tokens_along,
            keys_move_through_their_slots,
            a_session_is_revoked_once_and_for_all,
            a_code_is_redeemed_by_exactly_one_of_many,
            a_value_is_used_once_by_exactly_one_of_many,
            refresh_tokens_are_withdrawn_by_code_and_by_app,
            user_codes_are_unique_while_they_live,
            documents_have_versions_and_refuse_stale_changes,
            the_generation_grows_with_what_decisions_depend_on,
            a_list_holds_what_its_filter_says,
            a_search_looks_at_every_name_and_at_no_wildcard,
            what_has_no_value_equals_nothing_but_null,
            pages_put_together_are_the_whole_list_in_every_order,
            a_changed_object_is_found_by_what_it_is_now,
            the_sign_in_log_is_read_newest_first_with_filters,
            sign_ins_are_counted_by_day_and_forgotten_with_them,
            policies_and_flows_are_counted_from_a_day_on,
            devices_are_counted_by_operating_system_whatever_its_case,
            members_come_page_by_page_and_nested_ones_once,
            the_audit_is_found_by_who_and_what,
            pruning_forgets_what_has_ended_and_nothing_else,
            changing_or_deleting_what_is_not_there_says_so,
            secrets_keys_and_records_of_one_tenant_are_out_of_reach_of_another,
            a_refresh_token_is_withdrawn_alone_and_a_consent_replaced,
            deleting_an_application_takes_what_was_issued_to_it_along,
            a_passkey_is_found_by_its_credential_id_in_its_tenant_alone,
            a_counter_only_grows_and_is_reached_by_exactly_one_of_many,
            a_counter_of_zero_is_no_count,
            a_recovery_code_is_used_once_by_its_owner,
            deleting_a_user_takes_the_second_factors_along,
            deleting_a_device_takes_the_keys_on_it_along,
            a_managed_device_is_kept_whole_and_found_by_what_it_is_now,
            a_device_comes_up_when_its_time_has_come,
            devices_are_found_and_counted_by_policy_and_state,
            what_is_read_is_what_was_committed_last,
            what_is_kept_of_a_managed_device_goes_with_the_device_and_its_owner,
            a_user_of_a_domain_is_found_by_what_the_domain_calls_it,
            computers_of_a_domain_are_kept_until_they_are_forgotten,
        );
    };
    ($make:expr; $($rule:ident),+ $(,)?) => {$(
        #[tokio::test]
        async fn $rule() {
            let make = $make;
            let store = make().await;
            $crate::suite::$rule(&store).await;
        }
    )+};
}

const HASH: [u8; 32] = [7; 32];

fn at(seconds: i64) -> Timestamp {
    "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(seconds)
}

fn rng(seed: u64) -> SeededRng {
    SeededRng::new(seed)
}

fn tenant(seed: u64, domain: &str) -> Tenant {
    Tenant {
        id: TenantId::random(&rng(seed)),
        display_name: domain.into(),
        domains: vec![domain.into()],
        certificate_based_authentication: false,
        tells_whether_accounts_exist: true,
        device_limit: 20,
        broker_store_link_ios: String::new(),
        broker_store_link_android: String::new(),
        created: at(seed.try_into().unwrap()),
    }
}

async fn one_tenant(store: &impl Store) -> Arc<dyn TenantStore> {
    let tenant = tenant(1, "one.example");
    store.create_tenant(&tenant).await.unwrap();
    store.tenant(tenant.id)
}

fn user(seed: u64, name: &str) -> User {
    User {
        id: UserId::random(&rng(seed)),
        user_principal_name: name.into(),
        display_name: name.into(),
        account_enabled: true,
        user_type: UserType::Member,
        password_hash: Some(format!("hash of {name}")),
        force_change_password: false,
        roles: vec![],
        sign_in_sessions_valid_from: at(0),
        on_premises: None,
        account_expires: None,
        created: at(0),
    }
}

fn application(seed: u64, uris: &[&str]) -> Application {
    Application {
        identifier_uris: uris.iter().map(|uri| (*uri).to_owned()).collect(),
        ..Application::new(AppId::random(&rng(seed)), &format!("App {seed}"), at(0))
    }
}

fn device(seed: u64, owner: Option<UserId>) -> Device {
    Device {
        id: DeviceId::random(&rng(seed)),
        display_name: "Phone".into(),
        operating_system: "iOS".into(),
        operating_system_version: "19".into(),
        certificate_thumbprint: "AB".into(),
        public_key_sha256: format!("key {seed}"),
        transport_key: None,
        account_enabled: true,
        is_managed: false,
        is_compliant: false,
        compliance_expiration: None,
        trust_type: TrustType::Workplace,
        owner,
        eas_device_id: Some(format!("EAS{seed}")),
        registered: at(seed.try_into().unwrap()),
    }
}

fn session(seed: u64, user: UserId) -> Session {
    Session {
        id: SessionId::random(&rng(seed)),
        user_id: user,
        device_id: None,
        kind: SessionKind::Browser,
        amr: vec!["pwd".into()],
        second_factor: None,
        authenticated: at(seed.try_into().unwrap()),
        expires: at(1000),
        revoked: None,
    }
}

fn document(id: &str) -> Document {
    Document { id: id.into(), version: 0, body: json!({ "id": id }), subject: "s".into(), created: at(0), modified: at(0) }
}

fn record(seed: u64, user: Option<UserId>, outcome: SignInOutcome) -> SignInRecord {
    SignInRecord {
        id: SignInId::random(&rng(seed)),
        created_date_time: at(seed.try_into().unwrap()),
        correlation_id: CorrelationId::random(&rng(seed)),
        circumstances: Arc::new(Circumstances {
            user_id: user,
            user_principal_name: String::new(),
            app_id: None,
            app_display_name: String::new(),
            resource_id: None,
            resource_display_name: String::new(),
            grant: "password".into(),
            ip_address: "192.0.2.1".into(),
            user_agent: String::new(),
            device_id: None,
            outcome,
            error_code: 0,
            failure_reason: String::new(),
            facts: json!(null).into(),
            applied_policies: json!([]).into(),
            policy_set: String::new(),
        }),
    }
}

/// A domain belongs to one tenant.
pub async fn a_domain_belongs_to_one_tenant(store: &impl Store) {
    store.create_tenant(&tenant(1, "one.example")).await.unwrap();
    let taken = store.create_tenant(&tenant(2, "one.example")).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists(_))), "{taken:?}");
    assert_eq!(store.tenants().await.unwrap().len(), 1, "the refused tenant left nothing");
    store.create_tenant(&tenant(2, "two.example")).await.unwrap();
    assert_eq!(
        store.tenants().await.unwrap().iter().map(|tenant| tenant.display_name.as_str()).collect::<Vec<_>>(),
        ["one.example", "two.example"]
    );
}

/// What one tenant has no other sees.
pub async fn what_one_tenant_has_no_other_sees(store: &impl Store) {
    let (one, two) = (tenant(1, "one.example"), tenant(2, "two.example"));
    store.create_tenant(&one).await.unwrap();
    store.create_tenant(&two).await.unwrap();
    let (anna, app, phone) = (user(10, "anna@one.example"), application(11, &["api://app"]), device(12, None));
    let group = Group { id: GroupId::random(&rng(13)), display_name: "G".into(), description: None, created: at(0) };
    let mut unit = store.tenant(one.id).write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    unit.applications().create(&app).await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.groups().create(&group).await.unwrap();
    unit.groups().add_member(group.id, Member::User(anna.id)).await.unwrap();
    unit.sessions().create(&session(14, anna.id)).await.unwrap();
    unit.grants().create_refresh_token(&HASH, &refresh_token(15, anna.id, None, None)).await.unwrap();
    unit.grants().create_prt(&HASH, &prt(16, anna.id, phone.id)).await.unwrap();
    unit.grants().create_code(&HASH, &code(17, anna.id)).await.unwrap();
    unit.documents().create(DocumentKind::NamedLocation, &document("d"), at(0)).await.unwrap();
    unit.logs().append_sign_ins(&[record(18, Some(anna.id), SignInOutcome::Granted)]).await.unwrap();
    assert!(unit.one_time().use_once(&HASH, at(9)).await.unwrap());
    unit.commit().await.unwrap();

    let mut unit = store.tenant(two.id).write().await.unwrap();
    assert_eq!(unit.tenant().get().await.unwrap().unwrap().id, two.id);
    assert!(unit.users().get(anna.id).await.unwrap().is_none());
    assert!(unit.users().find("anna@one.example").await.unwrap().is_none());
    assert!(unit.users().list(None, 9).await.unwrap().is_empty());
    assert!(unit.applications().get(app.app_id).await.unwrap().is_none());
    assert!(unit.applications().find_by_identifier_uri("api://app").await.unwrap().is_none());
    assert!(unit.devices().get(phone.id).await.unwrap().is_none());
    assert!(unit.devices().find_by_public_key(&phone.public_key_sha256).await.unwrap().is_none());
    assert!(unit.groups().list().await.unwrap().is_empty());
    assert!(unit.groups().transitive_of(anna.id).await.unwrap().is_empty());
    assert!(unit.sessions().live_of(anna.id, at(20)).await.unwrap().is_empty());
    assert!(unit.grants().refresh_token(&HASH).await.unwrap().is_none());
    assert!(unit.grants().prt(&HASH).await.unwrap().is_none());
    assert!(unit.grants().code(&HASH).await.unwrap().is_none());
    assert!(unit.documents().list(DocumentKind::NamedLocation).await.unwrap().is_empty());
    assert!(unit.logs().sign_ins(&crate::query::Query::default()).await.unwrap().items.is_empty());
    assert!(unit.one_time().use_once(&HASH, at(9)).await.unwrap(), "a value used there is new here");
    assert!(matches!(unit.users().delete(anna.id).await, Err(StoreError::NotFound(_))));
    assert!(matches!(unit.devices().delete(phone.id).await, Err(StoreError::NotFound(_))));
    assert!(matches!(unit.tenant().update(&one).await, Err(StoreError::NotFound(_))), "one tenant cannot be written through another");
}

/// A unit that is dropped leaves nothing.
pub async fn a_unit_that_is_dropped_leaves_nothing(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    drop(unit);
    assert!(tenant.read().await.unwrap().users().get(anna.id).await.unwrap().is_none());
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    unit.commit().await.unwrap();
    assert_eq!(tenant.read().await.unwrap().users().get(anna.id).await.unwrap().unwrap().password_hash, anna.password_hash);
}

/// A unit for reading refuses to write.
pub async fn a_unit_for_reading_refuses_to_write(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.read().await.unwrap();
    assert!(matches!(unit.users().create(&user(1, "a@one.example")).await, Err(StoreError::ReadOnly)));
    assert!(matches!(unit.one_time().use_once(&HASH, at(1)).await, Err(StoreError::ReadOnly)));
    assert!(matches!(unit.documents().create(DocumentKind::ServicePolicy, &document("d"), at(0)).await, Err(StoreError::ReadOnly)));
    assert!(matches!(unit.logs().append_sign_ins(&[]).await, Err(StoreError::ReadOnly)));
}

/// A reader sees one moment while others write.
pub async fn a_reader_sees_one_moment_while_others_write(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut reader = tenant.read().await.unwrap();
    assert!(reader.users().list(None, 9).await.unwrap().is_empty());
    let mut writer = tenant.write().await.unwrap();
    writer.users().create(&user(1, "a@one.example")).await.unwrap();
    writer.commit().await.unwrap();
    assert!(reader.users().list(None, 9).await.unwrap().is_empty(), "the same unit still sees the same");
    assert_eq!(tenant.read().await.unwrap().users().list(None, 9).await.unwrap().len(), 1);
}

/// Sign in names are unique in any case.
pub async fn sign_in_names_are_unique_in_any_case(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&user(1, "Anna@one.example")).await.unwrap();
    assert!(matches!(unit.users().create(&user(2, "aNNA@ONE.example")).await, Err(StoreError::AlreadyExists(_))));
    assert!(unit.users().find("ANNA@one.EXAMPLE").await.unwrap().is_some());
}

/// Users are listed page by page in order of name.
pub async fn users_are_listed_page_by_page_in_order_of_name(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    for (seed, name) in [(1, "c@one.example"), (2, "A@one.example"), (3, "b@one.example")] {
        unit.users().create(&user(seed, name)).await.unwrap();
    }
    let mut names = Vec::new();
    let mut after: Option<String> = None;
    while let [user] = unit.users().list(after.as_deref(), 1).await.unwrap().as_slice() {
        names.push(user.user_principal_name.clone());
        after = Some(user.user_principal_name.clone());
    }
    assert_eq!(names, ["A@one.example", "b@one.example", "c@one.example"]);
}

/// Deleting a user takes everything issued along.
pub async fn deleting_a_user_takes_everything_issued_along(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let (anna, ben) = (user(1, "anna@one.example"), user(2, "ben@one.example"));
    let phone = device(3, Some(anna.id));
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    unit.users().create(&ben).await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.sessions().create(&session(4, anna.id)).await.unwrap();
    unit.sessions().create(&session(5, ben.id)).await.unwrap();
    unit.grants().create_refresh_token(&[1; 32], &refresh_token(6, anna.id, None, None)).await.unwrap();
    unit.grants().create_refresh_token(&[2; 32], &refresh_token(7, ben.id, Some(phone.id), None)).await.unwrap();
    unit.grants().create_refresh_token(&[3; 32], &refresh_token(8, ben.id, None, None)).await.unwrap();
    unit.grants().create_prt(&HASH, &prt(9, anna.id, phone.id)).await.unwrap();
    unit.users().delete(anna.id).await.unwrap();
    assert!(unit.devices().get(phone.id).await.unwrap().is_none());
    assert!(unit.sessions().live_of(anna.id, at(10)).await.unwrap().is_empty());
    assert!(unit.grants().refresh_token(&[1; 32]).await.unwrap().is_none());
    assert!(unit.grants().refresh_token(&[2; 32]).await.unwrap().is_none(), "bound to the user's device");
    assert!(unit.grants().refresh_token(&[3; 32]).await.unwrap().is_some());
    assert!(unit.grants().prt(&HASH).await.unwrap().is_none());
    assert_eq!(unit.sessions().live_of(ben.id, at(10)).await.unwrap().len(), 1);
}

/// Nested groups count and cycles end.
pub async fn nested_groups_count_and_cycles_end(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let groups: Vec<Group> = (10..14)
        .map(|seed| Group { id: GroupId::random(&rng(seed)), display_name: format!("{seed}"), description: None, created: at(0) })
        .collect();
    let [inner, middle, outer, apart] = groups.as_slice() else { panic!("four groups") };
    let mut unit = tenant.write().await.unwrap();
    unit.users().create(&anna).await.unwrap();
    for group in &groups {
        unit.groups().create(group).await.unwrap();
    }
    unit.groups().add_member(inner.id, Member::User(anna.id)).await.unwrap();
    unit.groups().add_member(middle.id, Member::Group(inner.id)).await.unwrap();
    unit.groups().add_member(outer.id, Member::Group(middle.id)).await.unwrap();
    unit.groups().add_member(inner.id, Member::Group(outer.id)).await.unwrap();
    let mut expected = vec![inner.id, middle.id, outer.id];
    expected.sort_unstable_by_key(ToString::to_string);
    assert_eq!(*unit.groups().transitive_of(anna.id).await.unwrap(), expected);
    assert!(!expected.contains(&apart.id));
    assert_eq!(unit.groups().groups_of(inner.id, false).await.unwrap(), [middle.id]);
    let mut around = vec![middle.id, outer.id];
    around.sort_unstable_by_key(ToString::to_string);
    assert_eq!(unit.groups().groups_of(inner.id, true).await.unwrap(), around, "through the cycle, without itself");
    assert!(matches!(unit.groups().add_member(inner.id, Member::User(anna.id)).await, Err(StoreError::AlreadyExists(_))));
    unit.groups().delete(inner.id).await.unwrap();
    assert!(unit.groups().transitive_of(anna.id).await.unwrap().is_empty());
    assert!(unit.groups().members(middle.id).await.unwrap().is_empty(), "a deleted group is nobody's member");
}

/// The groups of many are told at once, and people in groups are counted once each.
pub async fn the_groups_of_many_are_told_at_once(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let people: Vec<User> = (1..5).map(|seed| user(seed, &format!("{seed}@one.example"))).collect();
    let [anna, ben, carla, dan] = people.as_slice() else { panic!("four people") };
    let groups: Vec<Group> = (10..14)
        .map(|seed| Group { id: GroupId::random(&rng(seed)), display_name: format!("{seed}"), description: None, created: at(0) })
        .collect();
    let [inner, outer, outermost, apart] = groups.as_slice() else { panic!("four groups") };
    let mut unit = tenant.write().await.unwrap();
    for user in &people {
        unit.users().create(user).await.unwrap();
    }
    for group in &groups {
        unit.groups().create(group).await.unwrap();
    }
    let memberships = [
        (Member::User(anna.id), inner.id),
        (Member::User(ben.id), outer.id),
        (Member::User(ben.id), apart.id),
        (Member::User(carla.id), apart.id),
        (Member::Group(inner.id), outer.id),
        (Member::Group(outer.id), outermost.id),
        (Member::Group(outermost.id), inner.id),
    ];
    for (member, group) in memberships {
        unit.groups().add_member(group, member).await.unwrap();
    }
    let memberships = memberships.map(|(member, group)| (member.id(), group));
    let nested = &memberships[4..];
    let sorted = |mut memberships: Vec<(Uuid, GroupId)>| {
        memberships.sort_unstable();
        memberships
    };
    for (users, direct) in [(vec![anna.id], &memberships[..1]), (vec![anna.id, ben.id, dan.id], &memberships[..3])] {
        let around = unit.groups().memberships_around(&users).await.unwrap();
        assert_eq!(sorted(around), sorted([direct, nested].concat()), "through the cycle, each once");
    }
    for (users, expected) in [(vec![carla.id], &memberships[3..4]), (vec![dan.id], &[]), (vec![], &[])] {
        assert_eq!(unit.groups().memberships_around(&users).await.unwrap(), expected);
    }
    for (inside, outside, expected) in [
        (vec![], vec![], 0),
        (vec![inner.id], vec![], 2),
        (vec![outermost.id, outer.id], vec![], 2),
        (vec![outer.id, apart.id], vec![], 3),
        (vec![outer.id, apart.id], vec![apart.id], 1),
        (vec![apart.id], vec![outermost.id], 1),
        (vec![GroupId(Uuid::nil())], vec![], 0),
        (vec![], vec![apart.id], 0),
    ] {
        assert_eq!(unit.groups().count_users(&inside, &outside).await.unwrap(), expected, "{inside:?} without {outside:?}");
    }
}

/// A group has owners until they or it are gone.
pub async fn a_group_has_owners_until_they_or_it_are_gone(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let (anna, ben) = (user(1, "anna@one.example"), user(2, "ben@one.example"));
    let group = Group { id: GroupId::random(&rng(3)), display_name: "G".into(), description: None, created: at(0) };
    unit.groups().create(&group).await.unwrap();
    let mut both = [anna.id, ben.id];
    both.sort_unstable_by_key(ToString::to_string);
    for owner in [&anna, &ben] {
        unit.users().create(owner).await.unwrap();
        unit.groups().add_owner(group.id, owner.id).await.unwrap();
    }
    assert_eq!(unit.groups().owners(group.id).await.unwrap(), both);
    assert!(unit.groups().members(group.id).await.unwrap().is_empty(), "an owner is no member");
    assert!(matches!(unit.groups().add_owner(group.id, anna.id).await, Err(StoreError::AlreadyExists(_))));
    unit.groups().remove_owner(group.id, anna.id).await.unwrap();
    assert_eq!(unit.groups().owners(group.id).await.unwrap(), [ben.id]);
    unit.users().delete(ben.id).await.unwrap();
    assert!(unit.groups().owners(group.id).await.unwrap().is_empty());
    unit.groups().add_owner(group.id, anna.id).await.unwrap();
    unit.groups().delete(group.id).await.unwrap();
    assert!(unit.groups().owners(group.id).await.unwrap().is_empty());
}

/// Identifier uris find their application and are unique.
pub async fn identifier_uris_find_their_application_and_are_unique(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let mut app = application(1, &["https://mail.example/", "api://mail"]);
    unit.applications().create(&app).await.unwrap();
    for uri in ["https://mail.example", "https://mail.example/", "api://mail"] {
        assert_eq!(unit.applications().find_by_identifier_uri(uri).await.unwrap().unwrap().app_id, app.app_id, "{uri}");
    }
    assert!(matches!(unit.applications().create(&application(2, &["api://mail"])).await, Err(StoreError::AlreadyExists(_))));
    app.identifier_uris.clear();
    unit.applications().update(&app).await.unwrap();
    assert!(unit.applications().find_by_identifier_uri("api://mail").await.unwrap().is_none());
}

/// Devices are found by key and by mail client of their owner.
pub async fn devices_are_found_by_key_and_by_mail_client_of_their_owner(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let (anna, ben) = (user(1, "anna@one.example"), user(2, "ben@one.example"));
    let phones = [device(3, Some(anna.id)), device(4, Some(anna.id)), device(5, None)];
    let mut unit = tenant.write().await.unwrap();
    for phone in &phones {
        unit.devices().create(phone).await.unwrap();
    }
    let clash = Device { id: DeviceId::random(&rng(9)), ..phones[0].clone() };
    assert!(matches!(unit.devices().create(&clash).await, Err(StoreError::AlreadyExists(_))), "a key belongs to one device");
    assert_eq!(unit.devices().find_by_public_key("key 4").await.unwrap().unwrap().id, phones[1].id);
    assert_eq!(unit.devices().find_by_eas_id(anna.id, "eas3").await.unwrap().unwrap().id, phones[0].id, "ids in any case");
    assert!(unit.devices().find_by_eas_id(ben.id, "EAS3").await.unwrap().is_none(), "not of another owner");
    assert_eq!(unit.devices().owned_by(anna.id).await.unwrap().len(), 2);
}

/// Deleting a device takes its tokens along.
pub async fn deleting_a_device_takes_its_tokens_along(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let phone = device(2, Some(anna.id));
    let mut unit = tenant.write().await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.grants().create_refresh_token(&[1; 32], &refresh_token(3, anna.id, Some(phone.id), None)).await.unwrap();
    unit.grants().create_refresh_token(&[2; 32], &refresh_token(4, anna.id, None, None)).await.unwrap();
    unit.grants().create_prt(&HASH, &prt(5, anna.id, phone.id)).await.unwrap();
    unit.devices().delete(phone.id).await.unwrap();
    assert!(unit.grants().refresh_token(&[1; 32]).await.unwrap().is_none());
    assert!(unit.grants().refresh_token(&[2; 32]).await.unwrap().is_some());
    assert!(unit.grants().prt(&HASH).await.unwrap().is_none());
}

/// Keys move through their slots.
pub async fn keys_move_through_their_slots(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let key = SigningKey {
        kid: "k".into(),
        algorithm: SigningAlgorithm::RS256,
        slot: KeySlot::Next,
        wrapped_private_key: vec![0, 159, 146, 150],
        public_jwk: "{}".into(),
        created: at(0),
    };
    let mut unit = tenant.write().await.unwrap();
    unit.keys().add_signing_key(&key).await.unwrap();
    unit.keys().set_slot("k", KeySlot::Current).await.unwrap();
    let kept = unit.keys().signing_keys().await.unwrap();
    assert!(kept == [SigningKey { slot: KeySlot::Current, ..key }], "everything but the slot is as it was");
    unit.keys().remove_signing_key("k").await.unwrap();
    assert!(unit.keys().signing_keys().await.unwrap().is_empty());
    assert!(unit.keys().device_ca().await.unwrap().is_none());
}

/// A session is revoked once and for all.
pub async fn a_session_is_revoked_once_and_for_all(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let (older, newer) = (session(2, anna.id), session(3, anna.id));
    let mut unit = tenant.write().await.unwrap();
    unit.sessions().create(&older).await.unwrap();
    unit.sessions().create(&newer).await.unwrap();
    let live = |sessions: Vec<Session>| sessions.into_iter().map(|session| session.id).collect::<Vec<_>>();
    assert_eq!(live(unit.sessions().live_of(anna.id, at(10)).await.unwrap()), [newer.id, older.id]);
    unit.sessions().revoke(older.id, at(20)).await.unwrap();
    unit.sessions().revoke(older.id, at(30)).await.unwrap();
    unit.sessions().update(&older).await.unwrap();
    assert_eq!(unit.sessions().get(older.id).await.unwrap().unwrap().revoked, Some(at(20)), "nor does a stale copy revive it");
    assert_eq!(live(unit.sessions().live_of(anna.id, at(40)).await.unwrap()), [newer.id]);
    assert!(unit.sessions().live_of(anna.id, at(1001)).await.unwrap().is_empty(), "expired");
}

/// A code is redeemed by exactly one of many.
pub async fn a_code_is_redeemed_by_exactly_one_of_many(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let code = code(2, anna.id);
    let mut unit = tenant.write().await.unwrap();
    unit.grants().create_code(&HASH, &code).await.unwrap();
    unit.commit().await.unwrap();
    let tries = (0..8).map(|_| {
        let tenant = tenant.clone();
        let id = code.id;
        tokio::spawn(async move {
            let mut unit = tenant.write().await.unwrap();
            let won = unit.grants().redeem_code(id, at(1)).await.unwrap();
            unit.commit().await.unwrap();
            won
        })
    });
    assert_eq!(winners(tries).await, 1);
    assert_eq!(tenant.read().await.unwrap().grants().code(&HASH).await.unwrap().unwrap().redeemed, Some(at(1)));
}

/// A value is used once by exactly one of many.
pub async fn a_value_is_used_once_by_exactly_one_of_many(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let tries = (0..8).map(|_| {
        let tenant = tenant.clone();
        tokio::spawn(async move {
            let mut unit = tenant.write().await.unwrap();
            let won = unit.one_time().use_once(&HASH, at(100)).await.unwrap();
            unit.commit().await.unwrap();
            won
        })
    });
    assert_eq!(winners(tries).await, 1);
    let mut unit = tenant.write().await.unwrap();
    assert_eq!(unit.one_time().prune(at(99)).await.unwrap(), 0);
    assert_eq!(unit.one_time().prune(at(101)).await.unwrap(), 1);
    assert!(unit.one_time().use_once(&HASH, at(200)).await.unwrap());
}

async fn winners(tries: impl Iterator<Item = tokio::task::JoinHandle<bool>>) -> usize {
    let tries: Vec<_> = tries.collect();
    let mut won = 0;
    for one in tries {
        won += usize::from(one.await.unwrap());
    }
    won
}

/// Refresh tokens are withdrawn by code and by app.
pub async fn refresh_tokens_are_withdrawn_by_code_and_by_app(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let code = CodeId::random(&rng(2));
    let mut unit = tenant.write().await.unwrap();
    unit.grants().create_refresh_token(&[1; 32], &refresh_token(3, anna.id, None, Some(code))).await.unwrap();
    let other = refresh_token(4, anna.id, None, None);
    unit.grants().create_refresh_token(&[2; 32], &other).await.unwrap();
    assert_eq!(unit.grants().revoke_by_code(code, at(1)).await.unwrap(), 1);
    assert_eq!(unit.grants().revoke_by_code(code, at(2)).await.unwrap(), 0);
    assert_eq!(unit.grants().refresh_token(&[1; 32]).await.unwrap().unwrap().revoked, Some(at(1)));
    assert_eq!(unit.grants().refresh_token(&[2; 32]).await.unwrap().unwrap().revoked, None);
    assert_eq!(unit.grants().revoke_for_app(anna.id, other.app_id, at(3)).await.unwrap(), 1);
    assert_eq!(unit.grants().refresh_token(&[2; 32]).await.unwrap().unwrap().revoked, Some(at(3)));
}

/// Documents have versions and refuse stale changes.
pub async fn documents_have_versions_and_refuse_stale_changes(store: &impl Store) {
    const KIND: DocumentKind = DocumentKind::ConditionalAccessPolicy;
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    assert_eq!(unit.documents().create(KIND, &document("a"), at(1)).await.unwrap().version, 1);
    assert!(matches!(unit.documents().create(KIND, &document("a"), at(1)).await, Err(StoreError::AlreadyExists(_))));
    let changed = unit.documents().update(KIND, "a", "t", &json!({ "x": 1 }), Some(1), at(2)).await.unwrap();
    assert_eq!((changed.version, changed.created, changed.modified), (2, at(1), at(2)));
    let stale = unit.documents().update(KIND, "a", "t", &json!({}), Some(1), at(3)).await;
    assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
    assert!(matches!(unit.documents().delete(KIND, "a", Some(1)).await, Err(StoreError::Conflict(_))));
    assert_eq!(unit.documents().get(KIND, "a").await.unwrap().unwrap(), changed);
    assert!(unit.documents().get(DocumentKind::ServicePolicy, "a").await.unwrap().is_none(), "kinds are apart");
    assert_eq!(unit.documents().list_by_subject(KIND, "t").await.unwrap().len(), 1);
    assert!(unit.documents().list_by_subject(KIND, "s").await.unwrap().is_empty());
    unit.documents().delete(KIND, "a", Some(2)).await.unwrap();
    assert!(unit.documents().list(KIND).await.unwrap().is_empty());
}

/// The generation grows with what decisions depend on.
pub async fn the_generation_grows_with_what_decisions_depend_on(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let mut last = unit.tenant().generation().await.unwrap();
    let mut app = application(1, &[]);
    let mut record = unit.tenant().get().await.unwrap().unwrap();
    for step in 0..6 {
        match step {
            0 => drop(unit.documents().create(DocumentKind::ServicePolicy, &document("a"), at(0)).await.unwrap()),
            1 => drop(unit.documents().update(DocumentKind::ServicePolicy, "a", "", &json!({}), None, at(1)).await.unwrap()),
            2 => unit.documents().delete(DocumentKind::ServicePolicy, "a", None).await.unwrap(),
            3 => unit.applications().create(&app).await.unwrap(),
            4 => {
                app.approved = true;
                unit.applications().update(&app).await.unwrap();
            }
            _ => {
                record.certificate_based_authentication = true;
                unit.tenant().update(&record).await.unwrap();
            }
        }
        let now = unit.tenant().generation().await.unwrap();
        assert!(now > last, "step {step}");
        last = now;
    }
    unit.documents().create(DocumentKind::ManagedAppRegistration, &document("r"), at(0)).await.unwrap();
    assert_eq!(unit.tenant().generation().await.unwrap(), last, "registrations change too often to count");
}

/// Pruning forgets what has ended and nothing else.
pub async fn pruning_forgets_what_has_ended_and_nothing_else(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let anna = user(1, "anna@one.example");
    let mut unit = tenant.write().await.unwrap();
    unit.sessions().create(&session(2, anna.id)).await.unwrap();
    unit.sessions().create(&Session { expires: at(10), ..session(3, anna.id) }).await.unwrap();
    unit.grants().create_code(&[1; 32], &code(4, anna.id)).await.unwrap();
    unit.grants().create_refresh_token(&[2; 32], &refresh_token(5, anna.id, None, None)).await.unwrap();
    assert_eq!(unit.grants().prune(at(5)).await.unwrap(), 0);
    assert_eq!(unit.grants().prune(at(301)).await.unwrap(), 2, "the short session and the code");
    assert!(unit.grants().refresh_token(&[2; 32]).await.unwrap().is_some());
    assert_eq!(unit.sessions().live_of(anna.id, at(6)).await.unwrap().len(), 1);
}

/// Changing or deleting what is not there says so.
pub async fn changing_or_deleting_what_is_not_there_says_so(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let (nobody, app, phone) = (user(1, "a@one.example"), application(2, &[]), device(3, None));
    let group = Group { id: GroupId::random(&rng(4)), display_name: "G".into(), description: None, created: at(0) };
    let mut answers = Vec::new();
    answers.push(unit.users().update(&nobody).await);
    answers.push(unit.users().delete(nobody.id).await);
    answers.push(unit.applications().update(&app).await);
    answers.push(unit.applications().delete(app.app_id).await);
    answers.push(unit.devices().update(&phone).await);
    answers.push(unit.devices().delete(phone.id).await);
    answers.push(unit.groups().update(&group).await);
    answers.push(unit.groups().delete(group.id).await);
    answers.push(unit.groups().add_member(group.id, Member::User(nobody.id)).await);
    answers.push(unit.groups().remove_member(group.id, Member::User(nobody.id)).await);
    answers.push(unit.groups().add_owner(group.id, nobody.id).await);
    answers.push(unit.groups().remove_owner(group.id, nobody.id).await);
    answers.push(unit.keys().set_slot("none", KeySlot::Current).await);
    answers.push(unit.keys().remove_signing_key("none").await);
    answers.push(unit.sessions().revoke(SessionId::random(&rng(5)), at(0)).await);
    answers.push(unit.grants().revoke_prt(TokenId::random(&rng(6)), at(0)).await);
    answers.push(unit.documents().delete(DocumentKind::ServicePolicy, "none", None).await);
    for (index, answer) in answers.iter().enumerate() {
        assert!(matches!(answer, Err(StoreError::NotFound(_))), "{index}: {answer:?}");
    }
    let missing = unit.documents().update(DocumentKind::ServicePolicy, "none", "", &json!({}), None, at(0)).await;
    assert!(matches!(missing, Err(StoreError::NotFound(_))));
    assert!(!unit.grants().redeem_code(CodeId::random(&rng(7)), at(0)).await.unwrap());
}
