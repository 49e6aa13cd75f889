//! Second factors: passkeys, authenticator apps, recovery codes.

use async_trait::async_trait;
use doorward_model::authentication_method::AuthenticationMethod;
use doorward_model::{MethodId, UserId};
use doorward_store::{AuthenticationMethodRepository, Result, Sha256, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::row::{Reader, engine, found, hex, millis, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<AuthenticationMethod> {
    let reader = Reader::new(row, "authentication_methods", "id");
    let mut method: AuthenticationMethod = reader.body()?;
    method.counter = reader.integer("counter")?;
    method.last_used = reader.optional_time("last_used")?;
    Ok(method)
}

#[async_trait]
impl AuthenticationMethodRepository for SqlUnit {
    async fn get(&mut self, id: MethodId) -> Result<Option<AuthenticationMethod>> {
        let row = sqlx::query("SELECT id, counter, last_used, body FROM authentication_methods WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn find_by_credential_id(&mut self, credential_id: &[u8]) -> Result<Option<AuthenticationMethod>> {
        let row =
            sqlx::query("SELECT id, counter, last_used, body FROM authentication_methods WHERE tenant_id = $1 AND credential_id = $2")
                .bind(&self.tenant)
                .bind(hex(credential_id))
                .fetch_optional(self.connection.open().await?)
                .await
                .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn of_user(&mut self, user: UserId) -> Result<Vec<AuthenticationMethod>> {
        let rows = sqlx::query(
            "SELECT id, counter, last_used, body FROM authentication_methods WHERE tenant_id = $1 AND user_id = $2 ORDER BY created, id",
        )
        .bind(&self.tenant)
        .bind(user.to_string())
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn create(&mut self, method: &AuthenticationMethod) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query(
            "INSERT INTO authentication_methods (tenant_id, id, user_id, credential_id, counter, created, last_used, body)
             SELECT $1, $2, id, $4, $5, $6, $7, $8 FROM users WHERE tenant_id = $1 AND id = $3",
        )
        .bind(&self.tenant)
        .bind(method.id.to_string())
        .bind(method.user_id.to_string())
        .bind(method.credential_id().map(hex))
        .bind(method.counter)
        .bind(millis(method.created))
        .bind(method.last_used.map(millis))
        .bind(to_body("authentication_methods", method)?)
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("authentication method"))?;
        found("user", &result)
    }

    async fn advance(&mut self, id: MethodId, counter: i64, at: Timestamp) -> Result<bool> {
        self.will_change(&[])?;
        let result = sqlx::query(
            "UPDATE authentication_methods SET counter = $3, last_used = $4
             WHERE tenant_id = $1 AND id = $2 AND (counter < $3 OR (counter = 0 AND $3 = 0))",
        )
        .bind(&self.tenant)
        .bind(id.to_string())
        .bind(counter)
        .bind(millis(at))
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("authentication method"))?;
        Ok(result.rows_affected() == 1)
    }

    async fn delete(&mut self, id: MethodId) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM authentication_methods WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("authentication method"))?;
        found("authentication method", &result)
    }

    async fn set_recovery_codes(&mut self, user: UserId, hashes: &[Sha256]) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2")
            .bind(&self.tenant)
            .bind(user.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        for hash in hashes {
            sqlx::query("INSERT INTO recovery_codes (tenant_id, user_id, hash) VALUES ($1, $2, $3)")
                .bind(&self.tenant)
                .bind(user.to_string())
                .bind(hex(hash))
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("recovery code"))?;
        }
        Ok(())
    }

    async fn use_recovery_code(&mut self, user: UserId, hash: &Sha256) -> Result<bool> {
        self.will_change(&[])?;
        let result = sqlx::query("DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2 AND hash = $3")
            .bind(&self.tenant)
            .bind(user.to_string())
            .bind(hex(hash))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("recovery code"))?;
        Ok(result.rows_affected() == 1)
    }

    async fn recovery_codes_left(&mut self, user: UserId) -> Result<u32> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2")
            .bind(&self.tenant)
            .bind(user.to_string())
            .fetch_one(self.connection.open().await?)
            .await
            .map_err(engine)?;
        u32::try_from(count).map_err(|error| StoreError::Engine(Box::new(error)))
    }
}
