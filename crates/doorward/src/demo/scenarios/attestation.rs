//! An app that must attest who it is: the broker's word is not enough, and the phone's maker says what it knows.

use std::sync::Arc;

use doorward_phone::{App, Body, Hardware, Outcome, Phone, Protected, SharedKeys, Signer};
use doorward_service::protection::{TestTenant, Trust};
use doorward_wire::attestation::{Roots, SoftwareMaker};
use reqwest::Method;
use serde_json::json;

use super::first_use::{enrol, register};
use crate::demo::catalogue::{APPLE_TEAM, FILES_APP, MAIL_SCOPE, SIGNATURE, SIGNATURE_SHA256, android, ios};
use crate::demo::stage::Stage;

const PROTECTION_REQUIRED: u32 = 53005;

/// Scenario 17.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(17, "an app that must attest who it is");
    let maker = Arc::new(SoftwareMaker::generate()?);
    let roots = Roots::from_pem(maker.root().as_bytes())?;
    // The maker of these phones is believed by the sample company, and by nobody else on this server.
    let test = Some(TestTenant { tenant: stage.company.tenant.id, roots });
    stage.context.attestation.set(Trust { test, ..Trust::default() });
    require(stage, "attested").await?;

    let android = App::on_phone("Contoso Files", FILES_APP, android("com.contoso.files", SIGNATURE));
    let genuine = || android.clone().signed_by(Signer::Certificate(SIGNATURE_SHA256.into()));
    let silent = phone(stage, "Anna's old Android phone", Body::AndroidPhone, None).await?;
    let cases = [
        (silent, android.clone(), "Android that attests nothing", "no attestation"),
        (phone(stage, "Anna's sound Android phone", Body::AndroidPhone, Some(sound(&maker))).await?, genuine(), "sound Android", ""),
        (
            phone(stage, "Anna's unlocked Android phone", Body::AndroidPhone, Some(sound(&maker).unlocked())).await?,
            genuine(),
            "Android with an unlocked bootloader",
            "bootloader",
        ),
        (
            phone(stage, "Anna's copied app", Body::AndroidPhone, Some(sound(&maker))).await?,
            android.clone().signed_by(Signer::Certificate("00".repeat(32))),
            "sound Android, app signed by somebody else",
            "another certificate",
        ),
        (
            phone(stage, "Anna's attesting iPhone", Body::IPhone, Some(sound(&maker))).await?,
            App::on_phone("Contoso Files", FILES_APP, ios("com.contoso.files")).signed_by(Signer::AppleTeam(APPLE_TEAM.into())),
            "iPhone with App Attest",
            "",
        ),
    ];
    for (mut phone, app, device, missing) in cases {
        let mut runtime = Protected::install(&phone, &app, SharedKeys::default(), true)?;
        enrol(stage, &mut phone, &mut runtime, "anna", &app).await?;
        let outcome = phone.start(&app, &stage.account("anna"), MAIL_SCOPE).await?;
        let as_told = match &outcome {
            Outcome::Token(_) => missing.is_empty(),
            Outcome::Interrupt { text, .. } | Outcome::Refused { text, .. } => !missing.is_empty() && text.contains(missing),
        };
        let expected = if missing.is_empty() { 0 } else { PROTECTION_REQUIRED };
        let why = "the phone's maker says that the app is genuine and the phone is sound";
        stage.note("anna", device, &app.name, &outcome, if as_told { expected } else { u32::MAX }, why);
    }
    require(stage, "brokered").await
}

fn sound(maker: &Arc<SoftwareMaker>) -> Hardware {
    Hardware::made_by(maker.clone())
}

/// What the registration of the app asks for.
async fn require(stage: &mut Stage, assurance: &str) -> anyhow::Result<()> {
    let attestation = json!({
        "requiredAssurance": assurance, "appleTeamId": APPLE_TEAM, "androidSigningCertificates": [SIGNATURE_SHA256],
    });
    let path = format!("applications/{FILES_APP}");
    let (status, answer) =
        stage.administrator.request(Method::PATCH, &path, Some(&json!({ "doorward": { "attestation": attestation } }))).await?;
    let why = answer.pointer("/error/message").and_then(|message| message.as_str()).unwrap_or_default().to_owned();
    stage.push("admin", "admin API", "Contoso Files", &format!("must be {assurance}"), &why, 0, status == 204);
    Ok(())
}

/// A registered phone with such hardware.
async fn phone(stage: &mut Stage, name: &str, body: Body, hardware: Option<Hardware>) -> anyhow::Result<Phone> {
    let mut phone = stage.phone(name, body)?;
    phone.broker_installed = true;
    phone.hardware = hardware;
    register(stage, &mut phone, "anna", name).await?;
    Ok(phone)
}
