//! Names in place of ids, where the directory has one.

use std::collections::HashMap;

use doorward_model::TenantId;
use doorward_service::{Context, Error, directory_search};
use serde_json::Value;

/// Names by id.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    /// Names of groups and applications.
    pub(super) async fn read(ctx: &Context, tenant: TenantId) -> Result<Self, Error> {
        let mut unit = ctx.store.tenant(tenant).read().await?;
        let groups = unit.groups().list().await?.into_iter().map(|group| (group.id.to_string(), group.display_name));
        let mut names: HashMap<String, String> = groups.collect();
        names.extend(unit.applications().list().await?.into_iter().map(|app| (app.app_id.to_string(), app.display_name)));
        Ok(Self(names))
    }

    /// Names of everything that some documents name: people, roles, named locations and strengths too.
    pub(super) async fn naming(ctx: &Context, tenant: TenantId, documents: &[&Value]) -> Result<Self, Error> {
        directory_search::names(ctx, tenant, documents).await.map(Self)
    }

    /// The name, or the id itself.
    pub(super) fn of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(&id.to_ascii_lowercase()).map_or(id, String::as_str)
    }
}
