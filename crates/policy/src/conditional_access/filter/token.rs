//! The words of a filter.

use super::FilterError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A word without its leading hyphen, lower-cased: operators, properties, `true`, `null`, numbers.
    Word(String),
    /// A string without its quotes.
    Text(String),
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
}

/// A token and where it begins, in characters from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) token: Token,
    pub(super) position: usize,
}

pub(super) fn tokens(rule: &str) -> Result<Vec<Placed>, FilterError> {
    let mut characters = (1..).zip(rule.chars()).peekable();
    let mut found = Vec::new();
    while let Some((position, character)) = characters.next() {
        let token = match character {
            _ if character.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            '[' => Token::OpenList,
            ']' => Token::CloseList,
            ',' => Token::Comma,
            '"' => text(&mut characters, position)?,
            _ if is_word(character) => {
                let mut word = String::from(character);
                while let Some((_, next)) = characters.next_if(|(_, next)| is_word(*next)) {
                    word.push(next);
                }
                Token::Word(word.to_lowercase())
            }
            _ => {
                return Err(FilterError {
                    position,
                    message: format!("{character:?} has no meaning here; strings stand in double quotes"),
                });
            }
        };
        found.push(Placed { token, position });
    }
    Ok(found)
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '-' | '.' | '_')
}

/// The rest of a string whose opening quote has been read.
fn text(characters: &mut std::iter::Peekable<impl Iterator<Item = (usize, char)>>, position: usize) -> Result<Token, FilterError> {
    let mut text = String::new();
    while let Some((_, character)) = characters.next() {
        match character {
            '"' => return Ok(Token::Text(text)),
            '`' => text.push(characters.next_if(|(_, next)| matches!(next, '"' | '`')).map_or('`', |(_, escaped)| escaped)),
            _ => text.push(character),
        }
    }
    Err(FilterError { position, message: "the string that begins here has no end".to_owned() })
}
