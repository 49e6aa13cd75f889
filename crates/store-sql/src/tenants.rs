//! Tenants and their domains.

use async_trait::async_trait;
use doorward_model::tenant::Tenant;
use doorward_store::{Result, StoreError, TenantRepository};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::memory::Kind;
use crate::row::{Reader, engine, found, millis, to_body, write_error};
use crate::unit::SqlUnit;

pub(crate) async fn list(connection: &mut SqliteConnection) -> Result<Vec<Tenant>> {
    let rows =
        sqlx::query("SELECT tenant_id, body FROM tenants ORDER BY created, tenant_id").fetch_all(connection).await.map_err(engine)?;
    rows.iter().map(|row| Reader::new(row, "tenants", "tenant_id").body()).collect()
}

pub(crate) async fn create(connection: &mut SqliteConnection, tenant: &Tenant) -> Result<()> {
    sqlx::query(
        "INSERT INTO tenants (tenant_id, created, generation, body, number)
         VALUES ($1, $2, 1, $3, (SELECT COALESCE(MAX(number), 0) + 1 FROM tenants))",
    )
    .bind(tenant.id.to_string())
    .bind(millis(tenant.created))
    .bind(to_body("tenants", tenant)?)
    .execute(&mut *connection)
    .await
    .map_err(write_error("tenant"))?;
    add_domains(connection, tenant).await
}

async fn add_domains(connection: &mut SqliteConnection, tenant: &Tenant) -> Result<()> {
    for domain in &tenant.domains {
        sqlx::query("INSERT INTO domains (domain, tenant_id) VALUES ($1, $2)")
            .bind(domain)
            .bind(tenant.id.to_string())
            .execute(&mut *connection)
            .await
            .map_err(write_error("domain"))?;
    }
    Ok(())
}

#[async_trait]
impl TenantRepository for SqlUnit {
    async fn get(&mut self) -> Result<Option<Tenant>> {
        let row = sqlx::query("SELECT tenant_id, body FROM tenants WHERE tenant_id = $1")
            .bind(&self.tenant)
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| Reader::new(&row, "tenants", "tenant_id").body()).transpose()
    }

    async fn update(&mut self, tenant: &Tenant) -> Result<()> {
        self.will_change(&[Kind::Generation.any()])?;
        if tenant.id != self.tenant_id {
            return Err(StoreError::NotFound("tenant"));
        }
        let result = sqlx::query("UPDATE tenants SET body = $2, generation = generation + 1 WHERE tenant_id = $1")
            .bind(&self.tenant)
            .bind(to_body("tenants", tenant)?)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("tenant"))?;
        found("tenant", &result)?;
        sqlx::query("DELETE FROM domains WHERE tenant_id = $1")
            .bind(&self.tenant)
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        add_domains(self.connection.open().await?, tenant).await
    }

    async fn generation(&mut self) -> Result<i64> {
        let ask = |tenant: &str| sqlx::query("SELECT tenant_id, generation FROM tenants WHERE tenant_id = $1").bind(tenant);
        let read = |rows: &[SqliteRow]| rows.first().map(|row| Reader::new(row, "tenants", "tenant_id").integer("generation")).transpose();
        let generation = self.known(|memory| &memory.generations, &(), ask, read).await?;
        Ok(generation.unwrap_or_default())
    }
}
