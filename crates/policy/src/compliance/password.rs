//! Kinds of passwords by their strength. The numbers of Graph's enum are not an order.

/// Kinds that a device can report, the weakest first. `any` and `required` are equally strong.
pub(super) const TYPES: &[&str] = &[
    "none",
    "lowSecurityBiometric",
    "any",
    "required",
    "numeric",
    "numericComplex",
    "alphabetic",
    "alphanumeric",
    "alphanumericWithSymbols",
    "customPassword",
];

/// The strength of a kind; none when there is no such kind. A custom password is as strong as the numbers of characters that are
/// asked for beside it say, so by itself it is only some password.
pub(super) fn strength(word: &str) -> Option<usize> {
    let any = 2;
    match TYPES.iter().position(|known| known.eq_ignore_ascii_case(word))? {
        place if TYPES.get(place) == Some(&"required") || TYPES.get(place) == Some(&"customPassword") => Some(any),
        place => Some(place),
    }
}
