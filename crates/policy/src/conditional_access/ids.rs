//! Ids are opaque text that compares without regard to case.

/// The form in which ids are compared.
pub(super) fn fold(id: &str) -> String {
    id.to_lowercase()
}

pub(super) fn fold_all(ids: &[String]) -> Vec<String> {
    ids.iter().map(|id| fold(id)).collect()
}

/// The text is a special word, in any case.
pub(super) fn is_word(text: &str, word: &str) -> bool {
    text.eq_ignore_ascii_case(word)
}
