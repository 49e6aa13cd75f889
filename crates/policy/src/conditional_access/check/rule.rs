//! The rules by name.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The set cannot be decided as it stands.
    Error,
    /// It can, but it probably does not do what was meant.
    Warning,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $name:literal $weight:ident,)+) => {
        /// A rule of the check. Names are stable: scripts may rely on them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[$doc])* $rule,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// Its name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)+
                }
            }

            /// How bad its findings are.
            #[must_use]
            pub fn weight(self) -> Weight {
                match self {
                    $(Self::$rule => Weight::$weight,)+
                }
            }
        }
    };
}

rules! {
    /// The engine does not know a condition, a control or a value, so it cannot decide the policy.
    Unsupported "unsupported" Error,
    /// Two policies have one name.
    DuplicateName "duplicate-name" Warning,
    /// Two policies differ in nothing but id and name.
    DuplicatePolicy "duplicate-policy" Warning,
    /// Another policy asks the same or more of at least the same sign-ins.
    ShadowedBy "shadowed-by" Warning,
    /// The policy is for nobody or about nothing.
    EmptyPolicy "empty-policy" Warning,
    /// The conditions cannot be met.
    NeverApplies "never-applies" Warning,
    /// `All` resources are included and excluded, which leaves user actions.
    OnlyUserActions "only-user-actions" Warning,
    /// A device filter restricts nothing.
    FilterWithoutEffect "filter-without-effect" Warning,
    /// A device filter compares with a value that no device has.
    ImpossibleValue "impossible-value" Warning,
    /// A device filter is longer than other authorities take.
    FilterTooLong "filter-too-long" Warning,
    /// A name or placeholder stands where an id belongs.
    NotAnId "not-an-id" Warning,
    /// An id is nobody's in the directory.
    UnknownObject "unknown-object" Warning,
    /// Everybody could be locked out.
    LockOut "lock-out" Warning,
    /// Nobody is exempt from all the policies that could lock everybody out.
    NoBreakGlass "no-break-glass" Warning,
    /// Neither grant nor session controls.
    AsksForNothing "asks-for-nothing" Warning,
    /// A control that can never be satisfied.
    UnsatisfiableControl "unsatisfiable-control" Warning,
    /// `approvedApplication` is the only control.
    ApprovedAppOnly "approved-app-only" Warning,
    /// A member of an older form.
    RetiredMember "retired-member" Warning,
    /// `clientAppTypes` is missing.
    MissingClientAppTypes "missing-client-app-types" Warning,
    /// A password change without what it needs.
    PasswordChange "password-change" Warning,
    /// Device registration asks for more than a second factor.
    DeviceRegistration "device-registration" Warning,
    /// A persistent browser setting for some resources only.
    PersistentBrowser "persistent-browser" Warning,
    /// Continuous access evaluation is switched off for some sign-ins only.
    ContinuousAccess "continuous-access" Warning,
    /// Apps are asked for something that only people can do.
    WorkloadControl "workload-control" Warning,
    /// A second factor and an authentication strength in one policy.
    MfaAndStrength "mfa-and-strength" Warning,
    /// Device code sign-ins are asked for a device.
    DeviceCode "device-code" Warning,
    /// Outsiders are asked for what only staff have.
    Outsiders "outsiders" Warning,
}
