//! The organisation as files that `doorward policy eval` reads: directory, sign-ins and policies.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::Context as _;
use doorward_model::device::TrustType;
use doorward_model::user::UserType;
use doorward_policy::conditional_access::DeviceFacts;
use serde_json::{Map, Value, json};

use super::directory::{App, Directory, GROUPS, User};
use super::guid::{Kind, guid};
use super::place::{NETWORKS, REGIONS};
use super::policy::policies;
use super::policy_file;
use super::sign_in::{SignIn, SignIns, Target};

/// Writes `directory.json`, `sign-ins.jsonl` and, when any are wanted, `policies.json`.
pub(crate) fn generate(folder: &Path, users: u32, sign_ins: u32, policy_count: u32) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let directory = Directory::new(users)?;
    write(&folder.join("directory.json"), |file| Ok(serde_json::to_writer(file, &directory_json(&directory))?))?;
    let devices: Vec<String> = directory.devices.iter().map(|device| device_json(&device.facts).to_string()).collect();
    write(&folder.join("sign-ins.jsonl"), |file| {
        (0..sign_ins).zip(SignIns::of(&directory)).try_for_each(|(number, sign_in)| line(file, number, &sign_in, &devices))
    })?;
    if policy_count > 0 {
        let policies: Vec<_> = policies(policy_count).iter().map(policy_file::json).collect();
        write(&folder.join("policies.json"), |file| Ok(serde_json::to_writer(file, &json!({ "value": policies }))?))?;
    }
    Ok(())
}

fn write(path: &Path, content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> anyhow::Result<()> {
    let place = || path.display().to_string();
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path).with_context(place)?);
    content(&mut file).and_then(|()| file.flush()).with_context(place)
}

fn directory_json(directory: &Directory) -> Value {
    let mut members: Vec<Vec<&str>> = (0..GROUPS).map(|_| Vec::new()).collect();
    for user in &directory.users {
        for group in &user.groups {
            members.get_mut(*group as usize).into_iter().for_each(|members| members.push(&user.id));
        }
    }
    let group = |(number, members): (u32, Vec<&str>)| json!({ "id": guid(Kind::Group, number), "displayName": format!("Group {number}"), "members": members });
    let strengths = directory
        .strengths
        .iter()
        .map(|strength| json!({ "id": strength.id, "displayName": "Strength", "allowedCombinations": strength.allowed_combinations }));
    json!({
        "tenantId": guid(Kind::Tenant, 0),
        "users": directory.users.iter().map(user_json).collect::<Vec<_>>(),
        "groups": (0..).zip(members).map(group).collect::<Vec<_>>(),
        "servicePrincipals": [],
        "applications": directory.apps.iter().chain(&directory.clients).map(app_json).collect::<Vec<_>>(),
        "namedLocations": locations_json(),
        "authenticationStrengthPolicies": strengths.collect::<Vec<_>>(),
    })
}

fn user_json(user: &User) -> Value {
    json!({
        "id": user.id,
        "userPrincipalName": format!("user{}@bench.example", user.number),
        "userType": if user.user_type == UserType::Guest { "Guest" } else { "Member" },
        "roles": user.roles.iter().map(|number| guid(Kind::Role, *number)).collect::<Vec<_>>(),
        "externalUserType": user.external,
        "homeTenantId": user.home_tenant,
    })
}

fn app_json(app: &App) -> Value {
    let name = format!("App {}", app.id.get(..8).unwrap_or_default());
    json!({
        "appId": app.id, "displayName": name, "bundles": app.bundles, "approved": app.approved, "protectable": app.protectable
    })
}

fn locations_json() -> Vec<Value> {
    let networks = NETWORKS.iter().map(|(ranges, is_trusted)| {
        let ranges: Vec<_> = ranges.iter().map(|range| json!({ "cidrAddress": range })).collect();
        json!({ "isTrusted": is_trusted, "ipRanges": ranges })
    });
    let regions = REGIONS
        .iter()
        .map(|(countries, unknown)| json!({ "countriesAndRegions": countries, "includeUnknownCountriesAndRegions": unknown }));
    let named = |(number, mut location): (u32, Value)| {
        if let Some(object) = location.as_object_mut() {
            object.insert("id".to_owned(), guid(Kind::Location, number).into());
            object.insert("displayName".to_owned(), format!("Location {number}").into());
        }
        location
    };
    (0..).zip(networks.chain(regions)).map(named).collect()
}

