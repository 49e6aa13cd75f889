//! A service's policy in the making: what the form holds, and the document that comes of it.

use doorward_model::service_policy::{ServicePolicy, WindowsRequirement};
use serde_json::{Map, Value, json};

/// Everything that the form holds, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// Version that the form was made from; none for a new policy.
    pub(super) version: Option<i64>,
    /// The document that the form was made from, so that a later reader can be told what somebody else changed meanwhile.
    pub(super) base: String,
    pub(super) app_on: bool,
    pub(super) all_apps: bool,
    pub(super) restricted: Vec<String>,
    pub(super) exempted: Vec<String>,
    pub(super) device_on: bool,
    pub(super) some_platforms: bool,
    pub(super) platforms: Vec<String>,
    pub(super) everyone: bool,
    pub(super) targeted: Vec<String>,
    pub(super) device_exempted: Vec<String>,
    pub(super) windows: String,
}

/// What the person asked for with the button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Go on editing.
    Edit,
    /// See what it will do.
    Preview,
}

/// What is wrong, at the fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Problems {
    /// At the restricted groups.
    pub(super) restricted: Option<&'static str>,
    /// At the targeted groups.
    pub(super) targeted: Option<&'static str>,
    /// At the platforms.
    pub(super) platforms: Option<&'static str>,
}

impl Problems {
    pub(super) fn any(&self) -> bool {
        self.restricted.is_some() || self.targeted.is_some() || self.platforms.is_some()
    }
}

impl Draft {
    /// The form for a policy that exists.
    pub(super) fn of(policy: &ServicePolicy, body: &Value, version: i64) -> Self {
        let mut draft = Self::new();
        draft.version = Some(version);
        draft.base = body.to_string();
        if let Some(access) = &policy.app_access {
            draft.app_on = access.enabled;
            draft.all_apps = access.allows_all_apps;
            draft.restricted.clone_from(&access.restricted_groups);
            draft.exempted.clone_from(&access.exempted_groups);
        }
        if let Some(access) = &policy.device_access {
            draft.device_on = access.enabled;
            draft.some_platforms = access.platforms.is_some();
            draft.platforms = access.platforms.iter().flatten().map(|platform| platform.as_str().to_owned()).collect();
            draft.everyone = access.targets_all_users;
            draft.targeted.clone_from(&access.targeted_groups);
            draft.device_exempted.clone_from(&access.exempted_groups);
            draft.windows = access.windows.as_str().to_owned();
        }
        draft
    }

    /// The form for a service without a policy.
    pub(super) fn new() -> Self {
        Self { windows: WindowsRequirement::DomainJoinedOrCompliant.as_str().to_owned(), ..Self::default() }
    }

    /// Reads the posted form, and does what its button says.
    pub(super) fn read(fields: &[(String, String)]) -> (Self, Wish) {
        let one = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        let all = |name: &str| {
            let mut list: Vec<String> = fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect();
            list.sort_unstable();
            list.dedup();
            list
        };
        let mut draft = Self {
            version: one("version").parse().ok(),
            base: one("base").to_owned(),
            app_on: one("app_state") == "enabled",
            all_apps: one("allowed_apps") == "all",
            restricted: all("restricted"),
            exempted: all("exempted"),
            device_on: one("device_state") == "enabled",
            some_platforms: one("platforms") == "some",
            platforms: all("platform"),
            everyone: one("targets") == "everyone",
            targeted: all("targeted"),
            device_exempted: all("device_exempted"),
            windows: one("windows").to_owned(),
        };
        let wish = one("do");
        if let Some(list) = wish.strip_prefix("add:") {
            let group = one(&format!("add_{list}")).to_owned();
            if let Some(list) = draft.list(list)
                && !group.is_empty()
                && !list.contains(&group)
            {
                list.push(group);
            }
        } else if let Some((list, group)) = wish.strip_prefix("remove:").and_then(|rest| rest.split_once(':'))
            && let Some(list) = draft.list(list)
        {
            list.retain(|member| member != group);
        }
        (draft, if wish == "preview" { Wish::Preview } else { Wish::Edit })
    }

