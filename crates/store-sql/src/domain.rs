//! What is known of an on-premises domain.

use async_trait::async_trait;
use doorward_model::domain::{DomainComputer, DomainSync};
use doorward_store::{DomainRepository, Result};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::row::{Reader, engine, found, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<DomainComputer> {
    Reader::new(row, "domain_computers", "object_guid").body()
}

#[async_trait]
impl DomainRepository for SqlUnit {
    async fn sync(&mut self) -> Result<Option<DomainSync>> {
        let row = sqlx::query("SELECT tenant_id, body FROM domain_syncs WHERE tenant_id = $1")
            .bind(&self.tenant)
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| Reader::new(&row, "domain_syncs", "tenant_id").body()).transpose()
    }

    async fn put_sync(&mut self, sync: &DomainSync) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query("INSERT INTO domain_syncs (tenant_id, body) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET body = excluded.body")
            .bind(&self.tenant)
            .bind(to_body("domain_syncs", sync)?)
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("domain"))
    }

    async fn computer(&mut self, object_guid: Uuid) -> Result<Option<DomainComputer>> {
        let row = sqlx::query("SELECT object_guid, body FROM domain_computers WHERE tenant_id = $1 AND object_guid = $2")
            .bind(&self.tenant)
            .bind(object_guid.to_string())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn computer_by_sid(&mut self, security_identifier: &str) -> Result<Option<DomainComputer>> {
        let row = sqlx::query("SELECT object_guid, body FROM domain_computers WHERE tenant_id = $1 AND security_identifier = $2")
            .bind(&self.tenant)
            .bind(security_identifier)
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn computers(&mut self) -> Result<Vec<Uuid>> {
        let rows = sqlx::query("SELECT object_guid FROM domain_computers WHERE tenant_id = $1 ORDER BY object_guid")
            .bind(&self.tenant)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "domain_computers", "object_guid").parsed("object_guid")).collect()
    }

    async fn put_computer(&mut self, computer: &DomainComputer) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO domain_computers (tenant_id, object_guid, security_identifier, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant_id, object_guid) DO UPDATE SET security_identifier = excluded.security_identifier, body = excluded.body",
        )
        .bind(&self.tenant)
        .bind(computer.object_guid.to_string())
        .bind(&computer.security_identifier)
        .bind(to_body("domain_computers", computer)?)
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("computer"))
    }

    async fn delete_computer(&mut self, object_guid: Uuid) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM domain_computers WHERE tenant_id = $1 AND object_guid = $2")
            .bind(&self.tenant)
            .bind(object_guid.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("computer"))?;
        found("computer", &result)
    }
}
