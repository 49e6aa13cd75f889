//! Sign-in log and directory audit.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::sign_in_record::{Circumstances, SignInRecord};
use doorward_store::query::{AuditField, Page, Query, SignInField};
use doorward_store::{DayCount, LogRepository, Result, StoreError, Tally};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::Arguments as _;
use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteRow};

use crate::circumstances::{self, Body, Stored};
use crate::log_query::Log;
use crate::memory::Kind;
use crate::query::{Table as _, table};
use crate::row::{Reader, engine, fold, inconsistent, millis, name_of, to_body, write_error};
use crate::unit::SqlUnit;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Kinds of `sign_in_tallies`.
const POLICY: &str = "policy";
const GRANT: &str = "grant";

table! { SignInField in "sign_in_log" as SignInRecord, circumstances::record, columns "created, correlation_id, body";
    Id: "id" binary,
    Created: "created",
    UserId: "user_id" nullable,
    UserPrincipalName: "upn_key",
    AppId: "app_id" nullable,
    AppDisplayName: "app_key",
    ResourceId: "resource_id" nullable,
    Outcome: "outcome",
    ErrorCode: "error_code",
    CorrelationId: "correlation_id" binary,
    IpAddress: "ip_key",
}

table! { AuditField in "directory_audits" as DirectoryAudit, |row| Reader::new(row, "directory_audits", "id").body();
    Id: "id",
    Created: "created",
    Activity: "activity_key",
    ActorId: "actor_id" nullable,
    ActorName: "actor_key",
    TargetId: "target_key",
    TargetType: "target_type",
}

impl Log for SignInField {
    const ROWS: &'static str = "sign_ins";
    const OWN: &'static str = "tenant_number = (SELECT tenants.number FROM tenants WHERE tenants.tenant_id = $1)";
    const WHOLE: &'static str = "CROSS JOIN sign_in_circumstances ON number = circumstances";
    const BY_TIME: &'static str = "sqlite_autoindex_sign_ins_1";
    const CREATED: Self = Self::Created;

    fn index(self) -> Option<&'static str> {
        match self {
            Self::Id => Some("sign_ins_by_id"),
            Self::CorrelationId => Some("sign_ins_by_correlation"),
            _ => None,
        }
    }

    fn circumstances(self) -> Option<&'static str> {
        Some(match self {
            Self::UserId => "sign_in_circumstances_by_user",
            Self::UserPrincipalName => "sign_in_circumstances_by_upn",
            Self::AppId => "sign_in_circumstances_by_app",
            Self::AppDisplayName => "sign_in_circumstances_by_app_name",
            Self::ResourceId => "sign_in_circumstances_by_resource",
            Self::Outcome => "sign_in_circumstances_by_outcome",
            Self::ErrorCode => "sign_in_circumstances_by_error",
            Self::IpAddress => "sign_in_circumstances_by_address",
            Self::Id | Self::CorrelationId | Self::Created => return None,
        })
    }

    fn names(self) -> Option<&'static str> {
        match self {
            Self::UserPrincipalName => Some("user"),
            Self::AppDisplayName => Some("app"),
            _ => None,
        }
    }
}

impl Log for AuditField {
    const ROWS: &'static str = Self::TABLE;
    const BY_TIME: &'static str = "directory_audits_by_time";
    const CREATED: Self = Self::Created;

    fn index(self) -> Option<&'static str> {
        match self {
            Self::Id => Some("sqlite_autoindex_directory_audits_1"),
            Self::Activity => Some("directory_audits_by_activity"),
            Self::ActorId => Some("directory_audits_by_actor"),
            Self::TargetId => Some("directory_audits_by_target"),
            Self::Created | Self::ActorName | Self::TargetType => None,
        }
    }
}

/// What one batch adds to the counts beside the log.
#[derive(Default)]
struct Counts {
    /// By day and circumstances.
    sign_ins: BTreeMap<(i64, i64), (Arc<Stored>, i64)>,
}

impl Counts {
    fn add(&mut self, day: i64, circumstances: &Arc<Stored>) {
        let count = self.sign_ins.entry((day, circumstances.number)).or_insert_with(|| (circumstances.clone(), 0));
        count.1 += 1;
    }

