//! Device compliance: policies and settings of the tenant, devices under management, their reports, and what comes of judging them.
//!
//! A device is enrolled, reports facts, and is judged by the policies assigned to its owner. The result stands in the registered device,
//! where conditional access reads it, with the moment up to which it holds. Until the next report a changed policy changes nothing; the
//! end of a grace period or of a report does, and so does a policy that is deleted or assigned to others: see [`due`].

mod device;
mod due;
mod enrol;
mod gather;
mod impact;
pub mod linux;
mod policies;
mod report;
mod settings;
mod stored;
mod summary;
mod word;

pub use due::judge_due;
pub use enrol::{Enrolment, delete, enrol, retire};
pub use impact::{Example, Impact, impact};
pub use policies::{create_policy, delete_policy, draft_policy, update_policy};
pub use report::{Answer, Failing, Report, remedy, report};
pub use settings::{SettingsPatch, update_settings};
pub use stored::{SETTINGS_ID, Stored, all, find, settings};
pub use summary::{DeviceDetail, PolicySummary, Summary, device_detail, summary};
pub(crate) use word::set_by_administrator;
