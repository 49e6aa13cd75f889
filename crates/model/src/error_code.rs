//! Error codes of the protocol (`AADSTSnnnnn`), with the OAuth error and suberror that clients act on.

use serde::{Deserialize, Serialize};

/// A numbered protocol error. The table is the single place that maps a code to what goes over the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ErrorCode(pub u32);

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $error:literal, $suberror:expr;)+) => {
        impl ErrorCode {
            $($(#[$doc])* pub const $name: Self = Self($number);)+

            /// OAuth `error` member.
            #[must_use]
            pub fn oauth_error(self) -> &'static str {
                match self.0 {
                    $($number => $error,)+
                    _ => "invalid_request",
                }
            }

            /// `suberror` member, which the client libraries act on.
            #[must_use]
            pub fn suberror(self) -> Option<&'static str> {
                match self.0 {
                    $($number => $suberror,)+
                    _ => None,
                }
            }

            /// Every code of the table.
            pub const ALL: &'static [Self] = &[$(Self($number)),+];
        }
    };
}

codes! {
    /// Several sessions or none: the person must choose.
    INTERACTION_REQUIRED = 16000, "interaction_required", None;
    /// The redirect URI is not registered for the client.
    REDIRECT_MISMATCH = 50011, "invalid_request", None;
    /// The device platform is not supported.
    DEVICE_POLICY_ERROR = 50005, "invalid_grant", Some("message_only");
    /// The assertion of a token request is not accepted.
    INVALID_ASSERTION = 50013, "invalid_grant", None;
    /// No such account; only where the caller may know.
    USER_NOT_FOUND = 50034, "invalid_grant", None;
    /// Too many attempts.
    ACCOUNT_LOCKED = 50053, "invalid_grant", None;
    /// The password has expired or must be changed.
    PASSWORD_EXPIRED = 50055, "invalid_grant", Some("user_password_expired");
    /// The account is disabled.
    USER_DISABLED = 50057, "invalid_grant", None;
    /// Silent sign-in without a session.
    LOGIN_REQUIRED = 50058, "login_required", None;
    /// A second factor is needed (interactive).
    MFA_REQUIRED_INTERACTIVE = 50074, "interaction_required", Some("basic_action");
    /// A second factor is needed.
    MFA_REQUIRED = 50076, "interaction_required", Some("basic_action");
    /// The flow token of a sign-in page has expired.
    FLOW_TOKEN_EXPIRED = 50089, "invalid_grant", None;
    /// The device must prove itself.
    DEVICE_AUTHENTICATION_REQUIRED = 50097, "invalid_grant", Some("device_authentication_failed");
    /// The proof of a device is not valid.
    DEVICE_PROOF_INVALID = 50099, "invalid_grant", None;
    /// Wrong name or password.
    INVALID_CREDENTIALS = 50126, "invalid_grant", None;
    /// The broker app is missing.
    BROKER_NOT_INSTALLED = 50127, "interaction_required", Some("additional_action");
    /// The device is not registered.
    DEVICE_NOT_REGISTERED = 50129, "interaction_required", Some("additional_action");
    /// The session is void: password changed, signed out, revoked.
    SESSION_REVOKED = 50133, "invalid_grant", Some("bad_token");
    /// The password must be changed because of risk.
    PASSWORD_CHANGE_REQUIRED = 50135, "interaction_required", Some("basic_action");
    /// The device could not be authenticated.
    DEVICE_AUTHENTICATION_FAILED = 50155, "invalid_grant", Some("device_authentication_failed");
    /// Terms of use or an external control are missing.
    EXTERNAL_CHALLENGE = 50158, "interaction_required", Some("basic_action");
    /// The device is not compliant.
    DEVICE_NOT_COMPLIANT = 53000, "invalid_grant", Some("additional_action");
    /// The device is not domain joined.
    DEVICE_NOT_DOMAIN_JOINED = 53001, "invalid_grant", Some("message_only");
    /// The app is not on the approved list.
    APP_NOT_APPROVED = 53002, "invalid_grant", Some("additional_action");
    /// Blocked by conditional access.
    BLOCKED = 53003, "invalid_grant", Some("message_only");
    /// Policies do not let the person register a way to sign in from here.
    PROOF_UP_BLOCKED = 53010, "invalid_grant", Some("message_only");
    /// The app must apply its protection policy first.
    PROTECTION_POLICY_REQUIRED = 53005, "unauthorized_client", Some("protection_policy_required");
    /// The person or the administrator has not agreed to the app.
    CONSENT_REQUIRED = 65001, "invalid_grant", Some("consent_required");
    /// Only an administrator can agree to what the app asks for.
    ADMIN_CONSENT_REQUIRED = 90094, "invalid_grant", Some("consent_required");
    /// The person said no.
    CONSENT_DECLINED = 65004, "access_denied", None;
    /// The grant is not valid.
    INVALID_GRANT = 70000, "invalid_grant", None;
    /// The scope names no known permission.
    INVALID_SCOPE = 70011, "invalid_scope", None;
    /// The grant is expired or withdrawn.
    GRANT_EXPIRED = 70008, "invalid_grant", None;
    /// Device code: nobody answered yet.
    AUTHORIZATION_PENDING = 70016, "authorization_pending", None;
    /// Device code: polling too fast.
    SLOW_DOWN = 70017, "slow_down", None;
    /// Device code: expired.
    CODE_EXPIRED = 70019, "expired_token", None;
    /// Response type unknown.
    UNSUPPORTED_RESPONSE_TYPE = 700054, "unsupported_response_type", None;
    /// Grant type unknown.
    UNSUPPORTED_GRANT_TYPE = 70003, "unsupported_grant_type", None;
    /// The sign-in behind a refresh token is older than the policy allows.
    TOKEN_TOO_OLD = 70043, "invalid_grant", Some("token_expired");
    /// The session is older than the policy allows.
    SESSION_TOO_OLD = 70044, "invalid_grant", Some("token_expired");
    /// Tenant not found.
    TENANT_NOT_FOUND = 90002, "invalid_request", None;
    /// A required parameter is missing.
    MISSING_PARAMETER = 90014, "invalid_request", None;
    /// Something in the request is malformed.
    BAD_REQUEST = 90023, "invalid_request", None;
    /// Temporary failure; try again.
    TEMPORARILY_UNAVAILABLE = 90033, "temporarily_unavailable", None;
    /// The service is overloaded.
    THROTTLED = 90055, "temporarily_unavailable", None;
    /// The request nonce is unknown, expired or was used before.
    INVALID_NONCE = 140000, "invalid_grant", None;
    /// The session key signature is not valid.
    INVALID_SESSION_KEY = 140001, "invalid_grant", None;
    /// The device is disabled.
    DEVICE_DISABLED = 135011, "invalid_grant", None;
    /// PKCE is required or the method is not S256.
    PKCE_REQUIRED = 9002313, "invalid_request", None;
    /// The PKCE verifier does not fit.
    PKCE_MISMATCH = 501481, "invalid_grant", None;
    /// The code was used before.
    CODE_REPLAYED = 54005, "invalid_grant", None;
    /// The second factor was not right.
    MFA_FAILED = 500121, "interaction_required", Some("basic_action");
    /// The client may not use this grant.
    UNAUTHORIZED_CLIENT = 700025, "unauthorized_client", None;
    /// The client is unknown.
    APP_NOT_FOUND = 700016, "unauthorized_client", None;
    /// The client is disabled.
    APP_DISABLED = 7000112, "unauthorized_client", None;
    /// Wrong client secret.
    INVALID_CLIENT_SECRET = 7000215, "invalid_client", None;
    /// A confidential client must authenticate.
    CLIENT_CREDENTIAL_MISSING = 7000218, "invalid_client", None;
    /// The client secret has expired.
    CLIENT_SECRET_EXPIRED = 7000222, "invalid_client", None;
    /// The client assertion is not valid.
    INVALID_CLIENT_ASSERTION = 700027, "invalid_client", None;
    /// The resource is unknown.
    RESOURCE_NOT_FOUND = 500011, "invalid_resource", None;
    /// The resource is disabled.
    RESOURCE_DISABLED = 500014, "invalid_resource", None;
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AADSTS{}", self.0)
    }
}
