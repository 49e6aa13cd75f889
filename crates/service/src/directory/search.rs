//! Looking through the directory: pages of users, groups, devices and registrations, as the console's lists show them.

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::group::Group;
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_model::{GroupId, TenantId};
use doorward_store::Unit;
use doorward_store::query::{ApplicationField, DeviceField, Field, Filter, GroupField, Page, Part, Position, Query, UserField};

use super::error::Result;
use crate::context::Context;

/// Objects of one page.
const PAGE: u32 = 50;
/// Groups of one person that a page shows at most.
const GROUPS: u32 = 100;

/// What to look for in any list. Empty fields match everything.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// Part of a name.
    pub text: String,
    /// Where the page before ended.
    pub after: Option<Position>,
}

impl Search {
    fn query<F: Field>(&self, filters: impl IntoIterator<Item = Option<Filter<F>>>) -> Query<F> {
        let mut all: Vec<Filter<F>> = filters.into_iter().flatten().collect();
        let text = self.text.trim();
        if !text.is_empty() {
            let holds = |field: &F| Filter::Holds(*field, Part::Anywhere, text.to_owned());
            all.push(Filter::Any(F::SEARCHED.iter().map(holds).collect()));
        }
        Query { after: self.after.clone(), limit: PAGE, ..Query::of(Filter::All(all)) }
    }
}

/// A page of users with how many there are in all, those enabled or disabled alone, and those with a role alone.
///
/// # Errors
/// Storage failure.
pub async fn find_users(
    ctx: &Context,
    tenant: TenantId,
    search: &Search,
    enabled: Option<bool>,
    role: Option<Role>,
) -> Result<(Page<User>, u64)> {
    let query = search.query([
        enabled.map(|enabled| Filter::equal(UserField::AccountEnabled, enabled)),
        role.map(|role| Filter::equal(UserField::Roles, format!("{role:?}"))),
    ]);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let page = unit.users().page(&query).await?;
    let count = unit.users().count(&query).await?;
    Ok((page, count))
}

/// A page of groups with how many there are in all.
///
/// # Errors
/// Storage failure.
pub async fn find_groups(ctx: &Context, tenant: TenantId, search: &Search) -> Result<(Page<Group>, u64)> {
    let query: Query<GroupField> = search.query([]);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let page = unit.groups().page(&query).await?;
    let count = unit.groups().count(&query).await?;
    Ok((page, count))
}

/// States of devices to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceState {
    /// Switched off.
    Disabled,
    /// Under management.
    Managed,
    /// Not under management.
    Unmanaged,
    /// Under management, and compliant.
    Compliant,
    /// Under management, and not compliant.
    NotCompliant,
}

impl DeviceState {
    fn filter(self) -> Filter<DeviceField> {
        let is = |field, value: bool| Filter::equal(field, value);
        match self {
            Self::Disabled => is(DeviceField::AccountEnabled, false),
            Self::Managed => is(DeviceField::IsManaged, true),
            Self::Unmanaged => is(DeviceField::IsManaged, false),
            Self::Compliant => is(DeviceField::IsManaged, true).and(is(DeviceField::IsCompliant, true)),
            Self::NotCompliant => is(DeviceField::IsManaged, true).and(is(DeviceField::IsCompliant, false)),
        }
    }
}

/// Devices as a list shows them.
#[derive(Debug, Clone)]
pub struct FoundDevices {
    /// The page.
    pub page: Page<Device>,
    /// How many there are in all.
    pub count: u64,
    /// Who owns those of the page.
    pub owners: Vec<User>,
    /// Every operating system that a device has named.
    pub systems: Vec<String>,
}

/// A page of devices, those of one operating system alone, and those in one state alone.
///
/// # Errors
/// Storage failure.
pub async fn find_devices(
    ctx: &Context,
    tenant: TenantId,
    search: &Search,
    system: Option<&str>,
    state: Option<DeviceState>,
) -> Result<FoundDevices> {
    let query = search.query([system.map(|system| Filter::equal(DeviceField::OperatingSystem, system)), state.map(DeviceState::filter)]);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let page = unit.devices().page(&query).await?;
    let count = unit.devices().count(&query).await?;
    let ids = page.items.iter().filter_map(|device| device.owner).map(|owner| owner.0.into()).collect();
    let owners = unit.users().page(&Query { limit: PAGE, ..Query::of(Filter::OneOf(UserField::Id, ids)) }).await?.items;
    let mut systems: Vec<String> = unit.devices().count_by_operating_system().await?.into_iter().map(|(system, _)| system).collect();
    systems.sort_unstable();
    Ok(FoundDevices { page, count, owners, systems })
}

/// A page of registrations with how many there are in all, approved or protectable ones alone.
///
/// # Errors
/// Storage failure.
pub async fn find_applications(
    ctx: &Context,
    tenant: TenantId,
    search: &Search,
    mark: Option<ApplicationField>,
) -> Result<(Page<Application>, u64)> {
    let query = search.query([mark.map(|mark| Filter::equal(mark, true))]);
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let page = unit.applications().page(&query).await?;
    let count = unit.applications().count(&query).await?;
    Ok((page, count))
}

/// Everybody who holds a role, in order of sign-in name, with the roles there are.
///
/// # Errors
/// Storage failure.
pub async fn role_holders(ctx: &Context, tenant: TenantId) -> Result<Vec<User>> {
    let holds = |role: &Role| Filter::equal(UserField::Roles, format!("{role:?}"));
    let mut query = Query { limit: 500, ..Query::of(Filter::Any(Role::ALL.iter().map(holds).collect())) };
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let mut holders = Vec::new();
    loop {
        let page = unit.users().page(&query).await?;
        holders.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(holders);
        }
    }
}

/// The groups with these ids, in order of name, as many as a page shows.
pub(super) async fn groups_by_id(unit: &mut dyn Unit, ids: &[GroupId]) -> Result<Vec<Group>> {
    let among = Filter::OneOf(GroupField::Id, ids.iter().map(|id| id.0.into()).collect());
    Ok(unit.groups().page(&Query { limit: GROUPS, ..Query::of(among) }).await?.items)
}
