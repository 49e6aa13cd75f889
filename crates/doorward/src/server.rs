//! The running server: context, listeners, signals, orderly stop.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use doorward_service::Context;
use doorward_service::master_key::MasterKey;
use doorward_store::Store;
use doorward_store_sql::SqliteStore;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::{Attestation, Config};
use crate::listen::Routes;
use crate::os::{OsRng, SystemClock};
use crate::{attestation, domain, listen, master_key, metrics, tls};

/// Opens the store and builds the context of the use cases.
///
/// # Errors
/// Names the file and what to do.
pub(crate) async fn context(config: &Config) -> anyhow::Result<Arc<Context>> {
    let master_key = master_key::load(&config.master_key())?;
    let database = config.database();
    let store = SqliteStore::open(&database).await.with_context(|| format!("cannot open the database {}", database.display()))?;
    context_on(config, master_key, store)
}

/// As [`context`], for looking only: makes, migrates and writes nothing.
///
/// # Errors
/// Names the file and what to do.
pub(crate) async fn read_only_context(config: &Config) -> anyhow::Result<Arc<Context>> {
    let master_key = master_key::load(&config.master_key())?;
    let database = config.database();
    let store = SqliteStore::open_read_only(&database).await.with_context(|| format!("cannot open the database {}", database.display()))?;
    context_on(config, master_key, store)
}

fn context_on(config: &Config, master_key: MasterKey, store: SqliteStore) -> anyhow::Result<Arc<Context>> {
    let context = Context::new(
        Arc::new(store),
        Arc::new(SystemClock),
        Arc::new(OsRng),
        master_key,
        config.base_url.clone(),
        config.hashing_concurrency,
    )?;
    Ok(Arc::new(context))
}

/// A server that has bound its sockets and serves.
pub(crate) struct Running {
    /// Context of the use cases.
    pub(crate) context: Arc<Context>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    jobs: JoinHandle<()>,
    trust: Option<JoinHandle<()>>,
    domain: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts serving `routes` on `listener`.
    ///
    /// # Errors
    /// When TLS or the admin listener cannot be set up.
    pub(crate) async fn start(config: &Config, context: Arc<Context>, listener: TcpListener, routes: impl Routes) -> anyhow::Result<Self> {
        doorward_service::setup::complete_tenants(&context).await.context("tenants cannot be brought up to date")?;
        let (stop, stopped) = watch::channel(false);
        let grace = Duration::from_secs(config.stop_timeout_seconds);
        let registry = Arc::new(metrics::Metrics::default());
        let routes = metrics::observe(routes, registry.clone());
        let tls = tls::server_config(config)?;
        let mut tasks = vec![tokio::spawn(listen::serve(listener, Some(tls), routes, stopped.clone(), grace))];
        if let Some(address) = config.admin_listen {
            let listener = listen::bind(address).await?;
            let routes = metrics::routes(context.clone(), registry);
            tasks.push(tokio::spawn(listen::serve(listener, None, routes, stopped, grace)));
        }
        let trust = if config.attestation == Attestation::default() {
            None
        } else {
            context.attestation.set(attestation::trust(&config.attestation)?);
            Some(tokio::spawn(attestation::watch(config.attestation.clone(), context.clone())))
        };
        let jobs = tokio::spawn(doorward_service::jobs::run(context.clone()));
        domain::accept_tickets(&config.domain, &context)?;
        let domain = config.domain.is_followed().then(|| tokio::spawn(domain::keep_following(config.domain.clone(), context.clone())));
        Ok(Self { context, stop, tasks, jobs, trust, domain })
    }

    /// Orderly stop: no new connections, requests in flight finish, the sign-in log is written, the store closes.
    pub(crate) async fn stop(self) {
        // An error means that nobody listens any more.
        let _nobody = self.stop.send(true);
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a listener ended badly");
            }
        }
        self.jobs.abort();
        self.trust.iter().chain(&self.domain).for_each(JoinHandle::abort);
        self.context.sign_in_log.flush().await;
        self.context.store.close().await;
    }
}

/// Runs until the system asks to stop.
///
/// # Errors
/// Names the place and what to do.
pub(crate) async fn run(config: &Config) -> anyhow::Result<()> {
    let context = context(config).await?;
    let listener = listen::bind(config.listen).await?;
    let routes = doorward_web::router(context.clone());
    let running = Running::start(config, context, listener, routes).await?;
    tracing::info!(base_url = %config.base_url, listen = %config.listen, "Doorward is ready");
    wait_for_signal().await?;
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Returns at SIGTERM or SIGINT.
///
/// # Errors
/// When signals cannot be received.
pub(crate) async fn wait_for_signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Proves that the store answers.
pub(crate) async fn is_ready(store: &dyn Store) -> bool {
    matches!(tokio::time::timeout(Duration::from_secs(2), store.ping()).await, Ok(Ok(())))
}
