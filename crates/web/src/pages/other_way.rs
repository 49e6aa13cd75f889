//! Second factors in plain words.

use doorward_model::authentication_method::SecondFactor;

/// A second factor as a page offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherWay {
    /// What the form posts.
    pub value: &'static str,
    /// Words of the button where it is another way.
    pub action: &'static str,
    /// Its name where it is chosen.
    pub title: &'static str,
    /// What it is.
    pub detail: &'static str,
}

impl OtherWay {
    /// The words for a second factor.
    #[must_use]
    pub fn of(factor: SecondFactor) -> Self {
        match factor {
            SecondFactor::Fido2 => Self {
                value: "fido2",
                action: "Use a passkey",
                title: "Passkey",
                detail: "Unlock with your fingerprint, face, PIN or security key. The safest way, and no code to type.",
            },
            SecondFactor::SoftwareOath => Self {
                value: "softwareOath",
                action: "Use an authenticator app",
                title: "Authenticator app",
                detail: "Type six digits that an app on your phone shows.",
            },
            SecondFactor::RecoveryCode => Self {
                value: "recoveryCode",
                action: "Use a recovery code",
                title: "Recovery code",
                detail: "One of the codes that you saved.",
            },
            SecondFactor::WindowsHello => Self {
                value: "windowsHelloForBusiness",
                action: "Use the PIN of this computer",
                title: "PIN of a computer",
                detail: "The PIN that opens your account on that computer, and nowhere else.",
            },
        }
    }
}
