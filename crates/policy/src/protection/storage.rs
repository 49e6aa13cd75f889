//! Saving copies of organisation data, opening foreign data into it, and the system's backup.

use doorward_model::protection::{DataTransferLevel, IngestionLocation, StorageLocation};

use super::{Reason, Settings, Verdict};

/// A place to save to or to open from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// OneDrive for work.
    OneDriveForBusiness,
    /// A SharePoint library.
    SharePoint,
    /// Box.
    Box,
    /// iManage.
    IManage,
    /// Egnyte.
    Egnyte,
    /// The app's own storage.
    LocalStorage,
    /// The photo library.
    PhotoLibrary,
    /// The camera; only to open from.
    Camera,
    /// A store that no list names, reached with the managed account.
    AccountDocument,
    /// Any other place, and every unknown one.
    Other,
}

impl Place {
    /// Places of the device belong to nobody's account.
    fn is_on_device(self) -> bool {
        matches!(self, Self::LocalStorage | Self::PhotoLibrary | Self::Camera)
    }

    /// Names by which a list of storage locations may mean it. OneDrive covers SharePoint in the cloud, and older texts name either.
    fn as_storage(self) -> &'static [StorageLocation] {
        match self {
            Self::OneDriveForBusiness => &[StorageLocation::OneDriveForBusiness],
            Self::SharePoint => &[StorageLocation::SharePoint, StorageLocation::OneDriveForBusiness],
            Self::Box => &[StorageLocation::Box],
            Self::IManage => &[StorageLocation::IManage],
            Self::Egnyte => &[StorageLocation::Egnyte],
            Self::LocalStorage => &[StorageLocation::LocalStorage],
            Self::PhotoLibrary => &[StorageLocation::PhotoLibrary],
            Self::Camera | Self::AccountDocument | Self::Other => &[],
        }
    }

    fn as_ingestion(self) -> &'static [IngestionLocation] {
        match self {
            Self::OneDriveForBusiness => &[IngestionLocation::OneDriveForBusiness],
            Self::SharePoint => &[IngestionLocation::SharePoint, IngestionLocation::OneDriveForBusiness],
            Self::Camera => &[IngestionLocation::Camera],
            Self::PhotoLibrary => &[IngestionLocation::PhotoLibrary],
            Self::Box | Self::IManage | Self::Egnyte | Self::LocalStorage | Self::AccountDocument | Self::Other => &[],
        }
    }
}

/// A listed place of the device, or a listed or unlisted store under the managed account. The same name at another provider is
/// another account, and the caller says so.
fn excepted<T: Ord>(list: Option<&std::collections::BTreeSet<T>>, names: &[T], place: Place, managed_account: bool) -> bool {
    let listed = list.is_some_and(|list| names.iter().any(|name| list.contains(name)));
    match place {
        Place::AccountDocument => managed_account,
        place => listed && (place.is_on_device() || managed_account),
    }
}

/// Whether the owner's data may be saved to a place. `managed_account`: the store's account is the owner's managed account.
#[must_use]
pub fn save_to(owner: Option<&Settings>, place: Place, managed_account: bool) -> Verdict {
    let Some(settings) = owner else { return Verdict::Allow };
    let nothing_leaves = settings.allowed_outbound_data_transfer_destinations == DataTransferLevel::None;
    let list = settings.allowed_data_storage_locations.as_ref().filter(|_| !nothing_leaves);
    let free = !settings.save_as_blocked && !nothing_leaves;
    Verdict::allow_if(free || excepted(list, place.as_storage(), place, managed_account), Reason::SaveAsBlocked)
}

/// Whether data from a place may be opened into a document of the owner.
#[must_use]
pub fn open_from(owner: Option<&Settings>, place: Place, managed_account: bool) -> Verdict {
    let Some(settings) = owner else { return Verdict::Allow };
    let nothing_enters = settings.allowed_inbound_data_transfer_sources == DataTransferLevel::None;
    let list = settings.allowed_data_ingestion_locations.as_ref().filter(|_| !nothing_enters);
    let free = !settings.block_data_ingestion_into_organization_documents && !nothing_enters;
    Verdict::allow_if(free || excepted(list, place.as_ingestion(), place, managed_account), Reason::OpenFromBlocked)
}

/// Whether a file of the owner may be part of the system's backup.
#[must_use]
pub fn backup(owner: Option<&Settings>) -> Verdict {
    Verdict::allow_if(!owner.is_some_and(|settings| settings.data_backup_blocked), Reason::SaveAsBlocked)
}
