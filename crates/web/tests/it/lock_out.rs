//! The guard against locking everybody out of the console, where people, groups, roles or second factors change instead of policies.
//! The guard over policies is tested beside them, in `console/conditional_access.rs`.

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use doorward_model::document::DocumentKind;
use doorward_model::group::{Group, Member};
use doorward_model::role::Role;
use doorward_model::user::User;
use doorward_model::{GroupId, MethodId};
use doorward_service::account;
use doorward_service::directory::{self, Actor, DirectoryError};
use rstest::rstest;
use serde_json::{Value, json};

use crate::authority::second_factor::{code_now, secret_on};
use crate::console::browser::Browser;
use crate::console::directory::post;
use crate::world::{Answer, World};

const POLICIES: DocumentKind = DocumentKind::ConditionalAccessPolicy;
const ADMIN_API: &str = "https://graph.microsoft.com/.default";

fn policy(id: &str, users: &Value, applications: &Value, grant: &str) -> Value {
    json!({
        "id": id, "displayName": format!("The {id} policy"), "state": "enabled",
        "conditions": { "users": users, "applications": applications, "clientAppTypes": ["all"] },
        "grantControls": { "operator": "OR", "builtInControls": [grant] },
    })
}

/// Two Global Administrators, of whom one policy spares the first by a nested group, and another refuses a group and a role.
struct Company {
    world: World,
    root: Arc<User>,
    /// Left out of the policy; holds `inner` and Anna.
    emergency: GroupId,
    /// Holds the first administrator.
    inner: GroupId,
    /// Refused; holds nobody.
    barred: GroupId,
    /// No policy names it; holds Anna.
    sales: GroupId,
    /// The first administrator, who signed in before there were policies.
    browser: Browser,
    token: String,
}

impl Company {
    async fn new() -> Self {
        let world = World::new().await;
        let (tenant, admin, anna) = (world.tenant.id, world.admin.id, world.anna.id);
        let [emergency, inner, barred, sales] = [(); 4].map(|()| GroupId::random(world.ctx.rng.as_ref()));
        let mut unit = world.ctx.store.tenant(tenant).write().await.unwrap();
        for (id, members) in [
            (inner, vec![Member::User(admin)]),
            (emergency, vec![Member::Group(inner), Member::User(anna)]),
            (barred, vec![]),
            (sales, vec![Member::User(anna)]),
        ] {
            let group = Group { id, display_name: id.to_string(), description: None, created: world.ctx.now() };
            unit.groups().create(&group).await.unwrap();
            for member in members {
                unit.groups().add_member(id, member).await.unwrap();
            }
        }
        let root = unit.users().find("root@contoso.example").await.unwrap().unwrap();
        unit.commit().await.unwrap();
        let browser = Browser::signed_in(&world, &world.admin).await;
        let token = world.access_token(&world.admin, ADMIN_API).await;
        let everything = json!({ "includeApplications": ["All"] });
        let barring = json!({ "includeGroups": [barred], "includeRoles": [Role::SecurityReader.template_id()] });
        for policy in [
            policy("sparing", &json!({ "includeUsers": ["All"], "excludeGroups": [emergency] }), &everything, "block"),
            policy("barring", &barring, &everything, "block"),
        ] {
            directory::create_policy(&world.ctx, tenant, &Actor::command_line(), POLICIES, policy).await.unwrap();
        }
        Self { world, root, emergency, inner, barred, sales, browser, token }
    }

    /// Lets the other administrator in too, or nobody at all.
    async fn replace_sparing(&self, users: Value) {
        let mut unit = self.world.ctx.store.tenant(self.world.tenant.id).write().await.unwrap();
        let body = policy("sparing", &users, &json!({ "includeApplications": ["All"] }), "block");
        unit.documents().update(POLICIES, "sparing", "", &body, None, self.world.ctx.now()).await.unwrap();
        unit.commit().await.unwrap();
    }

    async fn by_api(&self, deed: Deed) -> Answer {
        let (method, path, body) = deed.request(self);
        self.world.json(method, &format!("/v1.0/{path}"), &self.token, &body).await
    }

    async fn by_console(&mut self, deed: Deed) -> Answer {
        let (page, path, fields) = deed.form(self);
        let page = self.browser.get(&self.world, &page).await;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        post(&self.world, &mut self.browser, &page, &path, &fields).await
    }
}

