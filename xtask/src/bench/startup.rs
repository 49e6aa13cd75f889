//! Start-up time and memory of the server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Figures, must, program};

/// Starts that the median is taken of.
const STARTS: usize = 11;
/// Longest wait for one start.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that does not outlive its measurement.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Builds the server, starts it several times, and gives the figures.
pub(super) fn measure(target: &Path) -> anyhow::Result<Figures> {
    let program = program(target)?;
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
        let server = Command::new(&program).args(["serve", "--config"]).arg(&config).spawn().context("cannot start the server")?;
        let server = Server(server);
        wait_until_ready(admin, begun)?;
        starts.push(begun.elapsed().as_secs_f64() * 1000.0);
        for _ in 0..20 {
            get(admin, "/healthz")?;
        }
        std::thread::sleep(Duration::from_millis(500));
        memory = resident_megabytes(&server.0)?;
    }
    starts.sort_by(f64::total_cmp);
    let startup = starts.get(STARTS / 2).copied().context("no start was measured")?;
    println!("startup_ready_ms  {startup:8.1}   goal under 300");
    println!("idle_rss_mb       {memory:8.1}   goal under 60");
    let rounded = |value: f64| json!((value * 10.0).round() / 10.0);
    Ok([("startup_ready_ms".to_owned(), rounded(startup)), ("idle_rss_mb".to_owned(), rounded(memory))].into_iter().collect())
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
