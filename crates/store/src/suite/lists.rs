//! Rules of list queries.

use std::sync::Arc;

use doorward_model::AuditId;
use doorward_model::directory_audit::{DirectoryAudit, Initiator};
use doorward_model::role::Role;

use super::*;
use crate::Tally;
use crate::query::{
    ApplicationField, AuditField, Comparison, DeviceField, Field, Filter, GroupField, Kind, Order, Part, Query, SignInField, UserField,
    Value,
};

fn names(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.user_principal_name.as_str()).collect()
}

async fn some_users(store: &impl Store) -> Arc<dyn TenantStore> {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let named = |seed, name: &str, display_name: &str| User {
        display_name: display_name.into(),
        created: at(seed),
        ..user(seed.unsigned_abs(), name)
    };
    let users = [
        User { roles: vec![Role::GlobalAdministrator, Role::SecurityReader], ..named(1, "anna@one.example", "Anna Ödön") },
        User { account_enabled: false, roles: vec![Role::GlobalAdministrator], ..named(2, "Ben@one.example", "ben") },
        User { user_type: UserType::Guest, ..named(3, "c_l@one.example", "100%") },
        named(4, "cxl@one.example", "back\\slash"),
    ];
    for user in &users {
        unit.users().create(user).await.unwrap();
    }
    unit.commit().await.unwrap();
    tenant
}

/// A list holds what its filter says.
pub async fn a_list_holds_what_its_filter_says(store: &impl Store) {
    use UserField::{AccountEnabled, Created, DisplayName, Id, Roles, UserPrincipalName, UserType as Type};
    let tenant = some_users(store).await;
    let holds = |field, part, text: &str| Filter::Holds(field, part, text.into());
    let not = |filter| Filter::Not(Box::new(filter));
    let ben = UserId::random(&rng(2));
    let cases: Vec<(Filter<UserField>, &[usize])> = vec![
        (Filter::equal(UserPrincipalName, "ANNA@one.example"), &[0]),
        (Filter::equal(DisplayName, "ANNA ÖDÖN"), &[0]),
        (Filter::equal(Id, ben.0), &[1]),
        (Filter::equal(AccountEnabled, false), &[1]),
        (Filter::equal(Type, "guest"), &[2]),
        (Filter::equal(Roles, "GlobalAdministrator"), &[0, 1]),
        (Filter::equal(Roles, "SecurityReader").and(Filter::equal(AccountEnabled, true)), &[0]),
        (Filter::equal(Roles, "Global%"), &[]),
        (Filter::equal(Roles, "Administrator"), &[]),
        (Filter::Compare(Roles, Comparison::NotEqual, "GlobalAdministrator".into()), &[2, 3]),
        (holds(DisplayName, Part::Start, "A"), &[0]),
        (holds(DisplayName, Part::Start, "ANNA ö"), &[0]),
        (holds(DisplayName, Part::End, "DÖN"), &[0]),
        (holds(DisplayName, Part::Anywhere, "%"), &[2]),
        (holds(DisplayName, Part::Anywhere, "\\"), &[3]),
        (holds(UserPrincipalName, Part::Anywhere, "c_l"), &[2]),
        (holds(UserPrincipalName, Part::Start, ""), &[0, 1, 2, 3]),
        (not(holds(UserPrincipalName, Part::Start, "c")), &[0, 1]),
        (not(holds(UserPrincipalName, Part::Anywhere, "l@")), &[0, 1]),
        (holds(Id, Part::Anywhere, "a"), &[]),
        (Filter::OneOf(UserPrincipalName, vec!["BEN@one.example".into(), "nobody".into()]), &[1]),
        (not(Filter::OneOf(UserPrincipalName, vec!["ben@one.example".into()])), &[0, 2, 3]),
        (Filter::OneOf(Roles, vec!["SecurityReader".into(), "x".into()]), &[0]),
        (Filter::OneOf(Id, vec![]), &[]),
        (Filter::Compare(Created, Comparison::Greater, at(2).into()), &[2, 3]),
        (Filter::Compare(Created, Comparison::LessOrEqual, at(2).into()), &[0, 1]),
        (not(Filter::Compare(Created, Comparison::GreaterOrEqual, at(2).into())), &[0]),
        (Filter::Compare(UserPrincipalName, Comparison::Less, "B".into()), &[0]),
        (Filter::Any(vec![Filter::equal(Type, "Guest"), Filter::equal(AccountEnabled, false)]), &[1, 2]),
        (not(Filter::Any(vec![Filter::equal(Type, "Guest"), Filter::equal(AccountEnabled, false)])), &[0, 3]),
        (not(not(Filter::equal(AccountEnabled, false))), &[1]),
        (Filter::All(vec![]), &[0, 1, 2, 3]),
        (Filter::Any(vec![]), &[]),
        (Filter::equal(DisplayName, Value::Null), &[]),
        (Filter::equal(Created, "not a time"), &[]),
        (not(Filter::equal(Created, "not a time")), &[0, 1, 2, 3]),
    ];
    let mut unit = tenant.read().await.unwrap();
    let all = unit.users().page(&Query::default()).await.unwrap().items;
    for (filter, expected) in cases {
        let query = Query::of(filter);
        let found = unit.users().page(&query).await.unwrap();
        let expected: Vec<User> = expected.iter().filter_map(|index| all.get(*index)).cloned().collect();
        assert_eq!(names(&found.items), names(&expected), "{query:?}");
        assert_eq!(unit.users().count(&query).await.unwrap(), expected.len() as u64, "{query:?}");
    }
}

