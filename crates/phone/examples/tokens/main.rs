//! Measures how many tokens a running demo issues for a second of its CPU time, beside another authority and the signature alone.
//!
//!     cargo run --release --package doorward-phone --example tokens -- DEMO_JSON PROCESS PEER_JSON PEER_PROCESS OUTPUT
//!     cargo run --release --package doorward-phone --example tokens -- --soak SECONDS DEMO_JSON PROCESS OUTPUT
//!     cargo run --release --package doorward-phone --example tokens -- --sessions COUNT DEMO_JSON PROCESS OUTPUT
//!
//! `cargo xtask bench tokens` starts both and calls this.
#![expect(clippy::disallowed_methods, reason = "a measurement reads clocks and takes its randomness from the system")]

mod connection;
mod exchange;
mod load;
mod process;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use doorward_model::application::SigningAlgorithm;
use doorward_model::{Clock, Rng};
use doorward_phone::Network;
use doorward_wire::key::SigningKey;
use jiff::Timestamp;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Map, Value, json};

use connection::Server;
use exchange::{Algorithm, Demo, Exchanges, Peer};
use load::Run;
use process::{cpu_seconds, resident_megabytes};

/// Seconds of CPU time that each of the [`ROUNDS`] of a figure takes, at least.
const ENOUGH: f64 = 1.0;
/// How often everything is measured in turn. The median counts: a machine is faster in one moment and slower in the next, and figures
/// are compared.
const ROUNDS: usize = 7;
/// Requests by which the number for [`ENOUGH`] is found, and the server made warm.
const TRIAL: usize = 500;
/// Authorizations and redemptions measured; each must be prepared one by one.
const PREPARED: usize = 1500;

struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Rng for System {
    fn fill(&self, buffer: &mut [u8]) {
        if aws_lc_rs::rand::fill(buffer).is_err() {
            std::process::abort();
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--soak", seconds, demo, process, output] => soak(seconds.parse()?, demo, process, output),
        ["--sessions", count, demo, process, output] => sessions(count.parse()?, demo, process, output),
        [demo, process, peer, peer_process, output] => measure(demo, process, peer, peer_process, output).await,
        _ => bail!(
            "tokens DEMO_JSON PROCESS PEER_JSON PEER_PROCESS OUTPUT, or tokens --soak SECONDS | --sessions COUNT DEMO_JSON PROCESS OUTPUT"
        ),
    }
}

async fn measure(demo: &str, process: &str, peer: &str, peer_process: &str, output: &str) -> anyhow::Result<()> {
    let demo: Demo = read(demo)?;
    let tls = trust(&demo.ca_file)?;
    let server = Server { port: demo.base_url.port().context("no port")?, tls: Arc::clone(&tls) };
    let peer: Peer = read(peer)?;
    let other = Server { port: peer.port, tls };
    let exchanges = Exchanges { demo: &demo, server: &server };
    let mut figures = Figures::default();

    for algorithm in Algorithm::BOTH {
        let refresh = exchanges.refresh(algorithm)?;
        let subjects = [
            ("doorward", "client_credentials", &server, process, &exchanges.client_credentials(algorithm)?),
            ("doorward", "refresh", &server, process, &refresh),
            ("oidc_provider", "client_credentials", &other, peer_process, &peer.client_credentials(&other, algorithm)),
            ("oidc_provider", "refresh", &other, peer_process, &peer.refresh(&other, algorithm)),
        ];
        let mut rates = subjects.map(|_| Vec::with_capacity(ROUNDS));
        let (mut limits, mut nothings) = (Vec::with_capacity(ROUNDS), Vec::with_capacity(ROUNDS));
        for _ in 0..ROUNDS {
            limits.push(signatures(algorithm)?);
            nothings.push(rate(&steady(&server, process, &exchanges.nothing())?));
            for ((_, _, server, process, request), rates) in subjects.iter().zip(&mut rates) {
                rates.push(rate(&steady(server, process, request)?));
            }
        }
        let limit = median(limits);
        for grant in ["client_credentials", "refresh", "prt", "code"] {
            figures.put("limit", grant, algorithm, limit);
        }
        for ((engine, grant, ..), rates) in subjects.into_iter().zip(rates) {
            figures.put(engine, grant, algorithm, median(rates));
        }
        if algorithm == Algorithm::Es256 {
            let nothing = median(nothings);
            figures.0.insert("tokens.nothing".into(), json!(nothing.round()));
            println!(
                "answers that nothing is there {nothing:.0}; such an answer and a signature {:.0}",
                1.0 / (1.0 / nothing + 1.0 / limit)
            );
            let whole = steady(&server, process, &refresh)?;
            let half_load = whole.answers.len() as f64 / whole.elapsed / 2.0;
            let (pace, count) = (Duration::from_secs_f64(1.0 / half_load), (half_load * 10.0) as usize);
            let half = load::run(&server, process, count, Some(pace), |_| &refresh)?;
            figures.0.insert("tokens.p50_ms".into(), rounded(half.median()));
            figures.0.insert("tokens.p99_ms".into(), rounded(half.percentile_99()));
            println!("half load: {half_load:.0} a second, p50 {:.2} ms, p99 {:.2} ms", half.median(), half.percentile_99());
        }
    }

    let network = Network::new(demo.base_url.as_str(), &demo.tenant_id, &demo.ca_file, Arc::new(System), Arc::new(System))?;
    let (phone, app) = (exchanges.phone(network).await?, exchanges.mail_app()?);
    for algorithm in Algorithm::BOTH {
        let before = cpu_seconds(process)?;
        let requests = exchanges.authorizations(&phone, &app, algorithm, PREPARED).await?;
        let nonces = cpu_seconds(process)? - before;
        let authorized = load::run(&server, process, PREPARED, None, |number| requests.get(number).map_or(&[], Vec::as_slice))?;
        let codes: Vec<Vec<u8>> = authorized
            .answers
            .iter()
            .map(|answer| exchanges.redemption(&app, answer.location.as_deref().with_context(|| answer.body.clone())?))
            .collect::<anyhow::Result<_>>()?;
        let redeemed = load::run(&server, process, PREPARED, None, |number| codes.get(number).map_or(&[], Vec::as_slice))?;
        figures.put("doorward", "code", algorithm, rate(&redeemed));
        // The nonce, the authorization and the code: everything that one token costs a broker.
        figures.put("doorward", "prt", algorithm, PREPARED as f64 / (nonces + authorized.cpu + redeemed.cpu));
    }
    figures.0.insert("tokens.rss_mb".into(), rounded(resident_megabytes(process)?));
    figures.write(output)
}

/// Keeps a server busy for so long, and tells how its memory grew after the first fifth: until then the writer's cache of pages fills.
fn soak(seconds: u64, demo: &str, process: &str, output: &str) -> anyhow::Result<()> {
    let demo: Demo = read(demo)?;
    let server = Server { port: demo.base_url.port().context("no port")?, tls: trust(&demo.ca_file)? };
    let exchanges = Exchanges { demo: &demo, server: &server };
    let requests = [exchanges.refresh(Algorithm::Es256)?, exchanges.client_credentials(Algorithm::Rs256)?];
    let (begun, whole) = (Instant::now(), Duration::from_secs(seconds));
    let mut settled = None;
    let mut sent = 0;
    while begun.elapsed() < whole {
        let run = load::run(&server, process, 2000, Some(Duration::from_millis(1)), |number| {
            requests.get(number % 2).map_or(&[], Vec::as_slice)
        })?;
        sent += run.answers.len();
        if settled.is_none() && begun.elapsed() > whole / 5 {
            settled = Some(resident_megabytes(process)?);
        }
    }
    let growth = resident_megabytes(process)? - settled.context("too short to tell")?;
    println!("{sent} exchanges in {seconds} s, memory grew by {growth:.1} MB after the first fifth");
    let mut figures = Figures::default();
    figures.0.insert("soak.growth_mb".into(), rounded(growth));
    figures.write(output)
}

/// Uses every one of so many sessions once, and tells what memory that takes.
fn sessions(count: usize, demo: &str, process: &str, output: &str) -> anyhow::Result<()> {
    let demo: Demo = read(demo)?;
    let server = Server { port: demo.base_url.port().context("no port")?, tls: trust(&demo.ca_file)? };
    let exchanges = Exchanges { demo: &demo, server: &server };
    let requests: Vec<_> = (0..count).map(|number| exchanges.stored_refresh(number)).collect::<anyhow::Result<_>>()?;
    let run = load::run(&server, process, count, None, |number| requests.get(number).map_or(&[], Vec::as_slice))?;
    let memory = resident_megabytes(process)?;
    println!("{count} sessions used once each, {:.0} for a second of CPU time; memory {memory:.1} MB", rate(&run));
    let mut figures = Figures::default();
    figures.0.insert("sessions.100k_rss_mb".into(), rounded(memory));
    figures.write(output)
}

/// The same request over and over, for long enough to be measured.
fn steady(server: &Server, process: &str, request: &[u8]) -> anyhow::Result<Run> {
    exchange::probe(&mut server.connect()?, request)?;
    let trial = load::run(server, process, TRIAL, None, |_| request)?;
    let count = (TRIAL as f64 * ENOUGH / trial.cpu.max(0.01)) as usize;
    load::run(server, process, count, None, |_| request)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn rate(run: &Run) -> f64 {
    run.answers.len() as f64 / run.cpu
}

/// Signatures of a token's size that this machine makes in a second of CPU time with all its processors at work, as they are while a
/// server is measured: one alone is faster, because they share caches and power.
fn signatures(algorithm: Algorithm) -> anyhow::Result<f64> {
    let kind = match algorithm {
        Algorithm::Es256 => SigningAlgorithm::ES256,
        Algorithm::Rs256 => SigningAlgorithm::RS256,
    };
    let (key, _) = SigningKey::generate(kind)?;
    let message = vec![b'a'; 1000];
    let (before, begun) = (cpu_seconds("self")?, Instant::now());
    let sign = || -> anyhow::Result<u32> {
        let mut count = 0;
        while begun.elapsed().as_secs_f64() < ENOUGH {
            for _ in 0..100 {
                std::hint::black_box(key.sign(std::hint::black_box(&message))?);
            }
            count += 100;
        }
        Ok(count)
    };
    let mut count = 0;
    std::thread::scope(|scope| -> anyhow::Result<()> {
        let threads: Vec<_> = (0..std::thread::available_parallelism()?.get()).map(|_| scope.spawn(sign)).collect();
        for thread in threads {
            count += thread.join().map_err(|_| anyhow::anyhow!("a signer panicked"))??;
        }
        Ok(())
    })?;
    Ok(f64::from(count) / (cpu_seconds("self")? - before))
}

/// Figures by name.
#[derive(Default)]
struct Figures(Map<String, Value>);

impl Figures {
    fn put(&mut self, engine: &str, grant: &str, algorithm: Algorithm, per_second: f64) {
        let name = format!("tokens.{engine}.{grant}.{}", algorithm.name());
        println!("{name:46} {per_second:9.0}");
        self.0.insert(name, json!(per_second.round()));
    }

    fn write(self, output: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(output, Value::Object(self.0).to_string())?)
    }
}

fn rounded(value: f64) -> Value {
    json!((value * 100.0).round() / 100.0)
}

fn read<T: serde::de::DeserializeOwned>(file: &str) -> anyhow::Result<T> {
    serde_json::from_slice(&std::fs::read(file).with_context(|| file.to_owned())?).with_context(|| file.to_owned())
}

fn trust(ca_file: &Path) -> anyhow::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file)? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