    fn days(&self) -> BTreeMap<(i64, String), i64> {
        let mut days = BTreeMap::new();
        for ((day, _), (circumstances, sign_ins)) in &self.sign_ins {
            *days.entry((*day, name_of(&circumstances.outcome))).or_default() += sign_ins;
        }
        days
    }

    fn tallies(&self) -> BTreeMap<(i64, &'static str, &str, Cow<'static, str>), i64> {
        let mut tallies = BTreeMap::new();
        for ((day, _), (circumstances, sign_ins)) in &self.sign_ins {
            let outcome = Cow::Owned(name_of(&circumstances.outcome));
            *tallies.entry((*day, GRANT, &*circumstances.grant, outcome)).or_default() += sign_ins;
            for (id, result) in &circumstances.applied {
                *tallies.entry((*day, POLICY, &**id, Cow::Borrowed(*result))).or_default() += sign_ins;
            }
        }
        tallies
    }
}

/// Records by the circumstances that they share. Equal ones that are not shared are found to be equal later, by their hash.
fn by_circumstances(records: &[SignInRecord]) -> Vec<(&Circumstances, Vec<&SignInRecord>)> {
    let mut groups: Vec<(&Circumstances, Vec<&SignInRecord>)> = Vec::new();
    let mut places = HashMap::new();
    for record in records {
        let place = *places.entry(Arc::as_ptr(&record.circumstances)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(record),
            None => groups.push((&record.circumstances, vec![record])),
        }
    }
    groups
}

/// Sign-ins written by one statement: few sizes, so that the statements stay prepared.
const ROWS: [usize; 4] = [512, 64, 8, 1];

/// The statement that writes so many sign-ins. Its parameters have no numbers, because the driver looks for a name by reading all of them.
fn insert(sign_ins: usize) -> String {
    let rows = vec!["(?, ?, ?, ?, ?)"; sign_ins].join(", ");
    format!("INSERT INTO sign_ins (tenant_number, created, id, correlation_id, circumstances) VALUES {rows}")
}

/// Columns of a sign-in.
const COLUMNS: usize = 5;

/// What the statement writes.
fn arguments(tenant: i64, rows: &[(&SignInRecord, i64)]) -> std::result::Result<SqliteArguments, BoxDynError> {
    let mut arguments = SqliteArguments::default();
    arguments.reserve(COLUMNS * rows.len(), 0);
    for (record, circumstances) in rows {
        arguments.add(tenant)?;
        arguments.add(millis(record.created_date_time))?;
        arguments.add(record.id.0)?;
        arguments.add(record.correlation_id.0)?;
        arguments.add(*circumstances)?;
    }
    Ok(arguments)
}

impl SqlUnit {
    /// The tenant as sign-ins name it.
    async fn tenant_number(&mut self) -> Result<i64> {
        let number = sqlx::query_scalar("SELECT number FROM tenants WHERE tenant_id = $1").bind(&self.tenant);
        let number = number.fetch_optional(self.connection.open().await?).await.map_err(engine)?;
        number.ok_or(StoreError::NotFound("tenant"))
    }

    async fn append_rows(&mut self, rows: &[(&SignInRecord, i64)]) -> Result<()> {
        let tenant = self.tenant_number().await?;
        let mut rest = rows;
        while let Some((rows, behind)) = ROWS.into_iter().find_map(|rows| rest.split_at_checked(rows)) {
            rest = behind;
            let arguments = arguments(tenant, rows).map_err(StoreError::Engine)?;
            let query = sqlx::query_with(sqlx::AssertSqlSafe(insert(rows.len())), arguments);
            let written = query.execute(self.connection.open().await?).await.map_err(write_error("sign-in record"));
            if let Err(StoreError::NotFound(_)) = written {
                // Another process has deleted what is remembered here. Whoever tries again finds what there is.
                self.memory().forget();
                return Err(StoreError::NotFound("circumstances of a sign-in"));
            }
            written?;
        }
        Ok(())
    }

