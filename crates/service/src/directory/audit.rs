//! The record of a change.

use doorward_model::AuditId;
use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::directory_audit::{DirectoryAudit, Initiator};
use doorward_model::user::User;
use doorward_store::Unit;
use serde_json::Value;

use crate::context::Context;
use crate::error::Result;

/// Who makes a change.
#[derive(Debug, Clone)]
pub struct Actor(Initiator);

impl Actor {
    /// A signed-in person.
    #[must_use]
    pub fn user(user: &User) -> Self {
        Self(Initiator { id: Some(user.id.0), is_app: false, display_name: user.user_principal_name.clone() })
    }

    /// An application acting for itself.
    #[must_use]
    pub fn application(application: &Application) -> Self {
        Self(Initiator { id: Some(application.app_id.0), is_app: true, display_name: application.display_name.clone() })
    }

    /// Whoever has a shell on the server, and with it everything else.
    #[must_use]
    pub fn command_line() -> Self {
        Self(Initiator { id: None, is_app: false, display_name: "command line".into() })
    }

    /// Name shown to people.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// A device that nobody owns, and that has proved itself.
    pub(crate) fn device(device: &Device) -> Self {
        Self(Initiator { id: Some(device.id.0), is_app: false, display_name: device.display_name.clone() })
    }

    /// The domain that the tenant follows.
    #[must_use]
    pub fn directory_sync() -> Self {
        Self(Initiator { id: None, is_app: false, display_name: "directory sync".into() })
    }

    /// The server itself, when time alone changes something.
    #[must_use]
    pub fn service() -> Self {
        Self(Initiator { id: None, is_app: false, display_name: "Doorward".into() })
    }
}

/// What was done to what.
pub(crate) struct Change<'a> {
    pub(crate) activity: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) id: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
    pub(crate) actor: &'a Actor,
}

/// Writes the record in the unit of work of the change itself: neither is there without the other.
pub(crate) async fn record(ctx: &Context, unit: &mut dyn Unit, change: Change<'_>) -> Result<()> {
    let record = DirectoryAudit {
        id: AuditId::random(ctx.rng.as_ref()),
        activity_date_time: ctx.now(),
        activity_display_name: format!("{} {}", change.activity, change.kind),
        initiated_by: change.actor.0.clone(),
        target_type: change.kind.to_owned(),
        target_id: change.id,
        before: change.before,
        after: change.after,
    };
    Ok(unit.logs().append_audit(&record).await?)
}

/// An entity as the audit shows it. Secrets are not part of the JSON form of entities, or only as hashes.
pub(crate) fn shown(entity: &impl serde::Serialize) -> Value {
    serde_json::to_value(entity).unwrap_or(Value::Null)
}
