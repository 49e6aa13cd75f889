//! What the library asks the directory.

use himmelblau::graph::Graph;

use crate::TIMEOUT;
use crate::computer::Computer;
use crate::demo::{Demo, Person};
use crate::report::Report;

pub async fn run(report: &mut Report, demo: &Demo, person: &Person, computer: &mut Computer) {
    let token = report.done("directory: a token", computer.token(vec!["https://graph.microsoft.com/.default"], None).await);
    let token = token.access_token.clone().unwrap_or_default();
    let graph =
        report.done("directory: which tenant a domain is in", Graph::new(demo.host(), &demo.domain, None, None, None, TIMEOUT).await);
    report.equal("directory: the tenant", &graph.tenant_id().await.ok(), &Some(demo.tenant.clone()));
    report.equal("directory: its authority", &graph.authority_host().await.ok(), &Some(demo.host().to_owned()));
    let user = report.done("directory: oneself by name", graph.request_user(&token, &person.name).await);
    report.equal("directory: is that person", &user.id, &person.id);
}
