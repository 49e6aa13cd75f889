//! `/console/settings`: what the organisation is, and its name.

use askama::Template;
use axum::Extension;
use axum::response::Response;
use doorward_model::domain::{DomainSync, Unsettled};
use doorward_model::key::{KeySlot, SigningKey};
use doorward_model::tenant::Tenant;
use doorward_service::directory::{self, DirectoryError, Task};
use doorward_service::domain;

use super::{ManagesOrganization, PATH};
use crate::area::sentence;
use crate::console::admin::{Admin, Reads};
use crate::console::apps::algorithm;
use crate::console::flash::{self, Flash};
use crate::console::guard::Posted;
use crate::console::moment::Moment;
use crate::console::notice::{Trouble, plain};
use crate::console::shell::{Section, Shell};
use crate::console::stamp::Stamp;
use crate::console::told::Told;
use crate::console::words::Badge;

/// Accounts of the domain that the page names.
const WAITING: usize = 20;

/// The domain that the tenant follows.
struct Domain {
    completed: Option<Moment>,
    refused: Option<String>,
    waiting: Vec<Unsettled>,
    more: usize,
}

impl Domain {
    fn of(sync: DomainSync) -> Self {
        Self {
            completed: sync.completed.map(Moment),
            refused: sync.refused.map(|why| sentence(&why)),
            more: sync.unsettled.len().saturating_sub(WAITING),
            waiting: sync.unsettled.into_values().take(WAITING).collect(),
        }
    }
}

struct Key {
    kid: String,
    algorithm: &'static str,
    badge: Badge,
    made: Moment,
    days: i64,
}

#[derive(Template)]
#[template(path = "console/settings.html")]
struct Settings {
    shell: Shell,
    stamp: Stamp,
    tenant: Tenant,
    name: String,
    name_problem: Option<String>,
    created: Moment,
    keys: Vec<Key>,
    domain: Option<Domain>,
    may_manage: bool,
    told: Told,
}

/// `GET /console/settings`.
pub(super) async fn get(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let tenant = directory::tenant(&admin.ctx, admin.tenant.id).await?;
    let (name, stamp) = (tenant.display_name.clone(), Stamp::of(&tenant));
    show(&admin, tenant, stamp, name, None, Told::default()).await
}

async fn show<P>(
    admin: &Admin<P>,
    tenant: Tenant,
    stamp: Stamp,
    name: String,
    name_problem: Option<String>,
    told: Told,
) -> Result<Response, Trouble> {
    let now = admin.ctx.now();
    let key = |key: SigningKey| Key {
        algorithm: algorithm(key.algorithm),
        badge: match key.slot {
            KeySlot::Next => Badge { tone: "calm", text: "Next" },
            KeySlot::Current => Badge { tone: "good", text: "Signs" },
            KeySlot::Previous => Badge { tone: "wait", text: "Verifies only" },
        },
        made: Moment(key.created),
        days: now.duration_since(key.created).as_hours() / 24,
        kid: key.kid,
    };
    let page = Settings {
        shell: admin.shell(Section::Settings)?,
        stamp,
        created: Moment(tenant.created),
        keys: directory::signing_keys(&admin.ctx, tenant.id).await?.into_iter().map(key).collect(),
        domain: domain::standing(&admin.ctx, tenant.id).await?.map(Domain::of),
        may_manage: admin.may(Task::ManageOrganization),
        tenant,
        name,
        name_problem,
        told,
    };
    Ok(plain(page.told.status(page.name_problem.is_some()), &page))
}

/// `POST /console/settings`: another name.
pub(super) async fn rename(admin: Admin<ManagesOrganization>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let (stamp, name) = (Stamp::read(&posted), posted.one("name").trim().to_owned());
    let present = directory::tenant(&admin.ctx, admin.tenant.id).await?;
    if name == present.display_name {
        return Ok(flash::done(PATH, stamp.settled(&Stamp::of(&present))));
    }
    match directory::rename_tenant(&admin.ctx, admin.tenant.id, &admin.actor(), &name, Some(&stamp.tag)).await {
        Ok(_) => Ok(flash::done(PATH, Flash::Saved)),
        Err(DirectoryError::Changed) => {
            let now = Stamp::of(&present);
            let told = stamp.told(&admin, &now).await?;
            show(&admin, present, now, name, None, told).await
        }
        Err(DirectoryError::Invalid { problem, .. }) => show(&admin, present, stamp, name, Some(sentence(&problem)), Told::default()).await,
        Err(error) => Err(error.into()),
    }
}
