//! Signing keys and the device authority.

use async_trait::async_trait;
use doorward_model::key::{DeviceCa, KeySlot, SigningKey};
use doorward_store::{KeyRepository, Result};

use crate::row::{Reader, engine, found, millis, name_of, write_error};
use crate::unit::SqlUnit;

#[async_trait]
impl KeyRepository for SqlUnit {
    async fn signing_keys(&mut self) -> Result<Vec<SigningKey>> {
        let rows = sqlx::query("SELECT kid, algorithm, slot, wrapped_private_key, public_jwk, created FROM signing_keys WHERE tenant_id = $1 ORDER BY created, kid")
            .bind(&self.tenant)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter()
            .map(|row| {
                let reader = Reader::new(row, "signing_keys", "kid");
                Ok(SigningKey {
                    kid: reader.text("kid")?,
                    algorithm: reader.named("algorithm")?,
                    slot: reader.named("slot")?,
                    wrapped_private_key: reader.bytes("wrapped_private_key")?,
                    public_jwk: reader.text("public_jwk")?,
                    created: reader.time("created")?,
                })
            })
            .collect()
    }

    async fn add_signing_key(&mut self, key: &SigningKey) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query("INSERT INTO signing_keys (tenant_id, kid, algorithm, slot, wrapped_private_key, public_jwk, created) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(&self.tenant)
            .bind(&key.kid)
            .bind(name_of(&key.algorithm))
            .bind(name_of(&key.slot))
            .bind(&key.wrapped_private_key)
            .bind(&key.public_jwk)
            .bind(millis(key.created))
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("signing key"))
    }

    async fn set_slot(&mut self, kid: &str, slot: KeySlot) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("UPDATE signing_keys SET slot = $3 WHERE tenant_id = $1 AND kid = $2")
            .bind(&self.tenant)
            .bind(kid)
            .bind(name_of(&slot))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("signing key"))?;
        found("signing key", &result)
    }

    async fn remove_signing_key(&mut self, kid: &str) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM signing_keys WHERE tenant_id = $1 AND kid = $2")
            .bind(&self.tenant)
            .bind(kid)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("signing key"))?;
        found("signing key", &result)
    }

    async fn device_ca(&mut self) -> Result<Option<DeviceCa>> {
        let row = sqlx::query("SELECT id, certificate, wrapped_private_key, created FROM device_authorities WHERE tenant_id = $1")
            .bind(&self.tenant)
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| {
            let reader = Reader::new(&row, "device_authorities", "id");
            Ok(DeviceCa {
                id: reader.parsed("id")?,
                certificate: reader.bytes("certificate")?,
                wrapped_private_key: reader.bytes("wrapped_private_key")?,
                created: reader.time("created")?,
            })
        })
        .transpose()
    }

    async fn create_device_ca(&mut self, ca: &DeviceCa) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query("INSERT INTO device_authorities (tenant_id, id, certificate, wrapped_private_key, created) VALUES ($1, $2, $3, $4, $5)")
            .bind(&self.tenant)
            .bind(ca.id.to_string())
            .bind(&ca.certificate)
            .bind(&ca.wrapped_private_key)
            .bind(millis(ca.created))
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("device authority"))
    }
}
