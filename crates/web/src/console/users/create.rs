//! `/console/users/new`: another person, with a one-time password that is shown once.

use askama::Template;
use axum::Extension;
use axum::response::Response;
use doorward_service::directory::{self, DirectoryError, NewUser};
use doorward_service::password;
use http::StatusCode;

use super::{ManagesUsers, page_of};
use crate::area::sentence;
use crate::console::admin::Admin;
use crate::console::guard::Posted;
use crate::console::notice::{Trouble, plain};
use crate::console::secret::Secret;
use crate::console::shell::{Section, Shell};

#[derive(Default)]
struct Problems {
    login: Option<String>,
    name: Option<String>,
}

#[derive(Template)]
#[template(path = "console/user_new.html")]
struct Form {
    shell: Shell,
    domain: String,
    login: String,
    name: String,
    problems: Problems,
}

impl Form {
    fn wrong(&self) -> bool {
        self.problems.login.is_some() || self.problems.name.is_some()
    }
}

/// `GET /console/users/new`.
pub(super) async fn form(admin: Admin<ManagesUsers>) -> Result<Response, Trouble> {
    show(&admin, "", "", Problems::default())
}

fn show(admin: &Admin<ManagesUsers>, login: &str, name: &str, problems: Problems) -> Result<Response, Trouble> {
    let domain = admin.tenant.default_domain().unwrap_or("example.com").to_owned();
    let form = Form { shell: admin.shell(Section::Users)?, domain, login: login.to_owned(), name: name.to_owned(), problems };
    Ok(plain(if form.wrong() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &form))
}

/// `POST /console/users/new`.
pub(super) async fn create(admin: Admin<ManagesUsers>, Extension(posted): Extension<Posted>) -> Result<Response, Trouble> {
    let (login, name) = (posted.one("login").trim(), posted.one("name").trim());
    let one_time = password::generate(admin.ctx.rng.as_ref(), &[login]);
    let new = NewUser {
        user_principal_name: login.to_owned(),
        display_name: name.to_owned(),
        password: one_time.clone(),
        force_change_password: true,
        account_enabled: true,
        roles: Vec::new(),
    };
    let problems = match directory::create_user(&admin.ctx, &admin.tenant, &admin.actor(), new).await {
        Ok(user) => {
            let page = Secret {
                shell: admin.shell(Section::Users)?,
                crumb: (page_of(user.id), user.display_name.clone()),
                title: "One-time password",
                text: format!("{} signs in with this password and then chooses their own.", user.user_principal_name),
                label: "Password",
                value: one_time,
            };
            return Ok(plain(StatusCode::OK, &page));
        }
        Err(DirectoryError::AlreadyExists(_)) => Problems {
            login: Some("Somebody has this sign-in name already. Search for them; their password can be reset there.".into()),
            name: None,
        },
        Err(DirectoryError::Invalid { member, problem }) if member == "displayName" => {
            Problems { login: None, name: Some(sentence(&problem)) }
        }
        Err(DirectoryError::Invalid { problem, .. }) => Problems { login: Some(sentence(&problem)), name: None },
        Err(error) => return Err(error.into()),
    };
    show(&admin, login, name, problems)
}
