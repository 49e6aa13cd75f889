//! Why something was refused, with the text for the person.

/// A reason to refuse. Each has one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The app the data would go to is not managed.
    AppNotManaged,
    /// The policy lets no data out of this app.
    OutboundBlocked,
    /// The data comes from an app that is not managed.
    SourceNotManaged,
    /// The policy lets no data into this app.
    InboundBlocked,
    /// Copies may not be kept there.
    SaveAsBlocked,
    /// Data may not be opened from there.
    OpenFromBlocked,
    /// Work content may not be pasted there.
    PasteOutBlocked,
    /// Content from there may not be pasted into work documents.
    PasteInBlocked,
    /// The device is rooted or jailbroken.
    DeviceRooted,
    /// The app has been offline for too long.
    OfflineTooLong,
    /// The app never finished its enrolment.
    NotEnrolled,
    /// The account was disabled or deleted.
    AccountDisabled,
    /// The clock of the device was set back.
    ClockTampered,
    /// The service could not be reached or refused to answer.
    ServiceUnavailable,
    /// The PIN was entered wrongly too often.
    PinAttemptsExceeded,
    /// The person has to prove who they are.
    CredentialsRequired,
    /// The organisation asked for its data to be removed.
    WipeRequested,
}

impl Reason {
    /// The sentence for the person: what is not possible, and what helps.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::AppNotManaged => "Your organisation's data can only be sent to apps that your organisation manages.",
            Self::OutboundBlocked => "Your organisation does not allow its data to leave this app.",
            Self::SourceNotManaged => "Your organisation allows data in this account only from apps that it manages.",
            Self::InboundBlocked => "Your organisation does not allow data from other apps in this account.",
            Self::SaveAsBlocked => "Your organisation does not allow copies of its data there. Choose a work location.",
            Self::OpenFromBlocked => "Your organisation does not allow data from there in its documents.",
            Self::PasteOutBlocked => "Your organisation's data cannot be pasted here.",
            Self::PasteInBlocked => "Your organisation does not allow content from this app to be pasted here.",
            Self::DeviceRooted => "This device is rooted or jailbroken. Restore its original system to use your work account.",
            Self::OfflineTooLong => "This app has been offline for too long. Connect to the internet to use your work account.",
            Self::NotEnrolled => "This app has not received its protection policy yet. Connect to the internet to use your work account.",
            Self::AccountDisabled => "Your work account is disabled. Ask your help desk.",
            Self::ClockTampered => "The clock of this device was set back. Correct it and connect to the internet.",
            Self::ServiceUnavailable => "The protection service does not answer. Try again later.",
            Self::PinAttemptsExceeded => "The PIN was entered wrongly too often. Sign in with your work account to set a new one.",
            Self::CredentialsRequired => "Sign in with your work account to go on.",
            Self::WipeRequested => "Your organisation removed its data from this app.",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}
