//! The mail API takes a good token for the mail service with the scope to read, and nothing else.

use axum::http::{Method, StatusCode};

use crate::world::{Answer, World};

const READ: &str = "api://contoso-mail/Mail.Read";

async fn messages(world: &World, authorization: &str) -> Answer {
    world.send(Method::GET, "/mail/v1.0/messages", authorization).await
}

/// Asserts a refusal with that status and challenge, and that no mail came with it.
fn refused(answer: &Answer, status: StatusCode, challenge: &str) {
    assert_eq!(answer.status, status);
    assert!(answer.header("www-authenticate").starts_with(challenge), "{}", answer.header("www-authenticate"));
    assert!(answer.body.is_empty(), "{}", answer.text());
}

fn invalid(why: &str) -> String {
    format!("Bearer error=\"invalid_token\", error_description=\"the access token {why}\"")
}

#[tokio::test]
async fn a_good_token_reads_mail() {
    let world = World::new().await;
    let answer = messages(&world, &format!("bearer {}", world.token(READ).await)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("Figures for the third quarter"));
}

#[tokio::test]
async fn without_a_token_the_client_is_told_which_scheme_to_use() {
    let world = World::new().await;
    let token = world.token(READ).await;
    for authorization in ["", "Bearer", "Basic YW5uYTpw", &token, &format!("DPoP {token}")] {
        let answer = messages(&world, authorization).await;
        refused(&answer, StatusCode::UNAUTHORIZED, "Bearer");
        assert!(!answer.header("www-authenticate").contains("error"), "RFC 6750: no error where no token came");
    }
}

#[tokio::test]
async fn a_token_that_is_not_as_it_was_signed_is_refused() {
    let world = World::new().await;
    let token = world.token(READ).await;
    let (content, signature) = token.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let other = world.token("api://contoso-mail/Mail.Send").await;
    let (other_content, _) = other.rsplit_once('.').unwrap();
    let damaged = format!("{content}.{flipped}{}", &signature[1..]);
    for forged in [damaged, format!("{other_content}.{signature}"), format!("{content}."), content.to_owned(), "a.b.c".to_owned()] {
        refused(&messages(&world, &format!("Bearer {forged}")).await, StatusCode::UNAUTHORIZED, &invalid("is not valid"));
    }
}

#[tokio::test]
async fn a_token_for_another_service_is_refused() {
    let world = World::new().await;
    let token = world.token("https://graph.microsoft.com/.default").await;
    refused(&messages(&world, &format!("Bearer {token}")).await, StatusCode::UNAUTHORIZED, &invalid("was made for another audience"));
}

#[tokio::test]
async fn a_token_is_refused_once_it_has_expired() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token(READ).await);
    world.clock.advance(86_400);
    refused(&messages(&world, &token).await, StatusCode::UNAUTHORIZED, &invalid("has expired"));
}

#[tokio::test]
async fn a_token_is_refused_once_the_account_is_disabled() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token(READ).await);
    world.enable(false).await;
    refused(&messages(&world, &token).await, StatusCode::UNAUTHORIZED, &invalid("was withdrawn"));
}

#[tokio::test]
async fn sending_mail_does_not_include_reading_it() {
    let world = World::new().await;
    let token = world.token("api://contoso-mail/Mail.Send").await;
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"Mail.Read\"";
    refused(&messages(&world, &format!("Bearer {token}")).await, StatusCode::FORBIDDEN, challenge);
}