/// A search looks at every name and at no wildcard.
pub async fn a_search_looks_at_every_name_and_at_no_wildcard(store: &impl Store) {
    let tenant = some_users(store).await;
    let mut unit = tenant.read().await.unwrap();
    for (text, found) in [("ÖDÖN", 1), ("BEN", 1), ("one.example", 4), ("c_l", 1), ("%", 1), ("_", 1), ("nobody", 0)] {
        let query = Query { search: Some(text.into()), ..Query::default() };
        assert_eq!(unit.users().page(&query).await.unwrap().items.len(), found, "{text}");
    }
    let both = Query { search: Some("n".into()), ..Query::of(Filter::equal(UserField::AccountEnabled, false)) };
    assert_eq!(names(&unit.users().page(&both).await.unwrap().items), ["Ben@one.example"]);
}

/// What has no value equals nothing but null.
pub async fn what_has_no_value_equals_nothing_but_null(store: &impl Store) {
    use DeviceField::Owner;
    let tenant = one_tenant(store).await;
    let anna = UserId::random(&rng(9));
    let mut unit = tenant.write().await.unwrap();
    for (seed, owner) in [(1, Some(anna)), (2, None), (3, Some(UserId::random(&rng(8))))] {
        unit.devices().create(&device(seed, owner)).await.unwrap();
    }
    let not = |filter| Filter::Not(Box::new(filter));
    let compare = |comparison, value: Value| Filter::Compare(Owner, comparison, value);
    let cases = [
        (Filter::equal(Owner, anna.0), vec![1]),
        (not(Filter::equal(Owner, anna.0)), vec![2, 3]),
        (compare(Comparison::NotEqual, anna.0.into()), vec![2, 3]),
        (not(compare(Comparison::NotEqual, anna.0.into())), vec![1]),
        (Filter::equal(Owner, Value::Null), vec![2]),
        (compare(Comparison::NotEqual, Value::Null), vec![1, 3]),
        (compare(Comparison::Less, Value::Null), vec![]),
        (not(compare(Comparison::Less, Value::Null)), vec![1, 2, 3]),
        (Filter::OneOf(Owner, vec![anna.0.into(), Value::Null]), vec![1, 2]),
        (not(Filter::OneOf(Owner, vec![anna.0.into()])), vec![2, 3]),
    ];
    for (filter, expected) in cases {
        let query = Query::of(filter);
        let found = unit.devices().page(&query).await.unwrap().items;
        let seeds: Vec<i64> = found.iter().map(|device| device.registered.duration_since(at(0)).as_secs()).collect();
        assert_eq!(seeds, expected, "{query:?}");
    }
}

