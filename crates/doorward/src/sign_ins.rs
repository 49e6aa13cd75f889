//! `doorward sign-ins`: the sign-in log as a table or as JSON lines.

use anyhow::Context as _;
use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::sign_in_record::{SignInOutcome, SignInRecord};
use doorward_service::tenants;
use doorward_store::SignInQuery;
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
    let query = SignInQuery { user_id, since: arguments.since, limit: arguments.limit, ..SignInQuery::default() };
    let records = unit.logs().sign_ins(&query).await?;
    drop(unit);
    context.store.close().await;
    if arguments.json {
        for record in &records {
            println!("{}", serde_json::to_string(record)?);
        }
    } else {
        println!("{}", table(&records));
    }
    Ok(())
}

fn table(records: &[SignInRecord]) -> Table {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Time (UTC)", "User", "App", "Service", "Flow", "Outcome", "Why"]);
    for record in records {
        let outcome = match record.outcome {
            SignInOutcome::Granted => "granted".to_owned(),
            SignInOutcome::Interrupted => format!("interrupted ({})", record.error_code),
            SignInOutcome::Refused => format!("refused ({})", record.error_code),
        };
        table.add_row([
            record.created_date_time.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            record.user_principal_name.clone(),
            record.app_display_name.clone(),
            record.resource_display_name.clone(),
            record.grant.clone(),
            outcome,
            record.failure_reason.clone(),
        ]);
    }
    table
}
