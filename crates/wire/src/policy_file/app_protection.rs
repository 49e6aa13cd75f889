//! App protection policies as Graph shows them (`iosManagedAppProtection`, `androidManagedAppProtection`): from what a client sends to
//! the document that is kept, and from the document to the whole object with every default.

use doorward_model::GroupId;
use doorward_model::application::MobilePlatform;
use doorward_model::protection::{AppGroupType, AssignmentTarget, Interval, ManagementLevel, MobileAppIdentifier};
use doorward_policy::protection::{Choice, Kind, is_read_only, members};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::json::ReadError;

/// Characters of a name, and of a description.
const NAME: usize = 256;
const DESCRIPTION: usize = 10_000;
/// Apps, assignments or other entries of one list.
const ENTRIES: usize = 300;
/// Characters of an app's identifier.
const IDENTIFIER: usize = 256;

const LEVELS: [&str; 2] = ["unspecified", "unknownFutureValue"];

/// Where the platforms are named in a type.
#[must_use]
pub fn odata_type(platform: MobilePlatform) -> &'static str {
    match platform {
        MobilePlatform::Ios => "#microsoft.graph.iosManagedAppProtection",
        MobilePlatform::Android => "#microsoft.graph.androidManagedAppProtection",
    }
}

/// The platform of a document, by its `@odata.type` in either spelling.
///
/// # Errors
/// It is absent or another type.
pub fn platform(document: &Map<String, Value>) -> Result<MobilePlatform, ReadError> {
    let name = document.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
    [MobilePlatform::Ios, MobilePlatform::Android].into_iter().find(|platform| is_type(name, odata_type(*platform))).ok_or_else(|| {
        error("$.@odata.type", "must be #microsoft.graph.iosManagedAppProtection or #microsoft.graph.androidManagedAppProtection")
    })
}

/// With and without `#`.
fn is_type(name: &str, full: &str) -> bool {
    name == full || full.strip_prefix('#') == Some(name)
}

/// The document that is kept: values checked, enum words in their own letters, one entry per app, without what the service sets itself
/// and without annotations. Members that Graph does not know are kept as they are.
///
/// # Errors
/// The first member that cannot be meant, and what is wrong with it.
pub fn canonical(document: &Value) -> Result<Value, ReadError> {
    let document = document.as_object().ok_or_else(|| error("$", "must be an object"))?;
    let platform = platform(document)?;
    let known = members(platform);
    let mut kept = Map::new();
    kept.insert("@odata.type".to_owned(), odata_type(platform).into());
    for (name, value) in document {
        let path = format!("$.{name}");
        if name.contains('@') || is_read_only(name) {
            continue;
        }
        if let Some(member) = known.iter().find(|member| member.name.eq_ignore_ascii_case(name)) {
            if member.name != name {
                return Err(error(&path, &format!("is written {}", member.name)));
            }
            kept.insert(name.clone(), checked(member.kind, value, &path)?);
            continue;
        }
        let value = match name.as_str() {
            "id" => id(value)?,
            "displayName" => text(value, &path, NAME)?.into(),
            "description" if !value.is_null() => text(value, &path, DESCRIPTION)?.into(),
            "apps" | "assignments" if value.is_null() => continue,
            "apps" => apps(value, platform)?,
            "assignments" => assignments(value)?,
            "appGroupType" => group_type(value)?,
            "targetedAppManagementLevels" => management_levels(value)?,
            _ => value.clone(),
        };
        kept.insert(name.clone(), value);
    }
    let named = kept.get("displayName").and_then(Value::as_str).is_some_and(|name| !name.trim().is_empty());
    if !named {
        return Err(error("$.displayName", "is missing: give the policy a name"));
    }
    Ok(Value::Object(kept))
}

