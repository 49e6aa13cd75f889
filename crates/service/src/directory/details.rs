//! One object of the directory with what belongs to it.

use std::sync::Arc;

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::group::{Group, Member};
use doorward_model::session::Session;
use doorward_model::sign_in_record::SignInRecord;
use doorward_model::user::User;
use doorward_model::{AppId, DeviceId, GroupId, TenantId, UserId};
use doorward_store::query::{Filter, GroupField, Query, UserField};
use uuid::Uuid;

use super::error::Result;
use super::search::groups_by_id;
use crate::account;
use crate::authentication_method::registered::Held;
use crate::context::Context;
use crate::sign_in_search;

/// Members of one page.
const MEMBERS: u32 = 50;

/// A user with what belongs to them.
#[derive(Debug)]
pub struct UserDetails {
    /// The user.
    pub user: Arc<User>,
    /// Groups, each with whether the user is in it directly.
    pub groups: Vec<(Group, bool)>,
    /// In how many groups they are in all.
    pub group_count: usize,
    /// Devices, oldest first.
    pub devices: Vec<Device>,
    /// Sessions that count, newest first.
    pub sessions: Vec<Session>,
    /// Second factors.
    pub held: Held,
    /// The latest sign-ins.
    pub sign_ins: Vec<SignInRecord>,
}

/// A user with what belongs to them; none when there is no such user.
///
/// # Errors
/// Storage failure.
pub async fn user_details(ctx: &Context, tenant: TenantId, id: UserId) -> Result<Option<UserDetails>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let Some(user) = unit.users().get(id).await? else { return Ok(None) };
    let direct = unit.groups().direct_of(id).await?;
    let all = unit.groups().transitive_of(id).await?;
    let groups = groups_by_id(unit.as_mut(), &all).await?;
    let groups = groups.into_iter().map(|group| (direct.contains(&group.id), group)).map(|(direct, group)| (group, direct)).collect();
    let devices = unit.devices().owned_by(id).await?;
    let held = Held::of(unit.as_mut(), &user).await?;
    drop(unit);
    let sessions = account::sessions(ctx, tenant, &user).await?;
    let sign_ins = sign_in_search::latest_of(ctx, tenant, id).await?;
    Ok(Some(UserDetails { user, groups, group_count: all.len(), devices, sessions, held, sign_ins }))
}

/// A member of a group with its name.
#[derive(Debug, Clone)]
pub enum NamedMember {
    /// A user.
    User(User),
    /// A nested group.
    Group(Group),
}

/// A page of the members of a group.
#[derive(Debug, Clone)]
pub struct GroupDetails {
    /// The group.
    pub group: Group,
    /// Members of the page, in order of id.
    pub members: Vec<NamedMember>,
    /// The id after which the next page begins; none when this is the last.
    pub next: Option<Uuid>,
}

/// A group with a page of its members; with `nested`, those of nested groups too.
///
/// # Errors
/// Storage failure.
pub async fn group_details(
    ctx: &Context,
    tenant: TenantId,
    id: GroupId,
    nested: bool,
    after: Option<Uuid>,
) -> Result<Option<GroupDetails>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let Some(group) = unit.groups().get(id).await? else { return Ok(None) };
    let mut found = unit.groups().member_page(id, nested, after, MEMBERS + 1).await?;
    let next = if found.len() > MEMBERS as usize {
        found.truncate(MEMBERS as usize);
        found.last().map(|member| member.id())
    } else {
        None
    };
    let ids = |users: bool| found.iter().filter(move |member| matches!(member, Member::User(_)) == users).map(|member| member.id().into());
    let users = Filter::OneOf(UserField::Id, ids(true).collect());
    let groups = Filter::OneOf(GroupField::Id, ids(false).collect());
    let users = unit.users().page(&Query { limit: MEMBERS, ..Query::of(users) }).await?.items;
    let groups = unit.groups().page(&Query { limit: MEMBERS, ..Query::of(groups) }).await?.items;
    let members = groups.into_iter().map(NamedMember::Group).chain(users.into_iter().map(NamedMember::User)).collect();
    Ok(Some(GroupDetails { group, members, next }))
}

/// A device with what belongs to it.
#[derive(Debug, Clone)]
pub struct DeviceDetails {
    /// The device.
    pub device: Arc<Device>,
    /// Its owner.
    pub owner: Option<Arc<User>>,
    /// It is under management here, so that it is known why it is compliant or not.
    pub managed_here: bool,
}

/// A device with what belongs to it; none when there is no such device.
///
/// # Errors
/// Storage failure.
pub async fn device_details(ctx: &Context, tenant: TenantId, id: DeviceId) -> Result<Option<DeviceDetails>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    let Some(device) = unit.devices().get(id).await? else { return Ok(None) };
    let owner = match device.owner {
        Some(owner) => unit.users().get(owner).await?,
        None => None,
    };
    let managed_here = unit.managed_devices().get(id).await?.is_some();
    Ok(Some(DeviceDetails { device, owner, managed_here }))
}

/// A registration.
///
/// # Errors
/// Storage failure.
pub async fn application(ctx: &Context, tenant: TenantId, id: AppId) -> Result<Option<Arc<Application>>> {
    Ok(ctx.store.tenant(tenant).read().await?.applications().get(id).await?)
}

/// A user by sign-in name.
///
/// # Errors
/// Storage failure.
pub async fn user_by_name(ctx: &Context, tenant: TenantId, name: &str) -> Result<Option<Arc<User>>> {
    Ok(ctx.store.tenant(tenant).read().await?.users().find(name.trim()).await?)
}
