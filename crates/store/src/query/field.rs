//! The fields that lists can be filtered and ordered by.

use super::Order;

/// What kind of values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, compared without regard to case.
    Text,
    /// An id.
    Id,
    /// A whole number.
    Number,
    /// An instant.
    Time,
    /// Yes or no.
    Flag,
    /// Several words, of which one is asked for. Has no order.
    Words,
}

/// A field of a noun.
pub trait Field: Copy + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// Every field of the noun.
    const ALL: &'static [Self];
    /// The order of a list that asks for none.
    const NATURAL: Order<Self>;
    /// What a search looks at.
    const SEARCHED: &'static [Self];

    /// What kind of values it has.
    fn kind(self) -> Kind;
}

macro_rules! fields {
    ($(
        $(#[$doc:meta])*
        enum $name:ident by $natural:ident $(($descending:ident))?, searched $searched:expr;
        { $($(#[$field_doc:meta])* $field:ident: $kind:ident,)+ }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$field_doc])* $field,)+ }

        impl Field for $name {
            const ALL: &'static [Self] = &[$(Self::$field),+];
            const NATURAL: Order<Self> = Order { field: Self::$natural, descending: fields!(@direction $($descending)?) };
            const SEARCHED: &'static [Self] = { use $name::*; &$searched };

            fn kind(self) -> Kind {
                match self {
                    $(Self::$field => Kind::$kind,)+
                }
            }
        }
    )+};
    (@direction) => { false };
    (@direction descending) => { true };
}

fields! {
    /// Fields of users.
    enum UserField by UserPrincipalName, searched [DisplayName, UserPrincipalName];
    {
        /// Object id.
        Id: Id,
        /// Sign-in name.
        UserPrincipalName: Text,
        /// Name shown to people.
        DisplayName: Text,
        /// May sign in.
        AccountEnabled: Flag,
        /// `Member` or `Guest`.
        UserType: Text,
        /// Roles held, as the names of [`Role`](doorward_model::role::Role).
        Roles: Words,
        /// When the user was made.
        Created: Time,
    }

    /// Fields of groups.
    enum GroupField by DisplayName, searched [DisplayName];
    {
        /// Object id.
        Id: Id,
        /// Name shown to people.
        DisplayName: Text,
        /// When the group was made.
        Created: Time,
    }

    /// Fields of application registrations.
    enum ApplicationField by DisplayName, searched [DisplayName];
    {
        /// Client id.
        Id: Id,
        /// Name shown to people.
        DisplayName: Text,
        /// Gets tokens.
        Enabled: Flag,
        /// On the approved list.
        Approved: Flag,
        /// Can enforce an app protection policy.
        Protectable: Flag,
        /// When the registration was made.
        Created: Time,
    }

    /// Fields of devices.
    enum DeviceField by Registered, searched [DisplayName];
    {
        /// Device id.
        Id: Id,
        /// Name.
        DisplayName: Text,
        /// OS type.
        OperatingSystem: Text,
        /// OS version; compared as text.
        OperatingSystemVersion: Text,
        /// `Workplace`, `AzureAD` or `ServerAD`.
        TrustType: Text,
        /// Enabled.
        AccountEnabled: Flag,
        /// Under management.
        IsManaged: Flag,
        /// Compliant.
        IsCompliant: Flag,
        /// Whose it is.
        Owner: Id,
        /// When it was registered.
        Registered: Time,
    }

    /// Fields of managed devices; names and owner are those of the registered device.
    enum ManagedDeviceField by Enrolled, searched [DisplayName];
    {
        /// Device id.
        Id: Id,
        /// Name.
        DisplayName: Text,
        /// OS type.
        OperatingSystem: Text,
        /// OS version; compared as text.
        OperatingSystemVersion: Text,
        /// Whose it is.
        Owner: Id,
        /// `company`, `personal` or `unknown`.
        OwnerType: Text,
        /// `managed`, `retirePending` or `retired`.
        ManagementState: Text,
        /// Graph `complianceState`, for example `noncompliant`.
        ComplianceState: Text,
        /// Up to when its last report speaks.
        LastReport: Time,
        /// When it was enrolled.
        Enrolled: Time,
    }

    /// Fields of sign-in records.
    enum SignInField by Created (descending), searched [UserPrincipalName, AppDisplayName];
    {
        /// Id of the record.
        Id: Id,
        /// When.
        Created: Time,
        /// Who, when known.
        UserId: Id,
        /// Sign-in name.
        UserPrincipalName: Text,
        /// Client.
        AppId: Id,
        /// Client's name.
        AppDisplayName: Text,
        /// Resource.
        ResourceId: Id,
        /// `granted`, `interrupted` or `refused`.
        Outcome: Text,
        /// Error code, 0 when granted.
        ErrorCode: Number,
        /// Correlation id of the client.
        CorrelationId: Id,
        /// Address of the caller.
        IpAddress: Text,
    }

    /// Fields of audit records.
    enum AuditField by Created (descending), searched [Activity, ActorName];
    {
        /// Id of the record.
        Id: Id,
        /// When.
        Created: Time,
        /// What was done, for example `Update user`.
        Activity: Text,
        /// Object id or client id of who did it.
        ActorId: Id,
        /// Name of who did it.
        ActorName: Text,
        /// Id of the object changed; some are no GUIDs.
        TargetId: Text,
        /// Kind of the object changed.
        TargetType: Text,
    }
}
