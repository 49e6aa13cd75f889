//! What programs read of the sign-in page.

use doorward_model::ErrorCode;
use doorward_wire::sign_in_page::{AuthMessage, CredentialTypeResponse, IfExists, PageConfig, PageKind};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Cuts the state out of a block as existing clients do: from the mark on, and two characters before the end.
fn read(block: &str) -> Value {
    let start = block.find("$Config=").unwrap() + "$Config=".len();
    serde_json::from_str(&block[start..block.rfind("//]]>").unwrap() - 2]).unwrap()
}

#[test]
fn a_page_without_a_form_has_what_clients_insist_on_and_nothing_else() {
    let state = PageConfig::new(PageKind::ConvergedError, "s".into(), "c".into()).with_error(ErrorCode::BLOCKED, "No.");
    let expected = json!({ "pgid": "ConvergedError", "sessionId": "s", "canary": "c", "sErrorCode": "53003", "sErrTxt": "No." });
    assert_eq!(read(&state.block()), expected, "the code is a text");
}

proptest! {
    #[test]
    fn no_text_ends_the_element_or_the_block(text in any::<String>(), mark in prop::sample::select(vec!["</script>", "<!--", "//]]>", "$Config=", "&lt;", "\u{2028}"])) {
        let text = format!("{text}{mark}{text}");
        let block = PageConfig::new(PageKind::ConvergedSignIn, text.clone(), "c".into()).block();
        prop_assert!(!block.contains("</") && !block.contains("<!--") && !block.contains('&'));
        prop_assert_eq!(block.matches("//]]>").count(), 1);
        let state = read(&block);
        prop_assert_eq!(state["sessionId"].as_str(), Some(text.as_str()));
    }
}

#[test]
fn whether_an_account_exists_is_a_number_that_clients_know() {
    for (exists, result, throttled) in [(IfExists::Exists, 0, 0), (IfExists::NotFound, 1, 0), (IfExists::Throttled, 2, 1)] {
        let expected = json!({
            "Username": "a@b.example", "IfExistsResult": result, "ThrottleStatus": throttled,
            "Credentials": { "PrefCredential": 1, "HasPassword": true },
        });
        assert_eq!(serde_json::to_value(CredentialTypeResponse::new("a@b.example", exists)).unwrap(), expected);
    }
}

#[test]
fn members_of_a_message_are_spelled_one_way_when_it_begins_and_another_when_it_ends() {
    let begin = json!({ "AuthMethodId": "PhoneAppOTP", "ctx": "c", "flowToken": "f", "Method": "BeginAuth" });
    let end = json!({ "AuthMethodId": "PhoneAppOTP", "Ctx": "c", "FlowToken": "f", "SessionId": "s", "AdditionalAuthData": "123456" });
    for message in [begin, end] {
        let read: AuthMessage = serde_json::from_value(message).unwrap();
        assert_eq!((read.ctx.as_str(), read.flow_token.as_str()), ("c", "f"));
    }
    let other = json!({ "AuthMethodId": "FidoKey", "ctx": "c", "flowToken": "f" });
    assert!(serde_json::from_value::<AuthMessage>(other).is_err(), "a method that is not taken this way");
}
