//! From the bytes of a file to JSON, and what to say of a file that is none.

use super::json::Json;

/// A file that holds no JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrokenFile {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Its bytes are no text, or text in an encoding that cannot be told.
    #[error("line {line}, column {column}: {message}")]
    NotText {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: &'static str,
    },
    /// It is text, but not JSON.
    #[error("line {line}, column {column}: not JSON: {message}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
}

/// Reads a JSON document from the bytes of a file.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn parse(bytes: Vec<u8>) -> Result<Json, BrokenFile> {
    let text = decode(bytes)?;
    if text.trim().is_empty() {
        return Err(BrokenFile::Empty);
    }
    serde_json::from_str(&text).map_err(|error| not_json(&text, &error))
}

/// Reads the text of a file: UTF-8 with or without a byte order mark, or UTF-16 with one.
///
/// # Errors
/// It is neither, and where that shows.
pub fn decode(bytes: Vec<u8>) -> Result<String, BrokenFile> {
    match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest.to_vec()),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0, _, ..] | [_, 0, ..] => Err(not_text("", "the file is binary, or UTF-16 without a byte order mark: save it as UTF-8")),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, BrokenFile> {
    String::from_utf8(bytes).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        not_text(&String::from_utf8_lossy(before), "neither UTF-8 nor UTF-16 with a byte order mark: save the file as UTF-8")
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, BrokenFile> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(pairs.len());
    for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(not_text(&text, "half a character: the file is damaged, or not UTF-16 as its byte order mark says")),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(not_text(&text, "the file ends in the middle of a character")) }
}

/// The error at the end of the text that could be read.
fn not_text(before: &str, message: &'static str) -> BrokenFile {
    let last_line = before.rsplit('\n').next().unwrap_or_default();
    BrokenFile::NotText { line: before.matches('\n').count() + 1, column: last_line.chars().count() + 1, message }
}

fn not_json(text: &str, error: &serde_json::Error) -> BrokenFile {
    let line = error.line().max(1);
    // What the parser counts is bytes, what an editor shows is characters.
    let row = text.split('\n').nth(line - 1).unwrap_or_default();
    let column = row.char_indices().take_while(|(offset, _)| *offset < error.column()).count().max(1);
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = whole.strip_suffix(&place).unwrap_or(&whole);
    let message = match message {
        "recursion limit exceeded" => "objects and lists are nested too deeply".to_owned(),
        _ if error.is_eof() => format!("the file ends too early ({message})"),
        _ => message.to_owned(),
    };
    BrokenFile::NotJson { line, column, message }
}