    fn list(&mut self, name: &str) -> Option<&mut Vec<String>> {
        match name {
            "restricted" => Some(&mut self.restricted),
            "exempted" => Some(&mut self.exempted),
            "targeted" => Some(&mut self.targeted),
            "device_exempted" => Some(&mut self.device_exempted),
            _ => None,
        }
    }

    /// What nobody can mean: an access that is on for nobody.
    pub(super) fn problems(&self) -> Problems {
        let device = self.device_on;
        Problems {
            restricted: (self.app_on && !self.all_apps && self.restricted.is_empty())
                .then_some("Add at least one group, or switch app access off."),
            targeted: (device && !self.everyone && self.targeted.is_empty())
                .then_some("Add at least one group, choose everyone, or switch device access off."),
            platforms: (device && self.some_platforms && self.platforms.is_empty())
                .then_some("Choose at least one platform, or all of them."),
        }
    }

    /// Every field again, for a page that sends the form on.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        let switch = |on: bool| if on { "enabled" } else { "disabled" }.to_owned();
        let mut fields = vec![
            ("version", self.version.map(|version| version.to_string()).unwrap_or_default()),
            ("base", self.base.clone()),
            ("app_state", switch(self.app_on)),
            ("allowed_apps", if self.all_apps { "all" } else { "supportAppProtection" }.to_owned()),
            ("device_state", switch(self.device_on)),
            ("platforms", if self.some_platforms { "some" } else { "all" }.to_owned()),
            ("targets", if self.everyone { "everyone" } else { "groups" }.to_owned()),
            ("windows", self.windows.clone()),
        ];
        let lists = [
            ("restricted", &self.restricted),
            ("exempted", &self.exempted),
            ("platform", &self.platforms),
            ("targeted", &self.targeted),
            ("device_exempted", &self.device_exempted),
        ];
        fields.extend(lists.into_iter().flat_map(|(name, list)| list.iter().map(move |value| (name, value.clone()))));
        fields
    }

    /// The two halves as members of the document. What the form does not know stays as it is in `present`.
    pub(super) fn patch(&self, present: &Value) -> Value {
        let switch = |on: bool| if on { "enabled" } else { "disabled" };
        let platforms = if self.some_platforms { json!(self.platforms) } else { json!("all") };
        let app = json!({
            "state": switch(self.app_on),
            "allowedApps": if self.all_apps { "all" } else { "supportAppProtection" },
            "restrictedGroups": self.restricted,
            "exemptedGroups": self.exempted,
        });
        let device = json!({
            "state": switch(self.device_on),
            "platforms": platforms,
            "targetsAllUsers": self.everyone,
            "targetedGroups": self.targeted,
            "exemptedGroups": self.device_exempted,
            "windows": self.windows,
        });
        let mut patch = Map::new();
        for (name, half, blank) in [("appAccess", app, !self.app_on), ("deviceAccess", device, !self.device_on)] {
            let before = present.get(name).and_then(Value::as_object);
            // A half that was never set up and stays off is not written.
            if before.is_none() && blank {
                continue;
            }
            let mut members = before.cloned().unwrap_or_default();
            if let Value::Object(half) = half {
                // A member that says what its absence says already stays absent, so that nothing differs that does not.
                members.extend(half.into_iter().filter(|(member, value)| {
                    let says_nothing = value.as_array().is_some_and(Vec::is_empty) || value == &Value::Bool(false);
                    before.is_some_and(|before| before.contains_key(member)) || !says_nothing
                }));
            }
            patch.insert(name.to_owned(), Value::Object(members));
        }
        Value::Object(patch)
    }
}

/// What a Windows PC must be, in words.
pub(super) const WINDOWS: [(WindowsRequirement, &str); 3] = [
    (WindowsRequirement::DomainJoinedOrCompliant, "Domain joined, or managed and compliant"),
    (WindowsRequirement::DomainJoined, "Domain joined"),
    (WindowsRequirement::Compliant, "Managed and compliant"),
];
