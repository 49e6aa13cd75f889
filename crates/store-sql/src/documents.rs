//! Policy documents.

use std::sync::Arc;

use async_trait::async_trait;
use doorward_model::document::{Document, DocumentKind};
use doorward_store::{DocumentRepository, Result, StoreError};
use jiff::Timestamp;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;

use crate::memory::{Change, Kind};
use crate::row::{Reader, engine, millis, to_body, write_error};
use crate::unit::SqlUnit;

fn read(row: &SqliteRow) -> Result<Document> {
    let reader = Reader::new(row, "documents", "id");
    Ok(Document {
        id: reader.text("id")?,
        version: reader.integer("version")?,
        subject: reader.text("subject")?,
        created: reader.time("created")?,
        modified: reader.time("modified")?,
        body: reader.body()?,
    })
}

/// What a change of a document voids: of documents, only the registrations of a subject are remembered.
fn changes(kind: DocumentKind, subject: &str) -> Vec<Change> {
    if kind == DocumentKind::ManagedAppRegistration { vec![Kind::Registration.one(&subject)] } else { Vec::new() }
}

impl SqlUnit {
    /// The document that is to be changed, at the version the caller saw.
    async fn expected(&mut self, kind: DocumentKind, id: &str, expected: Option<i64>) -> Result<Document> {
        let present = DocumentRepository::get(self, kind, id).await?.ok_or(StoreError::NotFound(kind.as_str()))?;
        if expected.is_some_and(|version| version != present.version) {
            return Err(StoreError::Conflict(kind.as_str()));
        }
        Ok(present)
    }

    /// Registrations are no input of compiled policies, and change with every check-in.
    async fn note_change(&mut self, kind: DocumentKind) -> Result<()> {
        if kind == DocumentKind::ManagedAppRegistration { Ok(()) } else { self.raise_generation().await }
    }
}

#[async_trait]
impl DocumentRepository for SqlUnit {
    async fn get(&mut self, kind: DocumentKind, id: &str) -> Result<Option<Document>> {
        let row = sqlx::query(
            "SELECT id, version, subject, created, modified, body FROM documents WHERE tenant_id = $1 AND kind = $2 AND id = $3",
        )
        .bind(&self.tenant)
        .bind(kind.as_str())
        .bind(id)
        .fetch_optional(self.connection.open().await?)
        .await
        .map_err(engine)?;
        row.map(|row| read(&row)).transpose()
    }

    async fn list(&mut self, kind: DocumentKind) -> Result<Vec<Document>> {
        let rows = sqlx::query(
            "SELECT id, version, subject, created, modified, body FROM documents WHERE tenant_id = $1 AND kind = $2 ORDER BY created, id",
        )
        .bind(&self.tenant)
        .bind(kind.as_str())
        .fetch_all(self.connection.open().await?)
        .await
        .map_err(engine)?;
        rows.iter().map(read).collect()
    }

    async fn list_by_subject(&mut self, kind: DocumentKind, subject: &str) -> Result<Arc<[Document]>> {
        let ask = |tenant: &str| {
            sqlx::query(
                "SELECT id, version, subject, created, modified, body FROM documents WHERE tenant_id = $1 AND kind = $2 AND subject = $3 ORDER BY created, id",
            )
            .bind(tenant)
            .bind(kind.as_str())
            .bind(subject)
        };
        let all = |rows: &[SqliteRow]| rows.iter().map(read).collect::<Result<_>>();
        if kind == DocumentKind::ManagedAppRegistration {
            let found = self.known(|memory| &memory.registrations, subject, ask, |rows| all(rows).map(Some)).await?;
            return Ok(found.unwrap_or_default());
        }
        let query = ask(&self.tenant);
        let rows = Box::pin(query.fetch_all(self.connection.open().await?)).await.map_err(engine)?;
        all(&rows)
    }

    async fn create(&mut self, kind: DocumentKind, document: &Document, now: Timestamp) -> Result<Document> {
        self.will_change(&changes(kind, &document.subject))?;
        sqlx::query(
            "INSERT INTO documents (tenant_id, kind, id, version, subject, created, modified, body) VALUES ($1, $2, $3, 1, $4, $5, $5, $6)",
        )
        .bind(&self.tenant)
        .bind(kind.as_str())
        .bind(&document.id)
        .bind(&document.subject)
        .bind(millis(now))
        .bind(to_body("documents", &document.body)?)
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error(kind.as_str()))?;
        self.note_change(kind).await?;
        Ok(Document { version: 1, created: now, modified: now, ..document.clone() })
    }

    async fn update(
        &mut self,
        kind: DocumentKind,
        id: &str,
        subject: &str,
        body: &Value,
        expected: Option<i64>,
        now: Timestamp,
    ) -> Result<Document> {
        let present = self.expected(kind, id, expected).await?;
        self.will_change(&changes(kind, &present.subject))?;
        self.will_change(&changes(kind, subject))?;
        let version = present.version.saturating_add(1);
        sqlx::query(
            "UPDATE documents SET version = $4, subject = $5, modified = $6, body = $7 WHERE tenant_id = $1 AND kind = $2 AND id = $3",
        )
        .bind(&self.tenant)
        .bind(kind.as_str())
        .bind(id)
        .bind(version)
        .bind(subject)
        .bind(millis(now))
        .bind(to_body("documents", body)?)
        .execute(self.connection.open().await?)
        .await
        .map_err(write_error(kind.as_str()))?;
        self.note_change(kind).await?;
        Ok(Document { version, subject: subject.to_owned(), body: body.clone(), modified: now, ..present })
    }

    async fn delete(&mut self, kind: DocumentKind, id: &str, expected: Option<i64>) -> Result<()> {
        let present = self.expected(kind, id, expected).await?;
        self.will_change(&changes(kind, &present.subject))?;
        sqlx::query("DELETE FROM documents WHERE tenant_id = $1 AND kind = $2 AND id = $3")
            .bind(&self.tenant)
            .bind(kind.as_str())
            .bind(id)
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error(kind.as_str()))?;
        self.note_change(kind).await
    }
}