/// Reads a list in pages of two; `$read` is the call of the repository.
macro_rules! pages {
    ($unit:ident, $field:ty, $read:expr) => {
        for field in <$field>::ALL.iter().filter(|field| field.kind() != Kind::Words) {
            let mut ways = Vec::new();
            for descending in [false, true] {
                let mut query = Query { order: Some(Order { field: *field, descending }), ..Query::default() };
                let whole = $read(&mut $unit, &query).await.unwrap();
                assert!(whole.next.is_none());
                query.limit = 2;
                let mut collected = Vec::new();
                loop {
                    let page = $read(&mut $unit, &query).await.unwrap();
                    assert!(page.items.len() == 2 || page.next.is_none(), "{query:?}");
                    collected.extend(page.items);
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
                assert_eq!(collected, whole.items, "{query:?}");
                ways.push(collected);
            }
            ways[1].reverse();
            assert_eq!(ways[0], ways[1], "{field:?}: descending is the other way round");
        }
    };
}

/// Pages put together are the whole list in every order.
#[expect(clippy::indexing_slicing, reason = "a test")]
pub async fn pages_put_together_are_the_whole_list_in_every_order(store: &impl Store) {
    let tenant = some_users(store).await;
    let mut unit = tenant.write().await.unwrap();
    let anna = UserId::random(&rng(1));
    for seed in 1..=7 {
        let half = seed % 2 == 0;
        unit.groups()
            .create(&Group {
                id: GroupId::random(&rng(seed)),
                display_name: if half { "G" } else { "H" }.into(),
                description: None,
                created: at(0),
            })
            .await
            .unwrap();
        unit.applications().create(&Application { approved: half, ..application(seed, &[]) }).await.unwrap();
        unit.devices().create(&Device { is_managed: half, ..device(seed, half.then_some(anna)) }).await.unwrap();
        unit.logs().append_sign_ins(&[record(seed, half.then_some(anna), SignInOutcome::Granted)]).await.unwrap();
        unit.logs().append_audit(&audit(seed, half.then_some(anna))).await.unwrap();
    }
    pages!(unit, UserField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<UserField>| unit.users().page(query).await);
    pages!(unit, GroupField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<GroupField>| unit.groups().page(query).await);
    pages!(unit, ApplicationField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<ApplicationField>| unit
        .applications()
        .page(query)
        .await);
    pages!(unit, DeviceField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<DeviceField>| unit.devices().page(query).await);
    pages!(unit, SignInField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<SignInField>| unit.logs().sign_ins(query).await);
    pages!(unit, AuditField, async |unit: &mut Box<dyn crate::Unit>, query: &Query<AuditField>| unit.logs().audits(query).await);
}

/// A changed object is found by what it is now.
pub async fn a_changed_object_is_found_by_what_it_is_now(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let (before, app, phone) = (user(1, "anna@one.example"), application(2, &[]), device(3, None));
    let group = Group { id: GroupId::random(&rng(4)), display_name: "Old".into(), description: None, created: at(0) };
    unit.users().create(&before).await.unwrap();
    unit.applications().create(&app).await.unwrap();
    unit.devices().create(&phone).await.unwrap();
    unit.groups().create(&group).await.unwrap();
    let after = User { display_name: "New".into(), account_enabled: false, roles: vec![Role::SecurityReader], ..before };
    unit.users().update(&after).await.unwrap();
    unit.applications().update(&Application { display_name: "New".into(), approved: true, ..app }).await.unwrap();
    unit.devices()
        .update(&Device { display_name: "New".into(), is_compliant: true, operating_system: "Android".into(), ..phone })
        .await
        .unwrap();
    unit.groups().update(&Group { display_name: "New".into(), ..group }).await.unwrap();
    let users = Filter::equal(UserField::DisplayName, "new")
        .and(Filter::equal(UserField::AccountEnabled, false))
        .and(Filter::equal(UserField::Roles, "SecurityReader"));
    assert_eq!(unit.users().count(&Query::of(users)).await.unwrap(), 1);
    let apps = Filter::equal(ApplicationField::DisplayName, "new").and(Filter::equal(ApplicationField::Approved, true));
    assert_eq!(unit.applications().count(&Query::of(apps)).await.unwrap(), 1);
    let devices = Filter::equal(DeviceField::DisplayName, "new")
        .and(Filter::equal(DeviceField::IsCompliant, true))
        .and(Filter::equal(DeviceField::OperatingSystem, "ANDROID"));
    assert_eq!(unit.devices().count(&Query::of(devices)).await.unwrap(), 1);
    assert_eq!(unit.groups().count(&Query::of(Filter::equal(GroupField::DisplayName, "new"))).await.unwrap(), 1);
}

/// The sign in log is read newest first with filters.
pub async fn the_sign_in_log_is_read_newest_first_with_filters(store: &impl Store) {
    use SignInField::{AppId as App, CorrelationId as Correlation, Created, ErrorCode, IpAddress, Outcome, UserId as Who};
    let tenant = one_tenant(store).await;
    let (anna, app) = (UserId::random(&rng(100)), AppId::random(&rng(50)));
    let records: Vec<SignInRecord> = (1..=5)
        .map(|seed| {
            let outcome = if seed == 2 { SignInOutcome::Refused } else { SignInOutcome::Granted };
            let app_id = (seed > 3).then_some(app);
            let mut record = record(seed, (seed % 2 == 1).then_some(anna), outcome);
            let circumstances = Arc::make_mut(&mut record.circumstances);
            (circumstances.app_id, circumstances.error_code) = (app_id, seed as u32 % 2);
            record
        })
        .collect();
    let mut unit = tenant.write().await.unwrap();
    unit.logs().append_sign_ins(&records).await.unwrap();
    let cases: Vec<(Filter<SignInField>, &[i64])> = vec![
        (Filter::All(vec![]), &[5, 4, 3, 2, 1]),
        (Filter::equal(Who, anna.0), &[5, 3, 1]),
        (Filter::equal(App, app.0), &[5, 4]),
        (Filter::equal(Outcome, "refused"), &[2]),
        (Filter::equal(ErrorCode, 0), &[4, 2]),
        (Filter::equal(Correlation, CorrelationId::random(&rng(3)).0), &[3]),
        (Filter::equal(IpAddress, "192.0.2.1"), &[5, 4, 3, 2, 1]),
        (Filter::Compare(Created, Comparison::GreaterOrEqual, at(4).into()), &[5, 4]),
        (Filter::Compare(Created, Comparison::Less, at(4).into()).and(Filter::equal(Who, anna.0)), &[3, 1]),
    ];
    for (filter, expected) in cases {
        let query = Query::of(filter);
        let found = unit.logs().sign_ins(&query).await.unwrap().items;
        let seeds: Vec<i64> = found.iter().map(|record| record.created_date_time.duration_since(at(0)).as_secs()).collect();
        assert_eq!(seeds, expected, "{query:?}");
        assert_eq!(unit.logs().count_sign_ins(&query).await.unwrap(), Some(expected.len() as u64));
    }
}

/// Sign ins are counted by day and forgotten with them.
pub async fn sign_ins_are_counted_by_day_and_forgotten_with_them(store: &impl Store) {
    use SignInOutcome::{Granted, Refused};
    const DAY: i64 = 86_400;
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let made = [(0, Granted), (1, Granted), (2, Refused), (DAY - 1, Refused), (DAY, Granted), (3 * DAY, Refused)];
    for (seed, (seconds, outcome)) in (1..).zip(made) {
        let record = SignInRecord { created_date_time: at(seconds), ..record(seed, None, outcome) };
        unit.logs().append_sign_ins(&[record]).await.unwrap();
    }
    let first = at(0).to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |number: i64| at(number * DAY).to_zoned(jiff::tz::TimeZone::UTC).date();
    let shown = |counts: Vec<crate::DayCount>| counts.iter().map(|count| (count.day, count.outcome, count.sign_ins)).collect::<Vec<_>>();
    let all = shown(unit.logs().sign_ins_by_day(first).await.unwrap());
    assert_eq!(all, [(day(0), Granted, 2), (day(0), Refused, 2), (day(1), Granted, 1), (day(3), Refused, 1)]);
    assert_eq!(shown(unit.logs().sign_ins_by_day(day(1)).await.unwrap()), [(day(1), Granted, 1), (day(3), Refused, 1)]);
    assert_eq!(unit.logs().prune_sign_ins(at(2)).await.unwrap(), 2);
    let left = shown(unit.logs().sign_ins_by_day(first).await.unwrap());
    assert_eq!(left, [(day(0), Refused, 2), (day(1), Granted, 1), (day(3), Refused, 1)]);
    unit.logs().prune_sign_ins(at(2 * DAY)).await.unwrap();
    assert_eq!(shown(unit.logs().sign_ins_by_day(first).await.unwrap()), [(day(3), Refused, 1)]);
}

/// Policies and flows are counted from a day on.
pub async fn policies_and_flows_are_counted_from_a_day_on(store: &impl Store) {
    use SignInOutcome::{Granted, Refused};
    const DAY: i64 = 86_400;
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    // What has no id or no result is nothing to count.
    let applied =
        |result: &str| json!([{ "id": "p", "result": result }, { "id": "p" }, { "id": "q", "result": "success" }, { "result": "success" }]);
    let made = [
        (0, Granted, "reportOnlySuccess"),
        (DAY, Granted, "reportOnlyFailure"),
        (DAY + 1, Refused, "reportOnlyFailure"),
        (2 * DAY, Refused, "notApplied"),
    ];
    for (seed, (seconds, outcome, result)) in (1..).zip(made) {
        let mut record = SignInRecord { created_date_time: at(seconds), ..record(seed, None, outcome) };
        let circumstances = Arc::make_mut(&mut record.circumstances);
        (circumstances.grant, circumstances.applied_policies) = ("activeSync".into(), applied(result).into());
        unit.logs().append_sign_ins(&[record]).await.unwrap();
    }
    let tally = |name: &str, result: &str, sign_ins| Tally { name: name.into(), result: result.into(), sign_ins };
    let day = |number: i64| at(number * DAY).to_zoned(jiff::tz::TimeZone::UTC).date();
    let both = [tally("p", "reportOnlyFailure", 2), tally("p", "reportOnlySuccess", 1), tally("q", "success", 4)];
    assert_eq!(unit.logs().policy_results(day(0)).await.unwrap(), both);
    assert_eq!(unit.logs().policy_results(day(1)).await.unwrap(), [tally("p", "reportOnlyFailure", 2), tally("q", "success", 3)]);
    assert_eq!(unit.logs().policy_results(day(2)).await.unwrap(), [tally("q", "success", 1)]);
    assert_eq!(unit.logs().grants(day(1)).await.unwrap(), [tally("activeSync", "granted", 1), tally("activeSync", "refused", 2)]);
    unit.logs().prune_sign_ins(at(DAY)).await.unwrap();
    assert_eq!(unit.logs().policy_results(day(0)).await.unwrap(), [tally("p", "reportOnlyFailure", 2), tally("q", "success", 3)]);
}

/// Devices are counted by operating system whatever its case.
pub async fn devices_are_counted_by_operating_system_whatever_its_case(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    for (seed, system) in (1..).zip(["iOS", "Android", "iOS", "IOS"]) {
        unit.devices().create(&Device { operating_system: system.into(), ..device(seed, None) }).await.unwrap();
    }
    let counts = unit.devices().count_by_operating_system().await.unwrap();
    let counts: Vec<(String, u64)> = counts.into_iter().map(|(system, devices)| (system.to_lowercase(), devices)).collect();
    assert_eq!(counts, [("ios".to_owned(), 3), ("android".to_owned(), 1)]);
}

/// Members come page by page and nested ones once.
pub async fn members_come_page_by_page_and_nested_ones_once(store: &impl Store) {
    let tenant = one_tenant(store).await;
    let mut unit = tenant.write().await.unwrap();
    let group = |seed| Group { id: GroupId::random(&rng(seed)), display_name: "G".into(), description: None, created: at(0) };
    let (outer, inner, innermost) = (group(1), group(2), group(3));
    for group in [&outer, &inner, &innermost] {
        unit.groups().create(group).await.unwrap();
    }
    let people: Vec<UserId> = (10..13).map(|seed| UserId::random(&rng(seed))).collect();
    let [anna, ben, cleo] = people.as_slice() else { panic!("three people") };
    for (group, member) in [
        (&outer, Member::User(*anna)),
        (&outer, Member::Group(inner.id)),
        (&inner, Member::User(*ben)),
        (&inner, Member::User(*anna)),
        (&inner, Member::Group(innermost.id)),
        (&innermost, Member::User(*cleo)),
        (&innermost, Member::Group(outer.id)),
    ] {
        unit.groups().add_member(group.id, member).await.unwrap();
    }
    let mut direct = vec![Member::User(*anna), Member::Group(inner.id)];
    let mut nested = direct.clone();
    nested.extend([Member::User(*ben), Member::User(*cleo), Member::Group(innermost.id)]);
    direct.sort_by_key(|member| member.id());
    nested.sort_by_key(|member| member.id());
    for (with_nested, expected) in [(false, direct), (true, nested)] {
        let mut found = Vec::new();
        loop {
            let after = found.last().map(|member: &Member| member.id());
            let page = unit.groups().member_page(outer.id, with_nested, after, 2).await.unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert_eq!(found, expected);
    }
    let mut of_anna = vec![outer.id, inner.id];
    of_anna.sort_unstable();
    assert_eq!(unit.groups().direct_of(*anna).await.unwrap(), of_anna);
}

/// The audit is found by who and what.
pub async fn the_audit_is_found_by_who_and_what(store: &impl Store) {
    use AuditField::{Activity, ActorId, ActorName, Created, TargetId, TargetType};
    let tenant = one_tenant(store).await;
    let anna = UserId::random(&rng(100));
    let mut unit = tenant.write().await.unwrap();
    for seed in 1..=3 {
        unit.logs().append_audit(&audit(seed, (seed != 2).then_some(anna))).await.unwrap();
    }
    let cases: Vec<(Filter<AuditField>, &[i64])> = vec![
        (Filter::All(vec![]), &[3, 2, 1]),
        (Filter::equal(ActorId, anna.0), &[3, 1]),
        (Filter::equal(ActorName, "COMMAND LINE"), &[3, 2, 1]),
        (Filter::Holds(Activity, Part::Start, "update".into()), &[3, 2, 1]),
        (Filter::equal(TargetId, "2"), &[2]),
        (Filter::equal(TargetType, "user"), &[3, 2, 1]),
        (Filter::Compare(Created, Comparison::Less, at(3).into()), &[2, 1]),
    ];
    for (filter, expected) in cases {
        let query = Query::of(filter);
        let found = unit.logs().audits(&query).await.unwrap().items;
        let seeds: Vec<i64> = found.iter().map(|record| record.activity_date_time.duration_since(at(0)).as_secs()).collect();
        assert_eq!(seeds, expected, "{query:?}");
        assert_eq!(unit.logs().count_audits(&query).await.unwrap(), Some(expected.len() as u64));
    }
}

fn audit(seed: u64, actor: Option<UserId>) -> DirectoryAudit {
    DirectoryAudit {
        id: AuditId::random(&rng(seed)),
        activity_date_time: at(seed.try_into().unwrap()),
        activity_display_name: "Update user".into(),
        initiated_by: Initiator { id: actor.map(|id| id.0), is_app: false, display_name: "command line".into() },
        target_type: "user".into(),
        target_id: seed.to_string(),
        before: json!(null),
        after: json!(null),
    }
}