/// The whole object, with the default of every member that the document omits or has null, and without apps and assignments, which are
/// shown where they are asked for.
#[must_use]
pub fn whole(document: &Value) -> Map<String, Value> {
    let mut shown = document.as_object().cloned().unwrap_or_default();
    let included = entries(&shown, "assignments").filter(|entry| !is_exclusion(entry)).count() > 0;
    let count = entries(&shown, "apps").count();
    shown.insert("isAssigned".to_owned(), included.into());
    shown.insert("deployedAppCount".to_owned(), count.into());
    shown.remove("apps");
    shown.remove("assignments");
    let fixed = [
        ("description", Value::Null),
        ("roleScopeTagIds", json!(["0"])),
        ("appGroupType", json!(AppGroupType::default())),
        ("targetedAppManagementLevels", "unspecified".into()),
    ];
    let defaults = platform(&shown).map(members).unwrap_or_default().into_iter().map(|member| (member.name, member.default));
    for (name, default) in fixed.into_iter().chain(defaults) {
        let member = shown.entry(name).or_insert(Value::Null);
        if member.is_null() {
            *member = default;
        }
    }
    shown
}

/// The apps of a document as Graph's `managedMobileApp`.
#[must_use]
pub fn shown_apps(document: &Value) -> Vec<Value> {
    let Some(members) = document.as_object() else { return Vec::new() };
    let app = |entry: &Value| {
        let identifier = entry.get("mobileAppIdentifier").cloned().unwrap_or_default();
        let name = ["bundleId", "packageId"].iter().find_map(|member| identifier.get(*member)?.as_str()).unwrap_or_default().to_owned();
        json!({ "id": name, "version": null, "mobileAppIdentifier": identifier })
    };
    entries(members, "apps").map(app).collect()
}

/// The assignments of a document as Graph's `targetedManagedAppPolicyAssignment`.
#[must_use]
pub fn shown_assignments(document: &Value) -> Vec<Value> {
    let Some(members) = document.as_object() else { return Vec::new() };
    let assignment = |entry: &Value| {
        let target = entry.get("target").cloned().unwrap_or_default();
        let whom = target.get("groupId").and_then(Value::as_str).unwrap_or("allLicensedUsers").to_owned();
        let how = if is_exclusion(entry) { "excl" } else { "incl" };
        json!({ "id": format!("{whom}_{how}"), "target": target })
    };
    entries(members, "assignments").map(assignment).collect()
}

fn entries<'a>(document: &'a Map<String, Value>, member: &str) -> impl Iterator<Item = &'a Value> {
    document.get(member).and_then(Value::as_array).into_iter().flatten()
}

fn is_exclusion(entry: &Value) -> bool {
    let target = entry.pointer("/target/@odata.type").and_then(Value::as_str).unwrap_or_default();
    is_type(target, "#microsoft.graph.exclusionGroupAssignmentTarget")
}

fn error(path: &str, message: &str) -> ReadError {
    ReadError { path: path.to_owned(), message: message.to_owned() }
}

fn text<'a>(value: &'a Value, path: &str, longest: usize) -> Result<&'a str, ReadError> {
    let text = value.as_str().ok_or_else(|| error(path, "must be a string"))?;
    if text.chars().count() > longest {
        return Err(error(path, &format!("has more than {longest} characters")));
    }
    Ok(text)
}

/// A list of at most [`ENTRIES`] items, each with its path.
fn list<'a>(value: &'a Value, path: &str) -> Result<impl Iterator<Item = (String, &'a Value)>, ReadError> {
    let list = value.as_array().ok_or_else(|| error(path, "must be a list"))?;
    if list.len() > ENTRIES {
        return Err(error(path, &format!("has more than {ENTRIES} entries")));
    }
    let path = path.to_owned();
    Ok(list.iter().enumerate().map(move |(index, item)| (format!("{path}[{index}]"), item)))
}

