//! The scenarios: what the documentation promises, played for real. One file per group.

mod attestation;
mod built_in_mail;
mod devices;
mod first_use;
mod log;
mod protection;
mod wipe;
mod withdrawal;
mod wrong_apps;

use super::stage::Stage;

/// Plays all of them. They build on each other: the phone that is registered in scenario 2 is used until it is withdrawn.
///
/// # Errors
/// When the stage itself breaks; an unexpected outcome is a result, not an error.
pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<()> {
    devices::forget_old(stage).await?;
    let mut iphone = first_use::iphone(stage).await?;
    first_use::android(stage).await?;
    built_in_mail::refused(stage).await?;
    wrong_apps::not_on_the_list(stage, &mut iphone).await?;
    wrong_apps::false_identity(stage, &mut iphone).await?;
    built_in_mail::exempted(stage).await?;
    devices::app_or_device(stage).await?;
    devices::windows(stage).await?;
    protection::certificate_based_authentication(stage).await?;
    protection::clipboard(stage).await?;
    withdrawal::play(stage, &mut iphone).await?;
    log::report_only(stage).await?;
    wipe::lost_phone(stage).await?;
    attestation::play(stage).await
}
