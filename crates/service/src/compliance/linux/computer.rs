//! Which computer speaks.

use std::sync::Arc;

use doorward_model::DeviceId;
use doorward_model::device::Device;
use doorward_model::sign_in::DevicePlatform;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use crate::access::platform_of;
use crate::client;
use crate::context::Context;
use crate::directory::DirectoryError;
use crate::error::Error;
use crate::token::verify::Authenticated;

/// Why a computer is not heard.
#[derive(Debug, thiserror::Error)]
pub enum ComputerError {
    /// The request is malformed; the text names the member.
    #[error("{0}")]
    Malformed(String),
    /// The token does not come from a registered Linux computer of its bearer.
    #[error("the access token must be one that the broker of a registered Linux computer got for its owner")]
    NoComputer,
    /// It speaks about another device, or is not managed.
    #[error("Device validation failed")]
    NotManaged,
    /// Refused or failed elsewhere.
    #[error(transparent)]
    Other(#[from] DirectoryError),
}

impl From<Error> for ComputerError {
    fn from(error: Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<doorward_store::StoreError> for ComputerError {
    fn from(error: doorward_store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// A registered Linux computer, with its owner who is signed in on it.
#[derive(Debug, Clone)]
pub struct Computer {
    pub(super) device: Arc<Device>,
    pub(super) owner: Arc<User>,
}

impl Computer {
    /// The computer that an access token comes from: its key took part when its broker got the token. What another app or service of the
    /// person was given does not speak for the computer.
    ///
    /// # Errors
    /// [`ComputerError::NoComputer`], or storage failure.
    pub async fn of(ctx: &Context, tenant: &Tenant, bearer: Authenticated) -> Result<Self, ComputerError> {
        let (Some(owner), Some(id)) = (bearer.user, bearer.device_id) else { return Err(ComputerError::NoComputer) };
        let mut unit = ctx.store.tenant(tenant.id).read().await?;
        if !client::find(unit.as_mut(), &bearer.app_id.to_string()).await?.broker {
            return Err(ComputerError::NoComputer);
        }
        let device = unit.devices().get(id).await?;
        let device = device.filter(|device| {
            device.account_enabled && device.owner == Some(owner.id) && platform_of(device) == Some(DevicePlatform::Linux)
        });
        Ok(Self { device: device.ok_or(ComputerError::NoComputer)?, owner })
    }

    /// The id under which it is managed, if `named` is that one.
    pub(super) fn id_if(&self, named: &str) -> Result<DeviceId, ComputerError> {
        let same = named.parse::<DeviceId>().is_ok_and(|named| named == self.device.id);
        if same { Ok(self.device.id) } else { Err(ComputerError::NotManaged) }
    }
}
