//! The fields of the form and the members of the policy that they stand for. A field that is not touched leaves its member exactly as it
//! is, and members that no field stands for are never looked at: nothing of an imported policy gets lost by an edit.

use serde_json::{Map, Value};

/// A field, by the name of its input.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Names of the members that lead to it.
    pub(super) path: &'static [&'static str],
    shape: Shape,
    /// It says something only while this other field does; after a `=`, while that says this.
    needs: Option<&'static str>,
    /// How many names of the path lead to the object that goes away when the field is emptied.
    whole: Option<usize>,
}

/// How a member holds the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A list of strings.
    List,
    /// Words joined by commas; a list of them is read too.
    Flags,
    /// One string, as it was typed.
    Text,
    /// One word of a few, in any case.
    Word,
    /// A whole number. What is typed and is none is kept as it was typed, and reading the policy says so.
    Number,
    /// True, or not there.
    Switch,
    /// A session control with `isEnabled`, and the member that tells how; an empty name when it is only on or off.
    Control(&'static str),
}

/// The value of a switch that is on.
pub(super) const ON: &str = "on";

const fn field(name: &'static str, path: &'static [&'static str], shape: Shape) -> Field {
    Field { name, path, shape, needs: None, whole: None }
}

const fn part(name: &'static str, path: &'static [&'static str], shape: Shape, needs: &'static str) -> Field {
    Field { name, path, shape, needs: Some(needs), whole: None }
}

const fn head(name: &'static str, path: &'static [&'static str], shape: Shape, whole: usize) -> Field {
    Field { name, path, shape, needs: None, whole: Some(whole) }
}

/// Every field; those that others need come before these.
pub(super) static FIELDS: &[Field] = &[
    field("display_name", &["displayName"], Shape::Text),
    field("description", &["description"], Shape::Text),
    field("state", &["state"], Shape::Word),
    field("include_users", &["conditions", "users", "includeUsers"], Shape::List),
    field("exclude_users", &["conditions", "users", "excludeUsers"], Shape::List),
    field("include_groups", &["conditions", "users", "includeGroups"], Shape::List),
    field("exclude_groups", &["conditions", "users", "excludeGroups"], Shape::List),
    field("include_roles", &["conditions", "users", "includeRoles"], Shape::List),
    field("exclude_roles", &["conditions", "users", "excludeRoles"], Shape::List),
    head("include_guests", &["conditions", "users", "includeGuestsOrExternalUsers", "guestOrExternalUserTypes"], Shape::Flags, 3),
    part(
        "include_guest_tenants",
        &["conditions", "users", "includeGuestsOrExternalUsers", "externalTenants", "membershipKind"],
        Shape::Word,
        "include_guests",
    ),
    part(
        "include_guest_members",
        &["conditions", "users", "includeGuestsOrExternalUsers", "externalTenants", "members"],
        Shape::List,
        "include_guests",
    ),
    head("exclude_guests", &["conditions", "users", "excludeGuestsOrExternalUsers", "guestOrExternalUserTypes"], Shape::Flags, 3),
    part(
        "exclude_guest_tenants",
        &["conditions", "users", "excludeGuestsOrExternalUsers", "externalTenants", "membershipKind"],
        Shape::Word,
        "exclude_guests",
    ),
    part(
        "exclude_guest_members",
        &["conditions", "users", "excludeGuestsOrExternalUsers", "externalTenants", "members"],
        Shape::List,
        "exclude_guests",
    ),
    field("include_workloads", &["conditions", "clientApplications", "includeServicePrincipals"], Shape::List),
    field("exclude_workloads", &["conditions", "clientApplications", "excludeServicePrincipals"], Shape::List),
    field("include_apps", &["conditions", "applications", "includeApplications"], Shape::List),
    field("exclude_apps", &["conditions", "applications", "excludeApplications"], Shape::List),
    field("user_actions", &["conditions", "applications", "includeUserActions"], Shape::List),
    field("contexts", &["conditions", "applications", "includeAuthenticationContextClassReferences"], Shape::List),
    field("client_app_types", &["conditions", "clientAppTypes"], Shape::List),
    field("include_platforms", &["conditions", "platforms", "includePlatforms"], Shape::List),
    field("exclude_platforms", &["conditions", "platforms", "excludePlatforms"], Shape::List),
    field("include_locations", &["conditions", "locations", "includeLocations"], Shape::List),
    field("exclude_locations", &["conditions", "locations", "excludeLocations"], Shape::List),
    head("filter_rule", &["conditions", "devices", "deviceFilter", "rule"], Shape::Text, 3),
    part("filter_mode", &["conditions", "devices", "deviceFilter", "mode"], Shape::Word, "filter_rule"),
    field("include_devices", &["conditions", "devices", "includeDevices"], Shape::List),
    field("exclude_devices", &["conditions", "devices", "excludeDevices"], Shape::List),
    field("include_device_states", &["conditions", "deviceStates", "includeStates"], Shape::List),
    field("exclude_device_states", &["conditions", "deviceStates", "excludeStates"], Shape::List),
    field("sign_in_risks", &["conditions", "signInRiskLevels"], Shape::List),
    field("user_risks", &["conditions", "userRiskLevels"], Shape::List),
    field("workload_risks", &["conditions", "servicePrincipalRiskLevels"], Shape::List),
    field("insider_risks", &["conditions", "insiderRiskLevels"], Shape::Flags),
    head("transfers", &["conditions", "authenticationFlows", "transferMethods"], Shape::Flags, 2),
    field("controls", &["grantControls", "builtInControls"], Shape::List),
    field("operator", &["grantControls", "operator"], Shape::Word),
    head("strength", &["grantControls", "authenticationStrength", "id"], Shape::Word, 2),
    field("terms", &["grantControls", "termsOfUse"], Shape::List),
    field("custom_factors", &["grantControls", "customAuthenticationFactors"], Shape::List),
    head("frequency", &["sessionControls", "signInFrequency"], Shape::Control("frequencyInterval"), 2),
    part("frequency_value", &["sessionControls", "signInFrequency", "value"], Shape::Number, "frequency=timeBased"),
    part("frequency_unit", &["sessionControls", "signInFrequency", "type"], Shape::Word, "frequency=timeBased"),
    part("frequency_factors", &["sessionControls", "signInFrequency", "authenticationType"], Shape::Word, "frequency"),
    head("persistent_browser", &["sessionControls", "persistentBrowser"], Shape::Control("mode"), 2),
    head("app_restrictions", &["sessionControls", "applicationEnforcedRestrictions"], Shape::Control(""), 2),
    head("cloud_app_security", &["sessionControls", "cloudAppSecurity"], Shape::Control("cloudAppSecurityType"), 2),
    head("secure_session", &["sessionControls", "secureSignInSession"], Shape::Control(""), 2),
    head("continuous_evaluation", &["sessionControls", "continuousAccessEvaluation", "mode"], Shape::Word, 2),
    field("no_resilience", &["sessionControls", "disableResilienceDefaults"], Shape::Switch),
];

/// The field of that name.
pub(super) fn named(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The name of the field at which a JSON path of the policy is shown: the one whose member it is in, or the first below it.
pub(super) fn at(path: &str) -> Option<&'static str> {
    let names: Vec<&str> = path.trim_start_matches("$.").split(['.', '[']).filter(|name| !name.ends_with(']')).collect();
    let starts = |long: &[&str], short: &[&str]| {
        long.len() >= short.len() && short.iter().zip(long).all(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    let holder = FIELDS.iter().filter(|field| starts(&names, field.path)).max_by_key(|field| field.path.len());
    let whole = |field: &&Field| field.whole.and_then(|depth| field.path.get(..depth)).is_some_and(|whole| starts(&names, whole));
    let below = |field: &&Field| starts(field.path, &names);
    holder.or_else(|| FIELDS.iter().find(whole)).or_else(|| FIELDS.iter().find(below)).map(|field| field.name)
}

impl Field {
    /// Another field that says nothing yet makes this one idle.
    pub(super) fn is_idle(&self, document: &Value) -> bool {
        let Some(needs) = self.needs else { return false };
        let (name, wanted) = needs.split_once('=').map_or((needs, None), |(name, wanted)| (name, Some(wanted)));
        let said = named(name).map(|other| other.read(document)).unwrap_or_default();
        said.is_empty() || wanted.is_some_and(|wanted| !said.iter().any(|said| said.eq_ignore_ascii_case(wanted)))
    }

    /// The values in a policy; empty when it says nothing.
    pub(super) fn read(&self, document: &Value) -> Vec<String> {
        let Some(value) = follow(document, self.path) else { return Vec::new() };
        match (self.shape, value) {
            (_, Value::Null) => Vec::new(),
            (Shape::List, Value::Array(list)) => list.iter().map(text).collect(),
            (Shape::Flags, Value::Array(list)) => list.iter().map(text).filter(|word| is_flag(word)).collect(),
            (Shape::Flags, value) => text(value).split(',').map(|word| word.trim().to_owned()).filter(|word| is_flag(word)).collect(),
            (Shape::Switch, value) => (value == &Value::Bool(true)).then(|| ON.to_owned()).into_iter().collect(),
            (Shape::Control(member), value) => {
                let is_on = member_of(value, "isEnabled").is_some_and(|flag| flag == &Value::Bool(true));
                let how = || member_of(value, member).filter(|how| !how.is_null()).map(text);
                let how = || how().unwrap_or_else(|| if member == "frequencyInterval" { "timeBased" } else { ON }.to_owned());
                is_on.then(how).into_iter().collect()
            }
            (_, value) => Some(text(value)).filter(|text| !text.is_empty()).into_iter().collect(),
        }
    }

    /// Whether two lists of values say the same: in which order things are listed, and the case of ids and words, says nothing.
    fn says_the_same(&self, before: &[String], after: &[String]) -> bool {
        let within = |these: &[String], those: &[String]| these.iter().all(|one| those.iter().any(|other| one.eq_ignore_ascii_case(other)));
        match self.shape {
            // A form gives no blanks at the ends.
            Shape::Text | Shape::Number => before.iter().map(|text| text.trim()).eq(after.iter().map(|text| text.trim())),
            _ => before.len() == after.len() && within(before, after) && within(after, before),
        }
    }

    /// Puts values into a policy, unless it says the same already.
    pub(super) fn write(&self, document: &mut Value, values: &[String]) {
        let values: Vec<String> = values.iter().filter(|value| !value.is_empty()).cloned().collect();
        if self.is_idle(document) || self.says_the_same(&self.read(document), &values) {
            return;
        }
        if let Some(depth) = self.whole.filter(|_| values.is_empty()) {
            if let Some(place) = self.path.get(..depth) {
                set(document, place, Value::Null);
            }
            return;
        }
        let first = values.first().cloned();
        match self.shape {
            Shape::List => set(document, self.path, values.into()),
            Shape::Flags => set(document, self.path, Some(values.join(",")).filter(|joined| !joined.is_empty()).into()),
            Shape::Word if self.name == "strength" => {
                // A copy of what the former strength allowed must not stay beside the new id.
                set(document, &["grantControls", "authenticationStrength"], serde_json::json!({ "id": first }));
            }
            Shape::Text | Shape::Word => set(document, self.path, first.into()),
            Shape::Number => {
                let number = first.as_deref().and_then(|text| text.trim().parse::<u32>().ok());
                set(document, self.path, number.map_or_else(|| first.into(), Value::from));
            }
            Shape::Switch => set(document, self.path, values.iter().any(|value| value == ON).into()),
            Shape::Control(member) => {
                set(document, &[self.path, &["isEnabled"]].concat(), true.into());
                if !member.is_empty() {
                    set(document, &[self.path, &[member]].concat(), first.clone().into());
                }
                if first.as_deref() == Some("everyTime") {
                    for idle in ["value", "type"] {
                        set(document, &[self.path, &[idle]].concat(), Value::Null);
                    }
                }
            }
        }
    }
}

fn is_flag(word: &str) -> bool {
    !word.is_empty() && !word.eq_ignore_ascii_case("none")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A member by its name in any case, as the reader finds it: of several, the first that is not null.
fn member_of<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(key, member)| key.eq_ignore_ascii_case(name) && !member.is_null()).map(|(_, member)| member)
}

fn follow<'a>(document: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(document, |value, name| member_of(value, name))
}

/// Sets a member, in the spelling in which it stands there, and makes the objects on the way to it.
pub(super) fn set(document: &mut Value, path: &[&str], value: Value) {
    let Some((name, rest)) = path.split_first() else {
        *document = value;
        return;
    };
    // Nothing is made only to hold nothing.
    let says_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
    if !document.is_object() {
        if says_nothing {
            return;
        }
        *document = Value::Object(Map::new());
    }
    let Value::Object(members) = document else { return };
    let known = |wanted: fn(&Value) -> bool| {
        members.iter().find(|(key, member)| key.eq_ignore_ascii_case(name) && wanted(member)).map(|(key, _)| key.clone())
    };
    let key = known(|member| !member.is_null()).or_else(|| known(Value::is_null));
    if key.is_none() && says_nothing {
        return;
    }
    let key = key.unwrap_or_else(|| (*name).to_owned());
    // Of members that differ only in case the first counts, so the others would come back to life when it becomes null.
    members.retain(|other, _| other == &key || !other.eq_ignore_ascii_case(name));
    set(members.entry(key).or_insert(Value::Null), rest, value);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{FIELDS, at, named, set};

    fn values(list: &[&str]) -> Vec<String> {
        list.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn a_field_that_says_what_the_policy_says_changes_nothing_of_it() {
        let odd = json!({
            "DisplayName": "x", "templateId": "t", "Conditions": {
                "Users": {"IncludeUsers": ["b", "A"], "includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": ["internalGuest"],
                    "externalTenants": {"@odata.type": "#x", "membershipKind": "enumerated", "members": ["t"]}}},
                "insiderRiskLevels": "minor, elevated", "clientAppTypes": ["browser", "all"], "times": {"all": true},
                "devices": {"deviceFilter": {"mode": "Include", "rule": "device.isCompliant -eq True"}}},
            "grantControls": {"authenticationStrength": {"id": "s", "displayName": "copy", "allowedCombinations": ["fido2"]}},
            "sessionControls": {"signInFrequency": {"isEnabled": true, "value": 4, "type": "hours"},
                "persistentBrowser": {"isEnabled": false, "mode": "always"}, "networkAccessSecurity": {"isEnabled": true}},
        });
        let mut written = odd.clone();
        for field in FIELDS {
            let mut said = field.read(&odd);
            said.reverse();
            field.write(&mut written, &said);
        }
        assert_eq!(written, odd);
    }

    #[test]
    fn each_field_writes_what_it_reads() {
        for field in FIELDS {
            let mut document = json!({});
            if let Some(other) = field.needs.and_then(|needs| named(needs.split('=').next().unwrap())) {
                other.write(&mut document, &values(&["timeBased"]));
            }
            let said = values(&[if field.name == "no_resilience" { "on" } else { "7" }]);
            field.write(&mut document, &said);
            let expected = if matches!(field.name, "app_restrictions" | "secure_session") { values(&["on"]) } else { said };
            assert_eq!(field.read(&document), expected, "{} in {document}", field.name);
            field.write(&mut document, &[]);
            assert_eq!(field.read(&document), values(&[]), "{} in {document}", field.name);
        }
    }

    #[test]
    fn a_member_is_set_where_it_stands_whatever_its_case_and_once() {
        let mut document: Value = json!({"State": null, "state": "enabled", "STATE": "disabled"});
        set(&mut document, &["state"], json!("x"));
        assert_eq!(document.as_object().unwrap().values().filter(|value| !value.is_null()).count(), 1);
        assert_eq!(named("state").unwrap().read(&document), values(&["x"]));
        let mut document = json!({});
        set(&mut document, &["conditions", "platforms", "includePlatforms"], json!([]));
        assert_eq!(document, json!({}), "nothing is made only to hold nothing");
    }

    #[test]
    fn a_problem_is_told_at_the_field_that_its_path_leads_to() {
        for (path, field) in [
            ("$.conditions.users.includeUsers[2]", Some("include_users")),
            ("$.conditions.devices.deviceFilter.rule", Some("filter_rule")),
            ("$.conditions.devices", Some("filter_rule")),
            ("$.grantControls.authenticationStrength.combinationConfigurations", Some("strength")),
            ("$.sessionControls.signInFrequency.value", Some("frequency_value")),
            ("$.State", Some("state")),
            ("$.conditions.times", None),
        ] {
            assert_eq!(at(path), field, "{path}");
        }
    }
}
