//! The domain of the configuration: `doorward sync`, and the same again and again beside the server.

mod entry;
mod ldap;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::TenantId;
use doorward_service::Context;
use doorward_service::domain::{Options, Report, Tally, sync};
use doorward_wire::kerberos::Keytab;
use futures_util::FutureExt as _;

use crate::config::Domain;
use crate::private_file::require_private;
use crate::sign_ins::without_controls;
use crate::{ConfigFile, server};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigFile,
    /// Write nothing, only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Read every account again, not only what changed.
    #[arg(long)]
    full: bool,
    /// Delete what is gone from the domain, however much it is.
    #[arg(long)]
    accept_deletions: bool,
}

/// Runs the command.
///
/// # Errors
/// Names what is wrong and what to do.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config.load()?;
    if !config.domain.is_followed() {
        bail!("no domain is configured: see [domain] in docs/doorward.toml");
    }
    let context = server::context(&config).await?;
    let deletion_limit = if arguments.accept_deletions { 100 } else { config.domain.deletion_limit };
    let options = Options { full: arguments.full, dry_run: arguments.dry_run, deletion_limit };
    let outcome = follow(&context, &config.domain, options).await;
    context.store.close().await;
    show(&outcome?, arguments.dry_run);
    Ok(())
}

fn show(report: &Report, dry_run: bool) {
    println!("{}", if dry_run { "Nothing was written. A run would do this:" } else { "The domain was followed." });
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["", "New", "Changed", "Deleted"]);
    for (kind, Tally { created, updated, deleted }) in [("Users", report.users), ("Computers", report.computers)] {
        table.add_row([kind.to_owned(), created.to_string(), updated.to_string(), deleted.to_string()]);
    }
    println!("{table}");
    // Names are chosen in the domain.
    let plain = |text: &str| without_controls(text, |code| format!("\\u{{{code:x}}}"));
    for unsettled in &report.unsettled {
        println!("{}: {}", plain(&unsettled.name), plain(&unsettled.reason));
    }
}

/// One run, with the first server that answers.
async fn follow(context: &Context, config: &Domain, options: Options) -> anyhow::Result<Report> {
    let tenant = tenant(config)?;
    let mut source = ldap::Controller::connect(config).await?;
    // The LDAP library gives up by panicking where a server breaks the protocol; that must end this run and nothing else.
    let run = AssertUnwindSafe(sync(context, tenant, &mut source, options)).catch_unwind().await;
    Ok(run.map_err(|_| anyhow::anyhow!("the server {} does not speak LDAP properly", source.name()))??)
}

/// Follows the domain until the task is dropped.
pub(crate) async fn keep_following(config: Domain, context: Arc<Context>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(config.interval_minutes.saturating_mul(60)));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let options = Options { full: false, dry_run: false, deletion_limit: config.deletion_limit };
        match follow(&context, &config, options).await {
            Ok(Report { users, computers, unsettled }) => {
                tracing::info!(?users, ?computers, unsettled = unsettled.len(), "the domain was followed");
            }
            Err(error) => tracing::warn!("the domain could not be followed, it is tried again later: {error:#}"),
        }
    }
}

fn tenant(config: &Domain) -> anyhow::Result<TenantId> {
    config.tenant.context("domain.tenant is missing")
}

/// Accepts the tickets that the configuration has keys for.
///
/// # Errors
/// Names the file and what to do.
pub(crate) fn accept_tickets(config: &Domain, context: &Context) -> anyhow::Result<()> {
    let Some(path) = &config.keytab else { return Ok(()) };
    context.tickets.accept(tenant(config)?, keytab(path)?);
    Ok(())
}

/// Reads every file that the configuration of the domain names.
///
/// # Errors
/// Names the file and what to do.
pub(crate) fn check_files(config: &Domain) -> anyhow::Result<()> {
    if let Some(path) = &config.password_file {
        password(path)?;
    }
    if let Some(path) = &config.authority {
        ldap::trusting(path)?;
    }
    if let Some(path) = &config.keytab {
        keytab(path)?;
    }
    Ok(())
}

fn keytab(path: &Path) -> anyhow::Result<Keytab> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read the keytab {}", path.display()))?;
    require_private(path)?;
    Keytab::parse(&bytes).with_context(|| format!("{} cannot be used", path.display()))
}

/// The password of the account that reads the domain.
fn password(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the password of the domain {}", path.display()))?;
    require_private(path)?;
    let password = text.trim_end_matches(['\r', '\n']);
    // A bind without a password succeeds as nobody (RFC 4513 §5.1.2).
    if password.is_empty() {
        bail!("{} is empty: it must hold the password of domain.account", path.display());
    }
    Ok(password.to_owned())
}
