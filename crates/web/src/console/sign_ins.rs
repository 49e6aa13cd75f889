//! `/console/sign-ins`: the sign-in log, and one sign-in in full.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use doorward_model::SignInId;
use doorward_model::protection::EvidenceProblem;
use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_policy::conditional_access::{Decision, Outcome};
use doorward_service::access;
use doorward_service::sign_in_search::{self, PAGE, Search};
use doorward_store::query::{Key, Page, Position};
use http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde::Deserialize;
use serde_json::Value;

use super::admin::{Admin, Reads};
use super::moment::Moment;
use super::notice::{Trouble, plain};
use super::shell::{Section, Shell};
use super::words::{self, Badge};
use crate::area::sentence;
use crate::page_token;

/// The filters, as they were typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filters {
    person: String,
    outcome: String,
    code: String,
    time: String,
    after: String,
    live: String,
}

const OUTCOMES: [(&str, &str); 4] = [("", "Any"), ("granted", "Granted"), ("interrupted", "Asked first"), ("refused", "Refused")];
const TIMES: [(&str, &str, i64); 4] =
    [("", "Any time", 0), ("hour", "Last hour", 1), ("day", "Last 24 hours", 24), ("week", "Last 7 days", 168)];

struct Row {
    id: SignInId,
    time: Moment,
    person: String,
    app: String,
    service: String,
    badge: Badge,
    code: u32,
    flow: String,
}

#[derive(Template)]
#[template(path = "console/sign_ins.html")]
struct SignIns {
    shell: Shell,
    filters: Filters,
    code_problem: Option<&'static str>,
    filtered: bool,
    rows: Vec<Row>,
    /// How far back was searched, when that is not to the end and the page is not full.
    searched: Option<Moment>,
    older: Option<String>,
    newest: Option<String>,
    live: bool,
    /// Address of the same page that follows the log, or no longer does.
    switch: String,
}

impl SignIns {
    fn outcomes(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        OUTCOMES.into_iter().map(|(value, text)| (value, text, value == self.filters.outcome))
    }

    /// The spans to choose from, and the day that a link chose.
    fn times(&self) -> Vec<(String, String, bool)> {
        let spans = TIMES.into_iter().map(|(value, text, _)| (value.to_owned(), text.to_owned(), value == self.filters.time));
        let day = self.filters.day().map(|day| (self.filters.time.clone(), day.strftime("%-d %b %Y (UTC)").to_string(), true));
        spans.chain(day).collect()
    }
}

impl Filters {
    /// The search; or what is wrong with the code.
    fn search(&self, now: Timestamp) -> Result<Search, &'static str> {
        let digits = self.code.trim().to_ascii_uppercase();
        let digits = digits.strip_prefix("AADSTS").unwrap_or(&digits);
        let code = match digits {
            "" => None,
            digits => Some(digits.parse().map_err(|_| "Type a number such as 53003, or AADSTS53003.")?),
        };
        let start = |day: Date| day.to_zoned(TimeZone::UTC).ok().map(|start| start.timestamp());
        let hours = TIMES.into_iter().find(|(value, ..)| *value == self.time).map_or(0, |(_, _, hours)| hours);
        Ok(Search {
            person: Some(self.person.trim().to_owned()).filter(|person| !person.is_empty()),
            outcome: match self.outcome.as_str() {
                "granted" => Some(SignInOutcome::Granted),
                "interrupted" => Some(SignInOutcome::Interrupted),
                "refused" => Some(SignInOutcome::Refused),
                _ => None,
            },
            code,
            since: match self.day() {
                Some(day) => start(day),
                None => (hours > 0).then(|| now.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(now)),
            },
            until: self.day().and_then(|day| start(day.saturating_add(1.day()))),
            after: page_token::read(&self.after),
        })
    }

    /// One day in UTC, written as `2026-11-24`.
    fn day(&self) -> Option<Date> {
        self.time.parse().ok()
    }

    fn is_set(&self) -> bool {
        [&self.person, &self.outcome, &self.code, &self.time].into_iter().any(|filter| !filter.is_empty())
    }

    /// The newest page may follow the log; older ones stand still.
    fn is_live(&self) -> bool {
        self.live == "1" && self.after.is_empty()
    }

    /// The address of these filters from a place on.
    fn address(&self, after: Option<&Position>) -> String {
        self.address_with("after", &after.map(page_token::write).unwrap_or_default())
    }

    fn address_with(&self, name: &str, value: &str) -> String {
        let filters = [("person", &self.person), ("outcome", &self.outcome), ("code", &self.code), ("time", &self.time)];
        let fields = filters.into_iter().map(|(name, value)| (name, value.as_str())).chain([(name, value)]);
        let query = serde_urlencoded::to_string(fields.filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>());
        match query.unwrap_or_default() {
            query if query.is_empty() => "/console/sign-ins".to_owned(),
            query => format!("/console/sign-ins?{query}"),
        }
    }
}