fn device_json(device: &DeviceFacts) -> Value {
    let trust = device.trust_type.map(|trust| match trust {
        TrustType::AzureAd => "AzureAD",
        TrustType::ServerAd => "ServerAD",
        TrustType::Workplace => "Workplace",
    });
    let mut object = Map::new();
    let texts = [
        ("deviceId", device.device_id.as_deref()),
        ("displayName", device.display_name.as_deref()),
        ("trustType", trust),
        ("deviceOwnership", device.device_ownership.as_deref()),
        ("profileType", device.profile_type.as_deref()),
        ("manufacturer", device.manufacturer.as_deref()),
        ("model", device.model.as_deref()),
        ("operatingSystem", device.operating_system.as_deref()),
        ("operatingSystemVersion", device.operating_system_version.as_deref()),
        ("enrollmentProfileName", device.enrollment_profile_name.as_deref()),
    ];
    let known = |(name, text): (&str, Option<&str>)| text.map(|text| (name.to_owned(), Value::from(text)));
    object.extend(texts.into_iter().filter_map(known));
    for (number, attribute) in (1..).zip(&device.extension_attributes) {
        object.extend(known((&format!("extensionAttribute{number}"), attribute.as_deref())));
    }
    object.insert("isCompliant".to_owned(), device.is_compliant.into());
    object.insert("isManaged".to_owned(), device.is_managed.into());
    object.into()
}

/// Written by hand, as there may be a million: nothing in a sign-in needs an escape.
fn line(file: &mut impl Write, number: u32, sign_in: &SignIn<'_>, devices: &[String]) -> io::Result<()> {
    write!(file, "{{\"id\":\"s{number}\",\"userId\":\"{}\",", sign_in.user.id)?;
    match &sign_in.target {
        Target::Resource(app) => write!(file, "\"resources\":[\"{}\"],", app.id)?,
        Target::Action(action) => write!(file, "\"userAction\":\"{action}\",")?,
    }
    write!(file, "\"clientAppId\":\"{}\",\"clientAppType\":\"{}\",", sign_in.client.id, sign_in.client_type)?;
    if let Some(platform) = sign_in.platform {
        write!(file, "\"devicePlatform\":\"{platform}\",")?;
    }
    write!(file, "\"ipAddress\":\"{}\",", sign_in.ip)?;
    if let Some(country) = sign_in.country {
        write!(file, "\"country\":\"{country}\",")?;
    }
    write!(file, "\"signInRiskLevel\":\"{}\",\"userRiskLevel\":\"{}\",", sign_in.sign_in_risk, sign_in.user_risk)?;
    write!(file, "\"insiderRiskLevel\":\"{}\",\"transferMethod\":\"{}\",", sign_in.insider_risk, sign_in.transfer)?;
    if let Some(device) = sign_in.device.and_then(|device| devices.get(device.number)) {
        write!(file, "\"device\":{device},")?;
    }
    write!(file, "\"brokerPresent\":{},\"appProtectionApplied\":{},", sign_in.broker, sign_in.protected)?;
    write!(file, "\"mfa\":{},\"passwordChanged\":{},\"authenticationMethods\":[", sign_in.mfa, sign_in.password_changed)?;
    list(file, sign_in.methods.iter().copied())?;
    file.write_all(b"],\"termsOfUseAccepted\":[")?;
    for terms in sign_in.accepted_terms() {
        list(file, [terms.as_str()].into_iter())?;
    }
    file.write_all(b"]}\n")
}

fn list<'a>(file: &mut impl Write, words: impl Iterator<Item = &'a str>) -> io::Result<()> {
    words.enumerate().try_for_each(|(index, word)| write!(file, "{}\"{word}\"", if index == 0 { "" } else { "," }))
}
