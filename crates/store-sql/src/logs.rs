//! Sign-in log and directory audit.

use std::collections::BTreeMap;

use async_trait::async_trait;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::sign_in_record::SignInRecord;
use doorward_store::query::{AuditField, Page, Query, SignInField};
use doorward_store::{DayCount, LogRepository, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::sqlite::SqliteRow;

use crate::query::table;
use crate::row::{Reader, engine, fold, inconsistent, millis, name_of, to_body, write_error};
use crate::unit::Scope;

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

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

#[async_trait]
impl LogRepository for Scope<'_> {
    async fn append_sign_ins(&mut self, records: &[SignInRecord]) -> Result<()> {
        self.may_write()?;
        let mut days: BTreeMap<(i64, String), i64> = BTreeMap::new();
        for record in records {
            let outcome = name_of(&record.outcome);
            sqlx::query(
                "INSERT INTO sign_ins (tenant_id, id, created, user_id, app_id, outcome, correlation_id, body, upn_key, app_key,
                   resource_id, error_code, ip_key)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            )
            .bind(&self.tenant)
            .bind(record.id.to_string())
            .bind(millis(record.created_date_time))
            .bind(record.user_id.map(|id| id.to_string()))
            .bind(record.app_id.map(|id| id.to_string()))
            .bind(&outcome)
            .bind(record.correlation_id.to_string())
            .bind(to_body("sign_ins", record)?)
            .bind(fold(&record.user_principal_name))
            .bind(fold(&record.app_display_name))
            .bind(record.resource_id.map(|id| id.to_string()))
            .bind(i64::from(record.error_code))
            .bind(fold(&record.ip_address))
            .execute(&mut *self.connection)
            .await
            .map_err(write_error("sign-in record"))?;
            *days.entry((day_of(record.created_date_time), outcome)).or_default() += 1;
        }
        for ((day, outcome), sign_ins) in days {
            sqlx::query(
                "INSERT INTO sign_in_days (tenant_id, day, outcome, sign_ins) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (tenant_id, day, outcome) DO UPDATE SET sign_ins = sign_in_days.sign_ins + excluded.sign_ins",
            )
            .bind(&self.tenant)
            .bind(day)
            .bind(outcome)
            .bind(sign_ins)
            .execute(&mut *self.connection)
            .await
            .map_err(write_error("sign-in count"))?;
        }
        Ok(())
    }

    async fn sign_ins(&mut self, query: &Query<SignInField>) -> Result<Page<SignInRecord>> {
        self.find_page(query).await
    }

    async fn count_sign_ins(&mut self, query: &Query<SignInField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn sign_ins_by_day(&mut self, since: Date) -> Result<Vec<DayCount>> {
        let rows = sqlx::query("SELECT day, outcome, sign_ins FROM sign_in_days WHERE tenant_id = $1 AND day >= $2 ORDER BY day, outcome")
            .bind(&self.tenant)
            .bind(number_of(since))
            .fetch_all(&mut *self.connection)
            .await
            .map_err(engine)?;
        rows.iter().map(day_count).collect()
    }

    async fn prune_sign_ins(&mut self, before: Timestamp) -> Result<u64> {
        self.may_write()?;
        let deleted = sqlx::query("DELETE FROM sign_ins WHERE tenant_id = $1 AND created < $2")
            .bind(&self.tenant)
            .bind(millis(before))
            .execute(&mut *self.connection)
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
            sqlx::query(statement).bind(&self.tenant).bind(cut).execute(&mut *self.connection).await.map_err(engine)?;
        }
        Ok(deleted)
    }

    async fn append_audit(&mut self, record: &DirectoryAudit) -> Result<()> {
        self.may_write()?;
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
        .execute(&mut *self.connection)
        .await
        .map(drop)
        .map_err(write_error("audit record"))
    }

    async fn audits(&mut self, query: &Query<AuditField>) -> Result<Page<DirectoryAudit>> {
        self.find_page(query).await
    }

    async fn count_audits(&mut self, query: &Query<AuditField>) -> Result<u64> {
        self.find_count(query).await
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
