//! The repository of managed devices.

use async_trait::async_trait;
use doorward_model::DeviceId;
use doorward_model::compliance::{ManagedDevice, Standing};
use doorward_model::device::Device;
use jiff::Timestamp;

use crate::Result;
use crate::query::{ManagedDeviceField, Page, Query};

/// A managed device with the registered device that it is.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedDevice {
    /// What is kept of its management.
    pub managed: ManagedDevice,
    /// The registered device.
    pub device: Device,
}

/// How many devices stand to a policy in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyCount {
    /// The policy.
    pub policy_id: String,
    /// How they stand to it.
    pub standing: Standing,
    /// How many.
    pub devices: u64,
}

/// Managed devices. Each is named by a registered device, without which it does not exist.
#[async_trait]
pub trait ManagedDeviceRepository: Send {
    /// By the id of the device.
    async fn get(&mut self, id: DeviceId) -> Result<Option<ManagedDevice>>;
    /// The devices that a query finds, with their registrations.
    async fn page(&mut self, query: &Query<ManagedDeviceField>) -> Result<Page<ListedDevice>>;
    /// How many a query finds in all; its order, place and limit do not count.
    async fn count(&mut self, query: &Query<ManagedDeviceField>) -> Result<u64>;
    /// The devices that were judged by a policy last, in order of id, at most `limit`, after the id `after`.
    async fn of_policy(&mut self, policy_id: &str, after: Option<DeviceId>, limit: u32) -> Result<Vec<ListedDevice>>;
    /// How many devices under management there are in each compliance state, by its word in lower case, in order of the words.
    async fn count_by_state(&mut self) -> Result<Vec<(String, u64)>>;
    /// How many devices stand to each policy in each way, in order of policy and way.
    async fn count_by_policy(&mut self) -> Result<Vec<PolicyCount>>;
    /// Devices under management of which time alone may have changed something before `now`, the longest waiting first.
    async fn due(&mut self, now: Timestamp, limit: u32) -> Result<Vec<ManagedDevice>>;
    /// Makes every device under management due; how many. Each is until it is next updated.
    async fn make_due(&mut self) -> Result<u64>;
    /// Makes a managed device; without its registered device: `NotFound`.
    async fn create(&mut self, device: &ManagedDevice) -> Result<()>;
    /// Replaces a managed device.
    async fn update(&mut self, device: &ManagedDevice) -> Result<()>;
    /// Forgets a managed device; the registered one stays.
    async fn delete(&mut self, id: DeviceId) -> Result<()>;
}
