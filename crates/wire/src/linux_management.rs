//! Device management of Linux computers, as their clients speak it: enrolment, check-in, and the state of a device.

mod check_in;
mod device_state;
mod enrolment;

pub use check_in::{Details, Policies, Policy, PolicySetting, PolicyStatus, ReportedState, SettingStatus, Status};
pub use device_state::{DeviceState, FailingRule};
pub use enrolment::{CertificateAnswer, EnrolmentRequest, EnrolmentResponse, read_csr};
