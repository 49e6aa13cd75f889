//! Selective wipe: asked for by an administrator, done and told by the app.

use doorward_model::TokenId;
use doorward_model::refresh_token::RefreshToken;

use super::*;

impl Phone {
    async fn administrator(&self, method: Method, path: &str, body: Value) -> Answer {
        let token = self.world.access_token(&self.world.admin, crate::graph::SCOPE).await;
        self.world.json(method, &format!("/v1.0/{path}"), &token, &body).await
    }

    async fn wipe_asked_for(&self) -> Answer {
        let path = format!("users/{}/wipeManagedAppRegistrationsByDeviceTag", self.world.anna.id);
        self.administrator(Method::POST, &path, json!({ "deviceTag": "tag-1" })).await
    }

    fn operations_path(&self) -> String {
        format!("deviceAppManagement/managedAppRegistrations/{}/operations", self.registration)
    }

    /// Id and state of each operation, as the administrator sees them.
    async fn operations(&self) -> Vec<(String, String)> {
        let answer = self.administrator(Method::GET, &self.operations_path(), Value::Null).await.json();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
        answer["value"].as_array().unwrap().iter().map(|one| (text(one, "id"), text(one, "state"))).collect()
    }

    async fn states(&self) -> Vec<String> {
        self.operations().await.into_iter().map(|(_, state)| state).collect()
    }

    async fn acknowledge(&mut self, operation: &str, body: Value) -> Answer {
        self.fresh_nonce().await;
        self.send(Sent::new(Method::POST, &format!("/operations/{operation}/acknowledge"), body)).await
    }
}

/// A phone whose app has been told to wipe; the operation's id.
async fn told() -> (Phone, String) {
    let mut phone = Phone::enrolled().await;
    phone.apply().await;
    assert_eq!(phone.wipe_asked_for().await.status, StatusCode::NO_CONTENT);
    let answer = phone.check_in(None).await;
    let operation = answer["operations"][0]["id"].as_str().unwrap().to_owned();
    (phone, operation)
}

#[tokio::test]
async fn the_app_is_told_at_its_next_check_in_and_its_word_ends_the_registration() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    assert_eq!(phone.wipe_asked_for().await.status, StatusCode::NO_CONTENT);
    assert_eq!(phone.states().await, ["pending"]);
    assert_eq!(phone.applied().await.failed, [Criterion::NotWiped], "from the request on");
    let answer = phone.check_in(Some(&tag)).await;
    assert_eq!(answer["operations"][0]["kind"], "wipe");
    assert_eq!(answer["operations"].as_array().unwrap().len(), 1);
    assert_eq!(phone.states().await, ["active"]);
    let operation = answer["operations"][0]["id"].as_str().unwrap().to_owned();
    // Whoever has wiped has no token any more.
    let token = std::mem::take(&mut phone.token);
    let said = phone.acknowledge(&operation, json!({ "result": "done" })).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    assert_eq!(phone.states().await, ["done"]);
    let listed = phone.administrator(Method::GET, "deviceAppManagement/managedAppRegistrations", Value::Null).await.json();
    assert_eq!(listed["value"], json!([]));
    phone.token = token;
    phone.fresh_nonce().await;
    let body = phone.check_in_body(Some(&tag));
    let answer = phone.send(Sent::new(Method::POST, "/checkIn", body)).await;
    assert_eq!(code(&answer), (StatusCode::GONE, "registrationEnded".into()));
    let again = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &phone.key)).await;
    assert_eq!(again.status, StatusCode::CREATED, "signing in again makes a new registration");
    assert_eq!(again.json()["checkIn"]["operations"], json!([]));
}

#[tokio::test]
async fn saying_so_again_changes_nothing_until_a_week_after_the_end() {
    let (mut phone, operation) = told().await;
    for days in [0, 0, 7] {
        phone.world.clock.advance(days * 86_400);
        let said = phone.acknowledge(&operation, json!({ "result": "done" })).await;
        assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    }
    let late_change_of_mind = phone.acknowledge(&operation, json!({ "result": "failed", "reason": "no" })).await;
    assert_eq!((late_change_of_mind.status, phone.states().await), (StatusCode::NO_CONTENT, vec!["done".to_owned()]));
    phone.world.clock.advance(1);
    let late = phone.acknowledge(&operation, json!({ "result": "done" })).await;
    assert_eq!(code(&late), (StatusCode::GONE, "registrationEnded".into()));
}

