//! Looking through the sign-in log.

use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_model::{SignInId, TenantId, UserId};
use doorward_store::Unit;
use doorward_store::query::{Comparison, Filter, Page, Part, Position, Query, SignInField};
use jiff::Timestamp;

use crate::context::Context;
use crate::error::Result;

/// Records of one page at most.
pub const PAGE: usize = 50;
/// Records of one person where their latest are shown.
const LATEST: u32 = 10;
/// Records read at once.
const BATCH: u32 = 500;

/// What to look for. Empty fields match everything.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Part of the sign-in name, without regard to case.
    pub person: Option<String>,
    /// Outcome.
    pub outcome: Option<SignInOutcome>,
    /// Error code, 0 for granted.
    pub code: Option<u32>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// Where the page before ended.
    pub after: Option<Position>,
}

impl Search {
    fn filter(&self) -> Filter<SignInField> {
        let time = |comparison, instant: Timestamp| Filter::Compare(SignInField::Created, comparison, instant.into());
        let all = [
            self.person.as_ref().map(|part| Filter::Holds(SignInField::UserPrincipalName, Part::Anywhere, part.clone())),
            self.outcome.map(|outcome| Filter::equal(SignInField::Outcome, word(outcome))),
            self.code.map(|code| Filter::equal(SignInField::ErrorCode, i64::from(code))),
            self.since.map(|since| time(Comparison::GreaterOrEqual, since)),
            self.until.map(|until| time(Comparison::Less, until)),
        ];
        Filter::All(all.into_iter().flatten().collect())
    }
}

fn word(outcome: SignInOutcome) -> &'static str {
    match outcome {
        SignInOutcome::Granted => "granted",
        SignInOutcome::Interrupted => "interrupted",
        SignInOutcome::Refused => "refused",
    }
}

/// One page of the log, newest first. It holds less than [`PAGE`] and still has a next one when matches are rare: then the search
/// goes on there. What this node has queued is part of it.
///
/// # Errors
/// Storage failure.
pub async fn search(ctx: &Context, tenant: TenantId, search: &Search) -> Result<Page<SignInRecord>> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let limit = u32::try_from(PAGE).unwrap_or(u32::MAX);
    let query = Query { after: search.after.clone(), limit, ..Query::of(search.filter()) };
    Ok(unit.logs().sign_ins(&query).await?)
}

/// The record with that id.
///
/// # Errors
/// Storage failure.
pub async fn by_id(ctx: &Context, tenant: TenantId, id: SignInId) -> Result<Option<SignInRecord>> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let query = Query { limit: 1, ..Query::of(Filter::equal(SignInField::Id, id.0)) };
    Ok(unit.logs().sign_ins(&query).await?.items.pop())
}

/// The newest records of a person, a handful.
///
/// # Errors
/// Storage failure.
pub async fn latest_of(ctx: &Context, tenant: TenantId, user: UserId) -> Result<Vec<SignInRecord>> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let query = Query { limit: LATEST, ..Query::of(Filter::equal(SignInField::UserId, user.0)) };
    Ok(unit.logs().sign_ins(&query).await?.items)
}

/// The newest records from an instant on, at most `most`; true when there are no more than these.
///
/// # Errors
/// Storage failure.
pub(crate) async fn newest(unit: &mut dyn Unit, since: Timestamp, most: usize) -> Result<(Vec<SignInRecord>, bool)> {
    let search = Search { since: Some(since), ..Search::default() };
    let mut query = Query { limit: BATCH, ..Query::of(search.filter()) };
    let mut records = Vec::new();
    loop {
        let page = unit.logs().sign_ins(&query).await?;
        records.extend(page.items);
        query.after = page.next;
        if query.after.is_none() || records.len() >= most {
            let complete = query.after.is_none() && records.len() <= most;
            records.truncate(most);
            return Ok((records, complete));
        }
    }
}
