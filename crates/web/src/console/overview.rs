//! `/console`: the last days at a glance.

use askama::Template;
use axum::response::Response;
use doorward_service::overview::{self, Day, Mend, ReportOnly};
use http::StatusCode;

use super::admin::{Admin, Reads};
use super::chart::{self, Columns};
use super::names::Names;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview<'a> {
    shell: Shell,
    days: &'a [Day],
    total: u64,
    granted: u64,
    interrupted: u64,
    refused: u64,
    refused_mail: u64,
    phones: Vec<(String, u64)>,
    open_wipes: usize,
    report_only: Vec<ReportOnly>,
    mend: Vec<ToMend>,
}

/// Something to mend, in words.
struct ToMend {
    title: String,
    text: String,
    link: Option<(String, &'static str)>,
}

impl Overview<'_> {
    fn charts(&self) -> [Columns<'_>; 2] {
        [Columns::wide(self.days), Columns::narrow(self.days)]
    }

    fn total_of(day: &Day) -> u64 {
        chart::total(day)
    }
}

/// `GET /console`.
pub(super) async fn get(admin: Admin<Reads>) -> Result<Response, Trouble> {
    let seen = overview::overview(&admin.ctx, admin.tenant.id).await?;
    let names = Names::read(&admin.ctx, admin.tenant.id).await?;
    let sum = |of: fn(&Day) -> u64| seen.days.iter().map(of).sum::<u64>();
    let page = Overview {
        shell: admin.shell(Section::Overview)?,
        total: sum(chart::total),
        granted: sum(|day| day.granted),
        interrupted: sum(|day| day.interrupted),
        refused: sum(|day| day.refused),
        days: &seen.days,
        refused_mail: seen.refused_mail,
        phones: seen.phones,
        open_wipes: seen.open_wipes,
        report_only: seen.report_only,
        mend: seen.mend.into_iter().map(|mend| in_words(mend, &names)).collect(),
    };
    Ok(plain(StatusCode::OK, &page))
}

fn in_words(mend: Mend, names: &Names) -> ToMend {
    let policy = |id: &str| Some((format!("/console/services/{id}"), "Open the policy"));
    match mend {
        Mend::OneGlobalAdministrator => ToMend {
            title: "There is only one Global Administrator".into(),
            text: "Whoever loses that account loses the organisation. Give the role to a second person.".into(),
            link: None,
        },
        Mend::CoversNobody { policy: id } => ToMend {
            title: format!("App access of “{id}” covers nobody"),
            text: "It is on, but names no restricted group.".into(),
            link: policy(&id),
        },
        Mend::NoApprovedApps { policy: id } => ToMend {
            title: format!("No app is approved for “{id}”"),
            text: "Nobody whom it covers can use the service from an app: put an app on the approved list.".into(),
            link: policy(&id),
        },
        Mend::UnknownGroup { policy: id, group } => ToMend {
            title: format!("“{id}” names a group that does not exist"),
            text: format!("Nobody can be in the group {}. Take it out of the policy.", names.of(&group)),
            link: policy(&id),
        },
        Mend::NothingEnforced => ToMend {
            title: "Nothing is enforced yet".into(),
            text: "No conditional access policy and no service policy is on: a password alone opens every service.".into(),
            link: Some(("/console/services".into(), "Set up service access")),
        },
    }
}
