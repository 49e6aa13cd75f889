//! Sign-ins that repeat those before them: kept once, found and told like any other.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doorward_model::rng::SeededRng;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::tenant::Tenant;
use doorward_model::{AppId, CorrelationId, SignInId, TenantId, UserId};
use doorward_store::query::{Comparison, Filter, Order, Query, SignInField};
use doorward_store::{Store as _, Unit};
use doorward_store_sql::SqliteStore;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::earlier::file_of;
use crate::file::tenant;

fn at(second: i64) -> Timestamp {
    "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// The sign-in of that second. Everybody has few circumstances: a person, one of two apps, one of three outcomes.
fn sign_in(rng: &SeededRng, people: &[UserId], second: i64) -> SignInRecord {
    let number = usize::try_from(second).unwrap();
    let outcome = [SignInOutcome::Granted, SignInOutcome::Granted, SignInOutcome::Refused][number % 7 % 3];
    SignInRecord {
        id: SignInId::random(rng),
        created_date_time: at(second),
        correlation_id: CorrelationId::random(rng),
        circumstances: Arc::new(Circumstances {
            user_id: Some(people[number % people.len()]),
            user_principal_name: format!("person-{}@one.example", number % people.len()),
            app_id: Some(AppId(uuid::Uuid::from_u128(number as u128 % 2))),
            app_display_name: ["Mail", "Files"][number % 2].into(),
            resource_id: None,
            resource_display_name: String::new(),
            grant: "refresh_token".into(),
            ip_address: "192.0.2.1".into(),
            user_agent: String::new(),
            device_id: None,
            outcome,
            error_code: if outcome == SignInOutcome::Granted { 0 } else { 53003 },
            failure_reason: String::new(),
            facts: json!({ "mfa": true }).into(),
            applied_policies: json!([{ "id": "p", "result": "success" }]).into(),
            policy_set: String::new(),
        }),
    }
}

/// Every other of them shares its circumstances with one before, as a server's records do.
fn sign_ins(people: usize, seconds: std::ops::Range<i64>) -> Vec<SignInRecord> {
    let rng = SeededRng::new(seconds.start.unsigned_abs() + 1);
    let people: Vec<UserId> = (0..people).map(|number| UserId::random(&SeededRng::new(number as u64))).collect();
    let mut told: HashSet<Arc<Circumstances>> = HashSet::new();
    let shared = |mut record: SignInRecord| {
        match told.get(&record.circumstances) {
            Some(known) => record.circumstances = Arc::clone(known),
            None => drop(told.insert(Arc::clone(&record.circumstances))),
        }
        record
    };
    let (alone, sharing): (Vec<_>, Vec<_>) =
        seconds.map(|second| sign_in(&rng, &people, second)).partition(|one| one.id.0.as_u128() % 2 == 0);
    let mut records: Vec<_> = sharing.into_iter().map(shared).chain(alone).collect();
    records.sort_by_key(|record| record.created_date_time);
    records
}

async fn store(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path).await.unwrap();
    store.create_tenant(&tenant()).await.unwrap();
    store
}

async fn append(store: &SqliteStore, records: &[SignInRecord]) {
    let mut unit = store.tenant(tenant().id).write().await.unwrap();
    unit.logs().append_sign_ins(records).await.unwrap();
    unit.commit().await.unwrap();
}

/// Whether a filter, told straight away, finds a record.
type Fits<'a> = Box<dyn Fn(&SignInRecord) -> bool + 'a>;

/// Everything that a query finds, page by page.
async fn all(unit: &mut dyn Unit, mut query: Query<SignInField>) -> Vec<SignInRecord> {
    let mut found = Vec::new();
    loop {
        let page = unit.logs().sign_ins(&query).await.unwrap();
        found.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return found;
        }
    }
}

