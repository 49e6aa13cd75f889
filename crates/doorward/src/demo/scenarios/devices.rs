//! Device access, and how it meets app access: one of the two is enough.

use doorward_model::rng;
use doorward_phone::{App, Body};
use doorward_service::directory::{self, Actor};
use reqwest::Method;
use serde_json::json;

use super::built_in_mail::BLOCKED;
use super::first_use::register;
use crate::demo::catalogue::{DESKTOP, MAIL_SCOPE};
use crate::demo::stage::{Stage, mail_app, other_mail_app};
use crate::os::OsRng;

const NOT_DOMAIN_JOINED: u32 = 53001;
/// Devices of earlier runs that a person keeps, well below the limit of the tenant.
const KEPT: usize = 8;

/// People get new phones in every run; the oldest are given back, so that the demo can run again and again.
pub(super) async fn forget_old(stage: &Stage) -> anyhow::Result<()> {
    let (ctx, tenant) = (&stage.context, stage.company.tenant.id);
    for user in &stage.company.users {
        let owned = ctx.store.tenant(tenant).read().await?.devices().owned_by(user.id).await?;
        for device in owned.iter().take(owned.len().saturating_sub(KEPT)) {
            directory::delete_device(ctx, tenant, &Actor::command_line(), device.id, None).await?;
        }
    }
    Ok(())
}

/// Scenario 10.
pub(super) async fn app_or_device(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(10, "somebody who is targeted by both app access and device access");
    let dora = stage.account("dora");
    let mut managed = stage.phone("Dora's managed iPhone", Body::IPhone)?;
    managed.broker_installed = true;
    if let Some(id) = register(stage, &mut managed, "dora", "iPhone with broker").await? {
        // Management knows the id of the mail client, because it sets the account up.
        let eas_id = format!("EAS{}", rng::uuid(&OsRng).simple());
        let state = json!({ "isManaged": true, "isCompliant": true, "easDeviceId": eas_id });
        stage.administrator.must(Method::PATCH, &format!("devices/{id}"), Some(&state)).await?;
        let answer = stage.mail_client(Body::IPhone, &eas_id).synchronise(&dora).await?;
        stage.note_mail("dora", "managed, compliant iPhone", &answer, 0, "the device meets device access");
        // An app that nobody approved and whose library asks no broker, so that the device speaks for itself.
        let app = other_mail_app().without_broker();
        let outcome = managed.start(&app, &dora, MAIL_SCOPE).await?;
        stage.note("dora", "managed, compliant iPhone", &app.name, &outcome, 0, "the device proves itself: device access");
        if let Some(tokens) = outcome.tokens() {
            let outcome = managed.refresh(&app, tokens).await?;
            stage.note("dora", "managed, compliant iPhone", &app.name, &outcome, 0, "and again when the app refreshes");
        }
    }
    let answer = stage.mail_client(Body::IPhone, "EAS0000000001").synchronise(&dora).await?;
    stage.note_mail("dora", "unmanaged iPhone", &answer, BLOCKED, "");
    let mut own = stage.phone("Dora's own iPhone", Body::IPhone)?;
    own.broker_installed = true;
    register(stage, &mut own, "dora", "own iPhone with broker").await?;
    let app = mail_app(Body::IPhone);
    let outcome = own.start(&app, &dora, MAIL_SCOPE).await?;
    stage.note("dora", "unmanaged, registered iPhone", &app.name, &outcome, 0, "the app meets app access");
    Ok(())
}

/// Scenario 11.
pub(super) async fn windows(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(11, "the same person on Windows PCs");
    let dora = stage.account("dora");
    let app = App::on_desktop("Contoso Desktop", DESKTOP);
    let mut home = stage.phone("Dora's home PC", Body::WindowsPc)?;
    let outcome = home.start(&app, &dora, MAIL_SCOPE).await?;
    stage.note("dora", "Windows home PC", &app.name, &outcome, NOT_DOMAIN_JOINED, "");
    let mut office = stage.phone("Office PC", Body::WindowsPc)?;
    let (id, certificate, transport_key) = office.join_domain()?;
    let device = json!({
        "deviceId": id,
        "displayName": "Office PC",
        "operatingSystem": Body::WindowsPc.operating_system(),
        "operatingSystemVersion": Body::WindowsPc.version(),
        "trustType": "ServerAD",
        "certificate": certificate,
        "transportKey": transport_key,
    });
    stage.administrator.must(Method::POST, "devices", Some(&device)).await?;
    if let Err(outcome) = office.sign_in_to_device(&dora).await? {
        stage.note("dora", "domain-joined PC", "Windows", &outcome, 0, "");
        return Ok(());
    }
    let outcome = office.start(&app, &dora, MAIL_SCOPE).await?;
    stage.note("dora", "domain-joined PC", &app.name, &outcome, 0, "the PC is domain joined");
    // The PC leaves the domain again, so that a later run can register its own.
    stage.administrator.must(Method::DELETE, &format!("devices/{id}"), None).await?;
    Ok(())
}