#[tokio::test]
async fn a_wipe_that_failed_says_why_and_can_be_asked_for_again() {
    let (mut phone, operation) = told().await;
    let said = phone.acknowledge(&operation, json!({ "result": "failed", "reason": "the key store is locked" })).await;
    assert_eq!(said.status, StatusCode::NO_CONTENT, "{}", said.body);
    let shown = phone.administrator(Method::GET, &phone.operations_path(), Value::Null).await.json();
    assert_eq!((&shown["value"][0]["state"], &shown["value"][0]["failureReason"]), (&json!("failed"), &json!("the key store is locked")));
    assert_eq!(phone.wipe_asked_for().await.status, StatusCode::NO_CONTENT);
    assert_eq!(phone.states().await, ["failed", "pending"]);
}

#[tokio::test]
async fn two_wipes_of_one_app_are_one() {
    let phone = Phone::enrolled().await;
    for _ in 0..2 {
        assert_eq!(phone.wipe_asked_for().await.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(phone.states().await, ["pending"]);
}

#[tokio::test]
async fn a_wipe_can_be_taken_back_until_the_app_has_heard_of_it() {
    let mut phone = Phone::enrolled().await;
    let tag = phone.apply().await;
    phone.wipe_asked_for().await;
    let cancel = async |phone: &Phone| {
        let (operation, _) = phone.operations().await.pop().unwrap();
        phone.administrator(Method::DELETE, &format!("{}/{operation}", phone.operations_path()), Value::Null).await.status
    };
    assert_eq!(cancel(&phone).await, StatusCode::NO_CONTENT);
    assert_eq!(phone.check_in(Some(&tag)).await["operations"], json!([]));
    assert!(phone.applied().await.applied);
    phone.wipe_asked_for().await;
    phone.check_in(Some(&tag)).await;
    assert_eq!(cancel(&phone).await, StatusCode::CONFLICT);
    assert_eq!(phone.states().await, ["canceled", "active"]);
}

#[tokio::test]
async fn the_refresh_tokens_of_the_app_end_with_the_request() {
    let phone = Phone::enrolled().await;
    let world = &phone.world;
    let mut unit = write(world).await;
    let session = unit.sessions().live_of(world.anna.id, world.clock.now()).await.unwrap().remove(0);
    let of = |app_id: AppId, number: u8| {
        let now = world.clock.now();
        let token = RefreshToken {
            id: TokenId::random(world.ctx.rng.as_ref()),
            app_id,
            user_id: world.anna.id,
            session_id: session.id,
            device_id: None,
            code_id: None,
            brokered: false,
            hub: None,
            family: false,
            amr: None,
            scope: "User.Read".into(),
            resource: resource::GRAPH,
            issued: now,
            expires: now + jiff::SignedDuration::from_hours(24),
            revoked: None,
        };
        ([number; 32], token)
    };
    for (hash, token) in [of(MAIL_APP, 1), of(CLI, 2)] {
        unit.grants().create_refresh_token(&hash, &token).await.unwrap();
    }
    unit.commit().await.unwrap();
    phone.wipe_asked_for().await;
    let mut unit = write(world).await;
    let mut revoked = async |number: u8| unit.grants().refresh_token(&[number; 32]).await.unwrap().unwrap().revoked.is_some();
    assert_eq!((revoked(1).await, revoked(2).await), (true, false), "of this app, and of no other");
}

#[tokio::test]
async fn only_the_key_of_the_instance_can_say_that_it_has_wiped() {
    let (mut phone, operation) = told().await;
    let right = std::mem::replace(&mut phone.key, new_key());
    let forged = phone.acknowledge(&operation, json!({ "result": "done" })).await;
    assert_eq!(code(&forged), (StatusCode::UNAUTHORIZED, "proofInvalid".into()));
    phone.key = right;
    let unknown = phone.acknowledge("11111111-2222-3333-4444-555555555555", json!({ "result": "done" })).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.body);
    let unread = phone.acknowledge(&operation, json!({ "result": "perhaps" })).await;
    assert_eq!(unread.status, StatusCode::BAD_REQUEST, "{}", unread.body);
    assert_eq!(phone.states().await, ["active"]);
}

#[tokio::test]
async fn enrolling_with_another_key_does_not_shake_a_wipe_off() {
    let (phone, _) = told().await;
    let again = enrol(&phone.world, &phone.token, &enrolment(&phone.world, &new_key())).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    assert_eq!(again.json()["checkIn"]["operations"][0]["kind"], "wipe");
}

#[tokio::test]
async fn a_tag_that_no_app_of_the_person_has_is_not_found() {
    let phone = Phone::enrolled().await;
    for (user, tag) in [(phone.world.anna.id, "tag-2"), (phone.world.admin.id, "tag-1")] {
        let path = format!("users/{user}/wipeManagedAppRegistrationsByDeviceTag");
        let answer = phone.administrator(Method::POST, &path, json!({ "deviceTag": tag })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
    }
    assert_eq!(phone.states().await, Vec::<String>::new());
}
