//! Sign-in log and directory audit.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::sign_in_record::SignInRecord;
use doorward_store::query::{AuditField, Page, Query, SignInField};
use doorward_store::{DayCount, LogRepository, Result, Tally};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::sqlite::SqliteRow;

use crate::log_query::Log;
use crate::query::table;
use crate::row::{Reader, engine, fold, inconsistent, millis, name_of, to_body, write_error};
use crate::unit::Scope;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;
/// Kinds of `sign_in_names`.
const USER: &str = "user";
const APP: &str = "app";
/// Kinds of `sign_in_tallies`.
const POLICY: &str = "policy";
const GRANT: &str = "grant";
/// The results of policies that applied.
const APPLIED: [&str; 5] = ["success", "failure", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"];

table! { SignInField in "sign_ins" as SignInRecord, |row| Reader::new(row, "sign_ins", "id").body();
    Id: "id",
    Created: "created",
    UserId: "user_id" nullable,
    UserPrincipalName: "upn_key",
    AppId: "app_id" nullable,
    AppDisplayName: "app_key",
    ResourceId: "resource_id" nullable,
    Outcome: "outcome",
    ErrorCode: "error_code",
    CorrelationId: "correlation_id",
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
    const BY_TIME: &'static str = "sign_ins_by_time";
    const CREATED: Self = Self::Created;

    fn index(self) -> Option<&'static str> {
        Some(match self {
            Self::Id => "sqlite_autoindex_sign_ins_1",
            Self::UserId => "sign_ins_by_user",
            Self::UserPrincipalName => "sign_ins_by_upn",
            Self::AppId => "sign_ins_by_app",
            Self::AppDisplayName => "sign_ins_by_app_name",
            Self::ResourceId => "sign_ins_by_resource",
            Self::Outcome => "sign_ins_by_outcome",
            Self::ErrorCode => "sign_ins_by_error",
            Self::CorrelationId => "sign_ins_by_correlation",
            Self::IpAddress => "sign_ins_by_address",
            Self::Created => return None,
        })
    }

    fn names(self) -> Option<&'static str> {
        match self {
            Self::UserPrincipalName => Some(USER),
            Self::AppDisplayName => Some(APP),
            _ => None,
        }
    }
}

