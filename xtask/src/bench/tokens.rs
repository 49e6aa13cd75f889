//! How many tokens the server issues, beside another authority and the signature alone; and whether it grows in ten minutes.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::{Figures, must, program, read};

/// Longest wait for a server to serve; the sample company is made first.
const PATIENCE: Duration = Duration::from_secs(120);
/// Seconds of the soak.
const SOAK: &str = "600";
/// Sessions that the example `sessions` makes.
const SESSIONS: &str = "100000";

/// A server that does not outlive its measurement.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    fn process(&self) -> String {
        self.0.id().to_string()
    }

    /// Waits until a file holds something that ends with a line or a brace.
    fn wait_for(&mut self, file: &Path) -> anyhow::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if std::fs::read_to_string(file).is_ok_and(|text| text.trim_end().ends_with('}')) {
                return Ok(());
            }
            if let Some(status) = self.0.try_wait()? {
                bail!("the server ended: {status}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("{} was not written in {} seconds", file.display(), PATIENCE.as_secs())
    }
}

/// Exchanges for a second of CPU time.
pub(super) fn measure(target: &Path) -> anyhow::Result<Figures> {
    let demo = Demo::start(target)?;
    let peer = std::path::absolute("bench/peer")?;
    must(Command::new("npm").args(["ci", "--silent"]).current_dir(&peer))?;
    let says = demo.folder.join("peer.json");
    let authority = demo.folder.join("tls");
    let program = Command::new("node")
        .arg("server.mjs")
        .args([authority.join("ca.pem"), authority.join("ca.key")])
        .current_dir(&peer)
        .stdout(File::create(&says)?)
        .stderr(Stdio::null())
        .spawn();
    let mut peer = Running(program.context("cannot start node")?);
    peer.wait_for(&says)?;
    demo.driver(target, &[demo.description(), demo.server.process(), says.display().to_string(), peer.process()])
}

/// Memory after ten minutes of requests.
pub(super) fn soak(target: &Path) -> anyhow::Result<Figures> {
    let mut demo = Demo::start(target)?;
    demo.serve()?;
    demo.driver(target, &["--soak".into(), SOAK.into(), demo.description(), demo.server.process()])
}

/// Memory of a server with many sessions and devices in its database, each of which was used.
pub(super) fn sessions(target: &Path) -> anyhow::Result<Figures> {
    let mut demo = Demo::start(target)?;
    let described = read(&demo.folder.join("demo.json"))?;
    let id = |name: &str| {
        let applications = described.get("applications").and_then(Value::as_array).into_iter().flatten();
        let mut named = applications.filter(|application| application.get("displayName").is_some_and(|this| this == name));
        let id = named.next().and_then(|application| application.get("appId")?.as_str());
        id.with_context(|| format!("the demo has no application {name:?}"))
    };
    let tenant = described.get("tenantId").and_then(Value::as_str).context("the demo has no tenant")?;
    must(
        Command::new("cargo")
            .args(["run", "--quiet", "--release", "--package", "doorward-store-sql", "--example", "sessions", "--"])
            .arg(demo.folder.join("doorward.db"))
            .args([tenant, id("Contoso Desktop")?, id("Contoso Mail service")?, "offline_access api://contoso-mail/Mail.Read"]),
    )?;
    demo.serve()?;
    demo.driver(target, &["--sessions".into(), SESSIONS.into(), demo.description(), demo.server.process()])
}

/// A demo of its own, of the program as it is installed.
struct Demo {
    program: std::path::PathBuf,
    folder: std::path::PathBuf,
    server: Running,
}

impl Demo {
    fn start(target: &Path) -> anyhow::Result<Self> {
        let program = program(target)?;
        must(Command::new("cargo").args(["build", "--quiet", "--release", "--package", "doorward-phone", "--example", "tokens"]))?;
        let folder = target.join("bench-tokens");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Command::new(&program)
            .args(["demo", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(&folder)
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the demo")?;
        let mut demo = Self { program, server: Running(server), folder };
        let description = demo.folder.join("demo.json");
        demo.server.wait_for(&description)?;
        Ok(demo)
    }

    /// Serves the same data at the same address without the demo, whose week of sign-ins and passwords take memory that no server needs.
    fn serve(&mut self) -> anyhow::Result<()> {
        let described = read(&self.folder.join("demo.json"))?;
        let base_url = described.get("baseUrl").and_then(Value::as_str).context("the demo has no address")?;
        let (_, port) = base_url.trim_end_matches('/').rsplit_once(':').context("the demo has no port")?;
        let listen = format!("127.0.0.1:{port}");
        let admin = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let config = self.folder.join("doorward.toml");
        let text = format!(
            "data = {:?}\nbase_url = {base_url:?}\nlisten = {listen:?}\nadmin_listen = \"{admin}\"\n[log]\nfilter = \"warn\"\n",
            self.folder
        );
        std::fs::write(&config, text)?;
        // The one before must have let go of the port.
        let _ = self.server.0.kill();
        self.server.0.wait()?;
        let server = Command::new(&self.program).args(["serve", "--config"]).arg(&config).spawn();
        self.server = Running(server.context("cannot start the server")?);
        let begun = Instant::now();
        while std::net::TcpStream::connect(&listen).is_err() {
            if begun.elapsed() > PATIENCE {
                bail!("nobody listens at {listen}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn description(&self) -> String {
        self.folder.join("demo.json").display().to_string()
    }

    fn driver(&self, target: &Path, arguments: &[String]) -> anyhow::Result<Figures> {
        let output = self.folder.join("figures.json");
        must(Command::new(target.join("release/examples/tokens")).args(arguments).arg(&output))?;
        read(&output)
    }
}
