//! Users.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::UserId;
use doorward_model::user::User;
use doorward_store::query::{Page, Query, UserField};
use doorward_store::{Result, UserRepository};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::memory::Kind;
use crate::query::table;
use crate::row::{Reader, engine, first, fold, found, millis, name_of, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<User> {
    let reader = Reader::new(row, "users", "id");
    let mut user: User = reader.body()?;
    user.password_hash = reader.optional_text("password_hash")?;
    Ok(user)
}

fn object_guid(user: &User) -> Option<String> {
    user.on_premises.as_ref().map(|account| account.object_guid.to_string())
}

fn security_identifier(user: &User) -> Option<&str> {
    user.on_premises.as_ref().map(|account| account.security_identifier.as_str())
}

/// Roles with a blank around each.
fn roles(user: &User) -> String {
    user.roles.iter().fold(" ".to_owned(), |roles, role| roles + &fold(&name_of(role)) + " ")
}

table! { UserField in "users" as User, read, columns "password_hash, body";
    Id: "id",
    UserPrincipalName: "upn_key",
    DisplayName: "name_key",
    AccountEnabled: "enabled",
    UserType: "user_type",
    Roles: "roles",
    Created: "created",
}

impl SqlUnit {
    /// The user that a statement finds by the tenant and one key.
    async fn user(&mut self, statement: &'static str, key: String) -> Result<Option<Arc<User>>> {
        let row =
            sqlx::query(statement).bind(&self.tenant).bind(key).fetch_optional(self.connection.open().await?).await.map_err(engine)?;
        row.map(|row| read(&row).map(Arc::new)).transpose()
    }
}

#[async_trait]
impl UserRepository for SqlUnit {
    async fn get(&mut self, id: UserId) -> Result<Option<Arc<User>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT id, password_hash, body FROM users WHERE tenant_id = $1 AND id = $2").bind(tenant).bind(id.to_string())
        };
        self.known(|memory| &memory.users, &id, ask, first(read)).await
    }

    async fn find(&mut self, user_principal_name: &str) -> Result<Option<Arc<User>>> {
        self.user("SELECT id, password_hash, body FROM users WHERE tenant_id = $1 AND upn_key = $2", fold(user_principal_name)).await
    }

    async fn find_by_object_guid(&mut self, object_guid: Uuid) -> Result<Option<Arc<User>>> {
        self.user("SELECT id, password_hash, body FROM users WHERE tenant_id = $1 AND object_guid = $2", object_guid.to_string()).await
    }

    async fn find_by_security_identifier(&mut self, security_identifier: &str) -> Result<Option<Arc<User>>> {
        self.user(
            "SELECT id, password_hash, body FROM users WHERE tenant_id = $1 AND security_identifier = $2",
            security_identifier.to_owned(),
        )
        .await
    }

    async fn object_guids(&mut self) -> Result<Vec<Uuid>> {
        let rows = sqlx::query("SELECT id, object_guid FROM users WHERE tenant_id = $1 AND object_guid IS NOT NULL ORDER BY object_guid")
            .bind(&self.tenant)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(|row| Reader::new(row, "users", "id").parsed("object_guid")).collect()
    }

    async fn list(&mut self, after: Option<&str>, limit: u32) -> Result<Vec<User>> {
        let rows = sqlx::query("SELECT id, password_hash, body FROM users WHERE tenant_id = $1 AND upn_key > $2 ORDER BY upn_key LIMIT $3")
            .bind(&self.tenant)
            .bind(after.map(fold).unwrap_or_default())
            .bind(i64::from(limit))
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn page(&mut self, query: &Query<UserField>) -> Result<Page<User>> {
        self.find_page(query).await
    }

    async fn count(&mut self, query: &Query<UserField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn create(&mut self, user: &User) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO users (tenant_id, id, upn_key, password_hash, body, name_key, enabled, user_type, roles, created,
               object_guid, security_identifier)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        )
        .bind(&self.tenant)
        .bind(user.id.to_string())
        .bind(fold(&user.user_principal_name))
        .bind(&user.password_hash)
        .bind(to_body("users", user)?)
        .bind(fold(&user.display_name))
        .bind(user.account_enabled)
        .bind(fold(&name_of(&user.user_type)))
        .bind(roles(user))
        .bind(millis(user.created))
        .bind(object_guid(user))
        .bind(security_identifier(user))
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("user"))
    }

    async fn update(&mut self, user: &User) -> Result<()> {
        self.will_change(&[Kind::User.one(&user.id)])?;
        let result = sqlx::query(
            "UPDATE users SET upn_key = $3, password_hash = $4, body = $5, name_key = $6, enabled = $7, user_type = $8, roles = $9, created = $10,
               object_guid = $11, security_identifier = $12
             WHERE tenant_id = $1 AND id = $2",
        )
            .bind(&self.tenant)
            .bind(user.id.to_string())
            .bind(fold(&user.user_principal_name))
            .bind(&user.password_hash)
            .bind(to_body("users", user)?)
            .bind(fold(&user.display_name))
            .bind(user.account_enabled)
            .bind(fold(&name_of(&user.user_type)))
            .bind(roles(user))
            .bind(millis(user.created))
            .bind(object_guid(user))
            .bind(security_identifier(user))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("user"))?;
        found("user", &result)
    }

    async fn delete(&mut self, id: UserId) -> Result<()> {
        self.will_change(&[
            Kind::User.one(&id),
            Kind::Membership.one(&id),
            Kind::RefreshToken.any(),
            Kind::PrimaryRefreshToken.any(),
            Kind::Session.any(),
            Kind::Consent.any(),
            Kind::Device.any(),
            Kind::Registration.any(),
        ])?;
        let id = id.to_string();
        let result = sqlx::query("DELETE FROM users WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(&id)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("user"))?;
        found("user", &result)?;
        for statement in [
            "DELETE FROM group_members WHERE tenant_id = $1 AND member_id = $2",
            "DELETE FROM group_owners WHERE tenant_id = $1 AND owner_id = $2",
            "DELETE FROM authorization_codes WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM primary_refresh_tokens WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM authentication_methods WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM consents WHERE tenant_id = $1 AND user_id = $2",
            "DELETE FROM primary_refresh_tokens WHERE tenant_id = $1 AND device_id IN (SELECT id FROM devices WHERE tenant_id = $1 AND owner = $2)",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND device_id IN (SELECT id FROM devices WHERE tenant_id = $1 AND owner = $2)",
            "DELETE FROM managed_devices WHERE tenant_id = $1 AND id IN (SELECT id FROM devices WHERE tenant_id = $1 AND owner = $2)",
            "DELETE FROM managed_device_policies WHERE tenant_id = $1 AND device_id IN (SELECT id FROM devices WHERE tenant_id = $1 AND owner = $2)",
            "DELETE FROM devices WHERE tenant_id = $1 AND owner = $2",
            "DELETE FROM documents WHERE tenant_id = $1 AND kind = 'managedAppRegistration' AND subject = $2",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(&id).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        Ok(())
    }
}