    async fn add_counts(&mut self, counts: &Counts) -> Result<()> {
        for ((day, outcome), sign_ins) in counts.days() {
            sqlx::query(
                "INSERT INTO sign_in_days (tenant_id, day, outcome, sign_ins) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant_id, day, outcome) DO UPDATE SET sign_ins = sign_in_days.sign_ins + excluded.sign_ins",
            )
            .bind(&self.tenant)
            .bind(day)
            .bind(outcome)
            .bind(sign_ins)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("sign-in count"))?;
        }
        for ((day, kind, name, result), sign_ins) in counts.tallies() {
            sqlx::query(
                "INSERT INTO sign_in_tallies (tenant_id, day, kind, name, result, sign_ins) VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (tenant_id, day, kind, name, result)
                 DO UPDATE SET sign_ins = sign_in_tallies.sign_ins + excluded.sign_ins",
            )
            .bind(&self.tenant)
            .bind(day)
            .bind(kind)
            .bind(name)
            .bind(result)
            .bind(sign_ins)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("sign-in count"))?;
        }
        Ok(())
    }

    async fn tally(&mut self, kind: &str, since: Date) -> Result<Vec<Tally>> {
        let rows = sqlx::query(
            "SELECT name, result, SUM(sign_ins) AS sign_ins FROM sign_in_tallies WHERE tenant_id = $1 AND day >= $2 AND kind = $3
             GROUP BY name, result ORDER BY name, result",
        )
        .bind(&self.tenant)
        .bind(number_of(since))
        .bind(kind)
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        let read = |row: &SqliteRow| {
            let reader = Reader::new(row, "sign_in_tallies", "name");
            Ok(Tally { name: reader.text("name")?, result: reader.text("result")?, sign_ins: reader.integer("sign_ins")?.unsigned_abs() })
        };
        rows.iter().map(read).collect()
    }
}

#[async_trait]
impl LogRepository for SqlUnit {
    async fn append_sign_ins(&mut self, records: &[SignInRecord]) -> Result<()> {
        let mut found = Vec::new();
        for (circumstances, records) in by_circumstances(records) {
            let body = Body::of(circumstances)?;
            // Most are known, and need no text from here on.
            let known = self.known_circumstances(&body, circumstances).await?.ok_or(body);
            found.push((circumstances, records, known));
        }
        self.will_change(&[])?;
        let mut added = BTreeMap::new();
        let mut counts = Counts::default();
        let mut rows = Vec::with_capacity(records.len());
        for (circumstances, records, known) in found {
            let stored = match known.or_else(|body| added.get(&body.hash).cloned().ok_or(body)) {
                Ok(known) => known,
                Err(body) => {
                    let new = self.add_circumstances(&body, circumstances).await?;
                    added.insert(body.hash, new.clone());
                    new
                }
            };
            for record in records {
                counts.add(day_of(record.created_date_time), &stored);
                rows.push((record, stored.number));
            }
        }
        // In the order of the table, which so grows at its end.
        rows.sort_by_key(|(record, _)| (record.created_date_time, record.id));
        self.append_rows(&rows).await?;
        self.add_counts(&counts).await
    }

    async fn sign_ins(&mut self, query: &Query<SignInField>) -> Result<Page<SignInRecord>> {
        self.find_log_page(query).await
    }

    async fn count_sign_ins(&mut self, query: &Query<SignInField>) -> Result<Option<u64>> {
        if query.filter.is_some() || query.search.is_some() {
            return self.find_log_count(query).await;
        }
        let all = sqlx::query_scalar::<_, Option<i64>>("SELECT SUM(sign_ins) FROM sign_in_days WHERE tenant_id = $1");
        let all = all.bind(&self.tenant).fetch_one(self.connection.open().await?).await.map_err(engine)?;
        Ok(Some(all.unwrap_or(0).unsigned_abs()))
    }

    async fn policy_results(&mut self, since: Date) -> Result<Vec<Tally>> {
        self.tally(POLICY, since).await
    }

    async fn grants(&mut self, since: Date) -> Result<Vec<Tally>> {
        self.tally(GRANT, since).await
    }

    async fn sign_ins_by_day(&mut self, since: Date) -> Result<Vec<DayCount>> {
        let rows = sqlx::query("SELECT day, outcome, sign_ins FROM sign_in_days WHERE tenant_id = $1 AND day >= $2 ORDER BY day, outcome")
            .bind(&self.tenant)
            .bind(number_of(since))
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(day_count).collect()
    }

