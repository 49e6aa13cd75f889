//! Registered devices.

use async_trait::async_trait;
use doorward_model::device::Device;
use doorward_model::{DeviceId, UserId};
use doorward_store::{DeviceRepository, Result};
use sqlx::sqlite::SqliteRow;

use crate::row::{Reader, engine, found, millis, to_body, write_error};
use crate::unit::Scope;

fn read(row: &SqliteRow) -> Result<Device> {
    Reader::new(row, "devices", "id").body()
}

fn eas_key(device: &Device) -> Option<String> {
    device.eas_device_id.as_deref().map(str::to_lowercase)
}

#[async_trait]
impl DeviceRepository for Scope<'_> {
    async fn get(&mut self, id: DeviceId) -> Result<Option<Device>> {
        let row = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn find_by_public_key(&mut self, public_key_sha256: &str) -> Result<Option<Device>> {
        let row = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND public_key = $2")
            .bind(&self.tenant)
            .bind(public_key_sha256)
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn find_by_eas_id(&mut self, owner: UserId, eas_device_id: &str) -> Result<Option<Device>> {
        let row = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND owner = $2 AND eas_key = $3 ORDER BY registered, id")
            .bind(&self.tenant)
            .bind(owner.to_string())
            .bind(eas_device_id.to_lowercase())
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn list(&mut self, after: Option<DeviceId>, limit: u32) -> Result<Vec<Device>> {
        let rows = sqlx::query(
            "SELECT id, body FROM devices WHERE tenant_id = $1 AND ($2 IS NULL
               OR registered > (SELECT registered FROM devices WHERE tenant_id = $1 AND id = $2)
               OR (registered = (SELECT registered FROM devices WHERE tenant_id = $1 AND id = $2) AND id > $2))
             ORDER BY registered, id LIMIT $3",
        )
        .bind(&self.tenant)
        .bind(after.map(|id| id.to_string()))
        .bind(i64::from(limit))
        .fetch_all(&mut *self.connection)
        .await
        .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn owned_by(&mut self, owner: UserId) -> Result<Vec<Device>> {
        let rows = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND owner = $2 ORDER BY registered, id")
            .bind(&self.tenant)
            .bind(owner.to_string())
            .fetch_all(&mut *self.connection)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn create(&mut self, device: &Device) -> Result<()> {
        self.may_write()?;
        sqlx::query("INSERT INTO devices (tenant_id, id, public_key, owner, eas_key, registered, body) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(&self.tenant)
            .bind(device.id.to_string())
            .bind(&device.public_key_sha256)
            .bind(device.owner.map(|owner| owner.to_string()))
            .bind(eas_key(device))
            .bind(millis(device.registered))
            .bind(to_body("devices", device)?)
            .execute(&mut *self.connection)
            .await
            .map(drop)
            .map_err(write_error("device"))
    }

    async fn update(&mut self, device: &Device) -> Result<()> {
        self.may_write()?;
        let result =
            sqlx::query("UPDATE devices SET public_key = $3, owner = $4, eas_key = $5, body = $6 WHERE tenant_id = $1 AND id = $2")
                .bind(&self.tenant)
                .bind(device.id.to_string())
                .bind(&device.public_key_sha256)
                .bind(device.owner.map(|owner| owner.to_string()))
                .bind(eas_key(device))
                .bind(to_body("devices", device)?)
                .execute(&mut *self.connection)
                .await
                .map_err(write_error("device"))?;
        found("device", &result)
    }

    async fn delete(&mut self, id: DeviceId) -> Result<()> {
        self.may_write()?;
        let id = id.to_string();
        let result = sqlx::query("DELETE FROM devices WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(&id)
            .execute(&mut *self.connection)
            .await
            .map_err(write_error("device"))?;
        found("device", &result)?;
        for statement in [
            "DELETE FROM primary_refresh_tokens WHERE tenant_id = $1 AND device_id = $2",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND device_id = $2",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(&id).execute(&mut *self.connection).await.map_err(engine)?;
        }
        Ok(())
    }
}
