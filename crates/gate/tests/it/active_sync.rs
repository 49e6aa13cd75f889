//! The ActiveSync gate: name and password first, then the same policies as everybody else.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::world::{Answer, NAME, PASSWORD, World};

const FOLDER_SYNC: &str = "/Microsoft-Server-ActiveSync?Cmd=FolderSync&User=anna&DeviceId=d&DeviceType=t";

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{password}")))
}

async fn synchronise(world: &World, authorization: &str) -> Answer {
    world.send(Method::POST, FOLDER_SYNC, authorization).await
}

#[tokio::test]
async fn name_and_password_open_the_mailbox() {
    let world = World::new().await;
    for name in [NAME, &format!("CONTOSO\\{NAME}")] {
        let answer = synchronise(&world, &basic(name, PASSWORD)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(answer.header("content-type"), "application/vnd.ms-sync.wbxml");
        assert!(answer.text().contains("Inbox"));
    }
}

#[tokio::test]
async fn whoever_brings_no_good_credentials_is_asked_for_them() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token("api://contoso-mail/Mail.Read").await);
    let not_text = format!("Basic {}", STANDARD.encode([0xFF, b':', 0xFE]));
    let no_colon = format!("Basic {}", STANDARD.encode("anna"));
    let wrong = [basic(NAME, "wrong"), basic("nobody@contoso.example", PASSWORD), basic(NAME, ""), basic("", "")];
    for authorization in ["", "Basic", "Basic %%%", &token, &not_text, &no_colon].map(str::to_owned).into_iter().chain(wrong) {
        // An unknown command and method tell nothing either before the password was right.
        for (method, path) in [(Method::POST, FOLDER_SYNC), (Method::DELETE, "/Microsoft-Server-ActiveSync?Cmd=Nothing")] {
            let answer = world.send(method, path, &authorization).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{authorization}");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="));
            assert!(answer.body.is_empty());
        }
    }
}

#[tokio::test]
async fn too_many_attempts_are_told_to_wait_even_with_the_right_password() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    for _ in 0..11 {
        wrong.push(synchronise(&world, &basic(NAME, "wrong")).await.status);
    }
    assert_eq!((wrong[0], wrong[10]), (StatusCode::UNAUTHORIZED, StatusCode::TOO_MANY_REQUESTS));
    assert_eq!(synchronise(&world, &basic(NAME, PASSWORD)).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn policies_hold_for_built_in_mail_clients() {
    let world = World::new().await;
    world.block_mail().await;
    let answer = synchronise(&world, &basic(NAME, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().starts_with("AADSTS53003: "), "{}", answer.text());
}

#[tokio::test]
async fn a_disabled_account_gets_nothing() {
    let world = World::new().await;
    world.enable(false).await;
    let answer = synchronise(&world, &basic(NAME, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().starts_with("AADSTS50057: "), "{}", answer.text());
}

#[tokio::test]
async fn only_what_the_gate_speaks_is_answered() {
    let world = World::new().await;
    let table = [
        (Method::OPTIONS, "/Microsoft-Server-ActiveSync", StatusCode::OK),
        (Method::POST, "/Microsoft-Server-ActiveSync?Cmd=SmartForward", StatusCode::NOT_IMPLEMENTED),
        (Method::POST, "/Microsoft-Server-ActiveSync", StatusCode::NOT_IMPLEMENTED),
        (Method::GET, FOLDER_SYNC, StatusCode::METHOD_NOT_ALLOWED),
    ];
    for (method, path, expected) in table {
        let answer = world.send(method.clone(), path, &basic(NAME, PASSWORD)).await;
        assert_eq!(answer.status, expected, "{method} {path}");
        assert_eq!(!answer.header("ms-asprotocolversions").is_empty(), method == Method::OPTIONS);
    }
}