/// A change of people, groups or roles.
#[derive(Debug, Clone, Copy)]
enum Deed {
    DeleteTheSparedGroup,
    DeleteTheNestedGroup,
    DeleteAnotherGroup,
    RemoveTheAdministrator,
    RemoveTheNestedGroup,
    RemoveSomebodyElse,
    BarTheAdministrator,
    BarTheirGroup,
    BarSomebodyElse,
    GiveTheBarredRole,
    GiveAnotherRole,
    TakeTheirRole,
    Disable,
    DisableWhoIsRefusedAnyway,
    Delete,
}

impl Deed {
    /// A request of the admin API, below its root.
    fn request(self, company: &Company) -> (Method, String, Value) {
        let (admin, anna) = (company.world.admin.id, company.world.anna.id);
        let member = |id: &str| json!({ "@odata.id": format!("https://login.contoso.example/v1.0/directoryObjects/{id}") });
        let add = |id: &str| (Method::POST, format!("groups/{}/members/$ref", company.barred), member(id));
        let remove = |group: GroupId, id: &str| (Method::DELETE, format!("groups/{group}/members/{id}/$ref"), Value::Null);
        let delete = |path: String| (Method::DELETE, path, Value::Null);
        let roles = "roleManagement/directory/roleAssignments";
        let give = |role: Role| (Method::POST, roles.to_owned(), json!({ "principalId": admin, "roleDefinitionId": role.template_id() }));
        let disable = |user: &User| (Method::PATCH, format!("users/{}", user.id), json!({ "accountEnabled": false }));
        match self {
            Self::DeleteTheSparedGroup => delete(format!("groups/{}", company.emergency)),
            Self::DeleteTheNestedGroup => delete(format!("groups/{}", company.inner)),
            Self::DeleteAnotherGroup => delete(format!("groups/{}", company.sales)),
            Self::RemoveTheAdministrator => remove(company.inner, &admin.to_string()),
            Self::RemoveTheNestedGroup => remove(company.emergency, &company.inner.to_string()),
            Self::RemoveSomebodyElse => remove(company.emergency, &anna.to_string()),
            Self::BarTheAdministrator => add(&admin.to_string()),
            Self::BarTheirGroup => add(&company.inner.to_string()),
            Self::BarSomebodyElse => add(&anna.to_string()),
            Self::GiveTheBarredRole => give(Role::SecurityReader),
            Self::GiveAnotherRole => give(Role::IntuneAdministrator),
            Self::TakeTheirRole => delete(format!("{roles}/{}-{admin}", Role::GlobalAdministrator.template_id())),
            Self::Disable => disable(&company.world.admin),
            Self::DisableWhoIsRefusedAnyway => disable(&company.root),
            Self::Delete => delete(format!("users/{admin}")),
        }
    }

