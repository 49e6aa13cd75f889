//! Every route of the directory pages: what role it needs, and that each change is audited.

use axum::http::StatusCode;
use doorward_model::role::Role;
use serde_json::json;

use super::browser::Browser;
use super::directory::post;
use crate::account::annas_app;
use crate::account::routes::annas_phone;
use crate::world::{Answer, WEB_APP, World, person};

/// Who may use a route beside the Global Administrator.
#[derive(Clone, Copy, PartialEq, Eq)]
enum May {
    /// Everybody with a role.
    Read,
    /// The Intune Administrator.
    SetState,
    /// Nobody.
    Nobody,
}

/// Path, who may look at it, and what a post to it writes into the audit; none where it takes no post.
const ROUTES: &[(&str, May, Option<&str>)] = &[
    ("/console/users", May::Read, None),
    ("/console/users/new", May::Nobody, Some("Create user")),
    ("/console/users/{user}", May::Read, None),
    ("/console/users/{user}/edit", May::Nobody, Some("Update user")),
    ("/console/users/{user}/disable", May::Nobody, Some("Update user")),
    ("/console/users/{user}/enable", May::Nobody, Some("Update user")),
    ("/console/users/{user}/reset-password", May::Nobody, Some("Update user")),
    ("/console/users/{user}/sign-out", May::Nobody, Some("Revoke sessions of user")),
    ("/console/users/{user}/methods/{method}", May::Nobody, Some("Delete authentication method")),
    ("/console/users/{user}/reset-second-factors", May::Nobody, Some("Require registration of authentication method")),
    ("/console/groups", May::Read, None),
    ("/console/groups/new", May::Nobody, Some("Create group")),
    ("/console/groups/{group}", May::Read, None),
    ("/console/groups/{group}/edit", May::Nobody, Some("Update group")),
    ("/console/groups/{group}/members", May::Nobody, Some("Add member to group")),
    ("/console/groups/{group}/members/remove", May::Nobody, Some("Remove member from group")),
    ("/console/groups/{group}/delete", May::Nobody, Some("Delete group")),
    ("/console/devices", May::Read, None),
    ("/console/devices/{device}", May::Read, None),
    ("/console/devices/{device}/edit", May::SetState, Some("Update device")),
    ("/console/devices/{device}/delete", May::Nobody, Some("Delete device")),
    ("/console/apps", May::Read, None),
    ("/console/apps/new", May::Nobody, Some("Create application")),
    ("/console/apps/{app}", May::Read, None),
    ("/console/apps/{app}/edit", May::Nobody, Some("Update application")),
    ("/console/apps/{app}/secrets", May::Nobody, Some("Add password to application")),
    ("/console/apps/{app}/secrets/{secret}/remove", May::Nobody, Some("Remove password from application")),
    ("/console/apps/{app}/delete", May::Nobody, Some("Delete application")),
    ("/console/settings", May::Read, Some("Update tenant")),
    ("/console/settings/keys/rotate", May::Nobody, Some("Rotate signing keys")),
    ("/console/settings/accounts", May::Nobody, Some("Update tenant")),
    ("/console/settings/certificates", May::Nobody, Some("Update tenant")),
    ("/console/settings/roles", May::Read, Some("Update user")),
    ("/console/settings/roles/{role}/{user}/take", May::Nobody, Some("Update user")),
    ("/console/users/{user}/delete", May::Nobody, Some("Delete user")),
];

/// Routes that take posts alone, with the page that their form stands on.
const POST_ONLY: &[(&str, &str)] =
    &[("/console/groups/{group}/members/remove", "/console/groups/{group}"), ("/console/apps/{app}/secrets", "/console/apps/{app}")];

/// The routes that change something.
pub(crate) fn changes() -> Vec<String> {
    ROUTES.iter().filter(|(.., audited)| audited.is_some()).map(|(path, ..)| (*path).to_owned()).collect()
}

/// What is filled in, whatever the form; each takes what it knows.
fn fields(world: &World, path: &str) -> Vec<(&'static str, String)> {
    let login = if path == "/console/settings/roles" { world.anna.user_principal_name.clone() } else { "carla@contoso.example".into() };
    let role = if path.ends_with("/edit") { String::new() } else { Role::SecurityReader.template_id().to_string() };
    vec![
        ("name", "New name".into()),
        ("login", login),
        ("member", format!("user:{}", world.anna.id)),
        ("switch", "on".into()),
        ("role", role),
        ("enabled", "on".into()),
    ]
}

async fn send(world: &World, browser: &mut Browser, page: &Answer, path: &str) -> Answer {
    let fields = fields(world, path);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    post(world, browser, page, path, &fields).await
}

