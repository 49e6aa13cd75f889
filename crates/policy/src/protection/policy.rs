//! A policy document (Graph `iosManagedAppProtection` or `androidManagedAppProtection`) as this version understands it.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{AppGroupType, AssignmentTarget, ManagementLevels, MobileAppIdentifier};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::settings::{Problem, Settings, Warning};

/// A policy with its targets. What it was read from is kept elsewhere and echoed whole, unknown members included.
#[derive(Debug, Clone, PartialEq)]
pub struct AppProtectionPolicy {
    /// Id of the document.
    pub id: String,
    /// Version of the document.
    pub version: i64,
    /// Name shown to people.
    pub display_name: String,
    /// The platform it is for.
    pub platform: MobilePlatform,
    /// What it asks for.
    pub settings: Settings,
    /// The apps it lists.
    pub apps: Vec<MobileAppIdentifier>,
    /// Which apps it covers beside or instead of that list.
    pub app_group_type: AppGroupType,
    /// The management levels it covers.
    pub targeted_app_management_levels: ManagementLevels,
    /// Whom it applies to; nobody when there is none that includes.
    pub assignments: Vec<AssignmentTarget>,
}

/// Why a document is no app protection policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not a JSON object.
    #[error("an app protection policy is a JSON object")]
    NotAnObject,
    /// No platform.
    #[error("@odata.type must be #microsoft.graph.iosManagedAppProtection or #microsoft.graph.androidManagedAppProtection")]
    UnknownType,
    /// No name.
    #[error("displayName is required")]
    NoDisplayName,
}

/// Reads a policy document with what is to be said about its members.
///
/// # Errors
/// When it is no app protection policy at all. Members that cannot be read do not fail: settings get a strict value, targets and
/// apps are left out (whoever is not targeted is not protected, and so not let in), and each gives a warning.
pub fn parse(id: &str, version: i64, document: &Value) -> Result<(AppProtectionPolicy, Vec<Warning>), ParseError> {
    let members = document.as_object().ok_or(ParseError::NotAnObject)?;
    let platform = match members.get("@odata.type").and_then(Value::as_str) {
        Some("#microsoft.graph.iosManagedAppProtection") => MobilePlatform::Ios,
        Some("#microsoft.graph.androidManagedAppProtection") => MobilePlatform::Android,
        _ => return Err(ParseError::UnknownType),
    };
    let display_name = members.get("displayName").and_then(Value::as_str).filter(|name| !name.trim().is_empty());
    let display_name = display_name.ok_or(ParseError::NoDisplayName)?.to_owned();

    let (settings, mut warnings) = Settings::read(platform, members);
    warnings.extend(settings.couplings());
    let mut reader = Reader { members, warnings };
    let policy = AppProtectionPolicy {
        id: id.to_owned(),
        version,
        display_name,
        platform,
        settings,
        apps: reader.list("apps", "mobileAppIdentifier"),
        app_group_type: reader.word("appGroupType").unwrap_or_default(),
        targeted_app_management_levels: reader.levels(),
        assignments: reader.list("assignments", "target"),
    };
    Ok((policy, reader.warnings))
}

struct Reader<'a> {
    members: &'a Map<String, Value>,
    warnings: Vec<Warning>,
}

impl Reader<'_> {
    fn unreadable(&mut self, member: &str) {
        self.warnings.push(Warning { member: member.to_owned(), problem: Problem::Unreadable });
    }

    fn word<T: DeserializeOwned>(&mut self, member: &str) -> Option<T> {
        let json = self.members.get(member).filter(|json| !json.is_null())?;
        let word = T::deserialize(json).ok();
        if word.is_none() {
            self.unreadable(member);
        }
        word
    }

    /// The readable ones among `member[].inner`.
    fn list<T: DeserializeOwned>(&mut self, member: &str, inner: &str) -> Vec<T> {
        let mut list = Vec::new();
        for entry in self.word::<Vec<Value>>(member).unwrap_or_default() {
            match entry.get(inner).map(T::deserialize) {
                Some(Ok(item)) => list.push(item),
                _ => self.unreadable(member),
            }
        }
        list
    }

    fn levels(&mut self) -> ManagementLevels {
        const MEMBER: &str = "targetedAppManagementLevels";
        let Some(text) = self.word::<String>(MEMBER) else { return ManagementLevels::ANY };
        text.parse().unwrap_or_else(|_| {
            self.unreadable(MEMBER);
            ManagementLevels::NONE
        })
    }
}
