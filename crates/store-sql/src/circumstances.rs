//! The circumstances of sign-ins: what a record says beside its time and ids. Most sign-ins repeat those of one before, so they are kept
//! once, and found by their hash.

use std::borrow::Cow;
use std::sync::Arc;

use aws_lc_rs::digest;
use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
use doorward_model::{CorrelationId, SignInId};
use doorward_store::{Result, Sha256};
use serde::Deserialize;
use sqlx::sqlite::SqliteRow;

use crate::row::{Reader, first, fold, inconsistent, name_of, write_error};
use crate::unit::SqlUnit;

const TABLE: &str = "sign_in_circumstances";
/// The results of policies that applied.
const APPLIED: [&str; 5] = ["success", "failure", "reportOnlySuccess", "reportOnlyFailure", "reportOnlyInterrupted"];

/// What is to be known of circumstances that the database has.
#[derive(Debug)]
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) outcome: SignInOutcome,
    pub(crate) grant: Box<str>,
    /// Ids of the policies that applied, and what each came to.
    pub(crate) applied: Box<[(Box<str>, &'static str)]>,
}

impl Stored {
    fn of(number: i64, circumstances: &Circumstances) -> Self {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Policy<'a> {
            id: Box<str>,
            #[serde(borrow)]
            result: Cow<'a, str>,
        }
        // Whatever else stands there is not counted.
        let policies: Vec<Policy<'_>> = serde_json::from_str(circumstances.applied_policies.as_str()).unwrap_or_default();
        let applied = |policy: Policy<'_>| {
            let result = APPLIED.into_iter().find(|result| policy.result == *result)?;
            (!policy.id.is_empty()).then_some((policy.id, result))
        };
        Self {
            number,
            outcome: circumstances.outcome,
            grant: circumstances.grant.as_str().into(),
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
    pub(crate) fn of(circumstances: &Circumstances) -> Result<Self> {
        // Room for what most of them say, so that it is not moved while it grows.
        let mut text = Vec::with_capacity(2048);
        serde_json::to_writer(&mut text, circumstances).map_err(|error| inconsistent(TABLE, "", &error))?;
        let mut hash = Sha256::default();
        hash.copy_from_slice(digest::digest(&digest::SHA256, &text).as_ref());
        Ok(Self { text, hash })
    }
}

/// Reads a row of the log together with its circumstances.
pub(crate) fn record(row: &SqliteRow) -> Result<SignInRecord> {
    let reader = Reader::new(row, "sign_ins", "id");
    Ok(SignInRecord {
        id: SignInId(reader.id("id")?),
        created_date_time: reader.time("created")?,
        correlation_id: CorrelationId(reader.id("correlation_id")?),
        circumstances: reader.body()?,
    })
}

impl SqlUnit {
    /// What the database has of circumstances. To be asked before the unit writes anything: what it wrote itself may
    /// be given up, and is not remembered.
    pub(crate) async fn known_circumstances(&mut self, body: &Body, circumstances: &Circumstances) -> Result<Option<Arc<Stored>>> {
        let ask = |tenant: &str| {
            sqlx::query("SELECT number FROM sign_in_circumstances WHERE tenant = $1 AND hash = $2").bind(tenant).bind(body.hash.as_slice())
        };
        let read = |row: &SqliteRow| Ok(Stored::of(Reader::new(row, TABLE, "number").integer("number")?, circumstances));
        self.known(|memory| &memory.circumstances, &body.hash, ask, first(read)).await
    }

    /// Adds circumstances that the database does not have.
    pub(crate) async fn add_circumstances(&mut self, body: &Body, circumstances: &Circumstances) -> Result<Arc<Stored>> {
        let number = sqlx::query_scalar(
            "INSERT INTO sign_in_circumstances
             (tenant, hash, user_id, upn_key, app_id, app_key, resource_id, outcome, error_code, ip_key, body)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING number",
        )
        .bind(&self.tenant)
        .bind(body.hash.as_slice())
        .bind(circumstances.user_id.map(|id| id.to_string()))
        .bind(fold(&circumstances.user_principal_name))
        .bind(circumstances.app_id.map(|id| id.to_string()))
        .bind(fold(&circumstances.app_display_name))
        .bind(circumstances.resource_id.map(|id| id.to_string()))
        .bind(name_of(&circumstances.outcome))
        .bind(i64::from(circumstances.error_code))
        .bind(fold(&circumstances.ip_address))
        .bind(std::str::from_utf8(&body.text).map_err(|error| inconsistent(TABLE, "", &error))?)
        .fetch_one(self.connection.open().await?)
        .await
        .map_err(write_error("sign-in record"))?;
        sqlx::query("INSERT INTO sign_in_names (tenant_id, kind, name) VALUES ($1, 'user', $2), ($1, 'app', $3) ON CONFLICT DO NOTHING")
            .bind(&self.tenant)
            .bind(fold(&circumstances.user_principal_name))
            .bind(fold(&circumstances.app_display_name))
            .execute(self.connection.open().await?)
            .await
            .map_err(write_error("sign-in name"))?;
        Ok(Arc::new(Stored::of(number, circumstances)))
    }
}

#[cfg(test)]
mod tests {
    use doorward_model::sign_in_record::Circumstances;
    use serde_json::{Value, json};

    use super::Body;

    fn circumstances() -> Value {
        json!({
            "userId": "00000000-0000-0000-0000-000000000003",
            "userPrincipalName": "anna@contoso.example", "appId": "00000000-0000-0000-0000-000000000004", "appDisplayName": "Mail",
            "resourceId": "00000000-0000-0000-0000-000000000005", "resourceDisplayName": "Mail service", "grant": "refresh_token",
            "ipAddress": "192.0.2.1", "userAgent": "test", "deviceId": "00000000-0000-0000-0000-000000000006", "outcome": "granted",
            "errorCode": 0, "failureReason": "", "facts": { "mfa": true }, "appliedPolicies": [{ "id": "p", "result": "success" }],
            "policySet": "5f2c",
        })
    }

    fn read(json: &Value) -> Circumstances {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn circumstances_are_others_when_anything_about_them_is() {
        let one = Body::of(&read(&circumstances())).unwrap();
        let Value::Object(members) = circumstances() else { unreachable!() };
        for (name, value) in members {
            let other = match &value {
                Value::String(text) if text == "granted" => json!("refused"),
                Value::String(text) if text.starts_with("0000") => json!("00000000-0000-0000-0000-00000000000f"),
                Value::String(text) => json!(format!("{text}x")),
                Value::Number(_) => json!(53003),
                _ => json!({}),
            };
            let mut changed = circumstances();
            changed[&name] = other;
            assert_ne!(Body::of(&read(&changed)).unwrap().hash, one.hash, "{name}");
        }
        assert_eq!(Body::of(&read(&circumstances())).unwrap().hash, one.hash);
    }

    #[test]
    fn what_was_written_is_read() {
        let text = Body::of(&read(&circumstances())).unwrap().text;
        assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), circumstances());
        assert_eq!(serde_json::from_slice::<Circumstances>(&text).unwrap(), read(&circumstances()));
    }
}
