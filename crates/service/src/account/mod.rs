//! What people do with their own account: their devices, sessions, password and second factors. Every change is audited as theirs.

mod devices;
mod password;
mod proof;
mod second_factors;
mod sessions;

pub use devices::{devices, remove_device};
pub use password::{PasswordChangeError, change_password, choose_password};
pub use proof::{Wanted, prove, prove_by_password, wanted_proof};
pub use second_factors::{add_method, registrable, remove_method, renew_recovery_codes, second_factors};
pub use sessions::{end_session, sessions, sign_out_everywhere};

use std::sync::Arc;

use doorward_model::TenantId;
use doorward_model::application::Application;

use crate::{Context, client, resource};

/// My account, as the client that decisions and records name.
async fn application(ctx: &Context, tenant: TenantId) -> crate::Result<Arc<Application>> {
    let mut unit = ctx.store.tenant(tenant).read().await?;
    client::find(unit.as_mut(), &resource::ACCOUNT.to_string()).await
}
