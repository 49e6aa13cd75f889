//! Sessions.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::session::Session;
use doorward_model::{SessionId, UserId};
use doorward_store::{Result, SessionRepository};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use crate::memory::Kind;
use crate::row::{Reader, engine, first, found, millis, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<Session> {
    let reader = Reader::new(row, "sessions", "id");
    let mut session: Session = reader.body()?;
    session.revoked = reader.optional_time("revoked")?;
    Ok(session)
}

#[async_trait]
impl SessionRepository for SqlUnit {
    async fn get(&mut self, id: SessionId) -> Result<Option<Arc<Session>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT id, revoked, body FROM sessions WHERE tenant_id = $1 AND id = $2").bind(tenant).bind(id.to_string())
        };
        self.known(|memory| &memory.sessions, &id, ask, first(read)).await
    }

    async fn create(&mut self, session: &Session) -> Result<()> {
        self.will_change(&[])?;
        sqlx::query(
            "INSERT INTO sessions (tenant_id, id, user_id, expires, revoked, authenticated, body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&self.tenant)
        .bind(session.id.to_string())
        .bind(session.user_id.to_string())
        .bind(millis(session.expires))
        .bind(session.revoked.map(millis))
        .bind(millis(session.authenticated))
        .bind(to_body("sessions", session)?)
        .execute(self.connection.open().await?)
        .await
        .map(drop)
        .map_err(write_error("session"))
    }

    async fn update(&mut self, session: &Session) -> Result<()> {
        self.will_change(&[Kind::Session.one(&session.id)])?;
        let result =
            sqlx::query("UPDATE sessions SET expires = $3, revoked = COALESCE(revoked, $4), authenticated = $5, body = $6 WHERE tenant_id = $1 AND id = $2")
                .bind(&self.tenant)
                .bind(session.id.to_string())
                .bind(millis(session.expires))
                .bind(session.revoked.map(millis))
                .bind(millis(session.authenticated))
                .bind(to_body("sessions", session)?)
                .execute(self.connection.open().await?)
                .await
                .map_err(write_error("session"))?;
        found("session", &result)
    }

    async fn revoke(&mut self, id: SessionId, at: Timestamp) -> Result<()> {
        self.will_change(&[Kind::Session.one(&id)])?;
        let result = sqlx::query("UPDATE sessions SET revoked = COALESCE(revoked, $3) WHERE tenant_id = $1 AND id = $2")
            .bind(&self.tenant)
            .bind(id.to_string())
            .bind(millis(at))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("session"))?;
        found("session", &result)
    }

    async fn live_of(&mut self, user: UserId, now: Timestamp) -> Result<Vec<Session>> {
        let rows = sqlx::query(
            "SELECT id, revoked, body FROM sessions WHERE tenant_id = $1 AND user_id = $2 AND revoked IS NULL AND expires > $3
             ORDER BY authenticated DESC, id",
        )
        .bind(&self.tenant)
        .bind(user.to_string())
        .bind(millis(now))
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        rows.iter().map(read).collect()
    }
}