fn checked(kind: Kind, value: &Value, path: &str) -> Result<Value, ReadError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    match kind {
        Kind::Switch => value.as_bool().map(Value::from).ok_or_else(|| error(path, "must be true or false")),
        Kind::Choice(choices) => one_of(choices, value, path),
        Kind::Choices(choices) => list(value, path)?.map(|(path, word)| one_of(choices, word, &path)).collect(),
        Kind::Number { least, most } => {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            let in_range = number.filter(|number| *number == 0 || (least..=most).contains(number));
            in_range.map(Value::from).ok_or_else(|| {
                let or_zero = if least > 0 { "0, or a" } else { "a" };
                error(path, &format!("must be {or_zero} whole number from {least} to {most}"))
            })
        }
        Kind::Interval => {
            let interval = value.as_str().and_then(|text| text.parse::<Interval>().ok());
            interval
                .map(|_| value.clone())
                .ok_or_else(|| error(path, "must be a duration of days and smaller units, such as PT12H or P90D"))
        }
        Kind::Text => text(value, path, DESCRIPTION).map(Value::from),
        Kind::Texts => list(value, path)?.map(|(path, item)| text(item, &path, DESCRIPTION).map(Value::from)).collect(),
        Kind::Names(naming) => {
            let mut named = Vec::new();
            for (path, entry) in list(value, path)? {
                // Exports have an entry without a value where nothing is exempt.
                if is_blank(entry) {
                    continue;
                }
                if naming.names(&json!([entry])).is_empty() {
                    return Err(error(&path, "names nothing that could be exempt: put it into value"));
                }
                named.push(pair(entry, &path)?);
            }
            Ok(named.into())
        }
        Kind::Pairs => list(value, path)?.map(|(path, entry)| pair(entry, &path)).collect(),
    }
}

fn one_of(choices: &[Choice], value: &Value, path: &str) -> Result<Value, ReadError> {
    let found = value.as_str().and_then(|text| choices.iter().find(|choice| choice.word.eq_ignore_ascii_case(text)));
    found.map(|choice| choice.word.into()).ok_or_else(|| {
        let words: Vec<&str> = choices.iter().map(|choice| choice.word).collect();
        error(path, &format!("must be one of {}", words.join(", ")))
    })
}

/// `{name, value}`, of which either may be missing.
fn pair(entry: &Value, path: &str) -> Result<Value, ReadError> {
    let mut members = entry.as_object().cloned().ok_or_else(|| error(path, "must be an object with name and value"))?;
    members.retain(|name, _| !name.contains('@'));
    let is_text = |name: &str| members.get(name).is_none_or(|value| value.is_null() || value.is_string());
    if is_text("name") && is_text("value") { Ok(members.into()) } else { Err(error(path, "must have strings as name and value")) }
}

fn is_blank(entry: &Value) -> bool {
    entry.is_object()
        && entry.get("value").is_none_or(|value| value.is_null() || value.as_str() == Some(""))
        && entry.get("name").and_then(Value::as_str).is_none_or(|name| !name.contains('.'))
}

/// Ids stand in addresses.
fn id(value: &Value) -> Result<Value, ReadError> {
    let text = text(value, "$.id", 64)?;
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if fits { Ok(text.into()) } else { Err(error("$.id", "must be letters, digits, and - _ . between them")) }
}

fn apps(value: &Value, platform: MobilePlatform) -> Result<Value, ReadError> {
    let mut apps: Vec<MobileAppIdentifier> = Vec::new();
    for (path, entry) in list(value, "$.apps")? {
        let path = format!("{path}.mobileAppIdentifier");
        let identifier = entry.get("mobileAppIdentifier").and_then(Value::as_object);
        let identifier = identifier.ok_or_else(|| error(&path, "is missing"))?;
        let (kind, member) = match platform {
            MobilePlatform::Ios => ("#microsoft.graph.iosMobileAppIdentifier", "bundleId"),
            MobilePlatform::Android => ("#microsoft.graph.androidMobileAppIdentifier", "packageId"),
        };
        let named = identifier.get("@odata.type").and_then(Value::as_str);
        if named.is_some_and(|named| !is_type(named, kind)) {
            return Err(error(&path, &format!("must be of the type {kind}, as the policy is for that platform")));
        }
        let name = identifier.get(member).ok_or_else(|| error(&path, &format!("must have {member}")))?;
        let name = text(name, &format!("{path}.{member}"), IDENTIFIER)?.trim();
        if name.is_empty() || name.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
            return Err(error(&format!("{path}.{member}"), "must be an identifier without spaces, such as com.contoso.mail"));
        }
        let app = MobileAppIdentifier::new(platform, name);
        if !apps.contains(&app) {
            apps.push(app);
        }
    }
    Ok(apps.into_iter().map(|app| json!({ "mobileAppIdentifier": app })).collect())
}

