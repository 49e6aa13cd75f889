//! Ids are opaque text that compares without regard to case.

use std::borrow::Cow;

/// The form in which ids are compared.
pub(super) fn fold(id: &str) -> String {
    id.to_lowercase()
}

/// The same, without a copy of what has that form, as the ids of a directory do.
pub(super) fn folded(id: &str) -> Cow<'_, str> {
    // Without a way out in the middle, so that many bytes are looked at in one step.
    let is_folded = id.bytes().fold(true, |folded, byte| folded & byte.is_ascii() & !byte.is_ascii_uppercase());
    if is_folded { Cow::Borrowed(id) } else { Cow::Owned(fold(id)) }
}

pub(super) fn fold_all(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| fold(id)).collect()
}

/// The text is a special word, in any case.
pub(super) fn is_word(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word)
}
