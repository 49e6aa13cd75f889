//! Start-up time and memory of a release build, written to `target/bench.json`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::json;

/// Starts that the median is taken of.
const STARTS: usize = 11;
/// Longest wait for one start.
const PATIENCE: Duration = Duration::from_secs(20);

/// Measures and writes the figures.
pub(crate) fn run() -> anyhow::Result<()> {
    let target = PathBuf::from(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()));
    must(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "doorward"]))?;
    let program = target.join("release/doorward");
    let data = target.join("bench-data");
    if data.exists() {
        std::fs::remove_dir_all(&data)?;
    }
    std::fs::create_dir_all(&data)?;
    let (listen, admin) = (free_address()?, free_address()?);
    let config = data.join("doorward.toml");
    let text = format!(
        "data = {:?}\nbase_url = \"https://localhost:{}/\"\nlisten = \"{listen}\"\nadmin_listen = \"{admin}\"\n[log]\nfilter = \"warn\"\n",
        data.join("state"),
        listen.port()
    );
    std::fs::write(&config, text)?;
    let init = ["init", "--tenant-domain", "bench.example", "--admin", "admin@bench.example", "--config"];
    must(Command::new(&program).args(init).arg(&config).stdout(Stdio::null()))?;

    let mut starts = Vec::new();
    let mut memory = 0.0;
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut server = Command::new(&program).args(["serve", "--config"]).arg(&config).spawn().context("cannot start the server")?;
        let ready = wait_until_ready(admin, begun);
        if ready.is_ok() {
            starts.push(begun.elapsed().as_secs_f64() * 1000.0);
            for _ in 0..20 {
                get(admin, "/healthz")?;
            }
            std::thread::sleep(Duration::from_millis(500));
            memory = resident_megabytes(&server)?;
        }
        server.kill()?;
        server.wait()?;
        ready?;
    }
    starts.sort_by(f64::total_cmp);
    let startup = starts.get(STARTS / 2).copied().context("no start was measured")?;
    let figures = json!({ "startup_ready_ms": (startup * 10.0).round() / 10.0, "idle_rss_mb": (memory * 10.0).round() / 10.0 });
    let path = target.join("bench.json");
    write(&path, &figures.to_string())?;
    println!("startup_ready_ms  {startup:8.1}   goal under 300");
    println!("idle_rss_mb       {memory:8.1}   goal under 60");
    println!("written to {}", path.display());
    Ok(())
}

fn must(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("{command:?}"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed: {status}") }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn wait_until_ready(admin: SocketAddr, begun: Instant) -> anyhow::Result<()> {
    while begun.elapsed() < PATIENCE {
        if get(admin, "/readyz").is_ok_and(|status| status == 200) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    bail!("the server was not ready after {} seconds", PATIENCE.as_secs())
}

/// Status of a plain `GET`.
fn get(address: SocketAddr, path: &str) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no HTTP answer")
}

fn resident_megabytes(server: &Child) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).context("no VmRSS")?;
    let kilobytes: f64 = line.split_ascii_whitespace().nth(1).context("no VmRSS")?.parse()?;
    Ok(kilobytes / 1024.0)
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, format!("{text}\n")).with_context(|| format!("cannot write {}", path.display()))
}
