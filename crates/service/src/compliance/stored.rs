//! Policies and settings as they are stored.

use doorward_model::compliance::ComplianceSettings;
use doorward_model::document::{Document, DocumentKind};
use doorward_policy::compliance::CompliancePolicy;
use doorward_store::Unit;
use doorward_wire::policy_file::compliance as file;

use crate::directory::DirectoryError;
use crate::error::Error;

const POLICIES: DocumentKind = DocumentKind::CompliancePolicy;
const SETTINGS: DocumentKind = DocumentKind::DeviceManagementSettings;
/// Id of the one document with the settings.
pub const SETTINGS_ID: &str = "settings";

/// A stored policy.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The document.
    pub document: Document,
    /// What it says.
    pub policy: CompliancePolicy,
}

impl Stored {
    fn read(document: Document) -> Result<Self, DirectoryError> {
        let reading = file::read(&document.body, &document.id)
            .map_err(|error| Error::internal("compliance policy", &format!("{}: {error}", document.id)))?;
        Ok(Self { policy: reading.policy, document })
    }
}

/// Every policy, oldest first.
///
/// # Errors
/// Storage failure, or a policy that cannot be read: leaving it out could make devices compliant that are not.
pub async fn all(unit: &mut dyn Unit) -> Result<Vec<Stored>, DirectoryError> {
    unit.documents().list(POLICIES).await?.into_iter().map(Stored::read).collect()
}

/// A policy by its id.
///
/// # Errors
/// [`DirectoryError::NotFound`], and as [`all`].
pub async fn find(unit: &mut dyn Unit, id: &str) -> Result<Stored, DirectoryError> {
    let found = unit.documents().get(POLICIES, id).await?;
    Stored::read(found.ok_or_else(|| DirectoryError::NotFound(format!("compliance policy {id}")))?)
}

/// The settings, and their version; 0 as long as nobody has changed any.
///
/// # Errors
/// Storage failure, or settings that cannot be read.
pub async fn settings(unit: &mut dyn Unit) -> Result<(ComplianceSettings, i64), DirectoryError> {
    match unit.documents().get(SETTINGS, SETTINGS_ID).await? {
        Some(document) => {
            let settings = serde_json::from_value(document.body).map_err(|error| Error::internal("compliance settings", &error))?;
            Ok((settings, document.version))
        }
        None => Ok((ComplianceSettings::default(), 0)),
    }
}
