//! Looking through the sign-in log.

use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_model::{SignInId, TenantId};
use doorward_store::{SignInQuery, Unit};
use jiff::Timestamp;

use crate::context::Context;
use crate::error::Result;

/// Records of one page.
const PAGE: usize = 50;
/// Records read at once.
const BATCH: u32 = 500;
/// Records looked at for one page at most, so that a rare word does not read the whole log.
const REACH: usize = 5000;

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
    /// Older than this record.
    pub after: Option<SignInId>,
}

/// One page, newest first.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What matches.
    pub records: Vec<SignInRecord>,
    /// Where the next page goes on; none at the end of the log.
    pub next: Option<SignInId>,
}

/// One page of the log. What this node has queued is part of it.
///
/// # Errors
/// Storage failure.
pub async fn search(ctx: &Context, tenant: TenantId, search: &Search) -> Result<Found> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let mut query =
        SignInQuery { outcome: search.outcome, since: search.since, after: search.after, limit: BATCH, ..SignInQuery::default() };
    let person = search.person.as_deref().map(str::to_lowercase);
    let matches = |record: &SignInRecord| {
        person.as_deref().is_none_or(|person| record.user_principal_name.to_lowercase().contains(person))
            && search.code.is_none_or(|code| record.error_code == code)
            && search.until.is_none_or(|until| record.created_date_time < until)
    };
    let mut found = Found::default();
    let mut read = 0_usize;
    loop {
        let batch = unit.logs().sign_ins(&query).await?;
        let last = batch.len() < BATCH as usize;
        for record in batch {
            if found.records.len() == PAGE {
                found.next = query.after;
                return Ok(found);
            }
            read = read.saturating_add(1);
            query.after = Some(record.id);
            if matches(&record) {
                found.records.push(record);
            }
        }
        if last {
            return Ok(found);
        }
        if read >= REACH {
            found.next = query.after;
            return Ok(found);
        }
    }
}

/// The record with that id.
///
/// # Errors
/// Storage failure.
pub async fn by_id(ctx: &Context, tenant: TenantId, id: SignInId) -> Result<Option<SignInRecord>> {
    ctx.sign_in_log.flush().await;
    let mut unit = ctx.store.tenant(tenant).read().await?;
    Ok(unit.logs().sign_ins(&SignInQuery { id: Some(id), limit: 1, ..SignInQuery::default() }).await?.pop())
}

/// The newest records from an instant on, at most `most`; true when there are no more than these.
///
/// # Errors
/// Storage failure.
pub(crate) async fn newest(unit: &mut dyn Unit, since: Timestamp, most: usize) -> Result<(Vec<SignInRecord>, bool)> {
    let mut query = SignInQuery { since: Some(since), limit: BATCH, ..SignInQuery::default() };
    let mut records = Vec::new();
    while records.len() < most {
        let batch = unit.logs().sign_ins(&query).await?;
        let last = batch.len() < BATCH as usize;
        query.after = batch.last().map(|record| record.id);
        records.extend(batch);
        if last {
            let complete = records.len() <= most;
            records.truncate(most);
            return Ok((records, complete));
        }
    }
    records.truncate(most);
    Ok((records, false))
}