    async fn prune_sign_ins(&mut self, before: Timestamp) -> Result<u64> {
        self.will_change(&[Kind::Circumstances.any()])?;
        let tenant = self.tenant_number().await?;
        let deleted: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sign_ins WHERE tenant_number = $1 AND created < $2")
            .bind(tenant)
            .bind(millis(before))
            .fetch_one(self.connection.open().await?)
            .await
            .map_err(engine)?;
        // Circumstances go with the last sign-in that has them, and take their sign-ins along.
        for statement in [
            "DELETE FROM sign_in_circumstances WHERE
             number IN (SELECT circumstances FROM sign_ins WHERE tenant_number = $1 AND created < $2) AND
             NOT EXISTS (SELECT 1 FROM sign_ins WHERE circumstances = number AND created >= $2)",
            "DELETE FROM sign_ins WHERE tenant_number = $1 AND created < $2",
        ] {
            let statement = sqlx::query(statement).bind(tenant).bind(millis(before));
            statement.execute(self.connection.open().await?).await.map_err(engine)?;
        }
        // Days that are gone, and the one that was cut, of which what is left is counted again.
        let cut = day_of(before);
        sqlx::query("DELETE FROM sign_in_days WHERE tenant_id = $1 AND day <= $2")
            .bind(&self.tenant)
            .bind(cut)
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        sqlx::query(
            "INSERT INTO sign_in_days (tenant_id, day, outcome, sign_ins)
             SELECT tenant_id, $2, outcome, COUNT(*) FROM sign_in_log
             WHERE tenant_number = $1 AND created >= $2 * 86400000 AND created < ($2 + 1) * 86400000 GROUP BY tenant_id, outcome",
        )
        .bind(tenant)
        .bind(cut)
        .execute(self.connection.open().await?)
        .await
        .map_err(engine)?;
        // Of the day that was cut the tallies stay whole until it is gone.
        let tallies = sqlx::query("DELETE FROM sign_in_tallies WHERE tenant_id = $1 AND day < $2").bind(&self.tenant).bind(cut);
        tallies.execute(self.connection.open().await?).await.map_err(engine)?;
        for statement in [
            "DELETE FROM sign_in_names WHERE tenant_id = $1 AND kind = 'user' AND NOT EXISTS
             (SELECT 1 FROM sign_in_circumstances WHERE tenant = $1 AND upn_key = sign_in_names.name)",
            "DELETE FROM sign_in_names WHERE tenant_id = $1 AND kind = 'app' AND NOT EXISTS
             (SELECT 1 FROM sign_in_circumstances WHERE tenant = $1 AND app_key = sign_in_names.name)",
        ] {
            sqlx::query(statement).bind(&self.tenant).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        Ok(deleted.unsigned_abs())
    }

    async fn append_audit(&mut self, record: &DirectoryAudit) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO directory_audits (tenant_id, id, created, body, activity_key, actor_id, actor_key, target_key, target_type)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&self.tenant)
        .bind(record.id.to_string())
        .bind(millis(record.activity_date_time))
        .bind(to_body("directory_audits", record)?)
        .bind(fold(&record.activity_display_name))
        .bind(record.initiated_by.id.map(|id| id.to_string()))
        .bind(fold(&record.initiated_by.display_name))
        .bind(fold(&record.target_id))
        .bind(fold(&record.target_type))
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("audit record"))
    }

    async fn audits(&mut self, query: &Query<AuditField>) -> Result<Page<DirectoryAudit>> {
        self.find_log_page(query).await
    }

    async fn count_audits(&mut self, query: &Query<AuditField>) -> Result<Option<u64>> {
        self.find_log_count(query).await
    }
}

/// Days since 1970-01-01, as `sign_in_days` counts them.
fn day_of(time: Timestamp) -> i64 {
    millis(time).div_euclid(DAY)
}

fn number_of(day: Date) -> i64 {
    day_of(day.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |midnight| midnight.timestamp()))
}

fn day_count(row: &SqliteRow) -> Result<DayCount> {
    let reader = Reader::new(row, "sign_in_days", "day");
    let midnight = Timestamp::from_millisecond(reader.integer("day")?.saturating_mul(DAY))
        .map_err(|error| inconsistent("sign_in_days", "", &error))?;
    Ok(DayCount {
        day: midnight.to_zoned(TimeZone::UTC).date(),
        outcome: reader.named("outcome")?,
        sign_ins: reader.integer("sign_ins")?.unsigned_abs(),
    })
}
