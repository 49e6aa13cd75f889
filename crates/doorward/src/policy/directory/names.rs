//! What people call the objects of a directory.

use std::collections::HashMap;

use doorward_wire::policy_file::{Object, ReadError};

/// Names by lower-cased id. What has no name is called by its id.
#[derive(Default)]
pub(in crate::policy) struct Names {
    users: HashMap<String, String>,
    groups: HashMap<String, String>,
    applications: HashMap<String, String>,
    locations: HashMap<String, String>,
}

impl Names {
    pub(super) fn read(directory: &Object<'_>) -> Result<Self, ReadError> {
        Ok(Self {
            users: named(directory, "users", "id", "userPrincipalName")?,
            groups: named(directory, "groups", "id", "displayName")?,
            applications: named(directory, "applications", "appId", "displayName")?,
            locations: named(directory, "namedLocations", "id", "displayName")?,
        })
    }

    pub(in crate::policy) fn user<'a>(&'a self, id: &'a str) -> &'a str {
        name(&self.users, id)
    }

    pub(in crate::policy) fn group<'a>(&'a self, id: &'a str) -> &'a str {
        name(&self.groups, id)
    }

    pub(in crate::policy) fn application<'a>(&'a self, id: &'a str) -> &'a str {
        name(&self.applications, id)
    }

    pub(in crate::policy) fn location<'a>(&'a self, id: &'a str) -> &'a str {
        name(&self.locations, id)
    }

    /// Ids of the applications that go by an id or a name.
    pub(in crate::policy) fn applications_called(&self, wanted: &str) -> Vec<&str> {
        let wanted = wanted.to_lowercase();
        let mut found: Vec<_> = self
            .applications
            .iter()
            .filter(|(id, name)| **id == wanted || name.to_lowercase() == wanted)
            .map(|(id, _)| id.as_str())
            .collect();
        found.sort_unstable();
        found
    }
}

fn name<'a>(names: &'a HashMap<String, String>, id: &'a str) -> &'a str {
    names.get(&id.to_lowercase()).map_or(id, String::as_str)
}

fn named(directory: &Object<'_>, list: &str, key: &str, label: &str) -> Result<HashMap<String, String>, ReadError> {
    let mut names = HashMap::new();
    for node in directory.list(list)? {
        let object = node.object()?;
        if let Some(id) = object.text(key)? {
            let name = object.text(label)?.filter(|name| !name.is_empty());
            names.insert(id.to_lowercase(), name.unwrap_or(id));
        }
    }
    Ok(names)
}
