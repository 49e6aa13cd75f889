//! Apps that must not get in: not on the list, or not what they say they are.

use doorward_phone::{Body, Phone};

use crate::demo::catalogue::MAIL_SCOPE;
use crate::demo::stage::{Stage, false_mail_app, other_mail_app};

const NOT_APPROVED: u32 = 53002;
const REDIRECT_MISMATCH: u32 = 50011;

/// Scenario 7.
pub(super) async fn not_on_the_list(stage: &mut Stage, phone: &mut Phone) -> anyhow::Result<()> {
    stage.begin(7, "a mail app that is not on the list");
    let app = other_mail_app();
    let outcome = phone.start(&app, &stage.account("anna"), MAIL_SCOPE).await?;
    stage.note("anna", "registered iPhone", &app.name, &outcome, NOT_APPROVED, "");
    Ok(())
}

/// Scenario 8.
pub(super) async fn false_identity(stage: &mut Stage, iphone: &mut Phone) -> anyhow::Result<()> {
    stage.begin(8, "apps that claim another app's client id");
    let anna = stage.account("anna");
    let app = false_mail_app(Body::IPhone);
    let outcome = iphone.start(&app, &anna, MAIL_SCOPE).await?;
    stage.note("anna", "registered iPhone", "claims to be Contoso Mail, other bundle id", &outcome, REDIRECT_MISMATCH, "");
    let mut android = stage.phone("Another Android phone", Body::AndroidPhone)?;
    android.broker_installed = true;
    let outcome = android.start(&false_mail_app(Body::AndroidPhone), &anna, MAIL_SCOPE).await?;
    stage.note("anna", "Android with broker", "claims to be Contoso Mail, other signature", &outcome, REDIRECT_MISMATCH, "");
    Ok(())
}