/// `GET /console/sign-ins`.
pub(super) async fn list(admin: Admin<Reads>, Query(filters): Query<Filters>) -> Result<Response, Trouble> {
    let (found, code_problem) = match filters.search(admin.ctx.now()) {
        Ok(search) => (sign_in_search::search(&admin.ctx, admin.tenant.id, &search).await?, None),
        Err(problem) => (Page { items: Vec::new(), next: None }, Some(problem)),
    };
    let row = |record: SignInRecord| Row {
        id: record.id,
        time: Moment(record.created_date_time),
        person: person(&record),
        badge: words::outcome(record.circumstances.outcome),
        code: record.circumstances.error_code,
        flow: words::flow(&record.circumstances.grant).to_owned(),
        app: record.circumstances.app_display_name.clone(),
        service: record.circumstances.resource_display_name.clone(),
    };
    let page = SignIns {
        shell: admin.shell(Section::SignIns)?,
        code_problem,
        filtered: filters.is_set(),
        searched: found.next.as_ref().filter(|_| found.items.len() < PAGE).and_then(searched_to),
        older: found.next.map(|next| filters.address(Some(&next))),
        live: filters.is_live(),
        switch: filters.address_with("live", if filters.is_live() { "" } else { "1" }),
        newest: (!filters.after.is_empty()).then(|| filters.address(None)),
        rows: found.items.into_iter().map(row).collect(),
        filters,
    };
    Ok(plain(if page.code_problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }, &page))
}

/// When the sign-in was at which a search has stopped for now.
fn searched_to(next: &Position) -> Option<Moment> {
    match next.key {
        Some(Key::Integer(millis)) => Timestamp::from_millisecond(millis).ok().map(Moment),
        _ => None,
    }
}

