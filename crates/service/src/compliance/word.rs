//! An administrator's own word about a device, given through the device object.

use doorward_model::compliance::{Standing, Word};
use doorward_model::device::Device;
use doorward_policy::compliance::conclude;
use doorward_store::Unit;

use super::device::{audit, take, write};
use super::enrol::retired;
use super::gather::{Gathered, Rules};
use crate::context::Context;
use crate::directory::{Actor, DirectoryError};

/// Who speaks, in the judgement.
const ADMINISTRATOR: &str = "Administrator";

/// Sets the state of a device as an administrator says. A device that is not managed here is as they say. For one that is, they end its
/// management, or their word counts like one policy among the others.
///
/// # Errors
/// [`DirectoryError::Conflict`] when the policies do not let the device be as they say.
pub(crate) async fn set_by_administrator(
    ctx: &Context,
    unit: &mut dyn Unit,
    actor: &Actor,
    device: &Device,
    is_managed: Option<bool>,
    is_compliant: Option<bool>,
) -> Result<Device, DirectoryError> {
    let found = unit.managed_devices().get(device.id).await?;
    let Some(before) = found.filter(|managed| managed.is_managed()) else {
        // Nobody's judgement stands behind it any more that could end.
        let compliance_expiration = if is_compliant.is_some() { None } else { device.compliance_expiration };
        return Ok(Device {
            is_managed: is_managed.unwrap_or(device.is_managed),
            is_compliant: is_compliant.unwrap_or(device.is_compliant),
            compliance_expiration,
            ..device.clone()
        });
    };
    if is_managed == Some(false) {
        let managed = retired(&before);
        let after = write(unit, &managed, device).await?;
        audit(ctx, unit, actor, "Retire", Some(&before), Some((&managed, &after))).await?;
        return Ok(after);
    }
    let Some(wanted) = is_compliant else { return Ok(device.clone()) };
    let mut managed = before.clone();
    managed.words.retain(|word| word.by != ADMINISTRATOR);
    let standing = if wanted { Standing::Compliant } else { Standing::NonCompliant };
    managed.words.push(Word { by: ADMINISTRATOR.to_owned(), standing, observed: ctx.now(), expires: None });
    let rules = Rules::read(unit).await?;
    let gathered = Gathered::read(unit, &rules, &managed).await?;
    let concluded = conclude(&gathered.case(&managed), ctx.now());
    take(&mut managed, concluded);
    let after = write(unit, &managed, device).await?;
    if after.is_compliant != wanted {
        let state = managed.standing().compliance_state();
        return Err(DirectoryError::Conflict(format!(
            "isCompliant: the compliance policies of this managed device make it {state}; change them, or retire the managed device first"
        )));
    }
    audit(ctx, unit, actor, "Update", Some(&before), Some((&managed, &after))).await?;
    Ok(after)
}
