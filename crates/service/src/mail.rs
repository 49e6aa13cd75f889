//! Built-in mail clients: name and password over ActiveSync, under the same policies as everybody else.

use std::sync::Arc;

use doorward_model::AppId;
use doorward_model::session::SessionKind;
use doorward_model::sign_in::ClientAppType;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use uuid::uuid;

use crate::access::{self, Subject};
use crate::attempts::Origin;
use crate::caller::Caller;
use crate::client;
use crate::context::Context;
use crate::error::Result;
use crate::resource;
use crate::sign_in::{credentials, session};

/// The application that stands for every built-in mail client. It is on no list of approved apps.
pub const BUILT_IN_CLIENT: AppId = AppId(uuid!("0a9d5b1e-6c1f-4d0e-9a57-3c6a1f7e2b02"));

/// Signs a mail client in. `eas_device_id` is its own word: it counts only when management recorded the same id on a device
/// that this person owns.
///
/// # Errors
/// The refusal, or storage failure.
pub async fn active_sync(
    ctx: &Context,
    tenant: &Tenant,
    caller: &Caller,
    name: &str,
    password: &str,
    eas_device_id: &str,
    service: AppId,
) -> Result<Arc<User>> {
    let application = {
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        client::find(unit.as_mut(), &BUILT_IN_CLIENT.to_string()).await?
    };
    let user = match credentials::check_password(ctx, tenant, name, password, Origin::Address(caller.ip)).await {
        Ok(user) => user,
        Err(error) => return Err(access::failed_factor(ctx, tenant, caller, "activeSync", &application, name, error).await),
    };
    credentials::require_own_password(&user)?;
    let mut unit = ctx.store.tenant(tenant.id).read().await?;
    let target = resource::find(unit.as_mut(), &service.to_string()).await?;
    let device = match eas_device_id {
        "" => None,
        id => unit.devices().find_by_eas_id(user.id, id).await?.filter(|device| device.account_enabled),
    };
    // Not kept: each request of a mail client brings the password again.
    let session = session::begin(ctx, &user, SessionKind::Password, None, vec!["pwd".to_owned()]);
    let request = access::Request {
        client_type: Some(ClientAppType::ExchangeActiveSync),
        device: device.as_deref(),
        session: Some(&session),
        ..access::Request::new("activeSync", tenant, caller, Subject::User(&user), &application, &target)
    };
    let attempt = access::require(ctx, unit.as_mut(), &request).await?;
    attempt.granted(ctx).await;
    Ok(user)
}
