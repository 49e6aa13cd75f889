//! Data that goes from one app to another: share sheets, open-in, intents, URLs, content providers, drag and drop.
//!
//! The owner of the *data* counts, not the identity on the screen.

use doorward_model::application::MobilePlatform;
use doorward_model::protection::DataTransferLevel;

use super::identity::{Class, Party, class};
use super::{Reason, Settings};

/// The way data travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel<'a> {
    /// A file through the system's share sheet or open-in. On iOS the app learns the destination too late to refuse it.
    OpenIn,
    /// A URL that the system hands to whoever claims its scheme.
    Url {
        /// The scheme.
        scheme: &'a str,
    },
    /// Everything else: text, intents, providers, drag and drop.
    Direct,
}

/// The circumstances of a transfer.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The platform.
    pub platform: MobilePlatform,
    /// The way.
    pub channel: Channel<'a>,
    /// The device is under device management.
    pub enrolled: bool,
    /// The receiving app was installed by device management.
    pub recipient_deployed: bool,
}

/// What the sending side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outbound {
    /// It may go.
    Allow,
    /// It may go encrypted for managed apps of the tenant, of no use to others.
    AllowEncrypted,
    /// It may not go.
    Block(Reason),
}

/// Whether data of the owner may go to `to`. `owner` holds the settings of the managed identity that owns the data.
#[must_use]
pub fn send(owner: Option<&Settings>, to: Class, handover: &Handover<'_>) -> Outbound {
    let Some(settings) = owner else { return Outbound::Allow };
    let level = settings.allowed_outbound_data_transfer_destinations;
    let to = by_scheme(settings, to, handover);
    match (level, to) {
        (DataTransferLevel::AllApps, _) | (_, Class::SameApp | Class::Platform) => Outbound::Allow,
        (DataTransferLevel::ManagedApps, Class::ManagedApp | Class::Exempt) => Outbound::Allow,
        (DataTransferLevel::None, Class::ManagedApp | Class::Exempt) => Outbound::Block(Reason::OutboundBlocked),
        (_, Class::SameAppUnmanaged) => Outbound::Block(blocked(level)),
        (_, Class::UnmanagedApp) => to_unmanaged(settings, level, handover),
    }
}

/// iOS exempts by URL scheme, and only URLs.
fn by_scheme(settings: &Settings, to: Class, handover: &Handover<'_>) -> Class {
    match (to, handover.channel) {
        (Class::UnmanagedApp, Channel::Url { scheme })
            if handover.platform == MobilePlatform::Ios && settings.exempted_app_protocols.contains(&scheme.to_ascii_lowercase()) =>
        {
            Class::Exempt
        }
        _ => to,
    }
}

fn to_unmanaged(settings: &Settings, level: DataTransferLevel, handover: &Handover<'_>) -> Outbound {
    let filterable = handover.platform == MobilePlatform::Android || handover.channel != Channel::OpenIn;
    if filterable || settings.filter_open_in_to_only_managed_apps {
        return Outbound::Block(blocked(level));
    }
    let with_os_sharing = settings.disable_protection_of_managed_outbound_open_in_data && level == DataTransferLevel::ManagedApps;
    if with_os_sharing && handover.enrolled && handover.recipient_deployed { Outbound::Allow } else { Outbound::AllowEncrypted }
}

fn blocked(level: DataTransferLevel) -> Reason {
    if level == DataTransferLevel::None { Reason::OutboundBlocked } else { Reason::AppNotManaged }
}

/// What the receiving side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbound {
    /// It takes the data, which stays with its owner.
    Allow,
    /// It takes the data, which becomes the organisation's.
    AllowAsManaged,
    /// It takes the data under the managed identity that owns it, and must switch to that identity; an app that cannot, refuses.
    SwitchToManaged,
    /// It takes the data only under an account that is not managed; without one, or if the person declines, it refuses.
    SwitchThenAllow,
    /// It refuses.
    Block(Reason),
}

/// Whether the receiver takes data from `from`. `receiver` holds the settings of its identity if that is managed.
#[must_use]
pub fn receive(receiver: Option<&Settings>, from: Class, handover: &Handover<'_>) -> Inbound {
    let Some(settings) = receiver else {
        return if from == Class::ManagedApp { Inbound::SwitchToManaged } else { Inbound::Allow };
    };
    let ios = handover.platform == MobilePlatform::Ios;
    let level = settings.allowed_inbound_data_transfer_sources;
    // Exempt packages are a matter of Android; on iOS nothing is exempt on the way in.
    let from = if from == Class::Exempt && ios { Class::UnmanagedApp } else { from };
    match (level, from) {
        (_, Class::SameApp | Class::Platform) => Inbound::Allow,
        (DataTransferLevel::AllApps, Class::SameAppUnmanaged | Class::UnmanagedApp) => {
            let becomes_managed = settings.protect_inbound_data_from_unknown_sources && ios && handover.enrolled;
            if becomes_managed { Inbound::AllowAsManaged } else { Inbound::Allow }
        }
        (DataTransferLevel::AllApps | DataTransferLevel::ManagedApps, Class::ManagedApp | Class::Exempt) => Inbound::Allow,
        (DataTransferLevel::None, Class::ManagedApp | Class::Exempt) => Inbound::Block(Reason::InboundBlocked),
        (_, Class::SameAppUnmanaged | Class::UnmanagedApp) => Inbound::SwitchThenAllow,
    }
}

/// What both sides together say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transfer {
    /// The data goes over, in the way the receiver says (never `Block`).
    Allow(Inbound),
    /// The receiver gets data that it cannot read.
    AllowEncrypted,
    /// Nothing goes over.
    Block(Reason),
}

/// Whether data that belongs to `from` may go to `to`, as both sides see it.
///
/// `to` is the identity the receiver would take the data under. An app that has the owner's managed account takes it under that
/// account, whatever is on its screen.
#[must_use]
pub fn transfer(from: &Party<'_>, to: &Party<'_>, handover: &Handover<'_>) -> Transfer {
    let encrypted = match send(from.settings(), class(from, to), handover) {
        Outbound::Allow => false,
        Outbound::AllowEncrypted => true,
        Outbound::Block(reason) => return Transfer::Block(reason),
    };
    let same_tenant = from.managed.map(|managed| managed.account.tenant) == to.managed.map(|managed| managed.account.tenant);
    if encrypted && !(same_tenant && to.managed.is_some()) {
        return Transfer::AllowEncrypted;
    }
    match receive(to.settings(), class(to, from), handover) {
        Inbound::Block(reason) => Transfer::Block(reason),
        _ if encrypted => Transfer::AllowEncrypted,
        inbound => Transfer::Allow(inbound),
    }
}