impl Log for AuditField {
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

/// What one batch adds to the tables beside the log.
#[derive(Default)]
struct Beside {
    days: BTreeMap<(i64, String), i64>,
    tallies: BTreeMap<(i64, &'static str, String, String), i64>,
    names: BTreeSet<(&'static str, String)>,
}

impl Beside {
    fn add(&mut self, record: &SignInRecord, outcome: &str) {
        let day = day_of(record.created_date_time);
        *self.days.entry((day, outcome.to_owned())).or_default() += 1;
        *self.tallies.entry((day, GRANT, record.grant.clone(), outcome.to_owned())).or_default() += 1;
        for policy in record.applied_policies.as_array().into_iter().flatten() {
            let text = |member: &str| policy.get(member).and_then(serde_json::Value::as_str);
            if let (Some(id), Some(result)) = (text("id"), text("result").filter(|result| APPLIED.contains(result))) {
                *self.tallies.entry((day, POLICY, id.to_owned(), result.to_owned())).or_default() += 1;
            }
        }
        self.names.insert((USER, fold(&record.user_principal_name)));
        self.names.insert((APP, fold(&record.app_display_name)));
    }
}

/// Sign-in records written by one statement: few sizes, so that the statements stay prepared.
const ROWS: [usize; 3] = [16, 4, 1];

/// The statement that writes so many sign-in records; its first parameter is the tenant.
fn insert(records: usize) -> String {
    const COLUMNS: [&str; 12] = [
        "id",
        "created",
        "user_id",
        "app_id",
        "outcome",
        "correlation_id",
        "body",
        "upn_key",
        "app_key",
        "resource_id",
        "error_code",
        "ip_key",
    ];
    let row = |row: usize| {
        let first = 2 + row * COLUMNS.len();
        let values: Vec<String> = (first..first + COLUMNS.len()).map(|number| format!("${number}")).collect();
        format!("($1, {})", values.join(", "))
    };
    let rows: Vec<String> = (0..records).map(row).collect();
    format!("INSERT INTO sign_ins (tenant_id, {}) VALUES {}", COLUMNS.join(", "), rows.join(", "))
}

impl Scope<'_> {
    async fn keep_beside(&mut self, beside: Beside) -> Result<()> {
        for ((day, outcome), sign_ins) in beside.days {
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
        for ((day, kind, name, result), sign_ins) in beside.tallies {
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
        for (kind, name) in beside.names {
            sqlx::query("INSERT INTO sign_in_names (tenant_id, kind, name) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
                .bind(&self.tenant)
                .bind(kind)
                .bind(name)
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("sign-in name"))?;
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
impl LogRepository for Scope<'_> {
    async fn append_sign_ins(&mut self, records: &[SignInRecord]) -> Result<()> {
        self.will_change(&[])?;
        let mut beside = Beside::default();
        let mut rest = records;
        while let Some((records, behind)) = ROWS.into_iter().find_map(|rows| rest.split_at_checked(rows)) {
            rest = behind;
            let statement = insert(records.len());
            let mut query = sqlx::query(sqlx::AssertSqlSafe(statement)).bind(&self.tenant);
            for record in records {
                let outcome = name_of(&record.outcome);
                beside.add(record, &outcome);
                query = query
                    .bind(record.id.to_string())
                    .bind(millis(record.created_date_time))
                    .bind(record.user_id.map(|id| id.to_string()))
                    .bind(record.app_id.map(|id| id.to_string()))
                    .bind(outcome)
                    .bind(record.correlation_id.to_string())
                    .bind(to_body("sign_ins", record)?)
                    .bind(fold(&record.user_principal_name))
                    .bind(fold(&record.app_display_name))
                    .bind(record.resource_id.map(|id| id.to_string()))
                    .bind(i64::from(record.error_code))
                    .bind(fold(&record.ip_address));
            }
            query.execute(self.connection.open().await?).await.map_err(write_error("sign-in record"))?;
        }
        self.keep_beside(beside).await
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
        self.will_change(&[])?;
        let deleted = sqlx::query("DELETE FROM sign_ins WHERE tenant_id = $1 AND created < $2")
            .bind(&self.tenant)
            .bind(millis(before))
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?
            .rows_affected();
        // Days that are gone, and the one that was cut, of which what is left is counted again.
        let cut = day_of(before);
        for statement in [
            "DELETE FROM sign_in_days WHERE tenant_id = $1 AND day <= $2",
            "INSERT INTO sign_in_days (tenant_id, day, outcome, sign_ins)
             SELECT tenant_id, $2, outcome, COUNT(*) FROM sign_ins
             WHERE tenant_id = $1 AND created >= $2 * 86400000 AND created < ($2 + 1) * 86400000 GROUP BY tenant_id, outcome",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(cut).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        // Of the day that was cut the tallies stay whole until it is gone.
        let tallies = sqlx::query("DELETE FROM sign_in_tallies WHERE tenant_id = $1 AND day < $2").bind(&self.tenant).bind(cut);
        tallies.execute(self.connection.open().await?).await.map_err(engine)?;
        for statement in [
            "DELETE FROM sign_in_names WHERE tenant_id = $1 AND kind = 'user' AND NOT EXISTS
             (SELECT 1 FROM sign_ins WHERE sign_ins.tenant_id = $1 AND sign_ins.upn_key = sign_in_names.name)",
            "DELETE FROM sign_in_names WHERE tenant_id = $1 AND kind = 'app' AND NOT EXISTS
             (SELECT 1 FROM sign_ins WHERE sign_ins.tenant_id = $1 AND sign_ins.app_key = sign_in_names.name)",
        ] {
            sqlx::query(statement).bind(&self.tenant).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        Ok(deleted)
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
