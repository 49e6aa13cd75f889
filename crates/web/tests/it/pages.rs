//! Rules of the sign-in pages.

use std::collections::{BTreeMap, HashSet};

use axum::body::to_bytes;
use axum::extract::Path;
use axum::response::Response;
use doorward_model::ErrorCode;
use doorward_model::application::MobilePlatform;
use doorward_web::pages::advice::{Situation, advise};
use doorward_web::pages::{FormTarget, Link, assets, page, redirect_answer};
use http::{StatusCode, header};

use crate::page_samples::{self, Texts};

/// One tag as it stands in a page. The scanner trusts its input as little as it needs: our templates quote every attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let name: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '>').collect();
        rest = &rest[name.len()..];
        let mut attributes = BTreeMap::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let attribute: String = rest.chars().take_while(|c| !c.is_whitespace() && *c != '>' && *c != '=').collect();
            assert!(!attribute.is_empty(), "<{name}> is malformed before {:?}", rest.chars().take(40).collect::<String>());
            rest = &rest[attribute.len()..];
            let mut value = String::new();
            if let Some(after) = rest.strip_prefix("=\"") {
                let end = after.find('"').expect("a closing quote");
                value = after[..end].to_owned();
                rest = &after[end + 1..];
            }
            attributes.insert(attribute, value);
        }
        tags.push(Tag { name: name.to_ascii_lowercase(), attributes });
    }
    tags
}

/// Names of tags and attributes only: what must not depend on any text.
fn structure(html: &str) -> Vec<String> {
    tags(html).iter().map(|tag| format!("{} {}", tag.name, tag.attributes.keys().cloned().collect::<Vec<_>>().join(" "))).collect()
}

fn unescape(text: &str) -> String {
    text.replace("&#38;", "&").replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">")
}

async fn html(response: Response) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

async fn pages(texts: &Texts) -> Vec<(&'static str, String)> {
    let mut pages = Vec::new();
    for (name, response) in page_samples::all(texts) {
        pages.push((name, html(response).await));
    }
    pages
}

#[tokio::test]
async fn hostile_text_cannot_change_the_structure_of_a_page() {
    let expected = pages(&Texts::friendly(Some("problem"))).await;
    let long = "x".repeat(500);
    let hostile = [
        "<script>alert(1)</script>",
        "\" autofocus onfocus=\"alert(1)",
        "' onclick='alert(1)",
        "</title></main><h1>Sign in elsewhere</h1>",
        "javascript:alert(1)",
        "{{ 7*7 }} {% block title %}",
        "\u{202e}moc.elpmaxe\u{202c}",
        "مرحبا بالعالم",
        long.as_str(),
    ];
    for text in hostile {
        let mut texts = Texts::hostile(text);
        // The list of apps decides how many words a page has, not which elements.
        texts.approved_apps = vec![text.to_owned(), text.to_owned()];
        for ((name, friendly), (_, page)) in expected.iter().zip(pages(&texts).await) {
            assert_eq!(structure(friendly), structure(&page), "{name} with {text:?}");
        }
    }
}

#[tokio::test]
async fn text_of_others_is_isolated_from_the_direction_of_ours() {
    let text = "\u{202e}moc.elpmaxe";
    for (name, page) in pages(&Texts::hostile(text)).await.iter().filter(|(name, _)| *name != "redirect") {
        assert!(page.contains(&format!("<bdi>{text}</bdi>")), "{name}: the tenant's name is not isolated");
    }
}

#[tokio::test]
async fn no_page_holds_inline_script_or_style_or_an_insecure_reference() {
    for (name, page) in pages(&Texts::friendly(Some("problem"))).await {
        for tag in tags(&page) {
            assert!(tag.name != "style", "{name}");
            assert!(!tag.attributes.keys().any(|key| key.starts_with("on") || key == "style"), "{name}: {tag:?}");
            if tag.name == "script" {
                assert!(tag.get("src").is_some_and(|src| src.starts_with("/assets/")), "{name}: {tag:?}");
            }
            for reference in ["src", "href", "action"].into_iter().filter_map(|key| tag.get(key)) {
                assert!(
                    !reference.starts_with("http:") && !reference.starts_with("//") && !reference.starts_with("javascript:"),
                    "{name}: {reference}"
                );
            }
        }
        assert_eq!(page.matches("<script").count(), page.matches("\" defer></script>").count(), "{name}: a script has a body");
    }
}

