use proptest::prelude::*;

use super::{plain_letters, read};
use crate::policy::sign_in::Fields;
use crate::policy::sign_in::tests::line;

/// A text with a few bytes of JSON put where they do not belong.
fn spoiled() -> impl Strategy<Value = String> {
    let piece =
        prop::sample::select(&["{", "}", "[", "]", "\"", ",", ":", "\\", " ", "0", "7", ".", "-", "e", "null", "true", "\t", "\u{e9}"][..]);
    let spot = (any::<prop::sample::Index>(), any::<bool>(), piece);
    (line(), prop::collection::vec(spot, 1..4)).prop_map(|(mut line, spots)| {
        for (at, replaces, piece) in spots {
            let at = at.index(line.len());
            let Some(from) = (0..=at).rev().find(|at| line.is_char_boundary(*at)) else { continue };
            let letter = line[from..].chars().next().map_or(0, char::len_utf8);
            line.replace_range(from..from + if replaces { letter } else { 0 }, piece);
        }
        line
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_read_fast_is_read_the_same_as_any_json(line in prop_oneof![line(), spoiled()]) {
        if let Some(plain) = read(&line, &|_| None) {
            prop_assert_eq!(Some(plain), Fields::any(&line).ok(), "{}", line);
        }
    }

    #[test]
    fn a_string_is_plain_up_to_its_first_quote_escape_or_control(text in "[a-d \u{1}\u{1f}\"!#\\\\\\[\\]\u{a2}\u{122}\u{7f}]{0,40}") {
        let end = text.find(|letter: char| letter < ' ' || letter == '"' || letter == '\\');
        prop_assert_eq!(plain_letters(text.as_bytes()), end.unwrap_or(text.len()));
    }
}

#[test]
fn what_loggers_write_is_plain() {
    let lines = [
        "{}",
        r#"{"id":"s1","userId":"ann","resources":["mail"],"mfa":true,"device":{"deviceId":"d","isManaged":null},"termsOfUseAccepted":[]}"#,
        "{ \"id\": \"s1\" , \"resources\":  [ \"mail\" , \"files\" ], \"odd\" : 7, \"device\": { } }  \r\n",
        r#"{"id":"s1","userId":"Zo\u00eb","country":null,"errorCode":53003,"policies":[{"id":"p","result":"failure","count":0}]}"#,
        r#"{"termsOfUseAccepted":["t"],"mfa":false,"id":null,"id":"s","id":"t"}"#,
        r#"{"unknown":{"deep":[[{"a":[]}]]},"errorCode":9999999999999999999}"#,
    ];
    for line in lines.map(|line| line.replace("\\u00eb", "\u{eb}")) {
        assert_eq!(read(&line, &|_| None), Some(Fields::any(&line).unwrap()), "{line}");
    }
}

#[test]
fn what_is_not_plain_is_left_to_others() {
    let deep = format!(r#"{{"odd":{}{}}}"#, "[".repeat(17), "]".repeat(17));
    let texts = [
        "",
        "{",
        "[]",
        "{}}",
        "{,}",
        r#"{"id"}"#,
        r#"{"ID":"s"}"#,
        r#"{"id" :"s"}"#,
        r#"{}"id":"s"}"#,
        r#"{"id":"s"},"mfa":true}"#,
        r#"{"id":"s",}"#,
        r#"{"id":"s" "mfa":true}"#,
        r#"{"id":"\u0073"}"#,
        "{\"id\":\"a\tb\"}",
        "{\n\"id\":\"s\"}",
        r#"{"errorCode":007}"#,
        r#"{"errorCode":-1}"#,
        r#"{"errorCode":1e3}"#,
        r#"{"errorCode":1.5}"#,
        r#"{"errorCode":99999999999999999999}"#,
        r#"{"mfa":truest}"#,
        r#"{"mfa":nul}"#,
        r#"{"resources":["mail",]}"#,
        r#"{"resources":["mail" "files"]}"#,
        r#"{"resources":{"mail"}}"#,
        r#"{"resources":["mail"}"#,
        r#"{"mfa":"yes"}"#,
        &deep,
    ];
    for text in texts {
        assert_eq!(read(text, &|_| None), None, "{text}");
    }
}
