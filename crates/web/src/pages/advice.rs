//! Refusals in plain words: what was required, and what the person can do about it.
//!
//! The one place for these texts. They are written for people who do not know what a policy is, name nobody's account, and
//! never say more than the person who signed in may know.

use doorward_model::ErrorCode;
use doorward_model::application::MobilePlatform;

use super::Link;

/// What is known where a refusal is shown; every missing part makes a text more general, never wrong.
#[derive(Debug, Clone, Copy, Default)]
pub struct Situation<'a> {
    /// The phone's platform, if it is a phone.
    pub phone: Option<MobilePlatform>,
    /// Display name of the client.
    pub app: Option<&'a str>,
    /// Display name of the service that was asked for.
    pub service: Option<&'a str>,
    /// Display name of the broker app of this platform.
    pub broker: Option<&'a str>,
    /// Where this platform's store has the broker.
    pub broker_store: Option<&'a Link>,
    /// An address that starts the registration in the broker (`msauth://wpj…`).
    pub registration: Option<&'a Link>,
    /// Display names of the apps that may be used instead.
    pub approved_apps: &'a [String],
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// Its words.
    pub label: String,
    /// Where it leads.
    pub link: Link,
}

/// A refusal in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What happened, as a heading.
    pub title: String,
    /// Which requirement failed.
    pub explanation: String,
    /// What the person can do, in order.
    pub steps: Vec<String>,
    /// The first step as a button.
    pub action: Option<Action>,
}

/// Words for `code` in this situation.
#[must_use]
pub fn advise(code: ErrorCode, situation: &Situation<'_>) -> Advice {
    match code {
        ErrorCode::BROKER_NOT_INSTALLED => install_broker(situation),
        ErrorCode::DEVICE_NOT_REGISTERED | ErrorCode::DEVICE_AUTHENTICATION_REQUIRED | ErrorCode::DEVICE_AUTHENTICATION_FAILED => {
            register_device(code, situation)
        }
        ErrorCode::APP_NOT_APPROVED => use_approved_app(situation),
        ErrorCode::PROTECTION_POLICY_REQUIRED => protect_app(situation),
        other => fixed(other, situation),
    }
}

impl Situation<'_> {
    fn device(&self) -> &'static str {
        match self.phone {
            Some(_) => "phone",
            None => "device",
        }
    }

    fn app(&self) -> &str {
        self.app.unwrap_or("this app")
    }

    fn service(&self) -> &str {
        self.service.unwrap_or("this service")
    }

    fn broker(&self) -> &str {
        self.broker.unwrap_or("the sign-in helper app")
    }

    fn open_app_again(&self) -> String {
        format!("Open {} again and sign in.", self.app())
    }
}

fn install_broker(situation: &Situation<'_>) -> Advice {
    let broker = situation.broker();
    let store = match situation.phone {
        Some(MobilePlatform::Ios) => "the App Store",
        Some(MobilePlatform::Android) => "the Play Store",
        None => "your app store",
    };
    Advice {
        title: "One more app is needed".to_owned(),
        explanation: format!(
            "Your company lets {} open {} only on a {} that has {broker}. It confirms that the app is genuine. It does not manage your {2}, and does not look at your other apps.",
            situation.app(),
            situation.service(),
            situation.device(),
        ),
        steps: vec![format!("Install {broker} from {store}."), situation.open_app_again()],
        action: situation.broker_store.map(|link| Action { label: format!("Open {store}"), link: link.clone() }),
    }
}

fn register_device(code: ErrorCode, situation: &Situation<'_>) -> Advice {
    let device = situation.device();
    let broker = situation.broker();
    let (title, first) = if code == ErrorCode::DEVICE_AUTHENTICATION_FAILED {
        (format!("This {device} is no longer registered"), "Your company does not recognise it any more.")
    } else {
        (format!("Register this {device}"), "Your company has not seen it before.")
    };
    Advice {
        title,
        explanation: format!(
            "{first} To open {}, your {device} must be registered once. Only its name, its operating system and a key are stored: no profile is installed, and nobody sees your apps or your private data.",
            situation.service(),
        ),
        steps: vec![
            format!("Start the registration in {broker}."),
            "Sign in there with your work account.".to_owned(),
            situation.open_app_again(),
        ],
        action: situation.registration.map(|link| Action { label: format!("Register this {device}"), link: link.clone() }),
    }
}

fn use_approved_app(situation: &Situation<'_>) -> Advice {
    let instead = match situation.approved_apps {
        [] => "Ask your help desk which app to use instead.".to_owned(),
        [only] => format!("Use {only} instead."),
        [first @ .., last] => format!("Use {} or {last} instead.", first.join(", ")),
    };
    Advice {
        title: "This app is not approved".to_owned(),
        explanation: format!(
            "Your name and password are right, but your company does not let {} open {}. Only apps that protect the company's data may.",
            situation.app(),
            situation.service(),
        ),
        steps: vec![instead],
        action: None,
    }
}

fn protect_app(situation: &Situation<'_>) -> Advice {
    let app = situation.app();
    Advice {
        title: "This app must be protected first".to_owned(),
        explanation: format!(
            "Your company requires {app} to protect work data. It has not taken over the company's settings yet, or has not shown that it is genuine and on a sound phone."
        ),
        steps: vec![
            format!("Update {app} to its newest version."),
            situation.open_app_again(),
            "If it happens again, send the details below to your help desk.".to_owned(),
        ],
        action: None,
    }
}

