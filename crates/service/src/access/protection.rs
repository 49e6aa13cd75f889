//! Clients that can apply an app protection policy, and what they are told.

use doorward_model::ErrorCode;
use doorward_model::sign_in::DevicePlatform;
use doorward_policy::conditional_access::{Facts, PolicySet, decide};
use doorward_wire::oauth::client_info;

use super::device::perfect;
use super::request::{Request, Subject};
use crate::error::Refusal;

/// Capability of clients with the protection runtime.
const PROTECTS: &str = "ProtApp";
/// What other clients are told in place of the error that makes those with the runtime act: a page says what to do.
const INTERACT: (&str, &str) = ("interaction_required", "additional_action");

/// Whether a client with these capabilities can apply an app protection policy.
pub(crate) fn can_protect(capabilities: &[String]) -> bool {
    capabilities.iter().any(|capability| capability == PROTECTS)
}

/// Whether the protection policy is all that an app lacks which says that it can apply one, where nothing but its user agent says that
/// it is not on a phone: a library may say nothing of that.
pub(super) fn is_what_lacks(set: &PolicySet, request: &Request<'_>, facts: &Facts, code: ErrorCode) -> bool {
    if code != ErrorCode::APP_NOT_APPROVED || facts.device.is_some() || !can_protect(request.capabilities) {
        return false;
    }
    let platform = facts.device_platform.filter(|platform| platform.is_mobile()).or(Some(DevicePlatform::Ios));
    let on_phone = Facts { device_platform: platform, device: Some(perfect()), broker_present: true, ..facts.clone() };
    decide(set, &on_phone).error() == Some(ErrorCode::PROTECTION_POLICY_REQUIRED)
}

/// Puts a refusal for want of a protection policy into the words on which the client acts.
pub(super) fn tell(refusal: &mut Refusal, request: &Request<'_>) {
    match request.subject {
        Subject::User(user) if can_protect(request.capabilities) => {
            refusal.client_info = Some(client_info::encode(user.id, request.tenant.id));
        }
        _ => refusal.oauth = Some(INTERACT),
    }
}
