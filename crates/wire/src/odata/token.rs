//! The words of a filter (OData 4.01 ABNF).

use jiff::Timestamp;
use uuid::Uuid;

use super::ODataError;

/// A word with the number of characters before it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) position: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A property, an operator, a function, `true`, `false`, `null`.
    Name(String),
    Text(String),
    Id(Uuid),
    Number(i64),
    Time(Timestamp),
    Open,
    Close,
    Comma,
}

/// Splits a filter into words.
pub(super) fn read(text: &str) -> Result<Vec<Token>, ODataError> {
    let letters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut position = 0;
    while let Some(letter) = letters.get(position) {
        let start = position;
        let kind = match letter {
            ' ' | '\t' => {
                position += 1;
                continue;
            }
            '(' | ')' | ',' => {
                position += 1;
                match letter {
                    '(' => Kind::Open,
                    ')' => Kind::Close,
                    _ => Kind::Comma,
                }
            }
            '\'' => {
                let (text, end) = quoted(&letters, start)?;
                position = end;
                Kind::Text(text)
            }
            _ => {
                let ends = |letter: &char| matches!(letter, ' ' | '\t' | '(' | ')' | ',' | '\'');
                let word: String = letters.iter().skip(start).take_while(|letter| !ends(letter)).collect();
                position += word.chars().count();
                self::word(word, start)?
            }
        };
        tokens.push(Token { kind, position: start });
    }
    Ok(tokens)
}

/// A text in single quotes, in which a quote is doubled, and the place after it.
fn quoted(letters: &[char], start: usize) -> Result<(String, usize), ODataError> {
    let mut text = String::new();
    let mut position = start + 1;
    loop {
        match letters.get(position) {
            Some('\'') if letters.get(position + 1) == Some(&'\'') => {
                text.push('\'');
                position += 2;
            }
            Some('\'') => return Ok((text, position + 1)),
            Some(letter) if letter.is_control() => {
                return Err(ODataError::filter(position, "a text cannot hold control characters"));
            }
            Some(letter) => {
                text.push(*letter);
                position += 1;
            }
            None => return Err(ODataError::filter(start, "this text has no end: close it with ', and double a ' within it")),
        }
    }
}

fn word(word: String, position: usize) -> Result<Kind, ODataError> {
    // Anything else that `Uuid` would take, such as braces, is no GUID literal.
    if word.len() == 36
        && let Ok(id) = Uuid::try_parse(&word)
    {
        return Ok(Kind::Id(id));
    }
    if word.starts_with(|letter: char| letter.is_ascii_digit() || letter == '-') {
        if let Ok(number) = word.parse() {
            return Ok(Kind::Number(number));
        }
        if let Ok(time) = word.parse() {
            return Ok(Kind::Time(time));
        }
        let problem = format!("{word} is not a whole number, a GUID or a time such as 2026-01-31T00:00:00Z");
        return Err(ODataError::filter(position, problem));
    }
    let named = word.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '/' | '@' | '.' | '$'));
    if named { Ok(Kind::Name(word)) } else { Err(ODataError::filter(position, format!("{word:?} is not understood"))) }
}
