//! A log of more records than one query may read.

use std::sync::Arc;

use doorward_model::rng::SeededRng;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::{CorrelationId, SignInId};
use doorward_store::query::{Comparison, Filter, Page, Part, Query, SignInField};
use doorward_store::{Store as _, Unit};
use doorward_store_sql::SqliteStore;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::file::tenant;

/// More than one query reads, less than two.
const RECORDS: i64 = 12_000;

fn at(second: i64) -> Timestamp {
    "2026-11-01T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(second)
}

/// One sign-in each second, by Anna from everywhere; only the oldest is Zoe's, and was refused.
fn records() -> Vec<SignInRecord> {
    let rng = SeededRng::new(1);
    let anna = |second| SignInRecord {
        id: SignInId::random(&rng),
        created_date_time: at(second),
        correlation_id: CorrelationId::random(&rng),
        circumstances: Arc::new(Circumstances {
            user_id: None,
            user_principal_name: "anna@one.example".into(),
            app_id: None,
            app_display_name: "Mail".into(),
            resource_id: None,
            resource_display_name: String::new(),
            grant: "password".into(),
            ip_address: format!("10.0.{}.{}", second / 256, second % 256),
            user_agent: String::new(),
            device_id: None,
            outcome: SignInOutcome::Granted,
            error_code: 0,
            failure_reason: String::new(),
            facts: json!({}).into(),
            applied_policies: json!([]).into(),
            policy_set: String::new(),
        }),
    };
    let mut zoe = anna(0);
    zoe.circumstances = Arc::new(Circumstances {
        user_principal_name: "zoe@one.example".into(),
        ip_address: "192.0.2.1".into(),
        outcome: SignInOutcome::Refused,
        error_code: 53003,
        ..zoe.circumstances.as_ref().clone()
    });
    std::iter::once(zoe).chain((1..RECORDS).map(anna)).collect()
}

async fn page(unit: &mut dyn Unit, query: &Query<SignInField>) -> Page<SignInRecord> {
    unit.logs().sign_ins(query).await.unwrap()
}

#[tokio::test]
async fn a_search_reads_a_stretch_at_a_time_unless_an_index_knows_the_way() {
    use SignInField::{Created, IpAddress, Outcome, UserPrincipalName as Name};
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("doorward.db")).await.unwrap();
    let tenant = tenant();
    store.create_tenant(&tenant).await.unwrap();
    let mut unit = store.tenant(tenant.id).write().await.unwrap();
    let records = records();
    unit.logs().append_sign_ins(&records).await.unwrap();
    let zoe = records.first().unwrap();

    let holds = |field, text: &str| Filter::Holds(field, Part::Anywhere, text.into());
    let starts = |text: &str| Filter::Holds(Name, Part::Start, text.into());
    let old = Filter::Compare(Created, Comparison::Less, at(10).into());

    // Each of these is answered at once, whole.
    for filter in [
        holds(Name, "ZOE"),
        starts("z"),
        Filter::equal(Outcome, "refused"),
        Filter::equal(IpAddress, "192.0.2.1"),
        holds(Name, "zoe").and(holds(IpAddress, "192")),
        Filter::Any(vec![holds(Name, "zoe"), holds(Name, "nobody")]),
        Filter::equal(Outcome, "granted").and(holds(Name, "zoe")).and(old.clone()),
    ] {
        let query = Query::of(filter);
        let found = page(unit.as_mut(), &query).await;
        let granted = query.filter.as_ref().is_some_and(|filter| format!("{filter:?}").contains("granted"));
        assert_eq!(found.items, if granted { vec![] } else { vec![zoe.clone()] }, "{query:?}");
        assert_eq!(found.next, None, "{query:?}");
        assert_eq!(unit.logs().count_sign_ins(&query).await.unwrap(), Some(u64::from(!granted)), "{query:?}");
    }

    // Of these the log is read in its order: not to the end at once, but in the end.
    for filter in [
        holds(IpAddress, "192.0."),
        Filter::Not(Box::new(starts("anna"))),
        Filter::Any(vec![holds(Name, "zoe"), holds(IpAddress, "192.0.2.")]),
    ] {
        let mut query = Query::of(filter);
        assert_eq!(unit.logs().count_sign_ins(&query).await.unwrap(), None, "{query:?}");
        let first = page(unit.as_mut(), &query).await;
        assert!(first.items.is_empty(), "{query:?}");
        query.after = first.next;
        assert!(query.after.is_some(), "{query:?}");
        let second = page(unit.as_mut(), &query).await;
        assert_eq!((second.items, second.next), (vec![zoe.clone()], None), "{query:?}");
    }

    // What fits everywhere fills its page.
    for filter in [starts("a"), Filter::equal(Outcome, "granted"), holds(Name, "one.example"), Filter::All(vec![])] {
        let query = Query { limit: 5, ..Query::of(filter) };
        let found = page(unit.as_mut(), &query).await;
        assert_eq!(found.items.first().map(|record| record.created_date_time), Some(at(RECORDS - 1)), "{query:?}");
        assert_eq!(found.items.len(), 5, "{query:?}");
        assert!(found.next.is_some(), "{query:?}");
    }
    let nobody = page(unit.as_mut(), &Query { search: Some("nobody".into()), ..Query::default() }).await;
    assert_eq!(nobody, Page { items: vec![], next: None });
    let all = unit.logs().count_sign_ins(&Query::default()).await.unwrap();
    assert_eq!(all, Some(RECORDS.unsigned_abs()));

    // Names go with the last record that has them.
    unit.logs().prune_sign_ins(at(5)).await.unwrap();
    assert_eq!(page(unit.as_mut(), &Query::of(holds(Name, "zoe"))).await, Page { items: vec![], next: None });
}
