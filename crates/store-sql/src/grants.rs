//! Codes, refresh tokens, device codes and consents. Secrets are looked up by their SHA-256.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::authorization_code::AuthorizationCode;
use doorward_model::consent::Consent;
use doorward_model::device_code::DeviceCode;
use doorward_model::refresh_token::{PrimaryRefreshToken, RefreshToken};
use doorward_model::{AppId, CodeId, TokenId, UserId};
use doorward_store::{GrantRepository, Result, Sha256, StoreError};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::memory::Kind;
use crate::row::{Reader, engine, first, found, hex, millis, to_body, write_error};
use crate::unit::SqlUnit;

fn read_device_code(row: &SqliteRow) -> Result<DeviceCode> {
    Reader::new(row, "device_codes", "user_code").body()
}

#[async_trait]
impl GrantRepository for SqlUnit {
    async fn create_code(&mut self, hash: &Sha256, code: &AuthorizationCode) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO authorization_codes (tenant_id, hash, id, user_id, app_id, expires, redeemed, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&self.tenant)
        .bind(hex(hash))
        .bind(code.id.to_string())
        .bind(code.user_id.to_string())
        .bind(code.app_id.to_string())
        .bind(millis(code.expires))
        .bind(code.redeemed.map(millis))
        .bind(to_body("authorization_codes", code)?)
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("authorization code"))
    }

    async fn code(&mut self, hash: &Sha256) -> Result<Option<AuthorizationCode>> {
        let row = sqlx::query("SELECT id, redeemed, body FROM authorization_codes WHERE tenant_id = $1 AND hash = $2")
            .bind(&self.tenant)
            .bind(hex(hash))
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| {
            let reader = Reader::new(&row, "authorization_codes", "id");
            let mut code: AuthorizationCode = reader.body()?;
            code.redeemed = reader.optional_time("redeemed")?;
            Ok(code)
        })
        .transpose()
    }

    async fn redeem_code(&mut self, id: CodeId, at: Timestamp) -> Result<bool> {
        self.will_change(&[])?;
        let result = sqlx::query("UPDATE authorization_codes SET redeemed = $3 WHERE tenant_id = $1 AND id = $2 AND redeemed IS NULL")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(millis(at))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("authorization code"))?;
        Ok(result.rows_affected() == 1)
    }

    async fn create_refresh_token(&mut self, hash: &Sha256, token: &RefreshToken) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO refresh_tokens (tenant_id, hash, id, user_id, app_id, device_id, code_id, expires, revoked, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&self.tenant)
        .bind(hex(hash))
        .bind(token.id.to_string())
        .bind(token.user_id.to_string())
        .bind(token.app_id.to_string())
        .bind(token.device_id.map(|id| id.to_string()))
        .bind(token.code_id.map(|id| id.to_string()))
        .bind(millis(token.expires))
        .bind(token.revoked.map(millis))
        .bind(to_body("refresh_tokens", token)?)
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("refresh token"))
    }

    async fn refresh_token(&mut self, hash: &Sha256) -> Result<Option<Arc<RefreshToken>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT id, revoked, body FROM refresh_tokens WHERE tenant_id = $1 AND hash = $2").bind(tenant).bind(hex(hash))
        };
        let read = |row: &SqliteRow| {
            let reader = Reader::new(row, "refresh_tokens", "id");
            let mut token: RefreshToken = reader.body()?;
            token.revoked = reader.optional_time("revoked")?;
            Ok(token)
        };
        self.known(|memory| &memory.refresh_tokens, hash, ask, first(read)).await
    }

    async fn revoke_refresh_token(&mut self, id: TokenId, at: Timestamp) -> Result<()> {
        self.will_change(&[Kind::RefreshToken.any()])?;
        let result = sqlx::query("UPDATE refresh_tokens SET revoked = COALESCE(revoked, $3) WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(millis(at))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("refresh token"))?;
        found("refresh token", &result)
    }

    async fn revoke_by_code(&mut self, code: CodeId, at: Timestamp) -> Result<u64> {
        self.will_change(&[Kind::RefreshToken.any()])?;
        let result = sqlx::query("UPDATE refresh_tokens SET revoked = $3 WHERE tenant_id = $1 AND code_id = $2 AND revoked IS NULL")
            .bind(&self.tenant)
            .bind(code.to_string())
            .bind(millis(at))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("refresh token"))?;
        Ok(result.rows_affected())
    }

    async fn revoke_for_app(&mut self, user: UserId, app: AppId, at: Timestamp) -> Result<u64> {
        self.will_change(&[Kind::RefreshToken.any()])?;
        let result =
            sqlx::query("UPDATE refresh_tokens SET revoked = $4 WHERE tenant_id = $1 AND user_id = $2 AND app_id = $3 AND revoked IS NULL")
                .bind(&self.tenant)
                .bind(user.to_string())
                .bind(app.to_string())
                .bind(millis(at))
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("refresh token"))?;
        Ok(result.rows_affected())
    }

    async fn create_prt(&mut self, hash: &Sha256, token: &PrimaryRefreshToken) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO primary_refresh_tokens (tenant_id, hash, id, user_id, session_id, device_id, wrapped_session_key, issued, expires, revoked)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&self.tenant)
        .bind(hex(hash))
        .bind(token.id.to_string())
        .bind(token.user_id.to_string())
        .bind(token.session_id.to_string())
        .bind(token.device_id.to_string())
        .bind(&token.wrapped_session_key)
        .bind(millis(token.issued))
        .bind(millis(token.expires))
        .bind(token.revoked.map(millis))
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("primary refresh token"))
    }

    async fn prt(&mut self, hash: &Sha256) -> Result<Option<Arc<PrimaryRefreshToken>>> {
        let ask = |tenant: &str| {
            sqlx::query(
                "SELECT id, user_id, session_id, device_id, wrapped_session_key, issued, expires, revoked FROM primary_refresh_tokens
                 WHERE tenant_id = $1 AND hash = $2",
            )
            .bind(tenant)
            .bind(hex(hash))
        };
        let read = |row: &SqliteRow| {
            let reader = Reader::new(row, "primary_refresh_tokens", "id");
            Ok(PrimaryRefreshToken {
                id: reader.parsed("id")?,
                user_id: reader.parsed("user_id")?,
                session_id: reader.parsed("session_id")?,
                device_id: reader.parsed("device_id")?,
                wrapped_session_key: reader.bytes("wrapped_session_key")?,
                issued: reader.time("issued")?,
                expires: reader.time("expires")?,
                revoked: reader.optional_time("revoked")?,
            })
        };
        self.known(|memory| &memory.primary_refresh_tokens, hash, ask, first(read)).await
    }

    async fn revoke_prt(&mut self, id: TokenId, at: Timestamp) -> Result<()> {
        self.will_change(&[Kind::PrimaryRefreshToken.any()])?;
        let result = sqlx::query("UPDATE primary_refresh_tokens SET revoked = COALESCE(revoked, $3) WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(millis(at))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("primary refresh token"))?;
        found("primary refresh token", &result)
    }

    async fn create_device_code(&mut self, hash: &Sha256, code: &DeviceCode, now: Timestamp) -> Result<()> {
        self.will_change(&[])?;
        if self.device_code_by_user_code(&code.user_code, now).await?.is_some() {
            return Err(StoreError::AlreadyExists("user code"));
        }
        sqlx::query("INSERT INTO device_codes (tenant_id, hash, user_code, app_id, expires, body) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(&self.tenant)
            .bind(hex(hash))
            .bind(&code.user_code)
            .bind(code.app_id.to_string())
            .bind(millis(code.expires))
            .bind(to_body("device_codes", code)?)
            .execute(self.connection.open().await?)
            .await
            .map(drop)
            .map_err(write_error("device code"))
    }

    async fn device_code(&mut self, hash: &Sha256) -> Result<Option<DeviceCode>> {
        let row = sqlx::query("SELECT user_code, body FROM device_codes WHERE tenant_id = $1 AND hash = $2")
            .bind(&self.tenant)
            .bind(hex(hash))
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read_device_code(&row)).transpose()
    }

    async fn device_code_by_user_code(&mut self, user_code: &str, now: Timestamp) -> Result<Option<DeviceCode>> {
        let row = sqlx::query("SELECT user_code, body FROM device_codes WHERE tenant_id = $1 AND user_code = $2 AND expires > $3")
            .bind(&self.tenant)
            .bind(user_code)
            .bind(millis(now))
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        row.map(|row| read_device_code(&row)).transpose()
    }

    async fn update_device_code(&mut self, code: &DeviceCode) -> Result<()> {
        self.will_change(&[])?;
        let result = sqlx::query("UPDATE device_codes SET body = $4 WHERE tenant_id = $1 AND user_code = $2 AND expires = $3")
            .bind(&self.tenant)
            .bind(&code.user_code)
            .bind(millis(code.expires))
            .bind(to_body("device_codes", code)?)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("device code"))?;
        found("device code", &result)
    }

    async fn consent(&mut self, user: UserId, app: AppId, resource: AppId) -> Result<Option<Arc<Consent>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT user_id, body FROM consents WHERE tenant_id = $1 AND user_id = $2 AND app_id = $3 AND resource = $4")
                .bind(tenant)
                .bind(user.to_string())
                .bind(app.to_string())
                .bind(resource.to_string())
        };
        let read = |row: &SqliteRow| Reader::new(row, "consents", "user_id").body();
        self.known(|memory| &memory.consents, &(user, app, resource), ask, first(read)).await
    }

    async fn put_consent(&mut self, consent: &Consent) -> Result<()> {
        self.will_change(&[Kind::Consent.one(&(consent.user_id, consent.app_id, consent.resource))])?;
        sqlx::query(
            "INSERT INTO consents (tenant_id, user_id, app_id, resource, body) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (tenant_id, user_id, app_id, resource) DO UPDATE SET body = excluded.body",
        )
        .bind(&self.tenant)
        .bind(consent.user_id.to_string())
        .bind(consent.app_id.to_string())
        .bind(consent.resource.to_string())
        .bind(to_body("consents", consent)?)
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("consent"))
    }

    async fn prune(&mut self, before: Timestamp) -> Result<u64> {
        self.will_change(&[Kind::RefreshToken.any(), Kind::PrimaryRefreshToken.any(), Kind::Session.any()])?;
        let mut rows = 0;
        for statement in [
            "DELETE FROM authorization_codes WHERE tenant_id = $1 AND expires < $2",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND (expires < $2 OR revoked < $2)",
            "DELETE FROM primary_refresh_tokens WHERE tenant_id = $1 AND (expires < $2 OR revoked < $2)",
            "DELETE FROM device_codes WHERE tenant_id = $1 AND expires < $2",
            "DELETE FROM sessions WHERE tenant_id = $1 AND (expires < $2 OR revoked < $2)",
        ] {
            let result = sqlx::query(statement)
                .bind(&self.tenant)
                .bind(millis(before))
                .execute(self.connection.open().await?)
                .await
                .map_err(engine)?;
            rows += result.rows_affected();
        }
        Ok(rows)
    }
}