    /// The page with the form, where it goes, and its fields.
    fn form(self, company: &Company) -> (String, String, Vec<(&'static str, String)>) {
        let (admin, anna) = (company.world.admin.id, company.world.anna.id);
        let asked = |path: String| (path.clone(), path, Vec::new());
        let member = |group: GroupId, what: &str, member: String| {
            let page = format!("/console/groups/{group}");
            (page.clone(), format!("{page}/members{what}"), vec![("member", member)])
        };
        let roles = "/console/settings/roles";
        let give = |role: Role| {
            let fields = vec![("login", company.world.admin.user_principal_name.clone()), ("role", role.template_id().to_string())];
            (roles.to_owned(), roles.to_owned(), fields)
        };
        match self {
            Self::DeleteTheSparedGroup => asked(format!("/console/groups/{}/delete", company.emergency)),
            Self::DeleteTheNestedGroup => asked(format!("/console/groups/{}/delete", company.inner)),
            Self::DeleteAnotherGroup => asked(format!("/console/groups/{}/delete", company.sales)),
            Self::RemoveTheAdministrator => member(company.inner, "/remove", format!("user:{admin}")),
            Self::RemoveTheNestedGroup => member(company.emergency, "/remove", format!("group:{}", company.inner)),
            Self::RemoveSomebodyElse => member(company.emergency, "/remove", format!("user:{anna}")),
            Self::BarTheAdministrator => member(company.barred, "", format!("user:{admin}")),
            Self::BarTheirGroup => member(company.barred, "", format!("group:{}", company.inner)),
            Self::BarSomebodyElse => member(company.barred, "", format!("user:{anna}")),
            Self::GiveTheBarredRole => give(Role::SecurityReader),
            Self::GiveAnotherRole => give(Role::IntuneAdministrator),
            Self::TakeTheirRole => asked(format!("{roles}/{}/{admin}/take", Role::GlobalAdministrator.template_id())),
            Self::Disable => asked(format!("/console/users/{admin}/disable")),
            Self::DisableWhoIsRefusedAnyway => asked(format!("/console/users/{}/disable", company.root.id)),
            Self::Delete => asked(format!("/console/users/{admin}/delete")),
        }
    }
}

#[rstest]
#[case::the_group_that_is_left_out(Deed::DeleteTheSparedGroup, "sparing")]
#[case::a_group_in_it(Deed::DeleteTheNestedGroup, "sparing")]
#[case::a_member_of_a_group_in_it(Deed::RemoveTheAdministrator, "sparing")]
#[case::a_group_taken_out_of_it(Deed::RemoveTheNestedGroup, "sparing")]
#[case::a_member_of_a_refused_group(Deed::BarTheAdministrator, "barring")]
#[case::a_group_in_a_refused_group(Deed::BarTheirGroup, "barring")]
#[case::a_refused_role(Deed::GiveTheBarredRole, "barring")]
#[case::the_role_of_an_administrator(Deed::TakeTheirRole, "sparing")]
#[case::a_disabled_administrator(Deed::Disable, "sparing")]
#[case::a_deleted_administrator(Deed::Delete, "sparing")]
#[tokio::test]
async fn the_only_administrator_who_is_let_in_stays_so(#[case] deed: Deed, #[case] in_the_way: &str) {
    let mut company = Company::new().await;
    let audits = company.world.audits().await.len();
    let refused = company.by_api(deed).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
    let refused_there = company.by_console(deed).await;
    assert!(refused_there.status.is_client_error(), "{} {}", refused_there.status, refused_there.body);
    for answer in [&refused, &refused_there] {
        for part in ["o Global Administrator could sign in", &format!("The {in_the_way} policy"), "another Global Administrator is let in"]
        {
            assert!(answer.body.contains(part), "{part}: {}", answer.body);
        }
    }
    assert_eq!(company.world.audits().await.len(), audits, "what is refused is undone whole");

    // It is fine once somebody else is let in.
    company
        .replace_sparing(json!({ "includeUsers": ["All"], "excludeGroups": [company.emergency], "excludeUsers": [company.root.id] }))
        .await;
    let done = company.by_api(deed).await;
    assert!(done.status.is_success(), "{} {}", done.status, done.body);

    // And where nobody is let in already, it makes nothing worse.
    let mut company = Company::new().await;
    company.replace_sparing(json!({ "includeUsers": ["All"] })).await;
    let done = company.by_console(deed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[rstest]
#[case::a_group_that_no_policy_names(Deed::DeleteAnotherGroup)]
#[case::somebody_else_in_the_group_that_is_left_out(Deed::RemoveSomebodyElse)]
#[case::somebody_else_in_a_refused_group(Deed::BarSomebodyElse)]
#[case::a_role_that_no_policy_names(Deed::GiveAnotherRole)]
#[case::an_administrator_who_is_refused_anyway(Deed::DisableWhoIsRefusedAnyway)]
#[tokio::test]
async fn what_locks_nobody_out_is_done(#[case] deed: Deed) {
    let done = Company::new().await.by_api(deed).await;
    assert!(done.status.is_success(), "{} {}", done.status, done.body);
    let mut company = Company::new().await;
    let done = company.by_console(deed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test]
async fn where_a_policy_cannot_be_read_nobody_is_let_in_and_nothing_is_refused() {
    let company = Company::new().await;
    let mut unit = company.world.ctx.store.tenant(company.world.tenant.id).write().await.unwrap();
    unit.documents().update(POLICIES, "barring", "", &json!({ "state": "nonsense" }), None, company.world.ctx.now()).await.unwrap();
    unit.commit().await.unwrap();
    let done = company.by_api(Deed::DeleteTheSparedGroup).await;
    assert!(done.status.is_success(), "{} {}", done.status, done.body);
}

#[tokio::test]
async fn the_console_itself_is_not_moved_to_where_a_policy_refuses() {
    let world = World::new().await;
    let token = world.access_token(&world.admin, ADMIN_API).await;
    let office = json!({ "includeApplications": ["Office365"] });
    let policy = policy("office", &json!({ "includeUsers": ["All"] }), &office, "block");
    directory::create_policy(&world.ctx, world.tenant.id, &Actor::command_line(), POLICIES, policy).await.unwrap();
    let console = doorward_service::resource::CONSOLE;
    let bundles = json!({ "doorward": { "bundles": ["Office365"] } });
    let moved = world.json(Method::PATCH, &format!("/v1.0/applications/{console}"), &token, &bundles).await;
    assert_eq!(moved.status, StatusCode::CONFLICT, "{}", moved.body);
    assert!(moved.body.contains("“The office policy”"), "{}", moved.body);
}

/// A company that asks for a second factor everywhere, and for one before another is set up; and an administrator who has one, with the
/// browser that it was set up in.
async fn asking_for_second_factors() -> (World, Browser, Browser, MethodId) {
    let world = World::new().await;
    let console = Browser::signed_in(&world, &world.admin).await;
    let mut own = Browser::at_account(&world, &world.admin).await;
    let page = own.get(&world, "/account/app").await;
    let (state, code) = (page.hidden("state"), code_now(&world, &secret_on(&page)));
    let codes = post(&world, &mut own, &page, "/account/app", &[("state", &state), ("newotc", &code)]).await;
    assert!(codes.body.contains("Save your recovery codes"), "{}", codes.body);
    let everybody = json!({ "includeUsers": ["All"] });
    for policy in [
        policy("everything", &everybody, &json!({ "includeApplications": ["All"] }), "mfa"),
        policy("registering", &everybody, &json!({ "includeUserActions": ["urn:user:registersecurityinfo"] }), "mfa"),
    ] {
        directory::create_policy(&world.ctx, world.tenant.id, &Actor::command_line(), POLICIES, policy).await.unwrap();
    }
    let held = account::second_factors(&world.ctx, world.tenant.id, &world.admin).await.unwrap();
    let method = held.methods[0].id;
    (world, console, own, method)
}

#[tokio::test]
async fn the_last_second_factor_that_opens_the_console_stays_whoever_takes_it() {
    let (world, mut console, mut own, method) = asking_for_second_factors().await;
    let (ctx, tenant, admin) = (&world.ctx, world.tenant.id, world.admin.id);
    let methods = format!("/console/users/{admin}/methods/{method}");
    let reset = format!("/console/users/{admin}/reset-second-factors");
    let remove = format!("/account/methods/{method}/remove");
    for (path, advice) in [
        (&methods, "Set up another second factor first"),
        (&reset, "another Global Administrator is let in"),
        (&remove, "Set up another second factor first"),
    ] {
        let browser = if path == &remove { &mut own } else { &mut console };
        let page = browser.get(&world, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path} {}", page.body);
        let refused = post(&world, browser, &page, path, &[]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{path} {}", refused.body);
        assert!(refused.body.contains("It was not done.") && refused.body.contains(advice), "{path} {}", refused.body);
        assert!(refused.body.contains("“The registering policy”"), "{path} {}", refused.body);
    }
    let actor = Actor::command_line();
    let by_command = directory::require_registration_again(ctx, tenant, &actor, admin).await;
    assert!(matches!(by_command, Err(DirectoryError::Conflict(_))), "{by_command:?}");
    let by_api = directory::delete_authentication_method(ctx, tenant, &actor, admin, method).await;
    assert!(matches!(by_api, Err(DirectoryError::Conflict(_))), "{by_api:?}");
    assert_eq!(account::second_factors(ctx, tenant, &world.admin).await.unwrap().methods.len(), 1);

    // Where it can be set up anew on the way in, it may go.
    directory::delete_policy(ctx, tenant, &actor, POLICIES, "registering", None).await.unwrap();
    let page = own.get(&world, &remove).await;
    let removed = post(&world, &mut own, &page, &remove, &[]).await;
    assert_eq!(removed.status, StatusCode::SEE_OTHER, "{}", removed.body);
    assert!(account::second_factors(ctx, tenant, &world.admin).await.unwrap().methods.is_empty());
}