fn assignments(value: &Value) -> Result<Value, ReadError> {
    let mut targets: Vec<AssignmentTarget> = Vec::new();
    for (path, entry) in list(value, "$.assignments")? {
        let path = format!("{path}.target");
        let target = entry.get("target").and_then(Value::as_object).ok_or_else(|| error(&path, "is missing"))?;
        let is_narrowed = |name: &str| target.get(name).and_then(Value::as_str).is_some_and(|word| !word.is_empty() && word != "none");
        if is_narrowed("deviceAndAppManagementAssignmentFilterId") || is_narrowed("deviceAndAppManagementAssignmentFilterType") {
            return Err(error(&path, "must have no assignment filter: there are none here"));
        }
        let kind = target.get("@odata.type").and_then(Value::as_str).unwrap_or_default();
        let group = || {
            let id = target.get("groupId").and_then(Value::as_str).and_then(|id| id.parse::<GroupId>().ok());
            id.ok_or_else(|| error(&format!("{path}.groupId"), "must be the id of a group"))
        };
        let target = match kind.strip_prefix('#').unwrap_or(kind) {
            "microsoft.graph.groupAssignmentTarget" => AssignmentTarget::Group { group_id: group()? },
            "microsoft.graph.exclusionGroupAssignmentTarget" => AssignmentTarget::ExclusionGroup { group_id: group()? },
            "microsoft.graph.allLicensedUsersAssignmentTarget" => AssignmentTarget::AllLicensedUsers {},
            _ => {
                let known = "must be a groupAssignmentTarget, an exclusionGroupAssignmentTarget or an allLicensedUsersAssignmentTarget";
                return Err(error(&format!("{path}.@odata.type"), known));
            }
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    Ok(targets.into_iter().map(|target| json!({ "target": target })).collect())
}

/// The word of the enum among `all` that the text is, in any case.
fn own_letters<T: Serialize + Copy>(all: &[T], text: &str) -> Option<Value> {
    all.iter().map(|value| json!(value)).find(|word| word.as_str().is_some_and(|word| word.eq_ignore_ascii_case(text)))
}

fn group_type(value: &Value) -> Result<Value, ReadError> {
    const ALL: [AppGroupType; 4] =
        [AppGroupType::SelectedPublicApps, AppGroupType::AllCoreMicrosoftApps, AppGroupType::AllMicrosoftApps, AppGroupType::AllApps];
    let words = "must be selectedPublicApps, allCoreMicrosoftApps, allMicrosoftApps or allApps";
    match value {
        Value::Null => Ok(Value::Null),
        value => value.as_str().and_then(|text| own_letters(&ALL, text)).ok_or_else(|| error("$.appGroupType", words)),
    }
}

fn management_levels(value: &Value) -> Result<Value, ReadError> {
    use ManagementLevel::{
        AndroidEnterprise, AndroidEnterpriseDedicatedDevicesWithAzureAdSharedMode, AndroidOpenSourceProjectUserAssociated,
        AndroidOpenSourceProjectUserless, Mdm, Unmanaged,
    };
    const ALL: [ManagementLevel; 6] = [
        Unmanaged,
        Mdm,
        AndroidEnterprise,
        AndroidEnterpriseDedicatedDevicesWithAzureAdSharedMode,
        AndroidOpenSourceProjectUserAssociated,
        AndroidOpenSourceProjectUserless,
    ];
    let path = "$.targetedAppManagementLevels";
    if value.is_null() {
        return Ok(Value::Null);
    }
    let text = value.as_str().ok_or_else(|| error(path, "must be words with commas between them"))?;
    let mut words = Vec::new();
    for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let fixed = LEVELS.iter().find(|fixed| fixed.eq_ignore_ascii_case(word)).map(|fixed| Value::from(*fixed));
        let own = fixed.or_else(|| own_letters(&ALL, word)).and_then(|word| word.as_str().map(str::to_owned));
        words.push(own.ok_or_else(|| error(path, &format!("does not know {word:?}: unspecified, unmanaged, mdm, androidEnterprise")))?);
    }
    if words.is_empty() { Ok("unspecified".into()) } else { Ok(words.join(",").into()) }
}
