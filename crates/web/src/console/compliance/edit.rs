//! Making and changing a compliance policy: the form, what will change, and saving.

use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use doorward_model::compliance::Standing;
use doorward_model::rng;
use doorward_policy::compliance::{CompliancePolicy, PolicyKind};
use doorward_service::compliance::{self, Stored};
use doorward_service::directory::DirectoryError;
use http::StatusCode;
use serde_json::Value;

use super::draft::{Draft, Wish, place};
use super::form::{Form, Preview, Told};
use super::{ROOT, words};
use crate::console::admin::{Admin, ManagesCompliance};
use crate::console::difference::Difference;
use crate::console::flash::Flash;
use crate::console::guard::Posted;
use crate::console::names::Names;
use crate::console::notice::{Trouble, plain, store};
use crate::console::shell::Section;
use crate::console::words::number;

/// What is edited: a policy that exists, or one of a kind that does not yet.
struct Subject {
    kind: PolicyKind,
    stored: Option<Stored>,
}

impl Subject {
    async fn existing(admin: &Admin<ManagesCompliance>, id: &str) -> Result<Self, Trouble> {
        let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
        let stored = compliance::find(unit.as_mut(), id).await?;
        Ok(Self { kind: stored.policy.kind, stored: Some(stored) })
    }

    fn new(kind: &str) -> Result<Self, Trouble> {
        Ok(Self { kind: words::kind(kind).ok_or_else(Trouble::missing)?, stored: None })
    }

    fn policy(&self) -> Option<&CompliancePolicy> {
        self.stored.as_ref().map(|stored| &stored.policy)
    }

    /// Where its form is sent.
    fn address(&self) -> String {
        match &self.stored {
            Some(stored) => format!("{ROOT}/policies/{}", stored.document.id),
            None => format!("{ROOT}/new/{}", self.kind.type_name()),
        }
    }

    /// Where a change of mind leads.
    fn back(&self) -> String {
        if self.stored.is_some() { self.address() } else { ROOT.to_owned() }
    }

    fn heading(&self) -> String {
        self.policy().map_or_else(|| "New compliance policy".to_owned(), |policy| policy.display_name.clone())
    }
}

/// `GET /console/compliance/new/{kind}`.
pub(in crate::console) async fn new(admin: Admin<ManagesCompliance>, Path(kind): Path<String>) -> Result<Response, Trouble> {
    let subject = Subject::new(&kind)?;
    let draft = Draft::new(subject.kind).with_id(rng::uuid(admin.ctx.rng.as_ref()));
    show(&admin, &subject, draft, Told::default()).await
}

/// `GET /console/compliance/policies/{id}/edit`.
pub(in crate::console) async fn edit(admin: Admin<ManagesCompliance>, Path(id): Path<String>) -> Result<Response, Trouble> {
    let subject = Subject::existing(&admin, &id).await?;
    let draft = match &subject.stored {
        Some(stored) => Draft::of(&stored.policy, &stored.document.body, stored.document.version),
        None => Draft::new(subject.kind),
    };
    show(&admin, &subject, draft, Told::default()).await
}

/// `POST /console/compliance/new/{kind}/draft`.
pub(in crate::console) async fn new_draft(
    admin: Admin<ManagesCompliance>,
    Path(kind): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    look(&admin, &Subject::new(&kind)?, &fields).await
}

/// `POST /console/compliance/policies/{id}/draft`: adds and removes groups in the form, or shows what saving changes. Changes nothing.
pub(in crate::console) async fn draft(
    admin: Admin<ManagesCompliance>,
    Path(id): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    look(&admin, &Subject::existing(&admin, &id).await?, &fields).await
}

/// `POST /console/compliance/new/{kind}`.
pub(in crate::console) async fn new_save(
    admin: Admin<ManagesCompliance>,
    Path(kind): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    store_draft(&admin, &Subject::new(&kind)?, &fields).await
}

/// `POST /console/compliance/policies/{id}`: saves, at the version that the form was made from.
pub(in crate::console) async fn save(
    admin: Admin<ManagesCompliance>,
    Path(id): Path<String>,
    Extension(Posted(fields)): Extension<Posted>,
) -> Result<Response, Trouble> {
    store_draft(&admin, &Subject::existing(&admin, &id).await?, &fields).await
}

async fn show(admin: &Admin<ManagesCompliance>, subject: &Subject, draft: Draft, told: Told) -> Result<Response, Trouble> {
    let status = match (told.problems.is_empty(), &told.changed) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, Some(_)) => StatusCode::CONFLICT,
        (true, None) => StatusCode::OK,
    };
    let mut unit = admin.ctx.store.tenant(admin.tenant.id).read().await.map_err(store)?;
    let groups = unit.groups().list().await.map_err(store)?;
    drop(unit);
    let shell = admin.shell(Section::Compliance)?;
    let form = Form::new(shell, subject.address(), subject.back(), subject.heading(), &groups, draft, told);
    Ok(plain(status, &form))
}

/// The policy that a draft comes to, or the form with what is wrong at its fields.
async fn read(admin: &Admin<ManagesCompliance>, subject: &Subject, draft: &Draft) -> Result<Result<CompliancePolicy, Told>, Trouble> {
    let read = compliance::draft_policy(&admin.ctx, admin.tenant.id, &draft.body(subject.policy())).await?;
    Ok(read.map_err(|problems| Told { problems: problems.iter().map(|(member, problem)| place(member, problem)).collect(), changed: None }))
}