async fn rows(path: &Path, table: &str) -> i64 {
    let mut connection: SqliteConnection = SqliteConnectOptions::new().filename(path).connect().await.unwrap();
    let statement = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    let rows = sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

/// With one person more sign-ins than one query reads have the same circumstances; with 300 more circumstances fit than are merged.
#[tokio::test]
async fn however_often_sign_ins_repeat_each_is_found_in_its_place() {
    use SignInField::{AppDisplayName as App, CorrelationId as Correlation, Created, ErrorCode, Outcome, UserId as Who};
    for people in [1, 300] {
        let folder = tempfile::tempdir().unwrap();
        let store = store(&folder.path().join("doorward.db")).await;
        let records = sign_ins(people, 0..25_000);
        append(&store, &records).await;
        let mut unit = store.tenant(tenant().id).read().await.unwrap();
        let who = records[0].circumstances.user_id.unwrap();
        let some = records[12_345].clone();
        let since = Filter::Compare(Created, Comparison::GreaterOrEqual, at(20_000).into());
        let mail = |record: &SignInRecord| record.circumstances.app_display_name == "Mail";
        let cases: Vec<(Filter<SignInField>, Fits<'_>)> = vec![
            (Filter::equal(Who, who.0), Box::new(|record| record.circumstances.user_id == Some(who))),
            (Filter::equal(App, "mail"), Box::new(mail)),
            (Filter::equal(App, "mail").and(since.clone()), Box::new(|record| mail(record) && record.created_date_time >= at(20_000))),
            (
                Filter::equal(Outcome, "refused").and(since),
                Box::new(|one| one.circumstances.error_code != 0 && one.created_date_time >= at(20_000)),
            ),
            (
                Filter::equal(ErrorCode, 53003).and(Filter::equal(App, "mail")),
                Box::new(|one| one.circumstances.error_code != 0 && mail(one)),
            ),
            (Filter::equal(Correlation, some.correlation_id.0), Box::new(|record| record.id == some.id)),
            (
                Filter::equal(Who, some.circumstances.user_id.unwrap().0).and(Filter::Compare(
                    Correlation,
                    Comparison::NotEqual,
                    some.correlation_id.0.into(),
                )),
                Box::new(|record| record.circumstances.user_id == some.circumstances.user_id && record.id != some.id),
            ),
        ];
        for (filter, fits) in cases {
            let mut expected: Vec<&SignInRecord> = records.iter().filter(|record| fits(record)).collect();
            for descending in [false, true] {
                let order = Some(Order { field: Created, descending });
                let query = Query { order, limit: 1000, ..Query::of(filter.clone()) };
                let found = all(unit.as_mut(), query).await;
                assert!(found.iter().eq(expected.iter().copied()), "{people} people, {filter:?}, descending: {descending}");
                expected.reverse();
            }
            let count = unit.logs().count_sign_ins(&Query::of(filter.clone())).await.unwrap();
            let known = count.is_none_or(|count| count == expected.len() as u64);
            assert!(known, "{people} people, {filter:?}: {count:?} instead of {}", expected.len());
        }
    }
}

#[tokio::test]
async fn what_repeats_is_kept_once_and_goes_with_the_last_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let store = store(&path).await;
    // Two apps and two outcomes.
    append(&store, &sign_ins(1, 0..100)).await;
    append(&store, &sign_ins(1, 100..200)).await;
    assert_eq!((rows(&path, "sign_ins").await, rows(&path, "sign_in_circumstances").await), (200, 4));
    let mut unit = store.tenant(tenant().id).write().await.unwrap();
    assert_eq!(unit.logs().prune_sign_ins(at(199)).await.unwrap(), 199);
    unit.commit().await.unwrap();
    assert_eq!((rows(&path, "sign_ins").await, rows(&path, "sign_in_circumstances").await), (1, 1));
}