#[tokio::test]
async fn every_route_needs_a_role_and_every_change_is_audited() {
    let world = World::new().await;
    let reader = person(&world.ctx, "reader", vec![Role::SecurityReader]).await;
    let intune = person(&world.ctx, "intune", vec![Role::IntuneAdministrator]).await;
    let phone = annas_phone(&world).await;
    let method = annas_app(&world).await;
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let group = world.json(axum::http::Method::POST, "/v1.0/groups", &token, &json!({ "displayName": "People" })).await;
    let group = group.json()["id"].as_str().unwrap().to_owned();
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&reader).await.unwrap();
    unit.users().create(&intune).await.unwrap();
    let secret = unit.applications().get(WEB_APP).await.unwrap().unwrap().secrets[0].key_id.to_string();
    unit.commit().await.unwrap();
    let fill = |path: &str| {
        path.replace("{user}", &world.anna.id.to_string())
            .replace("{method}", &method.to_string())
            .replace("{group}", &group)
            .replace("{device}", &phone.id.to_string())
            .replace("{app}", &WEB_APP.to_string())
            .replace("{secret}", &secret)
            .replace("{role}", &Role::SecurityReader.template_id().to_string())
    };
    let mut admin = Browser::signed_in(&world, &world.admin).await;
    let mut reads = Browser::signed_in(&world, &reader).await;
    let mut sets = Browser::signed_in(&world, &intune).await;
    for (path, may, audited) in ROUTES {
        let address = fill(path);
        let nobody = Browser::default().send_form(&world, &address, &[]).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{path} without a session");
        let page_of_form = POST_ONLY.iter().find(|(only, _)| only == path).map(|(_, page)| fill(page));
        let looks = page_of_form.is_none();
        for (browser, allowed) in [(&mut reads, *may == May::Read), (&mut sets, *may != May::Nobody)].into_iter().filter(|_| looks) {
            let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
            let page = browser.get(&world, &address).await;
            assert_eq!(page.status, expected, "GET {path}: {}", page.body);
        }
        world.clock.advance(1);
        let page = admin.get(&world, page_of_form.as_ref().unwrap_or(&address)).await;
        assert_eq!(page.status, StatusCode::OK, "GET {path}: {}", page.body);
        let before = world.audits().await;
        let Some(audited) = audited else {
            let refused = send(&world, &mut admin, &page, &address).await;
            assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{path} takes no post");
            continue;
        };
        for (browser, allowed) in [(&mut reads, false), (&mut sets, *may == May::SetState)] {
            if !allowed {
                let own = browser.get(&world, "/console").await;
                let refused = send(&world, browser, &own, &address).await;
                assert_eq!(refused.status, StatusCode::FORBIDDEN, "POST {path}");
            }
        }
        assert_eq!(world.audits().await, before, "{path} refused and yet done");
        let done = send(&world, &mut admin, &page, &address).await;
        assert!(done.status.is_success() || done.status.is_redirection(), "POST {path}: {} {}", done.status, done.body);
        let after = world.audits().await;
        let new: Vec<&str> = after[..after.len() - before.len()].iter().map(|record| record.activity_display_name.as_str()).collect();
        assert_eq!(new, [*audited], "{path}");
        assert_eq!(after[0].initiated_by.display_name, world.admin.user_principal_name);
    }
}

#[tokio::test]
async fn who_may_only_read_is_shown_no_way_to_change() {
    let world = World::new().await;
    let reader = person(&world.ctx, "reader", vec![Role::SecurityReader]).await;
    let phone = annas_phone(&world).await;
    let mut unit = world.ctx.store.tenant(world.tenant.id).write().await.unwrap();
    unit.users().create(&reader).await.unwrap();
    unit.commit().await.unwrap();
    let (mut admin, mut reads) = (Browser::signed_in(&world, &world.admin).await, Browser::signed_in(&world, &reader).await);
    for (path, change) in [
        ("/console/users".to_owned(), "/console/users/new"),
        (format!("/console/users/{}", world.anna.id), "/edit\""),
        (format!("/console/users/{}", world.anna.id), "/disable\""),
        ("/console/groups".to_owned(), "/console/groups/new"),
        (format!("/console/devices/{}", phone.id), "/delete\""),
        ("/console/apps".to_owned(), "/console/apps/new"),
        (format!("/console/apps/{WEB_APP}"), "Add secret"),
        ("/console/settings".to_owned(), "/keys/rotate\""),
    ] {
        assert!(admin.get(&world, &path).await.body.contains(change), "{path} {change}");
        assert!(!reads.get(&world, &path).await.body.contains(change), "{path} {change}");
    }
}
