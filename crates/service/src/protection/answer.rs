//! What an app instance is told: the same after enrolment and after every check-in.

use std::sync::Arc;

use doorward_model::device::Device;
use doorward_model::protection::{Intended, Interval, ManagedAppOperation, ManagedAppRegistration, OperationState, ProtectionState};
use doorward_model::tenant::Tenant;
use doorward_store::Unit;
use jiff::Timestamp;

use super::effective::{Current, effective, level};
use super::error::Result;
use crate::context::Context;
use crate::one_time;

/// Time between check-ins of an app that is in use and has a policy; an app without one asks again after [`UNTARGETED`].
const TARGETED: Interval = Interval::minutes(30);
const UNTARGETED: Interval = Interval::hours(12);
/// A clock that differs by more seconds is worth a message.
const SKEW: i64 = 10 * 60;

/// The answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The registration as it is now.
    pub registration: ManagedAppRegistration,
    /// The policy to enforce.
    pub current: Option<Current>,
    /// The device object behind the instance.
    pub device: Option<Arc<Device>>,
    /// A nonce for the next proof.
    pub nonce: String,
    /// Time of the service.
    pub server_time: Timestamp,
    /// When to check in next, while in use.
    pub next_check_in: Interval,
    /// The device's clock is wrong by more than ten minutes.
    pub clock_differs: bool,
}

impl Answer {
    /// What the app still has to do.
    pub fn operations(&self) -> impl Iterator<Item = &ManagedAppOperation> {
        self.registration.operations.iter().filter(|operation| operation.is_open())
    }
}

/// Works out what the instance has to enforce, and notes in the registration that it was told. The caller stores the registration.
pub(super) async fn prepare(
    ctx: &Context,
    unit: &mut dyn Unit,
    tenant: &Tenant,
    mut registration: ManagedAppRegistration,
) -> Result<Answer> {
    let now = ctx.now();
    let device = match registration.device_id {
        Some(id) => unit.devices().get(id).await?,
        None => None,
    };
    let level = level(device.as_deref(), registration.app_identifier.platform(), registration.state.management_level);
    let current = effective(ctx, unit, tenant.id, registration.user_id, &registration.app_identifier, level).await?;
    registration.protection = match (&current, registration.protection) {
        (Some(_), _) => ProtectionState::Active,
        (None, ProtectionState::Active | ProtectionState::None) => ProtectionState::None,
        (None, _) => ProtectionState::NotTargeted,
    };
    registration.intended = current.as_ref().map(|current| Intended {
        tag: current.tag.clone(),
        since: doorward_policy::protection::current_since(&registration, &current.tag, current.changed),
        policies: current.effective.intended.clone(),
    });
    registration.last_sync_date_time = now;
    for operation in &mut registration.operations {
        if operation.state == OperationState::Pending {
            operation.state = OperationState::Active;
        }
    }
    Ok(Answer {
        next_check_in: if current.is_some() { TARGETED } else { UNTARGETED },
        clock_differs: now.duration_since(registration.state.clock).as_secs().abs() > SKEW,
        nonce: one_time::nonce(ctx, tenant.id)?,
        server_time: now,
        registration,
        current,
        device,
    })
}