/// The number under which circumstances are remembered may be gone, and must not stand for others.
#[tokio::test]
async fn circumstances_that_are_gone_or_never_came_to_be_are_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let store = store(&path).await;
    let others = |seconds| {
        let mut others = sign_ins(1, seconds);
        others.iter_mut().for_each(|record| Arc::make_mut(&mut record.circumstances).ip_address = "198.51.100.7".into());
        others
    };
    // Given up.
    let mut unit = store.tenant(tenant().id).write().await.unwrap();
    unit.logs().append_sign_ins(&others(0..10)).await.unwrap();
    drop(unit);
    append(&store, &sign_ins(1, 10..20)).await;
    append(&store, &others(20..30)).await;
    // Remembered, then deleted here and by another process.
    for deletes in [&store, &SqliteStore::open(&path).await.unwrap()] {
        for second in 30..50 {
            append(&store, &sign_ins(1, second..second + 1)).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let mut unit = deletes.tenant(tenant().id).write().await.unwrap();
        unit.logs().prune_sign_ins(at(50)).await.unwrap();
        unit.commit().await.unwrap();
        append_at_last(&store, &others(50..60)).await;
        append_at_last(&store, &sign_ins(1, 60..70)).await;
        let mut unit = store.tenant(tenant().id).read().await.unwrap();
        let found = all(unit.as_mut(), Query::default()).await;
        let expected: Vec<_> = others(50..60).into_iter().chain(sign_ins(1, 60..70)).rev().collect();
        assert_eq!(found, expected);
        drop(unit);
        let mut unit = store.tenant(tenant().id).write().await.unwrap();
        unit.logs().prune_sign_ins(at(70)).await.unwrap();
        unit.commit().await.unwrap();
    }
}

/// Appends as the writer of the log does: what fails is tried again, whole.
async fn append_at_last(store: &SqliteStore, records: &[SignInRecord]) {
    for _ in 0..2 {
        let mut unit = store.tenant(tenant().id).write().await.unwrap();
        if unit.logs().append_sign_ins(records).await.is_ok() {
            return unit.commit().await.unwrap();
        }
    }
    panic!("failed twice");
}

#[tokio::test]
async fn records_of_the_schema_before_are_what_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doorward.db");
    let mut connection = file_of(9, &path).await;
    let records = sign_ins(2, 0..20);
    for record in &records {
        let mut body = serde_json::to_value(record).unwrap();
        body["facts"]["id"] = json!(record.id);
        sqlx::query(
            "INSERT INTO sign_ins (tenant_id, id, created, user_id, app_id, outcome, correlation_id, body, upn_key, app_key, error_code, ip_key)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(tenant().id.to_string())
        .bind(record.id.to_string())
        .bind(record.created_date_time.as_millisecond())
        .bind(record.circumstances.user_id.map(|id| id.to_string()))
        .bind(record.circumstances.app_id.map(|id| id.to_string()))
        .bind(if record.circumstances.error_code == 0 { "granted" } else { "refused" })
        .bind(record.correlation_id.to_string())
        .bind(body.to_string())
        .bind(&record.circumstances.user_principal_name)
        .bind(record.circumstances.app_display_name.to_lowercase())
        .bind(i64::from(record.circumstances.error_code))
        .bind(&record.circumstances.ip_address)
        .execute(&mut connection)
        .await
        .unwrap();
    }
    connection.close().await.unwrap();

    let store = SqliteStore::open(&path).await.unwrap();
    let mut unit = store.tenant(tenant().id).read().await.unwrap();
    assert_eq!(all(unit.as_mut(), Query::default()).await, records.iter().rev().cloned().collect::<Vec<_>>());
    let mail = all(unit.as_mut(), Query::of(Filter::equal(SignInField::AppDisplayName, "Mail"))).await;
    assert!(mail.iter().eq(records.iter().rev().filter(|record| record.circumstances.app_display_name == "Mail")));
    for filter in [Filter::equal(SignInField::Id, records[7].id.0), Filter::equal(SignInField::CorrelationId, records[7].correlation_id.0)]
    {
        assert_eq!(all(unit.as_mut(), Query::of(filter)).await, [records[7].clone()]);
    }
    drop(unit);

    // A tenant that comes now is told apart from the one that was there.
    let other = Tenant { id: TenantId::random(&SeededRng::new(99)), domains: Vec::new(), ..tenant() };
    store.create_tenant(&other).await.unwrap();
    append(&store, &sign_ins(2, 20..40)).await;
    let mut unit = store.tenant(other.id).write().await.unwrap();
    unit.logs().append_sign_ins(&sign_ins(2, 40..45)).await.unwrap();
    unit.commit().await.unwrap();
    for (tenant, expected) in [(tenant().id, 40), (other.id, 5)] {
        let mut unit = store.tenant(tenant).read().await.unwrap();
        assert_eq!(all(unit.as_mut(), Query::default()).await.len(), expected);
    }
}
