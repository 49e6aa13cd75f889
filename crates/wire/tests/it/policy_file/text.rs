//! Encodings, and what is said of files that hold no JSON.

use doorward_wire::policy_file::{BrokenFile, Json, parse};
use serde_json::json;

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(order).collect()
}

fn told(bytes: impl Into<Vec<u8>>) -> String {
    parse(bytes.into()).unwrap_err().to_string()
}

#[test]
fn utf_8_and_marked_utf_16_are_read() {
    let document = json!({"displayName": "Zürich 🦀"});
    let text = document.to_string();
    let table =
        [text.clone().into_bytes(), format!("\u{FEFF}{text}").into(), utf16(&text, u16::to_le_bytes), utf16(&text, u16::to_be_bytes)];
    for bytes in table {
        assert_eq!(parse(bytes), Ok(Json::from(&document)));
    }
}

#[test]
fn a_broken_file_is_told_with_line_and_column() {
    let table: [(&str, Vec<u8>, &str); 14] = [
        ("empty", vec![], "the file is empty"),
        ("blank", b" \n\t".to_vec(), "the file is empty"),
        ("only a mark", utf16("", u16::to_le_bytes), "the file is empty"),
        (
            "truncated",
            b"{\n  \"state\": \"en".to_vec(),
            "line 2, column 14: not JSON: the file ends too early (EOF while parsing a string)",
        ),
        ("cut after a line", b"[\n{},\n".to_vec(), "line 3, column 1: not JSON: the file ends too early (EOF while parsing a value)"),
        ("a word without quotes", b"{\n  \"state\": enabled }".to_vec(), "line 2, column 12: not JSON: expected value"),
        ("after wide characters", "{\"é🦀\": x}".into(), "line 1, column 8: not JSON: expected value"),
        ("UTF-16", utf16("{\n\"é\": x}", u16::to_be_bytes), "line 2, column 6: not JSON: expected value"),
        ("half a UTF-16 unit", utf16("{}", u16::to_le_bytes)[..5].into(), "line 1, column 2: the file ends in the middle of a character"),
        (
            "half a pair",
            [utf16("{\n", u16::to_le_bytes), vec![0x00, 0xD8]].concat(),
            "line 2, column 1: half a character: the file is damaged, or not UTF-16 as its byte order mark says",
        ),
        (
            "UTF-16 without a mark",
            utf16("{}", u16::to_le_bytes)[2..].into(),
            "line 1, column 1: the file is binary, or UTF-16 without a byte order mark: save it as UTF-8",
        ),
        (
            "an old code page",
            b"{\"name\":\n \"Z\xFCrich\"}".to_vec(),
            "line 2, column 4: neither UTF-8 nor UTF-16 with a byte order mark: save the file as UTF-8",
        ),
        (
            "a picture",
            b"\x89PNG\r\n\x1a\n".to_vec(),
            "line 1, column 1: neither UTF-8 nor UTF-16 with a byte order mark: save the file as UTF-8",
        ),
        ("two documents", b"{}\n{}".to_vec(), "line 2, column 1: not JSON: trailing characters"),
    ];
    for (name, bytes, expected) in table {
        assert_eq!(told(bytes), expected, "{name}");
    }
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let told = told([open.repeat(100_000), "1".to_owned(), close.repeat(100_000)].concat());
        assert!(told.contains("nested too deeply"), "{told}");
    }
    let allowed = [&"[".repeat(100), "1", &"]".repeat(100)].concat();
    assert!(parse(allowed.into()).is_ok());
}

#[test]
fn a_large_file_is_read_and_its_end_is_told() {
    let mut text = format!("[{}]", vec!["{\"state\": \"enabled\"}"; 100_000].join(",\n"));
    assert!(parse(text.clone().into()).is_ok());
    text.pop();
    assert!(matches!(parse(text.into()), Err(BrokenFile::NotJson { line: 100_000, column: 20, .. })));
}
