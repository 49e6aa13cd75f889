//! The words in which a sign-in is described to the decision engine.

use crate::wire_enum::wire_enum;

wire_enum! {
    /// The platform that the client claims; a hint, not a proof.
    enum DevicePlatform {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "iOS",
        /// Windows.
        Windows = "windows",
        /// Windows Phone.
        WindowsPhone = "windowsPhone",
        /// macOS.
        MacOs = "macOS",
        /// Linux.
        Linux = "linux",
    }

    /// The kind of client.
    enum ClientAppType {
        /// A web application.
        Browser = "browser",
        /// A native app with modern authentication.
        MobileAppsAndDesktopClients = "mobileAppsAndDesktopClients",
        /// Exchange ActiveSync.
        ExchangeActiveSync = "exchangeActiveSync",
        /// Every other legacy protocol: SMTP, IMAP, POP and the like.
        Other = "other",
    }

    /// What a sign-in is for when it is not for a resource.
    enum UserAction {
        /// Registering methods for a second factor and password reset.
        RegisterSecurityInformation = "registerSecurityInformation",
        /// Registering or joining a device.
        RegisterOrJoinDevices = "registerOrJoinDevices",
    }

    /// How the authentication came from one device to another.
    #[derive(Default)]
    enum TransferMethod {
        /// It did not.
        #[default]
        None = "none",
        /// Device code flow (RFC 8628).
        DeviceCodeFlow = "deviceCodeFlow",
        /// Handed over, for example by a QR code.
        AuthenticationTransfer = "authenticationTransfer",
    }

    /// Risk of a sign-in, a user or a service principal.
    #[derive(Default)]
    enum RiskLevel {
        /// No risk.
        #[default]
        None = "none",
        /// Low.
        Low = "low",
        /// Medium.
        Medium = "medium",
        /// High.
        High = "high",
    }

    /// Insider risk of a user.
    #[derive(Default)]
    enum InsiderRiskLevel {
        /// No risk.
        #[default]
        None = "none",
        /// Minor.
        Minor = "minor",
        /// Moderate.
        Moderate = "moderate",
        /// Elevated.
        Elevated = "elevated",
    }

    /// What kind of outsider a user is.
    #[derive(Default)]
    enum ExternalUserType {
        /// No outsider.
        #[default]
        None = "none",
        /// Local credentials, user type Guest.
        InternalGuest = "internalGuest",
        /// Credentials of another organisation, user type Guest.
        B2bCollaborationGuest = "b2bCollaborationGuest",
        /// Credentials of another organisation, user type Member.
        B2bCollaborationMember = "b2bCollaborationMember",
        /// No user object: shared channels.
        B2bDirectConnectUser = "b2bDirectConnectUser",
        /// Any other outsider.
        OtherExternalUser = "otherExternalUser",
        /// Staff of a partner.
        ServiceProvider = "serviceProvider",
    }
}

impl DevicePlatform {
    /// A phone or tablet, on which there is a broker and apps can be protected.
    #[must_use]
    pub fn is_mobile(self) -> bool {
        matches!(self, Self::Ios | Self::Android)
    }
}

impl ClientAppType {
    /// A client with password-only authentication, which can neither prompt nor show a device.
    #[must_use]
    pub fn is_legacy(self) -> bool {
        matches!(self, Self::ExchangeActiveSync | Self::Other)
    }
}
