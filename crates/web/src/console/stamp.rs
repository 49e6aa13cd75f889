//! What a form was made from: so that nothing is overwritten that its reader has not seen, and the second of two administrators is told
//! what the first changed.

use doorward_model::{Rng, rng};
use doorward_service::directory::entity_tag;
use serde::Serialize;
use serde_json::Value;

use super::admin::Admin;
use super::difference::{Difference, differences};
use super::flash::Flash;
use super::names::Names;
use super::notice::Trouble;
use super::told::Told;
use crate::area::guard::Posted;

/// The state of an object as a form carries it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Entity tag, against which the change is made; of a new object, its id.
    pub(super) tag: String,
    /// The object in JSON, as the audit shows it.
    pub(super) base: String,
}

impl Stamp {
    /// The stamp of an object that the audit shows as it is.
    pub(super) fn of(object: &impl Serialize) -> Self {
        Self::shown_as(object, &serde_json::to_value(object).unwrap_or(Value::Null))
    }

    /// The stamp of an object that the audit shows otherwise.
    pub(super) fn shown_as(object: &impl Serialize, shown: &Value) -> Self {
        Self { tag: entity_tag(object), base: shown.to_string() }
    }

    /// The stamp of a form for a new object: the id that it will have, so that a form that is sent twice makes one.
    pub(super) fn for_new(rng: &dyn Rng) -> Self {
        Self { tag: rng::uuid(rng).to_string(), base: String::new() }
    }

    /// The stamp of a posted form.
    pub(super) fn read(posted: &Posted) -> Self {
        Self { tag: posted.one("tag").to_owned(), base: posted.one("base").to_owned() }
    }

    /// The fields that carry it.
    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        vec![("tag", self.tag.clone()), ("base", self.base.clone())]
    }

    /// What to say when what was typed is already there: the form was sent twice, or nothing in it was different.
    pub(super) fn settled(&self, present: &Self) -> Flash {
        if self == present { Flash::NothingChanged } else { Flash::Saved }
    }

    /// What somebody else changed up to `present`, for the form that is shown again.
    pub(super) async fn told<P>(&self, admin: &Admin<P>, present: &Self) -> Result<Told, Trouble> {
        Ok(Told { changed: Some(self.differences(admin, present).await?), problem: None })
    }

    /// The same in a sentence, for a question that is asked again.
    pub(super) async fn sentence<P>(&self, admin: &Admin<P>, present: &Self) -> Result<String, Trouble> {
        let told = |difference: Difference| {
            let text = |side: Option<String>| side.unwrap_or_else(|| "not set".to_owned());
            format!("{}: {} became {}", difference.path, text(difference.before), text(difference.after))
        };
        let changes: Vec<String> = self.differences(admin, present).await?.into_iter().map(told).collect();
        Ok(format!("Somebody else changed it since you opened this page. {}. Look again before you go on.", changes.join("; ")))
    }

    async fn differences<P>(&self, admin: &Admin<P>, present: &Self) -> Result<Vec<Difference>, Trouble> {
        let names = Names::read(&admin.ctx, admin.tenant.id).await?;
        let read = |stamp: &Self| serde_json::from_str(&stamp.base).unwrap_or(Value::Null);
        Ok(differences(&read(self), &read(present), &names))
    }
}
