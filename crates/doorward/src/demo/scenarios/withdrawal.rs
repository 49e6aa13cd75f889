//! What an administrator takes away is gone at the next use.

use doorward_phone::{Body, Phone};
use reqwest::Method;
use serde_json::json;

use super::first_use::register;
use crate::demo::catalogue::MAIL_SCOPE;
use crate::demo::stage::{Stage, mail_app};

const DEVICE_AUTHENTICATION_FAILED: u32 = 50155;
const NOT_REGISTERED: u32 = 50129;
const USER_DISABLED: u32 = 50057;

/// Scenario 14.
pub(super) async fn play(stage: &mut Stage, phone: &mut Phone) -> anyhow::Result<()> {
    stage.begin(14, "deleting a device, disabling a person");
    let (anna, app) = (stage.account("anna"), mail_app(Body::IPhone));
    match phone.device_id() {
        Some(id) => {
            let path = format!("devices/{id}");
            stage.administrator.must(Method::DELETE, &path, None).await?;
            let (status, _) = stage.administrator.request(Method::GET, &path, None).await?;
            let why = "the record and every token bound to it";
            stage.push("admin", "admin API", "device of anna", "deleted", why, 0, status == 404);
        }
        None => stage.not_reached("admin", "admin API", "device of anna", "the phone is not registered"),
    }
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "deleted iPhone", &app.name, &outcome, DEVICE_AUTHENTICATION_FAILED, "");
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "deleted iPhone", &app.name, &outcome, NOT_REGISTERED, "");

    let emil_id = stage.user("emil")?.id;
    let enable = |enabled: bool| json!({ "accountEnabled": enabled });
    // An earlier run may have left the account disabled.
    stage.administrator.must(Method::PATCH, &format!("users/{emil_id}"), Some(&enable(true))).await?;
    let emil = stage.account("emil");
    let mut phone = stage.phone("Emil's iPhone", Body::IPhone)?;
    phone.broker_installed = true;
    register(stage, &mut phone, "emil", "iPhone with broker").await?;
    let outcome = phone.start(&app, &emil, MAIL_SCOPE).await?;
    stage.note("emil", "registered iPhone", &app.name, &outcome, 0, "approved app, broker, registered device");
    stage.administrator.must(Method::PATCH, &format!("users/{emil_id}"), Some(&enable(false))).await?;
    let after = phone.start(&app, &emil, MAIL_SCOPE).await?;
    stage.note("emil", "registered iPhone", &app.name, &after, USER_DISABLED, "");
    match outcome.tokens() {
        Some(tokens) => {
            let (status, _) = phone.fetch(&format!("{}/mail/v1.0/messages", stage.network.base_url), tokens).await?;
            let why = "the mail gate no longer takes the token issued before";
            stage.push("emil", "registered iPhone", &app.name, &format!("refused (HTTP {status})"), why, 0, status == 401);
        }
        None => stage.not_reached("emil", "registered iPhone", &app.name, "there was no token to withdraw"),
    }
    Ok(())
}
