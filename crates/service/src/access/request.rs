//! What a decision is asked about.

use doorward_model::application::Application;
use doorward_model::device::Device;
use doorward_model::session::Session;
use doorward_model::sign_in::{ClientAppType, TransferMethod, UserAction};
use doorward_model::tenant::Tenant;
use doorward_model::user::User;

use crate::caller::Caller;

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A person.
    User(&'a User),
    /// The client for itself.
    Workload,
}

/// Everything a decision is about.
#[derive(Clone)]
pub struct Request<'a> {
    /// Flow, as the sign-in log names it.
    pub grant: &'static str,
    /// Tenant.
    pub tenant: &'a Tenant,
    /// The other end.
    pub caller: &'a Caller,
    /// Who asks.
    pub subject: Subject<'a>,
    /// With which app.
    pub client: &'a Application,
    /// The app that asks for it, which runs in its pages: protection is its affair, and it must be on the list as well.
    pub hub: Option<&'a Application>,
    /// Kind of client; none when it cannot be told.
    pub client_type: Option<ClientAppType>,
    /// For which resource.
    pub resource: &'a Application,
    /// Authentication context that the client asks for (`acrs`).
    pub authentication_context: Option<&'a str>,
    /// For which action instead of a resource.
    pub user_action: Option<UserAction>,
    /// Device that has proved itself.
    pub device: Option<&'a Device>,
    /// The broker took part: proved by a primary refresh token.
    pub brokered: bool,
    /// The sign-in that this comes from; none where nobody signed in.
    pub session: Option<&'a Session>,
    /// How the session was handed over.
    pub transfer_method: TransferMethod,
    /// Capabilities that the client announced (`xms_cc`).
    pub capabilities: &'a [String],
    /// The enrolment for app protection that the client says is its own (`microsoft_enrollment_id`): no other speaks for it then.
    pub enrolment: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A request without device, broker or methods; the caller adds what there is.
    #[must_use]
    pub fn new(
        grant: &'static str,
        tenant: &'a Tenant,
        caller: &'a Caller,
        subject: Subject<'a>,
        client: &'a Application,
        resource: &'a Application,
    ) -> Self {
        Self {
            grant,
            tenant,
            caller,
            subject,
            client,
            hub: None,
            client_type: None,
            resource,
            authentication_context: None,
            user_action: None,
            device: None,
            brokered: false,
            session: None,
            transfer_method: TransferMethod::None,
            capabilities: &[],
            enrolment: None,
        }
    }

    /// Methods used to sign in, as in the `amr` claim.
    pub(super) fn amr(&self) -> &'a [String] {
        self.session.map_or(&[], |session| &session.amr)
    }
}
