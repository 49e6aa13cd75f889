//! Which PIN a person may choose.

use doorward_model::protection::PinCharacterSet;

use super::Settings;

/// What is wrong with a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinFlaw {
    /// Too short.
    TooShort,
    /// Not of the characters that are asked for.
    WrongCharacters,
    /// Three characters in a row that are the same or count up or down.
    TooSimple,
    /// One of the last ones.
    UsedBefore,
}

/// Whether a PIN may be set. `used_before` says that it is one of the last `previous_pin_block_count`, of which the app keeps salted hashes.
///
/// # Errors
/// The first flaw, in the order of [`PinFlaw`].
pub fn pin_acceptable(pin: &str, settings: &Settings, used_before: bool) -> Result<(), PinFlaw> {
    let characters: Vec<char> = pin.chars().collect();
    let flaws = [
        (characters.len() < settings.pin_length(), PinFlaw::TooShort),
        (!right_characters(&characters, settings), PinFlaw::WrongCharacters),
        (settings.simple_pin_blocked && is_simple(&characters), PinFlaw::TooSimple),
        (settings.previous_pin_block_count > 0 && used_before, PinFlaw::UsedBefore),
    ];
    flaws.into_iter().find(|(present, _)| *present).map_or(Ok(()), |(_, flaw)| Err(flaw))
}

fn right_characters(pin: &[char], settings: &Settings) -> bool {
    let digit = pin.iter().any(char::is_ascii_digit);
    let letter = pin.iter().any(|c| c.is_alphabetic());
    let symbol = pin.iter().any(|c| !c.is_alphanumeric() && !c.is_control());
    match settings.pin_character_set {
        PinCharacterSet::Numeric => pin.iter().all(char::is_ascii_digit),
        PinCharacterSet::AlphanumericAndSymbol if settings.simple_pin_blocked => digit && letter && symbol,
        PinCharacterSet::AlphanumericAndSymbol => letter || symbol,
    }
}

fn is_simple(pin: &[char]) -> bool {
    let steps: Vec<i64> = pin.iter().zip(pin.iter().skip(1)).map(|(a, b)| i64::from(u32::from(*b)) - i64::from(u32::from(*a))).collect();
    steps.iter().zip(steps.iter().skip(1)).any(|(first, second)| first == second && first.abs() <= 1)
}
