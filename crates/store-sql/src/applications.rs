//! Application registrations and the names they answer to as resources.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::AppId;
use doorward_model::application::Application;
use doorward_store::query::{ApplicationField, Page, Query};
use doorward_store::{ApplicationRepository, Result};
use sqlx::sqlite::SqliteRow;

use crate::memory::Kind;
use crate::query::table;
use crate::row::{Reader, engine, first, fold, found, millis, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<Application> {
    Reader::new(row, "applications", "id").body()
}

table! { ApplicationField in "applications" as Application, read;
    Id: "id",
    DisplayName: "name_key",
    Enabled: "enabled",
    Approved: "approved",
    Protectable: "protectable",
    Created: "created",
}

/// Identifier URIs are compared without a final slash.
fn key(uri: &str) -> &str {
    uri.trim_end_matches('/')
}

impl SqlUnit {
    async fn replace_identifier_uris(&mut self, application: &Application) -> Result<()> {
        sqlx::query("DELETE FROM identifier_uris WHERE tenant_id = $1 AND app_id = $2")
            .bind(&self.tenant)
            .bind(application.app_id.to_string())
            .execute(self.connection.open().await?)
            .await
            .map_err(engine)?;
        for uri in &application.identifier_uris {
            sqlx::query("INSERT INTO identifier_uris (tenant_id, uri, app_id) VALUES ($1, $2, $3)")
                .bind(&self.tenant)
                .bind(key(uri))
                .bind(application.app_id.to_string())
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("identifier URI"))?;
        }
        self.raise_generation().await
    }
}

#[async_trait]
impl ApplicationRepository for SqlUnit {
    async fn get(&mut self, id: AppId) -> Result<Option<Arc<Application>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT id, body FROM applications WHERE tenant_id = $1 AND id = $2").bind(tenant).bind(id.to_string())
        };
        self.known(|memory| &memory.applications, &id, ask, first(read)).await
    }

    async fn find_by_identifier_uri(&mut self, uri: &str) -> Result<Option<Arc<Application>>> {
        let ask = |tenant: &str| {
            sqlx::query(
                "SELECT a.id, a.body FROM identifier_uris u JOIN applications a ON a.tenant_id = u.tenant_id AND a.id = u.app_id
                 WHERE u.tenant_id = $1 AND u.uri = $2",
            )
            .bind(tenant)
            .bind(key(uri))
        };
        self.known(|memory| &memory.applications_by_uri, key(uri), ask, first(read)).await
    }

    async fn list(&mut self) -> Result<Vec<Application>> {
        let rows = sqlx::query("SELECT id, body FROM applications WHERE tenant_id = $1 ORDER BY display_name, id")
            .bind(&self.tenant)
            .fetch_all(self.connection.open().await?)
            .await
            .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn page(&mut self, query: &Query<ApplicationField>) -> Result<Page<Application>> {
        self.find_page(query).await
    }

    async fn count(&mut self, query: &Query<ApplicationField>) -> Result<u64> {
        self.find_count(query).await
    }

    async fn create(&mut self, application: &Application) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO applications (tenant_id, id, display_name, body, name_key, enabled, approved, protectable, created)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&self.tenant)
        .bind(application.app_id.to_string())
        .bind(&application.display_name)
        .bind(to_body("applications", application)?)
        .bind(fold(&application.display_name))
        .bind(application.enabled)
        .bind(application.approved)
        .bind(application.protectable)
        .bind(millis(application.created))
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error("application"))?;
        self.replace_identifier_uris(application).await
    }

    async fn update(&mut self, application: &Application) -> Result<()> {
        self.will_change(&[Kind::Application.any()])?;
        let result = sqlx::query(
            "UPDATE applications SET display_name = $3, body = $4, name_key = $5, enabled = $6, approved = $7, protectable = $8, created = $9
             WHERE tenant_id = $1 AND id = $2",
        )
            .bind(&self.tenant)
            .bind(application.app_id.to_string())
            .bind(&application.display_name)
            .bind(to_body("applications", application)?)
            .bind(fold(&application.display_name))
            .bind(application.enabled)
            .bind(application.approved)
            .bind(application.protectable)
            .bind(millis(application.created))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("application"))?;
        found("application", &result)?;
        self.replace_identifier_uris(application).await
    }

    async fn delete(&mut self, id: AppId) -> Result<()> {
        self.will_change(&[Kind::Application.any(), Kind::RefreshToken.any(), Kind::Consent.any()])?;
        let id = id.to_string();
        let result = sqlx::query("DELETE FROM applications WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(&id)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("application"))?;
        found("application", &result)?;
        for statement in [
            "DELETE FROM identifier_uris WHERE tenant_id = $1 AND app_id = $2",
            "DELETE FROM authorization_codes WHERE tenant_id = $1 AND app_id = $2",
            "DELETE FROM refresh_tokens WHERE tenant_id = $1 AND app_id = $2",
            "DELETE FROM device_codes WHERE tenant_id = $1 AND app_id = $2",
            "DELETE FROM consents WHERE tenant_id = $1 AND (app_id = $2 OR resource = $2)",
        ] {
            sqlx::query(statement).bind(&self.tenant).bind(&id).execute(self.connection.open().await?).await.map_err(engine)?;
        }
        self.raise_generation().await
    }
}
