//! The circumstances of sign-ins: what a record says beside its time and ids. Most sign-ins repeat those of one before, so they are kept
//! once, and found by their hash.

use std::borrow::Cow;
use std::sync::Arc;

use aws_lc_rs::digest;
use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_model::{AppId, CorrelationId, DeviceId, JsonText, SignInId, UserId};
use doorward_store::{Result, Sha256};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::row::{Reader, engine, fold, inconsistent, name_of, write_error};
use crate::unit::Scope;

const TABLE: &str = "sign_in_circumstances";
/// The results of policies that applied.
const APPLIED: [&str; 5] = ["success", "failure", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"];

/// A record without its time and ids.
#[derive(Serialize, Deserialize)]
#[serde(remote = "SignInRecord", rename_all = "camelCase")]
struct WithoutIds {
    #[serde(skip, default = "no_id")]
    id: SignInId,
    #[serde(skip)]
    created_date_time: Timestamp,
    #[serde(skip, default = "no_correlation")]
    correlation_id: CorrelationId,
    user_id: Option<UserId>,
    user_principal_name: String,
    app_id: Option<AppId>,
    app_display_name: String,
    resource_id: Option<AppId>,
    resource_display_name: String,
    grant: String,
    ip_address: String,
    user_agent: String,
    device_id: Option<DeviceId>,
    outcome: SignInOutcome,
    error_code: u32,
    failure_reason: String,
    facts: JsonText,
    applied_policies: JsonText,
    policy_set: String,
}

fn no_id() -> SignInId {
    SignInId(Uuid::nil())
}

fn no_correlation() -> CorrelationId {
    CorrelationId(Uuid::nil())
}

#[derive(Serialize)]
#[serde(transparent)]
struct Written<'a>(#[serde(with = "WithoutIds")] &'a SignInRecord);

#[derive(Deserialize)]
#[serde(transparent)]
struct Read(#[serde(with = "WithoutIds")] SignInRecord);

/// Circumstances that the database has.
#[derive(Debug)]
pub(crate) struct Circumstances {
    pub(crate) number: i64,
    pub(crate) outcome: SignInOutcome,
    pub(crate) grant: Box<str>,
    /// Ids of the policies that applied, and what each came to.
    pub(crate) applied: Box<[(Box<str>, &'static str)]>,
}

impl Circumstances {
    fn of(number: i64, record: &SignInRecord) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Policy<'a> {
            id: Box<str>,
            #[serde(borrow)]
            result: Cow<'a, str>,
        }
        // Whatever else stands there is not counted.
        let policies: Vec<Policy<'_>> = serde_json::from_str(record.applied_policies.as_str()).unwrap_or_default();
        let applied = |policy: Policy<'_>| {
            let result = APPLIED.into_iter().find(|result| policy.result == *result)?;
            (!policy.id.is_empty()).then_some((policy.id, result))
        };
        Self {
            number,
            outcome: record.outcome,
            grant: record.grant.as_str().into(),
            applied: policies.into_iter().filter_map(applied).collect(),
        }
    }
}

/// Circumstances as a row of their table has them.
pub(crate) struct Body {
    text: Vec<u8>,
    pub(crate) hash: Sha256,
}

impl Body {
    pub(crate) fn of(record: &SignInRecord) -> Result<Self> {
        // Room for what most of them say, so that it is not moved while it grows.
        let mut text = Vec::with_capacity(2048);
        serde_json::to_writer(&mut text, &Written(record)).map_err(|error| inconsistent(TABLE, "", &error))?;
        let mut hash = Sha256::default();
        hash.copy_from_slice(digest::digest(&digest::SHA256, &text).as_ref());
        Ok(Self { text, hash })
    }
}

/// Reads a row of the log together with its circumstances.
pub(crate) fn record(row: &SqliteRow) -> Result<SignInRecord> {
    let reader = Reader::new(row, "sign_ins", "id");
    let Read(record) = reader.body()?;
    Ok(SignInRecord {
        id: SignInId(reader.parsed("id")?),
        created_date_time: reader.time("created")?,
        correlation_id: CorrelationId(reader.parsed("correlation_id")?),
        ..record
    })
}

