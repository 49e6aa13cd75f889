//! Sign-in log and directory audit.

use async_trait::async_trait;
use doorward_model::directory_audit::DirectoryAudit;
use doorward_model::sign_in_record::SignInRecord;
use doorward_store::{LogRepository, Result, SignInQuery};
use jiff::Timestamp;

use crate::row::{Reader, engine, millis, name_of, to_body, write_error};
use crate::unit::Scope;

#[async_trait]
impl LogRepository for Scope<'_> {
    async fn append_sign_ins(&mut self, records: &[SignInRecord]) -> Result<()> {
        self.may_write()?;
        for record in records {
            sqlx::query("INSERT INTO sign_ins (tenant_id, id, created, user_id, app_id, outcome, correlation_id, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
                .bind(&self.tenant)
                .bind(record.id.to_string())
                .bind(millis(record.created_date_time))
                .bind(record.user_id.map(|id| id.to_string()))
                .bind(record.app_id.map(|id| id.to_string()))
                .bind(name_of(&record.outcome))
                .bind(record.correlation_id.to_string())
                .bind(to_body("sign_ins", record)?)
                .execute(&mut *self.connection)
                .await
                .map_err(write_error("sign-in record"))?;
        }
        Ok(())
    }

    async fn sign_ins(&mut self, query: &SignInQuery) -> Result<Vec<SignInRecord>> {
        let rows = sqlx::query(
            "SELECT id, body FROM sign_ins WHERE tenant_id = $1
               AND ($2 IS NULL OR user_id = $2) AND ($3 IS NULL OR app_id = $3) AND ($4 IS NULL OR outcome = $4)
               AND ($5 IS NULL OR correlation_id = $5) AND ($6 IS NULL OR created >= $6)
               AND ($7 IS NULL OR created < (SELECT created FROM sign_ins WHERE tenant_id = $1 AND id = $7)
                    OR (created = (SELECT created FROM sign_ins WHERE tenant_id = $1 AND id = $7) AND id < $7))
               AND ($9 IS NULL OR id = $9)
             ORDER BY created DESC, id DESC LIMIT $8",
        )
        .bind(&self.tenant)
        .bind(query.user_id.map(|id| id.to_string()))
        .bind(query.app_id.map(|id| id.to_string()))
        .bind(query.outcome.map(|outcome| name_of(&outcome)))
        .bind(query.correlation_id.map(|id| id.to_string()))
        .bind(query.since.map(millis))
        .bind(query.after.map(|id| id.to_string()))
        .bind(if query.limit == 0 { 100 } else { i64::from(query.limit) })
        .bind(query.id.map(|id| id.to_string()))
        .fetch_all(&mut *self.connection)
        .await
        .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "sign_ins", "id").body()).collect()
    }

    async fn prune_sign_ins(&mut self, before: Timestamp) -> Result<u64> {
        self.may_write()?;
        sqlx::query("DELETE FROM sign_ins WHERE tenant_id = $1 AND created < $2")
            .bind(&self.tenant)
            .bind(millis(before))
            .execute(&mut *self.connection)
            .await
            .map(|result| result.rows_affected())
            .map_err(engine)
    }

    async fn append_audit(&mut self, record: &DirectoryAudit) -> Result<()> {
        self.may_write()?;
        sqlx::query("INSERT INTO directory_audits (tenant_id, id, created, body) VALUES ($1, $2, $3, $4)")
            .bind(&self.tenant)
            .bind(record.id.to_string())
            .bind(millis(record.activity_date_time))
            .bind(to_body("directory_audits", record)?)
            .execute(&mut *self.connection)
            .await
            .map(drop)
            .map_err(write_error("audit record"))
    }

    async fn audits(&mut self, limit: u32) -> Result<Vec<DirectoryAudit>> {
        let rows = sqlx::query("SELECT id, body FROM directory_audits WHERE tenant_id = $1 ORDER BY created DESC, id DESC LIMIT $2")
            .bind(&self.tenant)
            .bind(i64::from(limit))
            .fetch_all(&mut *self.connection)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "directory_audits", "id").body()).collect()
    }
}
