//! Values that must not come twice.

use async_trait::async_trait;
use doorward_store::{OneTimeRepository, Result, Sha256};
use jiff::Timestamp;

use crate::row::{engine, hex, millis, write_error};
use crate::unit::SqlUnit;

#[async_trait]
impl OneTimeRepository for SqlUnit {
    async fn use_once(&mut self, value: &Sha256, expires: Timestamp) -> Result<bool> {
        self.will_change(&[])?;
        let result = sqlx::query(
            "INSERT INTO one_time_values (tenant_id, hash, expires) VALUES ($1, $2, $3) ON CONFLICT (tenant_id, hash) DO NOTHING",
        )
        .bind(&self.tenant)
        .bind(hex(value))
        .bind(millis(expires))
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("one-time value"))?;
        Ok(result.rows_affected() == 1)
    }

    async fn prune(&mut self, before: Timestamp) -> Result<u64> {
        self.will_change(&[])?;
        sqlx::query("DELETE FROM one_time_values WHERE tenant_id = $1 AND expires < $2")
            .bind(&self.tenant)
            .bind(millis(before))
            .execute(self.connection.open().await?)
            .await
            .map(|result| result.rows_affected())
            .map_err(engine)
    }
}