#[tokio::test]
async fn every_visible_input_has_a_label_and_says_what_is_wrong_with_it() {
    for problem in [None, Some("problem")] {
        for (name, page) in pages(&Texts::friendly(problem)).await {
            let tags = tags(&page);
            let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
            assert_eq!(ids.len(), ids.iter().collect::<HashSet<_>>().len(), "{name}: an id occurs twice");
            let labelled: HashSet<&str> = tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
            for input in tags.iter().filter(|tag| tag.name == "input" && tag.get("type") != Some("hidden")) {
                assert!(input.get("id").is_some_and(|id| labelled.contains(id)), "{name}: {input:?} has no label");
                assert!(input.get("autocomplete").is_some(), "{name}: {input:?} does not say what it is for");
            }
            for reference in tags.iter().filter_map(|tag| tag.get("aria-describedby").or(tag.get("aria-labelledby"))) {
                assert!(reference.split(' ').all(|id| ids.contains(&id)), "{name}: {reference} leads nowhere");
            }
            let alerts = tags.iter().filter(|tag| tag.get("role") == Some("alert") && tag.get("hidden").is_none()).count();
            let invalid = tags.iter().filter(|tag| tag.get("aria-invalid") == Some("true")).count();
            let asks = ["identifier", "password", "change-password", "device-code-entry"].contains(&name)
                || ["second-factor-app", "second-factor-recovery", "register-app"].contains(&name);
            // A passkey has no input that could be wrong.
            let has_passkey = ["second-factor-passkey", "register-passkey"].contains(&name);
            let expected = (problem.is_some() && (asks || has_passkey), problem.is_some() && asks);
            assert_eq!((alerts, invalid), (usize::from(expected.0), usize::from(expected.1)), "{name}");
        }
    }
}

#[tokio::test]
async fn every_form_posts_the_state_of_the_sign_in() {
    for (name, page) in pages(&Texts::friendly(None)).await {
        let tags = tags(&page);
        for form in tags.iter().filter(|tag| tag.name == "form") {
            assert_eq!(form.get("method"), Some("post"), "{name}");
            if name != "form-post" {
                let names: Vec<&str> =
                    tags.iter().filter(|tag| tag.get("type") == Some("hidden")).filter_map(|tag| tag.get("name")).collect();
                assert!(["ctx", "flowToken", "canary"].iter().all(|field| names.contains(field)), "{name}: {names:?}");
            }
            assert!(tags.iter().any(|tag| tag.name == "button" && tag.get("type") == Some("submit")), "{name} needs script");
        }
    }
}

#[tokio::test]
async fn every_page_has_a_language_a_heading_a_title_and_the_company() {
    for (name, page) in pages(&Texts::friendly(None)).await {
        assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        if name != "redirect" {
            let tags = tags(&page);
            assert_eq!(tags.iter().filter(|tag| tag.name == "h1").count(), 1, "{name}");
            assert!(page.contains(" – Contoso</title>") && page.contains("<bdi>Contoso</bdi>"), "{name}");
            assert!(tags.iter().any(|tag| tag.get("name") == Some("viewport")), "{name}");
        }
    }
}

#[tokio::test]
async fn a_redirect_repeats_its_address_as_the_first_link_of_the_body() {
    let location = "https://mail.contoso.example/auth?code=a%2Bb&state=%22%3Cb%3E&x='".parse().unwrap();
    let response = redirect_answer::redirect(&location);
    assert_eq!(response.status(), StatusCode::FOUND);
    assert_eq!(response.headers()[header::LOCATION], location.as_str());
    let body = html(response).await;
    let first = tags(&body).into_iter().find(|tag| tag.get("href").is_some()).unwrap();
    assert_eq!((first.name.as_str(), unescape(first.get("href").unwrap())), ("a", location.to_string()));
    // Broker libraries take these for a form to be posted again.
    for phrase in ["<input type=\"submit\"", "Working...", "Click Submit to continue"] {
        assert!(!body.contains(phrase), "{phrase}");
    }
}

#[tokio::test]
async fn a_form_post_carries_each_field_to_the_client_only() {
    let (_, response) = page_samples::all(&Texts::friendly(None)).into_iter().find(|(name, _)| *name == "form-post").unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.contains("form-action 'self' https://mail.contoso.example;"), "{policy}");
    let body = html(response).await;
    let fields: Vec<_> = tags(&body).iter().filter(|tag| tag.name == "input").map(|tag| tag.get("name").unwrap().to_owned()).collect();
    assert_eq!(fields, ["code", "state"]);
}

