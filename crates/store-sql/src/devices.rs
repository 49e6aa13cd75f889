//! Registered devices.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::device::Device;
use doorward_model::{DeviceId, UserId};
use doorward_store::query::{DeviceField, Page, Query};
use doorward_store::{AuthenticationMethodRepository as _, DeviceRepository, Result};
use sqlx::sqlite::SqliteRow;

use crate::memory::Kind;
use crate::query::table;
use crate::row::{Reader, engine, first, fold, found, millis, name_of, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<Device> {
    Reader::new(row, "devices", "id").body()
}

fn eas_key(device: &Device) -> Option<String> {
    device.eas_device_id.as_deref().map(fold)
}

table! { DeviceField in "devices" as Device, read;
    Id: "id",
    DisplayName: "name_key",
    OperatingSystem: "os_key",
    OperatingSystemVersion: "os_version_key",
    TrustType: "trust_type",
    AccountEnabled: "enabled",
    IsManaged: "managed",
    IsCompliant: "compliant",
    Owner: "owner" nullable,
    Registered: "registered",
}

#[async_trait]
impl DeviceRepository for SqlUnit {
    async fn get(&mut self, id: DeviceId) -> Result<Option<Arc<Device>>> {
        let ask =
            |tenant: &str| sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND id = $2").bind(tenant).bind(id.to_string());
        self.known(|memory| &memory.devices, &id, ask, first(read)).await
    }

    async fn find_by_public_key(&mut self, public_key_sha256: &str) -> Result<Option<Arc<Device>>> {
        let row = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND public_key = $2")
            .bind(&self.tenant)
            .bind(public_key_sha256)
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row).map(Arc::new)).transpose()
    }

    async fn find_by_eas_id(&mut self, owner: UserId, eas_device_id: &str) -> Result<Option<Arc<Device>>> {
        let row = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND owner = $2 AND eas_key = $3 ORDER BY registered, id")
            .bind(&self.tenant)
            .bind(owner.to_string())
            .bind(eas_device_id.to_lowercase())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row).map(Arc::new)).transpose()
    }

    async fn page(&mut self, query: &Query<DeviceField>) -> Result<Page<Device>> {
        self.find_page(query).await
    }

    async fn count(&mut self, query: &Query<DeviceField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn count_by_operating_system(&mut self) -> Result<Vec<(String, u64)>> {
        // The body of any one of them has the name as it is spelled.
        let rows = sqlx::query(
            "SELECT k.devices, d.id, d.body FROM
               (SELECT os_key, COUNT(*) AS devices, MIN(id) AS example FROM devices WHERE tenant_id = $1 GROUP BY os_key) k
               JOIN devices d ON d.tenant_id = $1 AND d.id = k.example
             ORDER BY k.devices DESC, k.os_key",
        )
        .bind(&self.tenant)
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        let counted = |row| Ok((read(row)?.operating_system, Reader::new(row, "devices", "id").integer("devices")?.unsigned_abs()));
        rows.iter().map(counted).collect()
    }

    async fn owned_by(&mut self, owner: UserId) -> Result<Vec<Device>> {
        let rows = sqlx::query("SELECT id, body FROM devices WHERE tenant_id = $1 AND owner = $2 ORDER BY registered, id")
            .bind(&self.tenant)
            .bind(owner.to_string())
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn create(&mut self, device: &Device) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO devices (tenant_id, id, public_key, owner, eas_key, body, name_key, os_key, os_version_key, trust_type,
               enabled, managed, compliant, registered)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(&self.tenant)
        .bind(device.id.to_string())
        .bind(&device.public_key_sha256)
        .bind(device.owner.map(|owner| owner.to_string()))
        .bind(eas_key(device))
        .bind(to_body("devices", device)?)
        .bind(fold(&device.display_name))
        .bind(fold(&device.operating_system))
        .bind(fold(&device.operating_system_version))
        .bind(fold(&name_of(&device.trust_type)))
        .bind(device.account_enabled)
        .bind(device.is_managed)
        .bind(device.is_compliant)
        .bind(millis(device.registered))
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("device"))
    }

    async fn update(&mut self, device: &Device) -> Result<()> {
        self.will_change(&[Kind::Device.one(&device.id)])?;
        let result = sqlx::query(
            "UPDATE devices SET public_key = $3, owner = $4, eas_key = $5, body = $6, name_key = $7, os_key = $8, os_version_key = $9,
               trust_type = $10, enabled = $11, managed = $12, compliant = $13, registered = $14
             WHERE tenant_id = $1 AND id = $2",
        )
        .bind(&self.tenant)
        .bind(device.id.to_string())
        .bind(&device.public_key_sha256)
        .bind(device.owner.map(|owner| owner.to_string()))
        .bind(eas_key(device))
        .bind(to_body("devices", device)?)
        .bind(fold(&device.display_name))
        .bind(fold(&device.operating_system))
        .bind(fold(&device.operating_system_version))
        .bind(fold(&name_of(&device.trust_type)))
        .bind(device.account_enabled)
        .bind(device.is_managed)
        .bind(device.is_compliant)
        .bind(millis(device.registered))
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("device"))?;
        found("device", &result)
    }

    async fn delete(&mut self, id: DeviceId) -> Result<()> {
        self.will_change(&[Kind::Device.one(&id), Kind::RefreshToken.any(), Kind::PrimaryRefreshToken.any()])?;
        let owner = DeviceRepository::get(self, id).await?.and_then(|device| device.owner);
        if let Some(owner) = owner {
            for method in self.of_user(owner).await?.into_iter().filter(|method| method.device_id() == Some(id)) {
                doorward_store::AuthenticationMethodRepository::delete(self, method.id).await?;
            }
        }
        let id = id.to_string();
        let result = sqlx::query("DELETE FROM devices WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(&id)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("device"))?;
        found("device", &result)?;
        for statement in [
            "DELETE FROM primary_refresh_tokens WHERE tenant_id = $1 AND device_id = $2",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND device_id = $2",
            "DELETE FROM managed_devices WHERE tenant_id = $1 AND id = $2",
            "DELETE FROM managed_device_policies WHERE tenant_id = $1 AND device_id = $2",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(&id).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        Ok(())
    }
}
