//! Managed devices, and how each stands to each compliance policy.

use async_trait::async_trait;
use doorward_model::DeviceId;
use doorward_model::compliance::{ManagedDevice, Standing};
use doorward_store::query::{ManagedDeviceField, Page, Query};
use doorward_store::{ListedDevice, ManagedDeviceRepository, PolicyCount, Result, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::query::table;
use crate::row::{Reader, engine, fold, found, millis, name_of, to_body, write_error};
use crate::unit::SqlUnit;

const TABLE: &str = "managed_devices";

fn read(row: &SqliteRow) -> Result<ManagedDevice> {
    Reader::new(row, TABLE, "id").body()
}

fn read_listed(row: &SqliteRow) -> Result<ListedDevice> {
    let reader = Reader::new(row, TABLE, "id");
    Ok(ListedDevice { managed: reader.body()?, device: reader.json("device_body")? })
}

table! { ManagedDeviceField in "managed_devices_listed" as ListedDevice, read_listed, columns "body, device_body";
    Id: "id",
    DisplayName: "name_key",
    OperatingSystem: "os_key",
    OperatingSystemVersion: "os_version_key",
    Owner: "owner" nullable,
    OwnerType: "owner_type",
    ManagementState: "management_state",
    ComplianceState: "compliance_state",
    LastReport: "last_report" nullable,
    Enrolled: "enrolled",
}

/// When time alone may change something; never for a device that is no longer managed.
fn next(device: &ManagedDevice) -> Option<i64> {
    device.judgement.as_ref().filter(|_| device.is_managed()).and_then(|judgement| judgement.next).map(millis)
}

impl SqlUnit {
    async fn put_policies(&mut self, device: &ManagedDevice) -> Result<()> {
        sqlx::query("DELETE FROM managed_device_policies WHERE tenant_id = $1 AND device_id = $2")
            .bind(&self.tenant)
            .bind(device.device_id.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        for state in device.judgement.iter().flat_map(|judgement| &judgement.policies) {
            sqlx::query("INSERT INTO managed_device_policies (tenant_id, policy_id, device_id, standing) VALUES ($1, $2, $3, $4)")
                .bind(&self.tenant)
                .bind(&state.policy_id)
                .bind(device.device_id.to_string())
                .bind(state.standing.as_str())
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("managed device"))?;
        }
        Ok(())
    }
}

#[async_trait]
impl ManagedDeviceRepository for SqlUnit {
    async fn get(&mut self, id: DeviceId) -> Result<Option<ManagedDevice>> {
        let row = sqlx::query("SELECT id, body FROM managed_devices WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn page(&mut self, query: &Query<ManagedDeviceField>) -> Result<Page<ListedDevice>> {
        self.find_page(query).await
    }

    async fn count(&mut self, query: &Query<ManagedDeviceField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn of_policy(&mut self, policy_id: &str, after: Option<DeviceId>, limit: u32) -> Result<Vec<ListedDevice>> {
        let rows = sqlx::query(
            "SELECT l.id, l.body, l.device_body FROM managed_device_policies p
               JOIN managed_devices_listed l ON l.tenant_id = p.tenant_id AND l.id = p.device_id
             WHERE p.tenant_id = $1 AND p.policy_id = $2 AND p.device_id > $3 ORDER BY p.device_id LIMIT $4",
        )
        .bind(&self.tenant)
        .bind(policy_id)
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        rows.iter().map(read_listed).collect()
    }

    async fn count_by_state(&mut self) -> Result<Vec<(String, u64)>> {
        let rows = sqlx::query(
            "SELECT compliance_state AS id, COUNT(*) AS devices FROM managed_devices
             WHERE tenant_id = $1 AND management_state <> 'retired' GROUP BY compliance_state ORDER BY compliance_state",
        )
        .bind(&self.tenant)
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        let counted = |row| {
            let reader = Reader::new(row, TABLE, "id");
            Ok((reader.text("id")?, reader.integer("devices")?.unsigned_abs()))
        };
        rows.iter().map(counted).collect()
    }

    async fn count_by_policy(&mut self) -> Result<Vec<PolicyCount>> {
        let rows = sqlx::query(
            "SELECT policy_id, standing, COUNT(*) AS devices FROM managed_device_policies
             WHERE tenant_id = $1 GROUP BY policy_id, standing ORDER BY policy_id, standing",
        )
        .bind(&self.tenant)
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        let counted = |row| {
            let reader = Reader::new(row, "managed_device_policies", "policy_id");
            let standing: Standing = reader.named("standing")?;
            Ok(PolicyCount { policy_id: reader.text("policy_id")?, standing, devices: reader.integer("devices")?.unsigned_abs() })
        };
        rows.iter().map(counted).collect()
    }

    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<ManagedDevice>> {
        let rows = sqlx::query("SELECT id, body FROM managed_devices WHERE tenant_id = $1 AND next < $2 ORDER BY next, id LIMIT $3")
            .bind(&self.tenant)
            .bind(millis(now))
            .bind(i64::from(limit))
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn make_due(&mut self) -> Result<u64> {
        self.will_change(&[])?;
        let result = sqlx::query("UPDATE managed_devices SET next = 0 WHERE tenant_id = $1 AND management_state <> 'retired'")
            .bind(&self.tenant)
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        Ok(result.rows_affected())
    }

    async fn create(&mut self, device: &ManagedDevice) -> Result<()> {
        self.will_change(&[])?;
        if doorward_store::DeviceRepository::get(self, device.device_id).await?.is_none() {
            return Err(StoreError::NotFound("device"));
        }
        sqlx::query(
            "INSERT INTO managed_devices (tenant_id, id, management_state, owner_type, compliance_state, last_report, enrolled, next, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&self.tenant)
        .bind(device.device_id.to_string())
        .bind(fold(&name_of(&device.management_state)))
        .bind(fold(&name_of(&device.owner_type)))
        .bind(fold(device.standing().compliance_state()))
        .bind(device.last_report.map(millis))
        .bind(millis(device.enrolled))
        .bind(next(device))
        .bind(to_body(TABLE, device)?)
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("managed device"))?;
        self.put_policies(device).await
    }

    async fn update(&mut self, device: &ManagedDevice) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query(
            "UPDATE managed_devices SET management_state = $3, owner_type = $4, compliance_state = $5, last_report = $6, enrolled = $7,
               next = $8, body = $9
             WHERE tenant_id = $1 AND id = $2",
        )
        .bind(&self.tenant)
        .bind(device.device_id.to_string())
        .bind(fold(&name_of(&device.management_state)))
        .bind(fold(&name_of(&device.owner_type)))
        .bind(fold(device.standing().compliance_state()))
        .bind(device.last_report.map(millis))
        .bind(millis(device.enrolled))
        .bind(next(device))
        .bind(to_body(TABLE, device)?)
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("managed device"))?;
        found("managed device", &result)?;
        self.put_policies(device).await
    }

    async fn delete(&mut self, id: DeviceId) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM managed_devices WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("managed device"))?;
        found("managed device", &result)?;
        sqlx::query("DELETE FROM managed_device_policies WHERE tenant_id = $1 AND device_id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(engine)
    }
}