async fn look(admin: &Admin<ManagesCompliance>, subject: &Subject, fields: &[(String, String)]) -> Result<Response, Trouble> {
    let (draft, wish) = Draft::read(subject.kind, fields);
    if wish == Wish::Edit {
        return show(admin, subject, draft, Told::default()).await;
    }
    let policy = match read(admin, subject, &draft).await? {
        Ok(policy) => policy,
        Err(told) => return show(admin, subject, draft, told).await,
    };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let policy = CompliancePolicy { id: subject.policy().map(|policy| policy.id.clone()).unwrap_or_default(), ..policy };
    let impact = compliance::impact(&admin.ctx, admin.tenant.id, &policy).await?;
    let change = |((before, after), devices): (&(Standing, Standing), &usize)| {
        (words::standing(*before), words::standing(*after), number(*devices, "device", "devices"))
    };
    let page = Preview {
        shell: admin.shell(Section::Compliance)?,
        address: subject.address(),
        name: policy.display_name.clone(),
        kind: subject.kind,
        is_new: subject.stored.is_none(),
        for_nobody: !draft.everyone && draft.included.is_empty(),
        no_settings: policy.settings.is_empty(),
        fields: draft.fields(),
        differences: differences(subject.policy(), &policy, &names),
        looked_at: number(impact.looked_at, "managed device", "managed devices"),
        complete: impact.complete,
        changed: impact.changed.iter().map(change).collect(),
        devices: impact
            .examples
            .into_iter()
            .map(|one| (one.device_id.to_string(), one.display_name, words::standing(one.before), words::standing(one.after)))
            .collect(),
    };
    Ok(plain(StatusCode::OK, &page))
}

async fn store_draft(admin: &Admin<ManagesCompliance>, subject: &Subject, fields: &[(String, String)]) -> Result<Response, Trouble> {
    let (draft, _) = Draft::read(subject.kind, fields);
    let policy = match read(admin, subject, &draft).await? {
        Ok(policy) => policy,
        Err(told) => return show(admin, subject, draft, told).await,
    };
    let body = draft.body(subject.policy());
    let (ctx, tenant) = (&admin.ctx, admin.tenant.id);
    let saved = match (&subject.stored, draft.version) {
        (Some(stored), Some(version)) => {
            let same = CompliancePolicy { id: stored.policy.id.clone(), ..policy } == stored.policy;
            if same {
                // At another version it was this very form, sent twice, that saved it.
                let flash = if stored.document.version == version { Flash::NothingChanged } else { Flash::ComplianceSaved };
                return Ok(done(&subject.address(), flash));
            }
            compliance::update_policy(ctx, tenant, &admin.actor(), &stored.document.id, &body, Some(version)).await
        }
        (Some(_), None) => Err(DirectoryError::Changed),
        (None, _) => {
            let id = draft.new_id().unwrap_or_else(|| rng::uuid(ctx.rng.as_ref()));
            match compliance::create_policy(ctx, tenant, &admin.actor(), id, &body).await {
                // The form of a new policy bears its id, so this is the same form sent twice, or once more with changes.
                Err(DirectoryError::AlreadyExists(_)) => {
                    let made = Subject::existing(admin, &id.to_string()).await?;
                    let same = made.policy().is_some_and(|made| CompliancePolicy { id: made.id.clone(), ..policy } == *made);
                    if same {
                        return Ok(done(&made.address(), Flash::ComplianceSaved));
                    }
                    return changed_meanwhile(admin, &made, draft).await;
                }
                saved => saved,
            }
        }
    };
    match saved {
        Ok(stored) => Ok(done(&format!("{ROOT}/policies/{}", stored.document.id), Flash::ComplianceSaved)),
        Err(DirectoryError::Changed) => changed_meanwhile(admin, subject, draft).await,
        Err(DirectoryError::Invalid { member, problem }) => {
            let told = Told { problems: [place(&member, &problem)].into(), changed: None };
            show(admin, subject, draft, told).await
        }
        Err(error) => Err(error.into()),
    }
}

fn done(address: &str, flash: Flash) -> Response {
    let mut response = Redirect::to(address).into_response();
    flash.leave(&mut response);
    response
}

/// The form with what was typed, and what somebody else changed since it was made. Saving it again saves over that, knowingly.
async fn changed_meanwhile(admin: &Admin<ManagesCompliance>, subject: &Subject, draft: Draft) -> Result<Response, Trouble> {
    let Some(before) = &subject.stored else { return Err(Trouble::missing()) };
    let subject = Subject::existing(admin, &before.document.id).await?;
    let Some(present) = &subject.stored else { return Err(Trouble::missing()) };
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let base: Value = serde_json::from_str(&draft.base).unwrap_or_default();
    let base = compliance::draft_policy(&admin.ctx, admin.tenant.id, &base).await?.ok();
    let changed = differences(base.as_ref(), &present.policy, &names);
    let draft = Draft { version: Some(present.document.version), base: present.document.body.to_string(), ..draft };
    show(admin, &subject, draft, Told { changed: Some(changed), ..Told::default() }).await
}

/// What differs between two policies, in the order of their lines.
fn differences(before: Option<&CompliancePolicy>, after: &CompliancePolicy, names: &Names) -> Vec<Difference> {
    let old = before.map(|policy| words::lines(policy, names)).unwrap_or_default();
    let new = words::lines(after, names);
    let of = |lines: &[(String, String)], title: &str| lines.iter().find(|(known, _)| known == title).map(|(_, text)| text.clone());
    let gone = old.iter().filter(|(title, _)| of(&new, title).is_none());
    let titles: Vec<&String> = new.iter().chain(gone).map(|(title, _)| title).collect();
    let all = titles.into_iter().map(|title| Difference { path: title.clone(), before: of(&old, title), after: of(&new, title) });
    all.filter(|difference| difference.before != difference.after).collect()
}