impl Scope<'_> {
    /// The circumstances of a record, if the database has them. To be asked before the unit writes anything: what it wrote itself may
    /// be given up, and is not remembered.
    pub(crate) async fn known_circumstances(&mut self, body: &Body, record: &SignInRecord) -> Result<Option<Arc<Circumstances>>> {
        if let Some(known) = self.recall(&self.memory.circumstances, body.hash) {
            return Ok(Some(known));
        }
        let number = sqlx::query_scalar("SELECT number FROM sign_in_circumstances WHERE tenant = $1 AND hash = $2")
            .bind(&self.tenant)
            .bind(body.hash.as_slice())
            .fetch_optional(self.connection.open().await?)
            .await
            .map_err(engine)?;
        let known = number.map(|number| Arc::new(Circumstances::of(number, record)));
        self.remember(&self.memory.circumstances, body.hash, known.as_ref());
        Ok(known)
    }

    /// Adds circumstances that the database does not have.
    pub(crate) async fn add_circumstances(&mut self, body: &Body, record: &SignInRecord) -> Result<Arc<Circumstances>> {
        let number = sqlx::query_scalar(
            "INSERT INTO sign_in_circumstances
             (tenant, hash, user_id, upn_key, app_id, app_key, resource_id, outcome, error_code, ip_key, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING number",
        )
        .bind(&self.tenant)
        .bind(body.hash.as_slice())
        .bind(record.user_id.map(|id| id.to_string()))
        .bind(fold(&record.user_principal_name))
        .bind(record.app_id.map(|id| id.to_string()))
        .bind(fold(&record.app_display_name))
        .bind(record.resource_id.map(|id| id.to_string()))
        .bind(name_of(&record.outcome))
        .bind(i64::from(record.error_code))
        .bind(fold(&record.ip_address))
        .bind(std::str::from_utf8(&body.text).map_err(|error| inconsistent(TABLE, "", &error))?)
        .fetch_one(self.connection.open().await?)
        .await
        .map_err(write_error("sign-in record"))?;
        sqlx::query("INSERT INTO sign_in_names (tenant_id, kind, name) VALUES ($1, 'user', $2), ($1, 'app', $3) ON CONFLICT DO NOTHING")
            .bind(&self.tenant)
            .bind(fold(&record.user_principal_name))
            .bind(fold(&record.app_display_name))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("sign-in name"))?;
        Ok(Arc::new(Circumstances::of(number, record)))
    }
}

#[cfg(test)]
mod tests {
    use doorward_model::sign_in_record::SignInRecord;
    use serde_json::{Value, json};

    use super::{Body, Read};

    fn record() -> Value {
        json!({
            "id": "00000000-0000-0000-0000-000000000001", "createdDateTime": "2026-11-23T09:00:00Z",
            "correlationId": "00000000-0000-0000-0000-000000000002", "userId": "00000000-0000-0000-0000-000000000003",
            "userPrincipalName": "anna@contoso.example", "appId": "00000000-0000-0000-0000-000000000004", "appDisplayName": "Mail",
            "resourceId": "00000000-0000-0000-0000-000000000005", "resourceDisplayName": "Mail service", "grant": "refresh_token",
            "ipAddress": "192.0.2.1", "userAgent": "test", "deviceId": "00000000-0000-0000-0000-000000000006", "outcome": "granted",
            "errorCode": 0, "failureReason": "", "facts": { "mfa": true }, "appliedPolicies": [{ "id": "p", "result": "success" }],
            "policySet": "5f2c",
        })
    }

    fn body_of(record: &Value) -> Body {
        Body::of(&serde_json::from_value::<SignInRecord>(record.clone()).unwrap()).unwrap()
    }

    #[test]
    fn time_and_ids_are_no_circumstances_and_everything_else_is() {
        let one = body_of(&record());
        let text: Value = serde_json::from_slice(&one.text).unwrap();
        let Value::Object(members) = record() else { unreachable!() };
        for (name, value) in members {
            let is_own = ["id", "createdDateTime", "correlationId"].contains(&name.as_str());
            assert_eq!(text.get(&name), (!is_own).then_some(&value), "{name}");
            let other = match &value {
                Value::String(text) if text == "granted" => json!("refused"),
                Value::String(text) if text.starts_with("2026") => json!("2026-11-23T09:00:01Z"),
                Value::String(text) if text.starts_with("0000") => json!("00000000-0000-0000-0000-00000000000f"),
                Value::String(text) => json!(format!("{text}x")),
                Value::Number(_) => json!(53003),
                _ => json!({}),
            };
            let mut changed = record();
            changed[&name] = other;
            assert_eq!(body_of(&changed).hash == one.hash, is_own, "{name}");
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let written: SignInRecord = serde_json::from_value(record()).unwrap();
        let Read(read) = serde_json::from_slice(&body_of(&record()).text).unwrap();
        let read =
            SignInRecord { id: written.id, created_date_time: written.created_date_time, correlation_id: written.correlation_id, ..read };
        assert_eq!(read, written);
    }
}
