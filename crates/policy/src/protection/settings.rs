//! The settings, as one table: name in a policy document, merge rule, platform, and the value of an omitted member.

use std::collections::{BTreeMap, BTreeSet};

use doorward_model::application::MobilePlatform;
use doorward_model::protection::{
    ClipboardSharingLevel, DataTransferLevel, IngestionLocation, Interval, PinCharacterSet, RemediationAction, StorageLocation,
};
use serde_json::{Map, Value};

use super::catalogue::{Kind, Section, Setting};
use super::rule::{Action, And, Exceptions, Exempt, Max, MaxNumber, MinAboveZero, MinInterval, MinNumber, Or, Packages, Rule, Schemes};

/// What is wrong with a member of a policy document. None of these keeps the rest from being enforced.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The member is kept as it is, but nothing enforces it.
    #[error("is not enforced by this version")]
    NotEnforced,
    /// The member belongs to policies of the other platform.
    #[error("has no meaning on this platform")]
    OtherPlatform,
    /// The value is none this version knows; a strict value stands in for it.
    #[error("has a value that cannot be read; a strict value is enforced instead")]
    Unreadable,
    /// The member does nothing, or something else than it says, beside the value of another one.
    #[error("{0}")]
    Coupling(&'static str),
}

/// A remark about one member of a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{member} {problem}")]
pub struct Warning {
    /// The member.
    pub member: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// Members of a policy document that are no settings.
const NO_SETTINGS: &[&str] = &[
    "id",
    "version",
    "displayName",
    "description",
    "createdDateTime",
    "lastModifiedDateTime",
    "roleScopeTagIds",
    "isAssigned",
    "deployedAppCount",
    "apps",
    "assignments",
    "deploymentSummary",
    "appGroupType",
    "targetedAppManagementLevels",
    // Folded into the two members it governs.
    FINGERPRINT_AND_BIOMETRIC,
];
/// Least length of a PIN where no policy names one.
const PIN_LENGTH: u32 = 4;
/// Wrong entries of a PIN where no policy names a number.
const PIN_RETRIES: u32 = 5;

/// Members that only count where a condition is on, which [`Settings::settle`] sees to.
pub(super) const TIES: [(&str, &str); 4] = [
    ("allowedDataStorageLocations", "saveAsBlocked"),
    ("allowedDataIngestionLocations", "blockDataIngestionIntoOrganizationDocuments"),
    ("appActionIfDeviceComplianceRequired", "deviceComplianceRequired"),
    ("appActionIfMaximumPinRetriesExceeded", "pinRequired"),
];

const FINGERPRINT_AND_BIOMETRIC: &str = "fingerprintAndBiometricEnabled";

mod on {
    use doorward_model::application::MobilePlatform;