fn person(record: &SignInRecord) -> String {
    match (record.circumstances.user_principal_name.as_str(), record.circumstances.grant.as_str()) {
        ("", "client_credentials") => "Application".to_owned(),
        ("", _) => "Not known".to_owned(),
        (name, _) => name.to_owned(),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Again {
    again: String,
}

struct PolicyRow {
    name: String,
    then: Badge,
    then_reason: &'static str,
    now: Option<(Badge, &'static str)>,
    differs: bool,
    applies: bool,
}

struct Now {
    badge: Badge,
    code: Option<u32>,
    same: bool,
}

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn {
    shell: Shell,
    record: SignInRecord,
    person: String,
    time: Moment,
    badge: Badge,
    flow: String,
    facts: Vec<(&'static str, String)>,
    policies: Vec<PolicyRow>,
    can_again: bool,
    again: bool,
    now: Option<Now>,
}

/// `GET /console/sign-ins/{id}`; with `again=1` decided under the present policies too.
pub(super) async fn one(admin: Admin<Reads>, Path(id): Path<String>, Query(again): Query<Again>) -> Result<Response, Trouble> {
    let id = id.parse().map_err(|_| Trouble::missing())?;
    let record = sign_in_search::by_id(&admin.ctx, admin.tenant.id, id).await?.ok_or_else(Trouble::missing)?;
    let again = again.again == "1";
    let decision = if again { access::decide_again(&admin.ctx, admin.tenant.id, &record).await? } else { None };
    let page = SignIn {
        shell: admin.shell(Section::SignIns)?,
        person: person(&record),
        time: Moment(record.created_date_time),
        badge: words::outcome(record.circumstances.outcome),
        flow: words::flow(&record.circumstances.grant).to_owned(),
        facts: facts(&record.circumstances.facts.value()),
        policies: policies(&record, decision.as_ref()),
        can_again: !record.circumstances.facts.is_null(),
        again,
        now: decision.as_ref().map(|decision| now(&record, decision)),
        record,
    };
    Ok(plain(StatusCode::OK, &page))
}

fn now(record: &SignInRecord, decision: &Decision) -> Now {
    let outcome = match decision.outcome {
        Outcome::Grant => SignInOutcome::Granted,
        Outcome::Interrupt => SignInOutcome::Interrupted,
        Outcome::Block => SignInOutcome::Refused,
    };
    let same = outcome == record.circumstances.outcome && decision.error_code.unwrap_or(0) == record.circumstances.error_code;
    Now { badge: words::outcome(outcome), code: decision.error_code, same }
}

/// The policies of then, and those of now beside them where the sign-in was decided again; what applied comes first.
fn policies(record: &SignInRecord, decision: Option<&Decision>) -> Vec<PolicyRow> {
    let text = |policy: &Value, member: &str| policy.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let decided = decision.and_then(|decision| serde_json::to_value(&decision.policies).ok());
    let present: Vec<Value> = decided.as_ref().and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |policy: &Value| {
        let name = Some(text(policy, "displayName")).filter(|name| !name.is_empty()).unwrap_or_else(|| text(policy, "id"));
        words::policy(&name)
    };
    let result = |policy: &Value| (words::result(&text(policy, "result")), words::reason(&text(policy, "reason")));
    let then = record.circumstances.applied_policies.value();
    let then = then.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut rows: Vec<PolicyRow> = then
        .iter()
        .map(|policy| {
            let (badge, reason) = result(policy);
            let now = present.iter().find(|other| text(other, "id") == text(policy, "id")).map(result);
            let gone = decision.is_some() && now.is_none();
            let now = if gone { Some((Badge { tone: "calm", text: "Gone" }, "It was deleted.")) } else { now };
            let differs = now.as_ref().is_some_and(|(now, _)| *now != badge);
            PolicyRow { name: name(policy), applies: badge.tone != "calm", then: badge, then_reason: reason, now, differs }
        })
        .collect();
    let new = present.iter().filter(|policy| !then.iter().any(|other| text(other, "id") == text(policy, "id")));
    rows.extend(new.map(|policy| PolicyRow {
        name: name(policy),
        then: Badge { tone: "calm", text: "Not there yet" },
        then_reason: "It was made later.",
        now: Some(result(policy)),
        differs: true,
        applies: false,
    }));
    rows.sort_by_key(|row| !row.applies);
    rows
}

/// Whether the app had attested who it is, where that was asked for.
fn attestation(facts: &Value) -> Option<String> {
    let problem = facts.get("attestationProblem").and_then(|problem| EvidenceProblem::deserialize(problem).ok());
    match facts.get("attestationMissing")?.as_bool()? {
        true => Some(problem.map_or_else(|| "Missing".to_owned(), |problem| sentence(&problem.to_string()))),
        false => Some("The app has attested who it is".to_owned()),
    }
}

/// The facts in words; those that nobody stated are left out.
fn facts(facts: &Value) -> Vec<(&'static str, String)> {
    let get = |path: &str| facts.pointer(path).filter(|value| !value.is_null());
    let text = |path: &str| get(path).and_then(Value::as_str).map(str::to_owned);
    let yes = |path: &str| get(path).and_then(Value::as_bool).map(|yes| if yes { "Yes" } else { "No" }.to_owned());
    let list = |path: &str| {
        let list = get(path).and_then(Value::as_array)?;
        let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        (!words.is_empty()).then(|| words.join(", "))
    };
    let kind = text("/clientAppType").map(|kind| match kind.as_str() {
        "browser" => "Browser".to_owned(),
        "mobileAppsAndDesktopClients" => "App with modern sign-in".to_owned(),
        "exchangeActiveSync" => "Built-in mail (ActiveSync)".to_owned(),
        "other" => "Other legacy client".to_owned(),
        _ => kind,
    });
    let platform = text("/devicePlatform").map(|word| {
        let known = words::PLATFORMS.iter().find(|(platform, _)| platform.as_str() == word);
        known.map_or(word, |(_, name)| (*name).to_owned())
    });
    let all = [
        ("Platform", platform),
        ("Kind of app", kind),
        ("Action", text("/userAction")),
        ("Device", text("/device/displayName")),
        ("Device is managed", yes("/device/isManaged")),
        ("Device is compliant", yes("/device/isCompliant")),
        ("Device is known by", text("/device/trustType")),
        ("Operating system", text("/device/operatingSystem")),
        ("Broker took part", yes("/brokerPresent")),
        ("App protection applied", yes("/appProtectionApplied")),
        ("Attestation", attestation(facts)),
        ("Second factor", yes("/mfa")),
        ("Methods", list("/authenticationMethods")),
        ("Handed over", text("/transferMethod").filter(|method| method != "none")),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
