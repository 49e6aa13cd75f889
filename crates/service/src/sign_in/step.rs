//! The words between the steps of a sign-in and the pages that show them.

use std::sync::Arc;

use doorward_model::ErrorCode;
use doorward_model::application::Application;
use doorward_model::authentication_method::SecondFactor;
use doorward_model::session::Session;
use doorward_model::tenant::Tenant;
use doorward_model::user::User;
use doorward_wire::pkeyauth::Challenge;

use super::flow::Progress;
use super::request::AuthorizeRequest;
use crate::authentication_method::fido2::{Creation, CreationOptions, Proof, ProofOptions};
use crate::caller::Caller;
use crate::error::Refusal;
use crate::resource::Target;

/// What a person posted.
#[derive(Clone)]
pub enum Submission {
    /// Nothing: the request has just arrived.
    Nothing,
    /// The sign-in name.
    Identifier {
        /// As typed.
        login: String,
    },
    /// Name and password.
    Password {
        /// As typed.
        login: String,
        /// Password.
        password: String,
    },
    /// A new password in place of one that was handed out.
    NewPassword {
        /// The present password again.
        old: String,
        /// New password.
        new: String,
        /// New password, repeated.
        repeated: String,
    },
    /// A passkey in place of name and password, or as a second factor where one was asked for.
    Passkey(Proof),
    /// The ticket of the domain in place of name and password; none where the browser has not been asked for it, or offers none.
    Ticket(Option<Vec<u8>>),
    /// Something about second factors.
    SecondFactor(FactorAnswer),
    /// The answer to the consent page.
    Consent(bool),
    /// Nothing by the person: the client has answered the question for its device, which the request says.
    Device,
}

/// What a person posted on the pages about second factors.
#[derive(Clone)]
pub enum FactorAnswer {
    /// Show the page for this second factor: to give it, or to register it.
    UseInstead(SecondFactor),
    /// A code of the authenticator app.
    AppCode(String),
    /// A recovery code.
    RecoveryCode(String),
    /// The first code of a new authenticator app.
    NewApp(String),
    /// A new passkey.
    NewPasskey(Creation),
    /// Nothing more: the recovery codes are in a safe place, or the factor was given by [`super::second_factor::give_app_code`].
    GoOn,
}

/// What comes next. Some of it is secret, so it cannot be printed.
pub enum Step {
    /// Ask who is signing in.
    Identifier {
        /// Name to start from.
        login: String,
        /// What was wrong.
        problem: Option<String>,
        /// What a passkey may answer instead.
        passkey: ProofOptions,
    },
    /// Ask for the password.
    Password {
        /// Account.
        login: String,
        /// What was wrong.
        problem: Option<String>,
        /// Its number, for programs that read the page.
        code: Option<ErrorCode>,
    },
    /// Ask for a new password.
    ChangePassword {
        /// Account.
        login: String,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Ask for a second factor that the person has.
    SecondFactor {
        /// Account.
        login: String,
        /// Which.
        factor: SecondFactor,
        /// What a passkey must answer, where it is one.
        passkey: Option<ProofOptions>,
        /// Others that would do.
        others: Vec<SecondFactor>,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Ask which second factor to register.
    ChooseSecondFactor {
        /// Account.
        login: String,
        /// What would do.
        offered: Vec<SecondFactor>,
    },
    /// Register an authenticator app.
    RegisterApp {
        /// Account.
        login: String,
        /// The secret for typing.
        secret: String,
        /// The same for the QR code.
        uri: String,
        /// Others that would do.
        others: Vec<SecondFactor>,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Register a passkey.
    RegisterPasskey {
        /// Account.
        login: String,
        /// What the browser is asked to make.
        options: Box<CreationOptions>,
        /// Others that would do.
        others: Vec<SecondFactor>,
        /// What was wrong.
        problem: Option<String>,
    },
    /// Show recovery codes, once.
    RecoveryCodes {
        /// Account.
        login: String,
        /// The codes.
        codes: Vec<String>,
    },
    /// Ask the client for its device; the person notices nothing.
    ProveDevice(Box<Challenge>),
    /// Ask for consent.
    Consent {
        /// Account.
        login: String,
    },
    /// Somebody is signed in and nothing stands in the way: for flows that end here (approving a device code).
    SignedIn(Arc<Session>, Arc<User>),
    /// Answer the client with a code.
    Code(String),
    /// Answer the client with an error (`prompt=none`, consent declined).
    Error(Box<Refusal>),
    /// Show the refusal to the person.
    Refused {
        /// Why.
        refusal: Box<Refusal>,
        /// Who signed in.
        login: String,
        /// Names of the apps that may be used instead, where the app was the reason.
        approved_apps: Vec<String>,
    },
}

/// A step, with the cookie to set and the progress to carry on.
pub struct Outcome {
    /// What comes next.
    pub step: Step,
    /// New session cookie value.
    pub session_cookie: Option<String>,
    /// Progress for the next page.
    pub progress: Progress,
}

/// A request on its way: what is the same at every step.
#[derive(Clone, Copy)]
pub struct Journey<'a> {
    /// Tenant.
    pub tenant: &'a Tenant,
    /// The other end.
    pub caller: &'a Caller,
    /// What for.
    pub wish: Wish<'a>,
}

/// What a sign-in is for.
#[derive(Clone, Copy)]
pub enum Wish<'a> {
    /// A code for a client.
    Code(&'a AuthorizeRequest, &'a Application, &'a Target),
    /// Approving the device code of a client. Policies speak when the client redeems it; a second factor that they will ask for is
    /// asked for here, where there is somebody to give it.
    DeviceCode(&'a Application, &'a Target),
}

impl<'a> Wish<'a> {
    /// The authorization request.
    #[must_use]
    pub fn request(&self) -> Option<&'a AuthorizeRequest> {
        match self {
            Self::Code(request, ..) => Some(request),
            Self::DeviceCode(..) => None,
        }
    }

    /// The client that will get a token, and for what.
    #[must_use]
    pub fn client(&self) -> (&'a Application, &'a Target) {
        match self {
            Self::Code(_, client, target) | Self::DeviceCode(client, target) => (client, target),
        }
    }
}
