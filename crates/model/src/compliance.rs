//! Device compliance: the words that reports, judgements and the store share.
//!
//! A managed device reports [`Facts`]; compliance policies judge them; the [`Judgement`] is kept with the device. What the settings
//! of a policy mean is in `doorward-policy`.

mod fact;
mod judgement;
mod managed_device;
mod settings;

pub use fact::{Fact, FactSource, FactValue, Facts};
pub use judgement::{ActionOutcome, ActionType, ComplianceStatus, FiredAction, Judgement, PolicyState, SettingState, Standing};
pub use managed_device::{AndroidManagement, DeviceOwnerType, ManagedDevice, ManagementState, Word};
pub use settings::ComplianceSettings;
