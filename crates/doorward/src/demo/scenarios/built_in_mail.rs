//! Built-in mail clients: name and password over ActiveSync.

use doorward_phone::Body;

use crate::demo::stage::Stage;

/// What a built-in mail client is told that may not come in.
pub(super) const BLOCKED: u32 = 53003;

/// Scenario 6.
pub(super) async fn refused(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(6, "built-in mail clients");
    for (body, device) in [(Body::IPhone, "iPhone"), (Body::AndroidPhone, "Android")] {
        let answer = stage.mail_client(body, "EAS0000000000").synchronise(&stage.account("anna")).await?;
        stage.note_mail("anna", device, &answer, BLOCKED, "");
    }
    Ok(())
}

/// Scenario 9.
pub(super) async fn exempted(stage: &mut Stage) -> anyhow::Result<()> {
    stage.begin(9, "people who are exempted or not targeted");
    for (who, why) in [("ben", "in the exempted group, which wins"), ("carla", "in no targeted group")] {
        let answer = stage.mail_client(Body::IPhone, "EAS0000000000").synchronise(&stage.account(who)).await?;
        stage.note_mail(who, "iPhone", &answer, 0, why);
    }
    Ok(())
}
