//! App protection on the phone, and the one thing that app access excludes.

use doorward_client::clipboard::Clip;
use doorward_client::{Identity, Outcome as ProtectionOutcome};
use doorward_model::AppId;
use doorward_phone::{App, Body, Protected, SharedKeys};
use doorward_policy::protection::Account as ManagedAccount;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::first_use::enrol;
use crate::demo::catalogue::ios;
use crate::demo::stage::{Stage, files_app, mail_app};

const TEXT: &str = "Revenue is up by eleven per cent.";

/// Scenario 12.
pub(super) async fn certificate_based_authentication(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(12, "certificate-based authentication beside app access");
    let body = json!({ "certificateBasedAuthentication": true });
    let (status, answer) = stage.administrator.request(Method::PATCH, "organization", Some(&body)).await?;
    let why = answer.pointer("/error/message").and_then(|message| message.as_str()).unwrap_or_default().to_owned();
    let as_expected = status == 409 && why.contains("certificate");
    stage.push("admin", "admin API", "certificate-based authentication", "refused (HTTP 409)", &why, 0, as_expected);
    Ok(())
}

/// Scenario 13.
pub(super) async fn clipboard(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(13, "copy and paste between work and personal apps");
    let device = "other registered iPhone";
    // Apps of one phone: managed ones share the keys of the work account, others never see them.
    let shared = SharedKeys::default();
    let mut phone = stage.phone("Anna's other iPhone", Body::IPhone)?;
    phone.broker_installed = true;
    phone.register(&stage.account("anna")).await?.map_err(|outcome| anyhow::anyhow!("{outcome:?}"))?;
    let (mail, files) = (mail_app(Body::IPhone), files_app());
    let notes = App::on_phone("Notes", AppId(Uuid::nil()), ios("com.example.notes"));
    let mut mail_runtime = Protected::install(&phone, &mail, shared.clone(), true)?;
    let mut files_runtime = Protected::install(&phone, &files, shared.clone(), true)?;
    let notes_runtime = Protected::install(&phone, &notes, shared, false)?;
    for (runtime, app) in [(&mut mail_runtime, &mail), (&mut files_runtime, &files)] {
        let outcome = enrol(stage, &mut phone, runtime, "anna", app).await?;
        anyhow::ensure!(matches!(outcome, ProtectionOutcome::Enrolled | ProtectionOutcome::PolicyChanged), "{}: {outcome:?}", app.name);
    }
    let work = Identity::Managed(ManagedAccount { tenant: stage.company.tenant.id, user: stage.user("anna")?.id });
    let personal = Identity::Personal("anna@home.example".into());
    files_runtime.runtime.identities().set_process(Some(work.clone()));

    mail_runtime.runtime.identities().set_process(Some(work));
    let item = mail_runtime.runtime.copy(Clip::Text(TEXT.into()))?;
    let blocked = notes_runtime.runtime.paste(&item);
    let why = blocked.as_ref().err().map_or_else(|| "pasted".to_owned(), ToString::to_string);
    stage.push("anna", device, "Contoso Mail (work) to Notes", "nothing pasted", &why, 0, blocked.is_err());

    let pasted = files_runtime.runtime.paste(&item);
    let whole = matches!(&pasted, Ok(Clip::Text(text)) if text == TEXT);
    stage.push("anna", device, "Contoso Mail (work) to Contoso Files (work)", "pasted", "both are managed for the same account", 0, whole);

    mail_runtime.runtime.identities().set_process(Some(personal));
    let item = mail_runtime.runtime.copy(Clip::Text("See you at seven".into()))?;
    let pasted = notes_runtime.runtime.paste(&item).is_ok();
    stage.push("anna", device, "Contoso Mail (personal) to Notes", "pasted", "personal data is nobody's business", 0, pasted);
    Ok(())
}
