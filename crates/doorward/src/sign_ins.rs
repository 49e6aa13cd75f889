//! `doorward sign-ins`: the sign-in log as a table or as JSON lines.

use anyhow::Context as _;
use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_service::tenants;
use doorward_store::Unit;
use doorward_store::query::{Comparison, Filter, Query, SignInField};
use jiff::Timestamp;

use crate::{ConfigFile, server};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigFile,
    /// Tenant, by id or domain; may be left out when there is only one.
    #[arg(long, default_value = "organizations")]
    tenant: String,
    /// Only this person (sign-in name).
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only from this instant on (RFC 3339, for example 2026-11-23T00:00:00Z).
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
    /// At most this many, newest first.
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: u32,
    /// One JSON object per line, with facts and the result of each policy.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// Names what is wrong and what to do.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config.load()?;
    let context = server::context(&config).await?;
    let tenant = tenants::resolve(&context, &arguments.tenant, arguments.user.as_deref()).await?;
    let mut unit = context.store.tenant(tenant.id).read().await?;
    let user_id = match &arguments.user {
        Some(name) => Some(unit.users().find(name).await?.with_context(|| format!("there is no user {name}"))?.id),
        None => None,
    };
    let who = user_id.map(|id| Filter::equal(SignInField::UserId, id.0));
    let since = arguments.since.map(|since| Filter::Compare(SignInField::Created, Comparison::GreaterOrEqual, since.into()));
    let filter = Filter::All(who.into_iter().chain(since).collect());
    let records = newest(unit.as_mut(), filter, arguments.limit).await?;
    drop(unit);
    context.store.close().await;
    if arguments.json {
        for record in &records {
            println!("{}", json_line(record)?);
        }
    } else {
        println!("{}", table(&records));
    }
    Ok(())
}

/// The newest records of a filter, page by page.
async fn newest(unit: &mut dyn Unit, filter: Filter<SignInField>, limit: u32) -> doorward_store::Result<Vec<SignInRecord>> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut query = Query { limit, ..Query::of(filter) };
    let mut records = Vec::new();
    while records.len() < wanted {
        let page = unit.logs().sign_ins(&query).await?;
        records.extend(page.items);
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    records.truncate(wanted);
    Ok(records)
}

/// One record; a control character can only stand within a string, where JSON has an escape for it.
fn json_line(record: &SignInRecord) -> serde_json::Result<String> {
    Ok(without_controls(&serde_json::to_string(record)?, |code| format!("\\u{code:04x}")))
}

fn table(records: &[SignInRecord]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Time (UTC)", "User", "App", "Service", "Flow", "Outcome", "Why"]);
    for record in records {
        let outcome = match record.circumstances.outcome {
            SignInOutcome::Granted => "granted".to_owned(),
            SignInOutcome::Interrupted => format!("interrupted ({})", record.circumstances.error_code),
            SignInOutcome::Refused => format!("refused ({})", record.circumstances.error_code),
        };
        table.add_row(
            [
                record.created_date_time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                record.circumstances.user_principal_name.clone(),
                record.circumstances.app_display_name.clone(),
                record.circumstances.resource_display_name.clone(),
                record.circumstances.grant.clone(),
                outcome,
                record.circumstances.failure_reason.clone(),
            ]
            .map(|cell| without_controls(&cell, |code| format!("\\u{{{code:x}}}"))),
        );
    }
    table
}

/// Text with `written` in place of characters that act on a terminal: control characters, and those that turn the direction of
/// writing. Whoever tries to sign in chooses the name that the log remembers.
pub(crate) fn without_controls(text: &str, written: impl Fn(u32) -> String) -> String {
    let acts = |character: char| {
        character.is_control() || matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|character| if acts(character) { written(u32::from(character)) } else { character.to_string() }).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use doorward_model::sign_in_record::{Circumstances, SignInOutcome, SignInRecord};
    use doorward_model::{CorrelationId, JsonText, SignInId};
    use serde_json::{Value, json};

    use super::{json_line, table};

    #[test]
    fn what_strangers_typed_does_not_act_on_the_terminal() {
        let name = "anna\u{1b}[2J\u{9b}31m\r\n\u{202e}@contoso.example";
        let record = SignInRecord {
            id: SignInId(uuid::Uuid::nil()),
            created_date_time: "2026-11-23T09:00:00Z".parse().unwrap(),
            correlation_id: CorrelationId(uuid::Uuid::nil()),
            circumstances: Arc::new(Circumstances {
                user_id: None,
                user_principal_name: name.into(),
                app_id: None,
                app_display_name: "Mail \u{e4}\u{f6}".into(),
                resource_id: None,
                resource_display_name: String::new(),
                grant: "password".into(),
                ip_address: String::new(),
                user_agent: name.into(),
                device_id: None,
                outcome: SignInOutcome::Refused,
                error_code: 50126,
                failure_reason: name.into(),
                facts: JsonText::default(),
                applied_policies: JsonText::default(),
                policy_set: String::new(),
            }),
        };
        let acts = |text: &str| text.chars().any(|character| (character.is_control() && character != '\n') || character == '\u{202e}');
        let shown = table(std::slice::from_ref(&record)).to_string();
        assert!(!acts(&shown) && shown.contains("\u{e4}\u{f6}"), "{shown:?}");
        let line = json_line(&record).unwrap();
        assert!(!acts(&line) && !line.contains('\n'), "{line:?}");
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, json!(record), "JSON says the same in other words");
        assert_eq!((&read["id"], &read["userAgent"]), (&json!(record.id), &json!(name)), "ids and circumstances stand side by side");
    }
}
