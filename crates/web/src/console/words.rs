//! The console's words for what the logs and the engine say.

use doorward_model::conditional_access::PolicyState;
use doorward_model::sign_in::DevicePlatform;
use doorward_model::sign_in_record::SignInOutcome;
use doorward_service::preview::Word;

/// Platforms with their names for people.
pub(crate) const PLATFORMS: [(DevicePlatform, &str); 6] = [
    (DevicePlatform::Ios, "iOS and iPadOS"),
    (DevicePlatform::Android, "Android"),
    (DevicePlatform::Windows, "Windows"),
    (DevicePlatform::WindowsPhone, "Windows Phone"),
    (DevicePlatform::MacOs, "macOS"),
    (DevicePlatform::Linux, "Linux"),
];

/// A short state with a colour of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Badge {
    /// Class of the style sheet: `good`, `wait`, `bad`, `calm`, `trial`.
    pub(crate) tone: &'static str,
    pub(crate) text: &'static str,
}

/// Words for an outcome of the log.
pub(crate) fn outcome(outcome: SignInOutcome) -> Badge {
    match outcome {
        SignInOutcome::Granted => Badge { tone: "good", text: "Granted" },
        SignInOutcome::Interrupted => Badge { tone: "wait", text: "Asked first" },
        SignInOutcome::Refused => Badge { tone: "bad", text: "Refused" },
    }
}

/// Words for an outcome of a replay.
pub(crate) fn decided(word: Word) -> Badge {
    outcome(match word {
        Word::Granted => SignInOutcome::Granted,
        Word::Asked => SignInOutcome::Interrupted,
        Word::Refused => SignInOutcome::Refused,
    })
}

/// Words for the state of a policy; none is one that cannot be read.
pub(super) fn policy_state(state: Option<PolicyState>) -> Badge {
    match state {
        Some(PolicyState::Enabled) => Badge { tone: "good", text: "On" },
        Some(PolicyState::ReportOnly) => Badge { tone: "trial", text: "Report-only" },
        Some(PolicyState::Disabled) => Badge { tone: "calm", text: "Off" },
        None => Badge { tone: "bad", text: "Cannot be read" },
    }
}

/// Words for the result of a policy, by its name in the log.
pub(crate) fn result(name: &str) -> Badge {
    let (tone, text) = match name {
        "success" => ("good", "Satisfied"),
        "failure" => ("bad", "Not satisfied"),
        "notApplied" => ("calm", "Does not apply"),
        "notEnabled" => ("calm", "Off"),
        "reportOnlySuccess" => ("trial", "Would be satisfied"),
        "reportOnlyFailure" => ("trial", "Would refuse"),
        "reportOnlyInterrupted" => ("trial", "Would ask"),
        "reportOnlyNotApplied" => ("calm", "Would not apply"),
        _ => ("calm", "Not known"),
    };
    Badge { tone, text }
}

/// Why a policy does not apply, by the name in the log.
pub(crate) fn reason(name: &str) -> &'static str {
    match name {
        "policyNotEnabled" => "It is switched off.",
        "emptyPolicy" => "It is for nobody or for nothing.",
        "users" => "It is not for this person.",
        "workloadIdentities" => "It is not for this application.",
        "application" => "It is not for this service.",
        "userActions" => "It is not for this action.",
        "authenticationContext" => "It is not for this authentication context.",
        "devicePlatform" => "It is not for this platform.",
        "devices" => "It is not for this device.",
        "clientApps" => "It is not for this kind of app.",
        "location" => "It is not for this place.",
        "signInRisk" => "It is not for this risk of the sign-in.",
        "userRisk" => "It is not for this risk of the person.",
        "servicePrincipalRisk" => "It is not for this risk of the application.",
        "insiderRisk" => "It is not for this insider risk.",
        "authenticationFlow" => "It is not for this way of signing in.",
        "alternativeMet" => "The other half of the service policy is met.",
        _ => "",
    }
}

/// How somebody signed in, by the name in the log.
pub(crate) fn flow(grant: &str) -> &str {
    match grant {
        "authorization_code" => "Sign-in page",
        "refresh_token" => "Renewal of a token",
        "authorize" | "sign_in" => "Sign-in page",
        "account" => "My account",
        "register_security_info" => "Setting up a second factor",
        "register_device" => "Registering a device",
        "prt" => "Broker",
        "password" => "Name and password",
        "device_code" => "Code on another device",
        "client_credentials" => "Application for itself",
        "activeSync" => "Built-in mail (ActiveSync)",
        "token" => "Token endpoint",
        other => other,
    }
}

/// The name of a policy. A half of a service policy is named by its place in the document.
pub(crate) fn policy(name: &str) -> String {
    for (half, words) in [("/appAccess", "app access"), ("/deviceAccess", "device access")] {
        if let Some(service) = name.strip_suffix(half) {
            return format!("{service}: {words}");
        }
    }
    name.to_owned()
}

/// `one thing`, `2 things`.
pub(crate) fn number(count: usize, one: &str, more: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {more}") }
}

/// `Update servicePolicy` as people say it: `Update service policy`.
pub(crate) fn spaced(name: &str) -> String {
    let mut words = String::with_capacity(name.len());
    let mut small = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && small {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
        small = letter.is_ascii_lowercase();
    }
    words
}

/// The name of a member in words: `restrictedGroups` is `Restricted groups`.
pub(crate) fn member(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    spaced(&first.into_iter().chain(letters).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{member, policy, spaced};

    #[test]
    fn halves_of_a_service_policy_are_named_in_words() {
        for (name, words) in [("mail/appAccess", "mail: app access"), ("mail/deviceAccess", "mail: device access"), ("A/B", "A/B")] {
            assert_eq!(policy(name), words);
        }
    }

    #[test]
    fn names_of_the_log_become_words() {
        for (name, words) in
            [("Update servicePolicy", "Update service policy"), ("Create tenant", "Create tenant"), ("Create User", "Create User")]
        {
            assert_eq!(spaced(name), words);
        }
        for (name, words) in [("appAccess", "App access"), ("state", "State"), ("@odata.type", "@odata.type"), ("", "")] {
            assert_eq!(member(name), words);
        }
    }
}
