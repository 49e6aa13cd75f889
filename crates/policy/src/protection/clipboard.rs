//! Copy and paste. Cutting is copying.

use doorward_model::protection::ClipboardSharingLevel as Level;

use super::identity::{Class, Party, class};
use super::{Reason, Settings, Verdict};

/// What is on the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Plain text of so many Unicode scalar values.
    Text(usize),
    /// Images, files, rich text: never short enough for an exception.
    Other,
}

impl Content {
    /// The exception for short text. A limit of 0 is no exception, not even for nothing.
    fn fits(self, limit: u32) -> bool {
        match self {
            Self::Text(length) => limit > 0 && u32::try_from(length).is_ok_and(|length| length <= limit),
            Self::Other => false,
        }
    }
}

/// Whether what was copied as `from` may be pasted as `to`: the policies of both ends must allow it.
///
/// Exempt apps are unmanaged apps here. Content over the limit is not cut short: nothing is pasted.
#[must_use]
pub fn paste(from: &Party<'_>, to: &Party<'_>, content: Content) -> Verdict {
    let exception = from.settings().is_some_and(|settings| content.fits(settings.allowed_outbound_clipboard_sharing_exception_length));
    let out = from.settings().is_none_or(|settings| may_leave(level(settings), class(from, to), exception));
    if !out {
        return Verdict::Block(Reason::PasteOutBlocked);
    }
    let into = to.settings().is_none_or(|settings| may_enter(level(settings), class(to, from), exception));
    Verdict::allow_if(into, Reason::PasteInBlocked)
}

fn level(settings: &Settings) -> Level {
    settings.allowed_outbound_clipboard_sharing_level
}

fn may_leave(level: Level, to: Class, exception: bool) -> bool {
    match (level, to) {
        (Level::AllApps, _) | (_, Class::SameApp) => true,
        (Level::ManagedAppsWithPasteIn | Level::ManagedApps, Class::ManagedApp) => true,
        _ => exception,
    }
}

fn may_enter(level: Level, from: Class, exception: bool) -> bool {
    match (level, from) {
        (Level::AllApps | Level::ManagedAppsWithPasteIn, _) | (_, Class::SameApp) | (Level::ManagedApps, Class::ManagedApp) => true,
        (Level::Blocked, Class::ManagedApp) => exception,
        _ => false,
    }
}
