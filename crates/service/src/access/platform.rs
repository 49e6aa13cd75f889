//! The device platform of a sign-in.

use doorward_model::device::Device;
use doorward_model::sign_in::DevicePlatform;

use crate::caller::Caller;

/// The platform: that of the registered device when its key took part, else what the client says of itself.
///
/// The latter is a hint like any user agent: policies that must hold against a liar require the device.
#[must_use]
pub(super) fn of(device: Option<&Device>, caller: &Caller) -> Option<DevicePlatform> {
    match device {
        Some(device) => of_device(device),
        None => from_library(&caller.client_sku).or_else(|| from_user_agent(&caller.user_agent)),
    }
}

/// The platform of a registered device.
#[must_use]
pub(crate) fn of_device(device: &Device) -> Option<DevicePlatform> {
    from_operating_system(&device.operating_system)
}

fn from_operating_system(name: &str) -> Option<DevicePlatform> {
    let name = name.to_ascii_lowercase();
    Some(match name.as_str() {
        "ios" | "ipados" | "iphone" | "ipad" => DevicePlatform::Ios,
        "macos" | "macmdm" => DevicePlatform::MacOs,
        "linux" => DevicePlatform::Linux,
        _ if name.starts_with("android") => DevicePlatform::Android,
        _ if name.starts_with("windows phone") || name == "windowsphone" => DevicePlatform::WindowsPhone,
        _ if name.starts_with("windows") => DevicePlatform::Windows,
        _ => return None,
    })
}

fn from_library(sku: &str) -> Option<DevicePlatform> {
    match sku {
        "MSAL.iOS" => Some(DevicePlatform::Ios),
        "MSAL.OSX" => Some(DevicePlatform::MacOs),
        "MSAL.Android" => Some(DevicePlatform::Android),
        _ => None,
    }
}

fn from_user_agent(agent: &str) -> Option<DevicePlatform> {
    // Order matters: Windows Phone agents also name Android and iPhone, Android agents also name Linux.
    const MARKS: [(&str, Option<DevicePlatform>); 10] = [
        ("Windows Phone", Some(DevicePlatform::WindowsPhone)),
        ("iPhone", Some(DevicePlatform::Ios)),
        ("iPad", Some(DevicePlatform::Ios)),
        ("iOS", Some(DevicePlatform::Ios)),
        ("Android", Some(DevicePlatform::Android)),
        ("Windows", Some(DevicePlatform::Windows)),
        ("CrOS", None),
        ("Macintosh", Some(DevicePlatform::MacOs)),
        ("Mac OS X", Some(DevicePlatform::MacOs)),
        ("Linux", Some(DevicePlatform::Linux)),
    ];
    MARKS.into_iter().find(|(mark, _)| agent.contains(mark)).and_then(|(_, platform)| platform)
}
