//! Registrations in the store: documents found by the user.

use doorward_model::document::{Document, DocumentKind};
use doorward_model::protection::ManagedAppRegistration;
use doorward_model::{RegistrationId, UserId};
use doorward_store::{StoreError, Unit};
use jiff::Timestamp;
use serde::Deserialize as _;

use crate::error::{Error, Result};

const KIND: DocumentKind = DocumentKind::ManagedAppRegistration;

/// The registration in a document.
///
/// # Errors
/// When the document is not one.
pub(super) fn read(document: &Document) -> Result<ManagedAppRegistration> {
    ManagedAppRegistration::deserialize(&document.body).map_err(|error| {
        let (table, id) = ("managedAppRegistration", document.id.clone());
        StoreError::Inconsistent { table, id, reason: error.to_string() }.into()
    })
}

/// The registration with that id, ended or not.
///
/// # Errors
/// Storage failure.
pub async fn find(unit: &mut dyn Unit, id: RegistrationId) -> Result<Option<ManagedAppRegistration>> {
    unit.documents().get(KIND, &id.to_string()).await?.as_ref().map(read).transpose()
}

/// Every registration of the tenant, ended ones included.
///
/// # Errors
/// Storage failure.
pub async fn all(unit: &mut dyn Unit) -> Result<Vec<ManagedAppRegistration>> {
    unit.documents().list(KIND).await?.iter().map(read).collect()
}

/// The registrations of a user, ended ones included.
///
/// # Errors
/// Storage failure.
pub async fn of_user(unit: &mut dyn Unit, user: UserId) -> Result<Vec<ManagedAppRegistration>> {
    unit.documents().list_by_subject(KIND, &user.to_string()).await?.iter().map(read).collect()
}

pub(super) async fn create(unit: &mut dyn Unit, registration: &ManagedAppRegistration, now: Timestamp) -> Result<()> {
    let document = Document {
        id: registration.id.to_string(),
        version: 1,
        body: body(registration)?,
        subject: registration.user_id.to_string(),
        created: now,
        modified: now,
    };
    unit.documents().create(KIND, &document, now).await?;
    Ok(())
}

pub(super) async fn update(unit: &mut dyn Unit, registration: &ManagedAppRegistration, now: Timestamp) -> Result<()> {
    let (id, subject) = (registration.id.to_string(), registration.user_id.to_string());
    unit.documents().update(KIND, &id, &subject, &body(registration)?, None, now).await?;
    Ok(())
}

fn body(registration: &ManagedAppRegistration) -> Result<serde_json::Value> {
    serde_json::to_value(registration).map_err(|error| Error::internal("managed app registration", &error))
}
