//! The questions, and how long the server takes for each.

use std::error::Error;
use std::fs;

use axum::http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use crate::browser::Browser;
use crate::company::Company;
use crate::world::{MAIL, World};

/// Times that each is asked. The slowest in twenty counts.
const TIMES: usize = 40;
/// What a page of the console may weigh, in kilobytes.
const PAGE: f64 = 200.0;
/// What an answer may take, in milliseconds of processor time.
const LIMIT: f64 = 50.0;

/// Some day in the log.
const DAY: &str = "createdDateTime ge 2026-11-01T00:00:00Z and createdDateTime lt 2026-11-02T00:00:00Z";

/// Asks everything, prints a table and gives the figures.
pub(crate) async fn run(world: &World, company: &Company) -> Result<Value, Box<dyn Error>> {
    let token = world.access_token(&world.admin, "https://graph.microsoft.com/.default").await;
    let mut browser = Browser::signed_in(world, &world.admin).await;
    let form = preview_form(world, &mut browser, company).await;
    let before = resident_megabytes()?;
    let mut rows = Vec::new();
    for (name, path) in questions(company) {
        let mut row = Row::new(name);
        for _ in 0..TIMES {
            let begun = processor_ms()?;
            let answer = match (path.strip_prefix("/v1.0"), name) {
                (Some(_), _) => world.json(Method::GET, &path, &token, &Value::Null).await,
                (None, "console.preview") => {
                    let fields: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                    browser.send_form(world, &path, &fields).await
                }
                (None, _) => browser.get(world, &path).await,
            };
            row.times.push(processor_ms()? - begun);
            if answer.status != StatusCode::OK {
                return Err(format!("{path}: {} {}", answer.status, answer.body).into());
            }
            row.bytes = answer.body.len();
        }
        println!("{:<44} {:8.1} ms  {:8.1} kB{}", row.name, row.p95(), row.kilobytes(), row.verdict());
        rows.push(row);
    }
    let after = resident_megabytes()?;
    println!("resident memory: {before:.1} MB before, {after:.1} MB after");
    Ok(figures(&rows, after - before))
}

struct Row {
    name: &'static str,
    times: Vec<f64>,
    bytes: usize,
}

impl Row {
    fn new(name: &'static str) -> Self {
        Self { name, times: Vec::new(), bytes: 0 }
    }

    fn p95(&self) -> f64 {
        let mut times = self.times.clone();
        times.sort_by(f64::total_cmp);
        times.get(times.len() * 95 / 100).copied().unwrap_or(f64::NAN)
    }

    fn kilobytes(&self) -> f64 {
        self.bytes as f64 / 1000.0
    }

    fn is_page(&self) -> bool {
        self.name.starts_with("console.")
    }

    fn verdict(&self) -> &'static str {
        match (self.p95() <= LIMIT, !self.is_page() || self.kilobytes() <= PAGE) {
            (true, true) => "",
            (false, _) => "   over 50 ms",
            (true, false) => "   over 200 kB",
        }
    }
}

fn figures(rows: &[Row], grown: f64) -> Value {
    let rounded = |value: f64| json!((value * 10.0).round() / 10.0);
    let most = |of: &dyn Fn(&Row) -> f64| rows.iter().map(of).fold(0.0, f64::max);
    let mut figures: Map<String, Value> = rows.iter().map(|row| (format!("lists.{}.p95_ms", row.name), rounded(row.p95()))).collect();
    figures.insert("lists.slowest_p95_ms".into(), rounded(most(&Row::p95)));
    figures.insert("lists.largest_page_kb".into(), rounded(most(&|row: &Row| if row.is_page() { row.kilobytes() } else { 0.0 })));
    figures.insert("lists.memory_growth_mb".into(), rounded(grown));
    figures.into()
}