#[tokio::test]
async fn assets_are_named_by_their_content_and_kept_for_good() {
    let mut seen = HashSet::new();
    for (_, page) in pages(&Texts::friendly(None)).await {
        seen.extend(
            tags(&page)
                .iter()
                .flat_map(|tag| [tag.get("src"), tag.get("href")])
                .flatten()
                .filter(|url| url.starts_with("/assets/"))
                .map(str::to_owned),
        );
    }
    assert_eq!(seen.len(), 5);
    for url in seen {
        // The router sees paths in lower case.
        assert_eq!(url, url.to_ascii_lowercase());
        let response = assets::get(Path(url.trim_start_matches("/assets/").to_owned())).await;
        assert_eq!(response.status(), StatusCode::OK, "{url}");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    for missing in ["style.css", "style-0000000000000000.css", "../Cargo.toml", ""] {
        assert_eq!(assets::get(Path(missing.to_owned())).await.status(), StatusCode::NOT_FOUND, "{missing}");
    }
}

#[test]
fn a_link_never_runs_code_and_leads_only_where_its_kind_may() {
    let cases = [
        // address, homepage, store, app
        ("https://contoso.example/a", true, true, true),
        ("http://contoso.example/a", false, false, true),
        ("itms-apps://apps.apple.com/app/id1", false, true, true),
        ("market://details?id=com.contoso.mail", false, true, true),
        ("msauth.com.contoso.mail://auth", false, false, true),
        ("javascript:alert(1)", false, false, false),
        (" JaVaScRiPt:alert(1)", false, false, false),
        ("java\nscript:alert(1)", false, false, false),
        ("data:text/html,x", false, false, false),
        ("vbscript:x", false, false, false),
        ("file:///etc/passwd", false, false, false),
        ("blob:https://contoso.example/1", false, false, false),
        ("/relative", false, false, false),
        ("", false, false, false),
    ];
    for (address, web, store, app) in cases {
        let got = (Link::web(address).is_some(), Link::store(address).is_some(), Link::to_app(address).is_some());
        assert_eq!(got, (web, store, app), "{address:?}");
    }
}

#[test]
fn every_code_has_advice_in_plain_words() {
    for phone in [None, Some(MobilePlatform::Ios), Some(MobilePlatform::Android)] {
        for code in ErrorCode::ALL {
            let advice = advise(*code, &Situation { phone, ..Situation::default() });
            assert!(!advice.title.is_empty() && advice.explanation.ends_with('.') && !advice.steps.is_empty(), "{code}");
            let words = format!("{} {} {}", advice.title, advice.explanation, advice.steps.join(" ")).to_lowercase();
            for jargon in ["aadsts", "token", "grant", "oauth", "conditional access", "policy", "mdm", "tenant", "claims", "redirect"] {
                assert!(!words.contains(jargon), "{code}: {jargon:?} in {words}");
            }
        }
    }
}

#[test]
fn advice_leads_to_what_cures_the_refusal() {
    let store = Link::store("https://apps.apple.com/app/id1").unwrap();
    let registration = Link::to_app("msauth://wpj/?username=a").unwrap();
    let approved = ["Contoso Mail".to_owned(), "Contoso Files".to_owned(), "Contoso Chat".to_owned()];
    let situation = Situation {
        phone: Some(MobilePlatform::Ios),
        app: Some("Contoso Mail"),
        broker: Some("Authenticator"),
        broker_store: Some(&store),
        registration: Some(&registration),
        approved_apps: &approved,
        ..Situation::default()
    };
    let action = |code| advise(code, &situation).action.map(|action| action.link);
    assert_eq!(action(ErrorCode::BROKER_NOT_INSTALLED), Some(store.clone()));
    assert_eq!(action(ErrorCode::DEVICE_NOT_REGISTERED), Some(registration.clone()));
    assert_eq!(action(ErrorCode::BLOCKED), None);
    assert_eq!(advise(ErrorCode::BROKER_NOT_INSTALLED, &situation).steps[0], "Install Authenticator from the App Store.");
    assert_eq!(advise(ErrorCode::APP_NOT_APPROVED, &situation).steps, ["Use Contoso Mail, Contoso Files or Contoso Chat instead."]);
    // Without a link there is no button, but the words stay.
    let bare = advise(ErrorCode::BROKER_NOT_INSTALLED, &Situation::default());
    assert!(bare.action.is_none() && !bare.steps.is_empty());
}

#[tokio::test]
async fn a_refusal_names_code_ids_and_time_with_its_zone() {
    let response = page(
        StatusCode::OK,
        &page_samples::refusal(&Texts::friendly(None), ErrorCode::BROKER_NOT_INSTALLED, Some(MobilePlatform::Ios)),
        &FormTarget::Own,
    );
    let body = html(response).await;
    for fact in
        ["AADSTS50127", "5d1c0b2a-7e4f-4a61-9b38-20c6f7d9e801", "0f8fad5b-d9cb-469f-a165-70867728950e", "23 November 2026, 13:45:02 UTC"]
    {
        assert!(body.contains(fact), "{fact}");
    }
}

#[test]
fn the_state_of_a_form_stays_out_of_debug_output() {
    let form = doorward_web::pages::FormState { action: "/a".into(), ctx: "one".into(), flow_token: "two".into(), canary: "three".into() };
    let text = format!("{form:?}");
    assert!(!["one", "two", "three"].iter().any(|secret| text.contains(secret)), "{text}");
}

/// The hash in an asset's name changes with every change of style, which is not what these snapshots are about.
fn without_hashes(page: &str) -> String {
    let mut text = page.to_owned();
    for asset in [&assets::STYLE, &assets::LOGO, &assets::PAGE_SCRIPT, &assets::FORM_POST_SCRIPT, &assets::PASSKEY_SCRIPT] {
        let (stem, rest) = asset.url().rsplit_once('-').unwrap();
        let extension = rest.rsplit_once('.').unwrap().1;
        text = text.replace(asset.url(), &format!("{stem}-HASH.{extension}"));
    }
    text
}

#[tokio::test]
async fn whole_pages() {
    let wanted = [
        "register-app",
        "register-passkey",
        "identifier",
        "password",
        "consent",
        "refusal-broker",
        "device-code-confirm",
        "not-found",
        "redirect",
    ];
    for (name, page) in pages(&Texts::friendly(Some("That is not right."))).await {
        if wanted.contains(&name) {
            insta::assert_snapshot!(name, without_hashes(&page));
        }
    }
}
