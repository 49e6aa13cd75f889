//! Selective wipe: the organisation takes its data back and leaves the rest of the phone alone.

use doorward_client::clipboard::Clip;
use doorward_client::{Identity, Outcome as ProtectionOutcome};
use doorward_phone::{Body, Protected, SharedKeys};
use doorward_policy::protection::Account as ManagedAccount;
use reqwest::Method;
use serde_json::{Value, json};

use super::first_use::{enrol, register};
use crate::demo::catalogue::PROTECTION_SCOPE;
use crate::demo::stage::{Stage, mail_app};

/// Scenario 16.
pub(super) async fn lost_phone(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(16, "selective wipe of a lost phone");
    let (who, device) = ("ben", "lost iPhone");
    let mut phone = stage.phone("Ben's lost iPhone", Body::IPhone)?;
    phone.broker_installed = true;
    register(stage, &mut phone, who, device).await?;
    let app = mail_app(Body::IPhone);
    let mut mail = Protected::install(&phone, &app, SharedKeys::default(), true)?;
    enrol(stage, &mut phone, &mut mail, who, &app).await?;
    let ben = stage.user(who)?.id;
    mail.runtime.identities().set_process(Some(Identity::Managed(ManagedAccount { tenant: stage.company.tenant.id, user: ben })));
    let item = mail.runtime.copy(Clip::Text("The offer for Fabrikam".into()))?;
    mail.runtime.identities().set_process(Some(Identity::Personal("ben@home.example".into())));
    let personal = mail.runtime.copy(Clip::Text("Milk, bread, coffee".into()))?;

    let registered = stage.administrator.must(Method::GET, &format!("users/{ben}/managedAppRegistrations"), None).await?;
    let of_this_phone = |one: &&Value| one.get("deviceName").and_then(Value::as_str) == Some(phone.name.as_str());
    let newest = registered.get("value").and_then(Value::as_array).into_iter().flatten().rfind(of_this_phone);
    let text = |name: &str| newest.and_then(|one| one.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (id, tag) = (text("id"), text("deviceTag"));
    let path = format!("users/{ben}/wipeManagedAppRegistrationsByDeviceTag");
    let (status, _) = stage.administrator.request(Method::POST, &path, Some(&json!({ "deviceTag": tag }))).await?;
    stage.push("admin", "admin API", "Contoso Mail", "wipe asked for", "the app hears of it when it checks in next", 0, status == 204);

    let outcome = phone.start(&app, &stage.account(who), PROTECTION_SCOPE).await?;
    let Some(tokens) = outcome.tokens() else {
        stage.not_reached(who, device, &app.name, "there is no token to check in with");
        return Ok(());
    };
    let outcome = mail.check_in(&phone, &tokens.access_token).await?;
    let is_gone = mail.runtime.paste(&item).is_err() && mail.runtime.paste(&personal).is_ok();
    let why = "the work account is gone with all that it protected; the personal account is as it was";
    stage.push(who, device, &app.name, "wiped", why, 0, outcome == ProtectionOutcome::Unenrolled && is_gone);

    let path = format!("deviceAppManagement/managedAppRegistrations/{id}/operations");
    let operations = stage.administrator.must(Method::GET, &path, None).await?;
    let state = operations.pointer("/value/0/state").and_then(Value::as_str).unwrap_or_default();
    let why = format!("the app said so: the wipe is {state}");
    stage.push("admin", "admin API", "Contoso Mail", "wipe confirmed", &why, 0, state == "done");
    Ok(())
}