/// Name and address of each question.
fn questions(company: &Company) -> Vec<(&'static str, String)> {
    let (person, name) = (company.person.id, &company.person.user_principal_name);
    let api = |path: String| format!("/v1.0/{}", path.replace(' ', "%20").replace('"', "%22"));
    let users = |query: &str| api(format!("users?{query}"));
    let log = |query: &str| api(format!("auditLogs/signIns?{query}"));
    let console = |query: &str| format!("/console/sign-ins?{query}");
    vec![
        ("users", users("")),
        ("users.count", users("$count=true")),
        ("users.largest_page", users("$top=999")),
        ("users.starts_with", users("$filter=startsWith(displayName,'Person 9')&$count=true")),
        ("users.contains_nothing", users("$filter=contains(displayName,'nobody')")),
        ("users.search", users("$search=\"son 77\"&$count=true")),
        ("users.ordered", users("$orderby=displayName desc")),
        ("users.disabled", users("$filter=accountEnabled eq false&$count=true")),
        ("users.groups", api(format!("users/{person}/transitiveMemberOf"))),
        ("users.devices", api(format!("users/{person}/ownedDevices"))),
        ("groups", api("groups?$count=true".into())),
        ("groups.search", api("groups?$search=\"up 7\"".into())),
        ("groups.members", api(format!("groups/{}/members", company.outermost))),
        ("groups.transitive_members", api(format!("groups/{}/transitiveMembers?$top=999", company.outermost))),
        ("devices", api("devices?$count=true".into())),
        ("devices.largest_page", api("devices?$top=999".into())),
        ("devices.not_compliant", api("devices?$filter=isCompliant eq false and operatingSystem eq 'iOS'&$count=true".into())),
        ("devices.search", api("devices?$search=\"one 77\"&$count=true".into())),
        ("devices.ordered", api("devices?$orderby=displayName".into())),
        ("applications", api("applications".into())),
        ("role_assignments", api("roleManagement/directory/roleAssignments".into())),
        ("policies", api("identity/conditionalAccess/policies".into())),
        ("audits", api("auditLogs/directoryAudits?$count=true".into())),
        ("sign_ins", log("")),
        ("sign_ins.count", api("auditLogs/signIns/$count".into())),
        ("sign_ins.count_refused", api("auditLogs/signIns/$count?$filter=outcome eq 'refused'".into())),
        ("sign_ins.count_a_day", api(format!("auditLogs/signIns/$count?$filter={DAY}"))),
        ("sign_ins.person", log(&format!("$filter=userId eq {person}&$count=true"))),
        ("sign_ins.person_by_name", log(&format!("$filter=userPrincipalName eq '{name}'&$count=true"))),
        ("sign_ins.person_refused", log(&format!("$filter=userId eq {person} and outcome eq 'refused'"))),
        ("sign_ins.refused", log("$filter=outcome eq 'refused'")),
        ("sign_ins.code", log("$filter=status/errorCode eq 53003")),
        ("sign_ins.code_never", log("$filter=status/errorCode eq 50076&$count=true")),
        ("sign_ins.address", log("$filter=ipAddress eq '10.7.7.7'&$count=true")),
        ("sign_ins.starts_with_all", log("$filter=startsWith(userPrincipalName,'person')")),
        ("sign_ins.starts_with_one", log("$filter=startsWith(userPrincipalName,'person-00777')&$count=true")),
        ("sign_ins.contains_nothing", log("$filter=contains(userPrincipalName,'nobody')&$count=true")),
        ("sign_ins.contains_address", log("$filter=contains(ipAddress,'192.0.2')")),
        (
            "sign_ins.three_without_a_match",
            log(&format!("$filter=outcome eq 'granted' and resourceId eq {MAIL} and ipAddress eq '192.0.2.1'")),
        ),
        ("sign_ins.three_that_are_common", log(&format!("$filter=outcome eq 'granted' and resourceId eq {MAIL} and errorCode eq 53003"))),
        ("sign_ins.a_day", log(&format!("$filter={DAY}"))),
        ("sign_ins.oldest", log("$orderby=createdDateTime asc")),
        ("sign_ins.rare_app", log("$filter=appDisplayName eq 'Web application'&$count=true")),
        ("sign_ins.search_all", log("$search=\"contoso\"")),
        ("sign_ins.search_some", log("$search=\"person-0077\"")),
        ("sign_ins.search_nothing", log("$search=\"nobody\"&$count=true")),
        ("console.overview", "/console".into()),
        ("console.sign_ins", console("")),
        ("console.sign_ins_person", console("person=person-00777")),
        ("console.sign_ins_everybody", console("person=contoso")),
        ("console.sign_ins_nobody", console("person=nobody")),
        ("console.sign_ins_refused", console("outcome=refused")),
        ("console.sign_ins_code", console("code=53003")),
        ("console.sign_ins_hour", console("time=hour")),
        ("console.sign_ins_week_nothing", console("time=week&outcome=interrupted")),
        ("console.sign_ins_all_filters", console("person=person-0&outcome=granted&code=53003&time=week")),
        ("console.audit", "/console/audit".into()),
        ("console.users", "/console/users".into()),
        ("console.user", format!("/console/users/{person}")),
        ("console.groups", "/console/groups".into()),
        ("console.group", format!("/console/groups/{}", company.outermost)),
        ("console.devices", "/console/devices".into()),
        ("console.apps", "/console/apps".into()),
        ("console.conditional_access", "/console/conditional-access".into()),
        ("console.compliance_devices", "/console/compliance/devices".into()),
        ("console.protected_apps", "/console/app-protection/registrations".into()),
        ("console.settings", "/console/settings".into()),
        ("console.services", "/console/services".into()),
        ("console.service", format!("/console/services/{}", company.service)),
        ("console.preview", format!("/console/services/{}/draft", company.service)),
        ("console.policy_preview", format!("/console/conditional-access/{}/state/enabled", company.policy)),
        ("console.what_if", format!("/console/what-if?person={name}&service={MAIL}")),
    ]
}

/// The fields of the service's form as a browser would send them, to see what saving would do.
async fn preview_form(world: &World, browser: &mut Browser, company: &Company) -> Vec<(String, String)> {
    let page = browser.get(world, &format!("/console/services/{}", company.service)).await;
    let button = ("do".to_owned(), "preview".to_owned());
    fields(&page.body).into_iter().chain([button]).collect()
}

/// Names and values of hidden fields and of what is chosen.
fn fields(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(
            rest.split('"')
                .next()?
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#43;", "+")
                .replace("&#61;", "=")
                .replace("&amp;", "&"),
        )
    };
    let tags = page.split("<input ").skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| format!(" {tag}")));
    let chosen = tags.filter(|tag| attribute(tag, "type").as_deref() == Some("hidden") || tag.contains(" checked"));
    chosen.filter_map(|tag| Some((attribute(&tag, "name")?, attribute(&tag, "value").unwrap_or_else(|| "on".into())))).collect()
}

/// Processor time of all threads of this process: unlike the time on a clock it is the same on a machine that does other things too.
fn processor_ms() -> Result<f64, Box<dyn Error>> {
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir("/proc/self/task")? {
        // A thread may end while it is looked at.
        let Ok(times) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        nanoseconds += times.split(' ').next().ok_or("no schedstat")?.parse::<f64>()?;
    }
    Ok(nanoseconds / 1e6)
}

/// Memory of this process.
fn resident_megabytes() -> Result<f64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: f64 = line.split_ascii_whitespace().nth(1).ok_or("no VmRSS")?.parse()?;
    Ok(kilobytes / 1024.0)
}
