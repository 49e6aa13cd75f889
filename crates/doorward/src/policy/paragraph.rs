//! Text for people, in lines that a terminal and a mail show whole.

use crate::sign_ins::without_controls;

/// Nothing is wider than this.
const WIDTH: usize = 100;

/// Names come from outside, and must not steer the terminal.
pub(super) fn printable(text: &str) -> String {
    without_controls(text, |code| format!("\\u{{{code:x}}}"))
}

/// A text after a label; its further lines begin below its first word.
pub(super) fn hanging(label: &str, text: &str) -> String {
    let indent = label.chars().count();
    let lines = lines(text, WIDTH.saturating_sub(indent).max(1));
    format!("{label}{}\n", lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// Breaks between words, and inside a word only when a line cannot hold it.
fn lines(text: &str, room: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace().map(printable) {
        if !line.is_empty() && length(&line) + 1 + length(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for letter in word.chars() {
            if length(&line) == room {
                lines.push(std::mem::take(&mut line));
            }
            line.push(letter);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn lines_break_between_words_and_inside_only_those_too_long_and_steer_no_terminal() {
        let table: [(&str, &[&str]); 7] = [
            ("", &[""]),
            ("one two", &["one two"]),
            ("one two three", &["one two", "three"]),
            ("a  b\nc", &["a b c"]),
            ("go abcdefghij ö", &["go", "abcdefg", "hij ö"]),
            ("\u{1b}c", &["\\u{1b}c"]),
            // What would turn the direction of the text around.
            ("\u{200f}", &["\\u{200f", "}"]),
        ];
        for (text, expected) in table {
            assert_eq!(lines(text, 7), expected, "{text:?}");
        }
    }
}
