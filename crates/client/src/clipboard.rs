//! The clipboard: items carry their owner, and work content is readable to managed apps only.

use doorward_model::protection::{ClipboardSharingLevel, MobileAppIdentifier};
use doorward_policy::protection::{Account, Content, Managed, Party, Reason, Settings, Verdict, paste as may_paste};
use serde::{Deserialize, Serialize};

use crate::key_store::{KeyStore, KeyStoreError, Scope};

const PURPOSE: &str = "clipboard";

/// What a person copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Clip {
    /// Plain text.
    Text(String),
    /// Anything else, with its media type.
    Data {
        /// Media type.
        media_type: String,
        /// Content.
        bytes: Vec<u8>,
    },
}

impl Clip {
    fn content(&self) -> Content {
        match self {
            Self::Text(text) => Content::Text(text.chars().count()),
            Self::Data { .. } => Content::Other,
        }
    }
}

/// What lies on the system's clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClipboardItem {
    /// What every app can read. None: the policy keeps it from unmanaged apps.
    pub open: Option<Clip>,
    /// The content with its owner, for the managed apps of the account.
    pub owned: Option<OwnedClip>,
}

/// Sealed content with the name of the account whose managed apps can open it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedClip {
    /// The owner.
    pub account: Account,
    sealed: Vec<u8>,
}

/// What is sealed: the content and what the source's policy said when it was copied.
#[derive(Serialize, Deserialize)]
struct Tagged {
    app: MobileAppIdentifier,
    level: ClipboardSharingLevel,
    exception: u32,
    clip: Clip,
}

/// Why nothing is pasted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasteError {
    /// A policy does not allow it.
    #[error("{0}")]
    Blocked(Reason),
    /// The content could not be opened.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
}

/// Copies (or cuts) under an identity.
///
/// # Errors
/// When the key store fails; then nothing is copied.
pub fn copy(keys: &dyn KeyStore, from: &Party<'_>, clip: Clip) -> Result<ClipboardItem, KeyStoreError> {
    let Some(Managed { account, settings }) = from.managed else { return Ok(ClipboardItem { open: Some(clip), owned: None }) };
    let anywhere = may_paste(from, &Party { app: &nobody(), managed: None }, clip.content()) == Verdict::Allow;
    let tagged = Tagged {
        app: from.app.clone(),
        level: settings.allowed_outbound_clipboard_sharing_level,
        exception: settings.allowed_outbound_clipboard_sharing_exception_length,
        clip,
    };
    let plain = serde_json::to_vec(&tagged).map_err(|error| KeyStoreError(error.to_string()))?;
    let sealed = keys.seal(account, Scope::ManagedApps, PURPOSE, &plain)?;
    Ok(ClipboardItem { open: anywhere.then_some(tagged.clip), owned: Some(OwnedClip { account, sealed }) })
}

/// Pastes under an identity: the policies of both ends must allow it, or nothing is pasted at all.
///
/// # Errors
/// [`PasteError`]; a work item that does not open counts as content of somebody else's work account.
pub fn paste(keys: &dyn KeyStore, item: &ClipboardItem, to: &Party<'_>) -> Result<Clip, PasteError> {
    let elsewhere = nobody();
    if let Some(owned) = &item.owned
        && let Some(tagged) = open(keys, owned)?
    {
        let settings = Settings {
            allowed_outbound_clipboard_sharing_level: tagged.level,
            allowed_outbound_clipboard_sharing_exception_length: tagged.exception,
            ..Settings::default()
        };
        let from = Party { app: &tagged.app, managed: Some(Managed { account: owned.account, settings: &settings }) };
        return decide(&from, to, tagged.clip);
    }
    match &item.open {
        Some(clip) => decide(&Party { app: &elsewhere, managed: None }, to, clip.clone()),
        None => Err(PasteError::Blocked(Reason::PasteOutBlocked)),
    }
}

fn open(keys: &dyn KeyStore, owned: &OwnedClip) -> Result<Option<Tagged>, KeyStoreError> {
    let plain = keys.open(owned.account, Scope::ManagedApps, PURPOSE, &owned.sealed)?;
    Ok(plain.and_then(|plain| serde_json::from_slice(&plain).ok()))
}

fn decide(from: &Party<'_>, to: &Party<'_>, clip: Clip) -> Result<Clip, PasteError> {
    match may_paste(from, to, clip.content()) {
        Verdict::Allow => Ok(clip),
        Verdict::Block(reason) => Err(PasteError::Blocked(reason)),
    }
}

/// An app that nobody has: stands for "some unmanaged app".
fn nobody() -> MobileAppIdentifier {
    MobileAppIdentifier::Ios { bundle_id: String::new() }
}