    pub(super) const BOTH: &[MobilePlatform] = &[MobilePlatform::Ios, MobilePlatform::Android];
    pub(super) const IOS: &[MobilePlatform] = &[MobilePlatform::Ios];
    pub(super) const ANDROID: &[MobilePlatform] = &[MobilePlatform::Android];
}

/// A row is a setting: the first line of its comment is its title, the rest tells people what it does.
macro_rules! settings {
    ($([$section:ident] $($(#[doc = $doc:literal])+ $field:ident: $type:ty = $name:literal, $rule:ty, $platforms:ident, $omitted:expr;)+)+) => {
        /// The settings that this version enforces, under their Graph names in snake case.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $($($(#[doc = $doc])+ pub $field: $type,)+)+
        }

        impl Default for Settings {
            /// The settings of a document that names none.
            fn default() -> Self {
                Self { $($($field: $omitted,)+)+ }
            }
        }

        impl Settings {
            fn read_members(platform: MobilePlatform, document: &Map<String, Value>, warnings: &mut Vec<Warning>) -> Self {
                let mut settings = Self::default();
                for (member, json) in document {
                    let mut warn = |problem| warnings.push(Warning { member: member.clone(), problem });
                    match member.as_str() {
                        $($($name => {
                            if !on::$platforms.contains(&platform) {
                                warn(Problem::OtherPlatform);
                            } else if !json.is_null() {
                                settings.$field = <$rule as Rule>::read(json).unwrap_or_else(|stand_in| {
                                    warn(Problem::Unreadable);
                                    stand_in
                                });
                            }
                        })+)+
                        name if name.contains('@') || NO_SETTINGS.contains(&name) => {}
                        _ => warn(Problem::NotEnforced),
                    }
                }
                settings
            }

            /// The strictest of both, member by member: commutative, associative, idempotent.
            #[must_use]
            pub fn join(&self, other: &Self) -> Self {
                Self { $($($field: <$rule as Rule>::join(&self.$field, &other.$field),)+)+ }
            }

            /// As members of a policy document of that platform.
            #[must_use]
            pub fn write(&self, platform: MobilePlatform) -> Map<String, Value> {
                let mut document = Map::new();
                $($(if on::$platforms.contains(&platform) {
                    document.insert($name.to_owned(), <$rule as Rule>::write(&self.$field));
                })+)+
                document
            }

            /// For every member, which of the policies gave the value that this merged policy has.
            pub(super) fn sources<'a>(
                &self,
                platform: MobilePlatform,
                policies: impl Iterator<Item = (&'a str, &'a Self)> + Clone,
            ) -> BTreeMap<String, Vec<String>> {
                let mut sources = BTreeMap::new();
                $($(if on::$platforms.contains(&platform) {
                    let gave = policies.clone().filter(|(_, policy)| <$rule as Rule>::gave(&policy.$field, &self.$field));
                    sources.insert($name.to_owned(), gave.map(|(id, _)| id.to_owned()).collect());
                })+)+
                sources
            }

            /// Every setting with its title, explanation, values and default, in the order of an editor.
            #[must_use]
            pub fn catalogue() -> Vec<Setting> {
                let omitted = Self::default();
                // What an action is where its condition is set, as nobody asks for it elsewhere.
                let mut tied = Self { pin_required: true, device_compliance_required: true, ..Self::default() };
                tied.settle();
                vec![$($({
                    let kind = <$rule as Rule>::KIND;
                    let from = if matches!(kind, Kind::Choice(_)) { &tied } else { &omitted };
                    Setting {
                        name: $name,
                        title: title(&[$($doc),+]),
                        help: help(&[$($doc),+]),
                        section: Section::$section,
                        platforms: on::$platforms,
                        kind,
                        default: <$rule as Rule>::write(&from.$field),
                    }
                },)+)+]
            }
        }
    };
}

fn title(comment: &[&'static str]) -> &'static str {
    comment.first().map_or("", |line| line.trim())
}

fn help(comment: &[&'static str]) -> String {
    comment.get(1..).unwrap_or_default().concat().trim().to_owned()
}

settings! {
    [DataTransfer]
    /// Send organisation data to
    ///
    /// Which other apps may receive organisation data, for example as an attachment or through the share sheet. With none, not even
    /// managed apps receive it, and no copies can be saved.
    allowed_outbound_data_transfer_destinations: DataTransferLevel =
        "allowedOutboundDataTransferDestinations", Max<DataTransferLevel>, BOTH, DataTransferLevel::AllApps;
    /// Share sheet lists managed apps only
    ///
    /// Apps that are not managed are hidden from the share sheet. Counts only while data may go to managed apps.
    filter_open_in_to_only_managed_apps: bool = "filterOpenInToOnlyManagedApps", Or, IOS, false;
    /// Share files through the system
    ///
    /// Files leave without encryption through the share sheet of a device under management, to the apps that management put there. Counts
    /// only while data may go to managed apps.
    disable_protection_of_managed_outbound_open_in_data: bool = "disableProtectionOfManagedOutboundOpenInData", And, IOS, false;
    /// URL schemes that are exempt
    ///
    /// Links with these schemes may be opened with organisation data although no managed app handles them. An exemption counts only when
    /// every policy for the person has it.
    exempted_app_protocols: BTreeSet<String> = "exemptedAppProtocols", Exempt<Schemes>, IOS, BTreeSet::new();
    /// Packages that are exempt
    ///
    /// Data may go to and come from these apps although they are not managed. An exemption counts only when every policy for the person
    /// has it.
    exempted_app_packages: BTreeSet<String> = "exemptedAppPackages", Exempt<Packages>, ANDROID, BTreeSet::new();
    /// Receive data from
    ///
    /// Which other apps may hand data to the work account.
    allowed_inbound_data_transfer_sources: DataTransferLevel =
        "allowedInboundDataTransferSources", Max<DataTransferLevel>, BOTH, DataTransferLevel::AllApps;
    /// Protect data without an owner
    ///
    /// Data that arrives without an owner becomes organisation data. Counts only on enrolled devices, while data may come from all apps.
    protect_inbound_data_from_unknown_sources: bool = "protectInboundDataFromUnknownSources", Or, IOS, false;
    /// Block copies of organisation data
    ///
    /// No “save as” but to the places that are allowed.
    save_as_blocked: bool = "saveAsBlocked", Or, BOTH, false;
    /// Places where copies are allowed
    ///
    /// Where copies may be kept although they are blocked. Several policies allow only what all of them allow.
    allowed_data_storage_locations: Option<BTreeSet<StorageLocation>> =
        "allowedDataStorageLocations", Exceptions<StorageLocation>, BOTH, None;
    /// Block foreign data in organisation documents
    ///
    /// Nothing is opened into organisation documents but from the places that are allowed.
    block_data_ingestion_into_organization_documents: bool = "blockDataIngestionIntoOrganizationDocuments", Or, BOTH, false;
    /// Places that data may be opened from
    ///
    /// From where data may be opened although that is blocked. Several policies allow only what all of them allow.
    allowed_data_ingestion_locations: Option<BTreeSet<IngestionLocation>> =
        "allowedDataIngestionLocations", Exceptions<IngestionLocation>, BOTH, None;
    /// Cut, copy and paste with
    ///
    /// Which apps share the clipboard with the work account.
    allowed_outbound_clipboard_sharing_level: ClipboardSharingLevel =
        "allowedOutboundClipboardSharingLevel", Max<ClipboardSharingLevel>, BOTH, ClipboardSharingLevel::AllApps;
    /// Characters that may be pasted anywhere
    ///
    /// Text up to this length leaves by the clipboard whatever else the policy says. 0 allows none.
    allowed_outbound_clipboard_sharing_exception_length: u32 = "allowedOutboundClipboardSharingExceptionLength", MinNumber<65_535>, BOTH, 0;
    /// Keep organisation data out of backups
    ///
    /// Organisation files are left out of iCloud, iTunes and Android backups.
    data_backup_blocked: bool = "dataBackupBlocked", Or, BOTH, false;

    [Access]
    /// Ask for an app PIN
    ///
    /// The person sets a PIN for work apps and gives it before organisation data is shown. It works offline.
    pin_required: bool = "pinRequired", Or, BOTH, false;
    /// Characters of the PIN
    ///
    /// Digits alone, or a passcode with letters or symbols.
    pin_character_set: PinCharacterSet = "pinCharacterSet", Max<PinCharacterSet>, BOTH, PinCharacterSet::Numeric;
    /// Least length of the PIN
    ///
    /// From 4 to 16 characters. 0 stands for 4.
    minimum_pin_length: u32 = "minimumPinLength", MaxNumber<4, 16>, BOTH, 0;
    /// Refuse simple PINs
    ///
    /// No three characters in a row that are the same or count up or down, such as 1112 or 1234.
    simple_pin_blocked: bool = "simplePinBlocked", Or, BOTH, false;
    /// Wrong entries of the PIN
    ///
    /// After so many the action below follows. 0 stands for 5.
    maximum_pin_retries: u32 = "maximumPinRetries", MinAboveZero<65_535>, BOTH, 0;
    /// After too many wrong entries
    ///
    /// Block asks the person to sign in and choose a new PIN. Wipe removes organisation data from the app.
    app_action_if_maximum_pin_retries_exceeded: Option<RemediationAction> = "appActionIfMaximumPinRetriesExceeded", Action, BOTH, None;
    /// Change the PIN after
    ///
    /// An older PIN must be changed. 0 means never.
    period_before_pin_reset: Interval = "periodBeforePinReset", MinInterval, BOTH, Interval::OFF;
    /// PINs that may not be used again
    ///
    /// A new PIN must differ from so many old ones, up to 24.
    previous_pin_block_count: u32 = "previousPinBlockCount", MaxNumber<0, 24>, BOTH, 0;
    /// Refuse fingerprints
    ///
    /// A fingerprint is not accepted in place of the PIN.
    fingerprint_blocked: bool = "fingerprintBlocked", Or, BOTH, false;
    /// Refuse Face ID
    ///
    /// A face is not accepted in place of the PIN.
    face_id_blocked: bool = "faceIdBlocked", Or, IOS, false;
    /// Refuse other biometrics
    ///
    /// Biometrics other than fingerprints are not accepted in place of the PIN.
    biometric_authentication_blocked: bool = "biometricAuthenticationBlocked", Or, ANDROID, false;
    /// PIN in place of biometrics after
    ///
    /// After so much time without use the PIN is asked, not a biometric. 0 means never.
    pin_required_instead_of_biometric_timeout: Interval = "pinRequiredInsteadOfBiometricTimeout", MinInterval, BOTH, Interval::OFF;
    /// No app PIN behind a screen lock
    ///
    /// The app PIN is waived on an enrolled device that has a screen lock. Every policy for the person must have this on.
    disable_app_pin_if_device_pin_is_set: bool = "disableAppPinIfDevicePinIsSet", And, BOTH, false;
    /// Ask for the work account
    ///
    /// The person signs in with the work account again, before the PIN.
    organizational_credentials_required: bool = "organizationalCredentialsRequired", Or, BOTH, false;
    /// Ask again after
    ///
    /// PIN and work account are asked again after so much time without use.
    period_online_before_access_check: Interval = "periodOnlineBeforeAccessCheck", MinInterval, BOTH, Interval::minutes(30);

    [ConditionalLaunch]
    /// Refuse rooted and jailbroken devices
    ///
    /// On such a device the action below follows. Graph calls this deviceComplianceRequired; compliance with device management has
    /// nothing to do with it.
    device_compliance_required: bool = "deviceComplianceRequired", Or, BOTH, false;
    /// On a rooted or jailbroken device
    ///
    /// Block shows no organisation data. Wipe removes it from the app.
    app_action_if_device_compliance_required: Option<RemediationAction> = "appActionIfDeviceComplianceRequired", Action, BOTH, None;
    /// When the account is disabled or deleted
    ///
    /// Block shows no organisation data, and counts where nothing is set. Wipe removes it from the app. Only a definite answer of this
    /// server counts; a network that fails does not.
    app_action_if_unable_to_authenticate_user: Option<RemediationAction> = "appActionIfUnableToAuthenticateUser", Action, BOTH, None;
    /// Block when offline for
    ///
    /// Without a check-in for longer, no organisation data is shown until one succeeds. 0 means never.
    period_offline_before_access_check: Interval = "periodOfflineBeforeAccessCheck", MinInterval, BOTH, Interval::hours(12);
    /// Sign in again when offline for
    ///
    /// Without a check-in for longer, the person must sign in; when the account is gone, organisation data is removed. 0 means never.
    period_offline_before_wipe_is_enforced: Interval = "periodOfflineBeforeWipeIsEnforced", MinInterval, BOTH, Interval::days(90);
}

impl Settings {
    /// Reads the settings among the members of a policy document. Members with `@` are annotations.
    #[must_use]
    pub fn read(platform: MobilePlatform, document: &Map<String, Value>) -> (Self, Vec<Warning>) {
        let mut warnings = Vec::new();
        let mut settings = Self::read_members(platform, document, &mut warnings);
        settings.fold_biometrics(platform, document.get(FINGERPRINT_AND_BIOMETRIC), &mut warnings);
        settings.settle();
        (settings, warnings)
    }

    /// One member governs the two kinds of biometrics on Android and wins over both within a policy; null says nothing.
    fn fold_biometrics(&mut self, platform: MobilePlatform, member: Option<&Value>, warnings: &mut Vec<Warning>) {
        let Some(json) = member.filter(|json| !json.is_null()) else { return };
        let mut warn = |problem| warnings.push(Warning { member: FINGERPRINT_AND_BIOMETRIC.to_owned(), problem });
        if platform != MobilePlatform::Android {
            return warn(Problem::OtherPlatform);
        }
        let enabled = json.as_bool().unwrap_or_else(|| {
            warn(Problem::Unreadable);
            false
        });
        self.fingerprint_blocked = !enabled;
        self.biometric_authentication_blocked = !enabled;
    }

    /// Ties members to the condition they hang on: without it they have no say in a merge, with it they have a value.
    fn settle(&mut self) {
        fn tie<T>(condition: bool, member: &mut Option<T>, default: T) {
            *member = if condition { member.take().or(Some(default)) } else { None };
        }
        tie(self.save_as_blocked, &mut self.allowed_data_storage_locations, BTreeSet::new());
        tie(self.block_data_ingestion_into_organization_documents, &mut self.allowed_data_ingestion_locations, BTreeSet::new());
        tie(self.device_compliance_required, &mut self.app_action_if_device_compliance_required, RemediationAction::Block);
        tie(self.pin_required, &mut self.app_action_if_maximum_pin_retries_exceeded, RemediationAction::Block);
    }

    /// After a merge: members that only have a meaning beside certain values of others lose theirs, `none` closes all ways, and
    /// numbers that were left to the default have it.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        let managed_apps_only = self.allowed_outbound_data_transfer_destinations == DataTransferLevel::ManagedApps;
        self.disable_protection_of_managed_outbound_open_in_data &= managed_apps_only;
        self.filter_open_in_to_only_managed_apps &= managed_apps_only && !self.disable_protection_of_managed_outbound_open_in_data;
        self.protect_inbound_data_from_unknown_sources &= self.allowed_inbound_data_transfer_sources == DataTransferLevel::AllApps;
        if self.allowed_outbound_data_transfer_destinations == DataTransferLevel::None {
            self.save_as_blocked = true;
            self.allowed_data_storage_locations = Some(BTreeSet::new());
        }
        self.minimum_pin_length = or_default(self.minimum_pin_length, PIN_LENGTH);
        self.maximum_pin_retries = self.pin_retries();
        if self.allowed_inbound_data_transfer_sources == DataTransferLevel::None {
            self.block_data_ingestion_into_organization_documents = true;
            self.allowed_data_ingestion_locations = Some(BTreeSet::new());
        }
        self
    }

    /// Least length of an app PIN.
    #[must_use]
    pub fn pin_length(&self) -> usize {
        usize::try_from(or_default(self.minimum_pin_length, PIN_LENGTH)).unwrap_or(usize::MAX)
    }

    /// Wrong PIN entries that lead to the action.
    #[must_use]
    pub fn pin_retries(&self) -> u32 {
        or_default(self.maximum_pin_retries, PIN_RETRIES)
    }

    /// Combinations that a policy editor would not let anybody make; stored files have them, so they are enforced as they stand.
    pub(super) fn couplings(&self) -> Vec<Warning> {
        use DataTransferLevel::ManagedApps;
        let outbound = self.allowed_outbound_data_transfer_destinations;
        let inbound = self.allowed_inbound_data_transfer_sources;
        let odd = [
            (self.save_as_blocked && outbound != ManagedApps, "saveAsBlocked", "is meant for outbound managedApps"),
            (
                self.block_data_ingestion_into_organization_documents && inbound != ManagedApps,
                "blockDataIngestionIntoOrganizationDocuments",
                "is meant for inbound managedApps",
            ),
            (
                self.filter_open_in_to_only_managed_apps != self.clone().normalised().filter_open_in_to_only_managed_apps,
                "filterOpenInToOnlyManagedApps",
                "needs outbound managedApps and no disableProtectionOfManagedOutboundOpenInData; it does nothing",
            ),
            (
                self.disable_protection_of_managed_outbound_open_in_data && outbound != ManagedApps,
                "disableProtectionOfManagedOutboundOpenInData",
                "needs outbound managedApps; it does nothing",
            ),
            (
                self.protect_inbound_data_from_unknown_sources && inbound != DataTransferLevel::AllApps,
                "protectInboundDataFromUnknownSources",
                "needs inbound allApps; it does nothing",
            ),
        ];
        let found = odd.into_iter().filter(|(is_odd, ..)| *is_odd);
        found.map(|(_, member, text)| Warning { member: member.to_owned(), problem: Problem::Coupling(text) }).collect()
    }
}

fn or_default(number: u32, default: u32) -> u32 {
    if number == 0 { default } else { number }
}
