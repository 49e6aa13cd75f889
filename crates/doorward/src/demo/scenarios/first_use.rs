//! First use of a protected app: install the broker, register once, and never be asked again.

use doorward_client::Outcome as ProtectionOutcome;
use doorward_model::DeviceId;
use doorward_phone::{Body, Outcome, Phone, Protected, Tokens};
use doorward_policy::protection::Account as ManagedAccount;
use reqwest::Method;
use serde_json::Value;

use crate::demo::catalogue::{MAIL_SCOPE, PROTECTION_SCOPE};
use crate::demo::stage::{Stage, mail_app};

const BROKER_MISSING: u32 = 50127;
const NOT_REGISTERED: u32 = 50129;

/// Scenarios 1 to 4.
pub(super) async fn iphone(stage: &mut Stage) -> anyhow::Result<Phone> {
    let (anna, app) = (stage.account("anna"), mail_app(Body::IPhone));
    let mut phone = stage.phone("Anna's iPhone", Body::IPhone)?;

    stage.begin(1, "mail app on an iPhone without broker");
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    let has_link = matches!(&outcome, Outcome::Interrupt { store_link: Some(link), .. } if link.starts_with("https://"));
    stage.note("anna", "iPhone", &app.name, &outcome, if has_link { BROKER_MISSING } else { u32::MAX }, "");

    stage.begin(2, "registering the iPhone");
    phone.broker_installed = true;
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "iPhone with broker", &app.name, &outcome, NOT_REGISTERED, "");
    register(stage, &mut phone, "anna", "iPhone with broker").await?;

    stage.begin(3, "reading mail and getting the protection policy");
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "registered iPhone", &app.name, &outcome, 0, "approved app, broker, registered device");
    read_mail(stage, &phone, "anna", "registered iPhone", outcome.tokens()).await?;
    let mut protected = Protected::install(&phone, &app, doorward_phone::SharedKeys::default(), true)?;
    let enrolled = enrol(stage, &mut phone, &mut protected, "anna", &app).await?;
    let policy = protected.runtime.instance().and_then(|instance| instance.policy()).is_some();
    let as_expected = policy && matches!(enrolled, ProtectionOutcome::Enrolled | ProtectionOutcome::PolicyChanged);
    stage.push("anna", "registered iPhone", &app.name, "protected", "the app has its protection policy and says so", 0, as_expected);

    stage.begin(4, "starting the app again");
    let shown = phone.screen().len();
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    // One line on the screen: that the app is signed in.
    let silent = phone.screen().len() == shown + 1;
    stage.note(
        "anna",
        "registered iPhone",
        &app.name,
        &outcome,
        if silent { 0 } else { u32::MAX },
        "nothing is asked: registration happens once",
    );
    Ok(phone)
}

/// Scenario 5.
pub(super) async fn android(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(5, "the same on Android");
    let (anna, app) = (stage.account("anna"), mail_app(Body::AndroidPhone));
    let mut phone = stage.phone("Anna's Android phone", Body::AndroidPhone)?;
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "Android", &app.name, &outcome, BROKER_MISSING, "");
    phone.broker_installed = true;
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "Android with broker", &app.name, &outcome, NOT_REGISTERED, "");
    register(stage, &mut phone, "anna", "Android with broker").await?;
    let outcome = phone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "registered Android", &app.name, &outcome, 0, "approved app by package and signing certificate");
    read_mail(stage, &phone, "anna", "registered Android", outcome.tokens()).await
}

/// Registers a phone and looks at what the server keeps of it.
pub(super) async fn register(stage: &mut Stage, phone: &mut Phone, who: &str, device: &str) -> anyhow::Result<Option<DeviceId>> {
    let account = stage.account(who);
    match phone.register(&account).await? {
        Ok(id) => {
            let record = stage.administrator.must(Method::GET, &format!("devices/{id}"), None).await?;
            let as_expected = record.get("isManaged") == Some(&Value::Bool(false)) && keeps_little(&record);
            let why = "a device record and a certificate; not managed, nothing else stored";
            stage.push(who, device, "broker", "registered", why, 0, as_expected);
            Ok(Some(id))
        }
        Err(outcome) => {
            stage.note(who, device, "broker", &outcome, 0, "");
            Ok(None)
        }
    }
}

/// The four derived attributes, the owner, and flags that administrators set; whatever else there may be is empty.
fn keeps_little(record: &Value) -> bool {
    const ALLOWED: [&str; 13] = [
        "id",
        "deviceId",
        "displayName",
        "operatingSystem",
        "operatingSystemVersion",
        "alternativeSecurityIds",
        "accountEnabled",
        "isManaged",
        "isCompliant",
        "trustType",
        "owner",
        "easDeviceId",
        "registrationDateTime",
    ];
    let is_empty_or_allowed =
        |(name, value): (&String, &Value)| value.is_null() || name.starts_with("@odata.") || ALLOWED.contains(&name.as_str());
    record.as_object().is_some_and(|members| members.iter().all(is_empty_or_allowed))
}

async fn read_mail(stage: &mut Stage, phone: &Phone, who: &str, device: &str, tokens: Option<&Tokens>) -> anyhow::Result<()> {
    let Some(tokens) = tokens else {
        stage.not_reached(who, device, "Contoso Mail", "there is no token to read mail with");
        return Ok(());
    };
    let (status, body) = phone.fetch(&format!("{}/mail/v1.0/messages", stage.network.base_url), tokens).await?;
    let messages = serde_json::from_str::<Value>(&body).ok().and_then(|body| body.get("value").and_then(Value::as_array).map(Vec::len));
    let why = format!("the mail service takes the token: {} messages", messages.unwrap_or_default());
    stage.push(who, device, "Contoso Mail", "reads mail", &why, 0, status == 200 && messages.unwrap_or_default() > 0);
    Ok(())
}

/// Enrols an app for app protection with a token that the broker gets for it.
pub(super) async fn enrol(
    stage: &Stage,
    phone: &mut Phone,
    protected: &mut Protected,
    who: &str,
    app: &doorward_phone::App,
) -> anyhow::Result<ProtectionOutcome> {
    let account = stage.account(who);
    let outcome = phone.start(app, &account, PROTECTION_SCOPE).await?;
    let Some(tokens) = outcome.tokens() else { anyhow::bail!("no token for app protection: {outcome:?}") };
    let managed = ManagedAccount { tenant: stage.company.tenant.id, user: stage.user(who)?.id };
    Ok(protected.enrol(phone, managed, &tokens.access_token).await?)
}
