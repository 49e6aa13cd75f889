//! `doorward demo`: a sample company, software phones, and every scenario over HTTPS.

mod administrator;
mod catalogue;
mod company;
mod handover;
mod report;
mod scenarios;
mod secrets;
mod stage;
mod week;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use doorward_gate::{Gate, Mailbox};
use doorward_model::rng;
use indicatif::{ProgressBar, ProgressStyle};

use crate::config::{Config, Log, local_address};
use crate::os::OsRng;
use crate::server::{self, Running};
use crate::{init, listen, master_key, telemetry};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Play the scenarios, print the table and exit; status 0 only if every scenario ended as expected.
    #[arg(long)]
    once: bool,
    /// Address to listen on.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// Data folder; a new temporary one when left out. Starting again on the same folder keeps everything.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Write the results as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// Names what is wrong and what to do.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    telemetry::start(&Log { filter: "warn".into(), ..Log::default() })?;
    let data = arguments.data.unwrap_or_else(temporary_folder);
    init::create_data_folder(&data)?;
    let data = data.canonicalize().with_context(|| format!("cannot use the folder {}", data.display()))?;
    let listener = listen::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let config = Config { data: data.clone(), base_url: local_address(address), listen: address, admin_listen: None, ..Config::default() };
    master_key::create_if_missing(&config.master_key())?;
    let progress = progress_bar();
    progress.set_message("starting Doorward with the company contoso.example");
    company::clear_unfinished(&config)?;
    let context = server::context(&config).await?;
    let company = company::open(&context, &data).await.context("the sample company cannot be set up")?;
    let gate = Gate { context: context.clone(), tenant: company.tenant.id, service: catalogue::MAIL, mailbox: Arc::new(Mailbox::sample()) };
    let routes = doorward_gate::routes(gate).fallback_service(doorward_web::router(context.clone()));
    let running = Running::start(&config, context, listener, routes).await?;
    let mut stage = stage::Stage::new(&config, company, running.context.clone(), progress.clone()).await?;
    scenarios::play(&mut stage).await?;
    progress.finish_and_clear();
    handover::write(&config, &stage.company)?;
    let results = stage.into_results();
    println!("{}", report::table(&results));
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_string_pretty(&results)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let unexpected = results.iter().filter(|result| !result.as_expected).count();
    println!("{}", report::summary(&results));
    if !arguments.once {
        report::addresses(&config);
        server::wait_for_signal().await?;
    }
    running.stop().await;
    Ok(if unexpected == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn temporary_folder() -> PathBuf {
    std::env::temp_dir().join(format!("doorward-demo-{}", rng::uuid(&OsRng).simple()))
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(catalogue::SCENARIOS);
    if let Ok(style) = ProgressStyle::with_template("{spinner} [{pos}/{len}] {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}