/// Refusals whose words depend on the situation by names only.
fn fixed(code: ErrorCode, situation: &Situation<'_>) -> Advice {
    let device = situation.device();
    let service = situation.service();
    let ask = "If you think that this is wrong, send the details below to your help desk.";
    let (title, explanation, steps): (&str, String, Vec<&str>) = match code {
        ErrorCode::DEVICE_NOT_DOMAIN_JOINED => (
            "Use a company computer",
            format!(
                "Your name and password are right, but {service} can be opened only on a computer that your company has set up (joined to its domain)."
            ),
            vec!["Sign in on a company computer, or on your phone with an approved app.", ask],
        ),
        ErrorCode::DEVICE_NOT_COMPLIANT => (
            "This device does not meet the rules",
            format!(
                "Your name and password are right, but {service} can be opened only on a {device} that your company manages and that follows its safety rules."
            ),
            vec![
                "Open the management app and look at what it asks for, for example an update or a screen lock.",
                "Then sign in again.",
                ask,
            ],
        ),
        ErrorCode::PROOF_UP_BLOCKED => (
            "A second step cannot be set up from here",
            format!(
                "{service} asks for a second step at sign-in, and you have not set one up yet. Your company allows that only from certain places or devices."
            ),
            vec!["Sign in from your company's network or on a company computer.", ask],
        ),
        ErrorCode::DEVICE_DISABLED => (
            "This device is switched off for work",
            format!("An administrator has disabled this {device}. It cannot open {service} until it is enabled again."),
            vec!["Send the details below to your help desk. If the device was reported lost and found again, say so."],
        ),
        ErrorCode::DEVICE_POLICY_ERROR => (
            "This kind of device cannot be used",
            format!("Your company does not let this kind of device open {service}."),
            vec!["Use a phone or computer of a kind that your company supports.", ask],
        ),
        ErrorCode::BLOCKED => (
            "You cannot open this from here",
            format!(
                "Your name and password are right, but a rule of your company does not allow {service} to be opened in this way: with this app, from this place or on this kind of device."
            ),
            vec!["Try an app, a device or a network that your company supports.", ask],
        ),
        ErrorCode::MFA_REQUIRED | ErrorCode::MFA_REQUIRED_INTERACTIVE => (
            "A second step is needed",
            format!("Your company asks for a second step at sign-in before it opens {service}, and you have none that it accepts here."),
            vec!["Ask your help desk how to set one up."],
        ),
        ErrorCode::EXTERNAL_CHALLENGE => (
            "Something else is required first",
            format!(
                "Before {service} opens, your company asks for a further step, for example agreeing to its terms of use. This sign-in cannot offer it."
            ),
            vec!["Send the details below to your help desk."],
        ),
        ErrorCode::PASSWORD_CHANGE_REQUIRED | ErrorCode::PASSWORD_EXPIRED => (
            "A new password is needed",
            "Your password must be changed before you can sign in.".to_owned(),
            vec!["Start again from your app and choose a new password when you are asked.", "If you are not asked, call your help desk."],
        ),
        ErrorCode::USER_DISABLED => (
            "This account is switched off",
            "An administrator has disabled this account, or it has expired. Nobody can sign in with it.".to_owned(),
            vec!["If you still work here, send the details below to your help desk."],
        ),
        ErrorCode::ACCOUNT_LOCKED | ErrorCode::THROTTLED => (
            "Too many attempts",
            "There were too many attempts to sign in, so there is a pause.".to_owned(),
            vec!["Wait a few minutes, then try again.", "If it was not you who tried, tell your help desk."],
        ),
        ErrorCode::FLOW_TOKEN_EXPIRED | ErrorCode::SESSION_TOO_OLD | ErrorCode::SESSION_REVOKED | ErrorCode::INVALID_NONCE => (
            "This sign-in has expired",
            "It was open for too long, or you have signed out elsewhere.".to_owned(),
            vec!["Go back to your app and sign in again."],
        ),
        ErrorCode::CONSENT_REQUIRED | ErrorCode::CONSENT_DECLINED => (
            "The app has no permission",
            format!("Nobody has agreed that {} may open {service} for you.", situation.app()),
            vec!["Sign in again and accept, if you trust the app.", "If you cannot accept, ask your help desk."],
        ),
        ErrorCode::APP_NOT_FOUND | ErrorCode::APP_DISABLED | ErrorCode::UNAUTHORIZED_CLIENT | ErrorCode::REDIRECT_MISMATCH => (
            "This app cannot be used here",
            "The app is not known here, is switched off, or is not the app that it says it is. Nothing was sent to it.".to_owned(),
            vec!["Get the app from its official store and try again.", "If it is the right one, send the details below to your help desk."],
        ),
        ErrorCode::RESOURCE_NOT_FOUND | ErrorCode::RESOURCE_DISABLED | ErrorCode::INVALID_SCOPE => (
            "The app asks for something unknown",
            "The service or permission that the app asks for does not exist here, or is switched off.".to_owned(),
            vec!["Update the app and try again.", "If it happens again, send the details below to your help desk."],
        ),
        ErrorCode::TENANT_NOT_FOUND => (
            "This company is not known here",
            "The address names a company that this sign-in service does not serve.".to_owned(),
            vec!["Check the address, or ask your help desk for the right one."],
        ),
        ErrorCode::TEMPORARILY_UNAVAILABLE => (
            "Please try again",
            "The sign-in service could not answer at the moment.".to_owned(),
            vec!["Wait a minute, then sign in again."],
        ),
        _ => (
            "This sign-in cannot go on",
            "The app's request cannot be answered.".to_owned(),
            vec!["Go back to your app and sign in again.", "If it happens again, send the details below to your help desk."],
        ),
    };
    Advice { title: title.to_owned(), explanation, steps: steps.into_iter().map(str::to_owned).collect(), action: None }
}
