//! What the machine has to offer: private files, free ports, a clock that is right.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Finding;
use crate::config::Config;
use crate::tls;

/// How long a port may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Files of a network share may be this far ahead of a clock that is right.
const AHEAD: SignedDuration = SignedDuration::from_mins(5);

/// The files and folders that hold secrets, and the mode bits that none of them may have.
pub(super) fn modes(config: &Config) -> Finding {
    const OTHERS: u32 = 0o077;
    let own = [config.data.clone(), config.master_key(), config.database(), tls::local_ca_key_file(&config.data)];
    let watched = own.into_iter().map(|path| (path, OTHERS));
    // A given key may be shared with a group, as distributions do.
    let given = config.tls.key.clone().map(|path| (path, 0o007));
    let mut open = Vec::new();
    for (path, forbidden) in watched.chain(given) {
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        let mode = metadata.permissions().mode() & 0o777;
        if mode & forbidden != 0 {
            open.push((path.display().to_string(), mode, mode & !forbidden));
        }
    }
    if open.is_empty() {
        return Finding::Good("only their owner may read them".into());
    }
    let problems = open.iter().map(|(path, mode, _)| format!("{path} is open to others (mode {mode:o})"));
    let remedies = open.iter().map(|(path, _, wanted)| format!("chmod {wanted:o} {path}"));
    Finding::Bad(problems.collect::<Vec<_>>().join("\n"), remedies.collect::<Vec<_>>().join("\n"))
}

/// The port of clients: free, or something answers on it.
pub(super) async fn listen_port(address: SocketAddr) -> Finding {
    match is_free(address).await {
        Ok(true) => Finding::Good(format!("{address} is free")),
        Ok(false) if connect(address).await.is_some() => Finding::Good(format!("{address} answers")),
        Ok(false) => Finding::Bad(format!("{address} is taken, and nothing answers"), "stop what holds it, or change `listen`".into()),
        Err(error) => Finding::Bad(format!("{address}: {error}"), "give `listen` an address of this machine and a port it may use".into()),
    }
}

/// The port of health and metrics: free, or Doorward answers on it.
pub(super) async fn admin_port(address: SocketAddr) -> Finding {
    match is_free(address).await {
        Ok(true) => Finding::Good(format!("{address} is free")),
        Ok(false) if is_healthy(address).await => Finding::Good(format!("{address} answers: Doorward is running")),
        Ok(false) => Finding::Bad(format!("{address} is taken by another program"), "stop what holds it, or change `admin_listen`".into()),
        Err(error) => {
            Finding::Bad(format!("{address}: {error}"), "give `admin_listen` an address of this machine and a port it may use".into())
        }
    }
}

async fn is_free(address: SocketAddr) -> std::io::Result<bool> {
    match TcpListener::bind(address).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AddrInUse => Ok(false),
        Err(error) => Err(error),
    }
}

async fn connect(address: SocketAddr) -> Option<TcpStream> {
    tokio::time::timeout(PATIENCE, TcpStream::connect(address)).await.ok()?.ok()
}

async fn is_healthy(address: SocketAddr) -> bool {
    let Some(mut stream) = connect(address).await else { return false };
    let ask = async {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(PATIENCE, ask).await;
    matches!(answer, Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(b"ok\n"))
}

/// The clock, held against what was certainly written before now.
pub(super) fn clock(now: Timestamp, configuration: &Path, config: &Config) -> Finding {
    let files = [configuration.to_owned(), config.master_key(), config.database(), tls::local_ca_key_file(&config.data)];
    let written = files.into_iter().chain(std::env::current_exe()).filter_map(|file| {
        let modified = std::fs::metadata(&file).and_then(|metadata| metadata.modified()).ok()?;
        Some((file, Timestamp::try_from(modified).ok()?))
    });
    clock_against(now, written)
}

fn clock_against(now: Timestamp, written: impl Iterator<Item = (PathBuf, Timestamp)>) -> Finding {
    let shown = |instant: Timestamp| instant.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    match written.max_by_key(|(_, written)| *written) {
        Some((file, written)) if written.duration_since(now) > AHEAD => Finding::Bad(
            format!("the clock says {}, but {} was written at {}", shown(now), file.display(), shown(written)),
            "set the clock, and keep it right with NTP: tokens carry times".into(),
        ),
        _ => Finding::Good(shown(now)),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use tokio::net::TcpListener;

    use super::{admin_port, clock_against, listen_port};
    use crate::doctor::Finding;

    #[test]
    fn a_clock_is_wrong_when_a_file_was_written_after_what_it_says() {
        let now: jiff::Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        for (written, good) in [("2026-11-23T08:00:00Z", true), ("2026-11-23T09:04:00Z", true), ("2026-11-23T09:06:00Z", false)] {
            let files = [("old", "1999-01-01T00:00:00Z"), ("new", written)].map(|(file, at)| (file.into(), at.parse().unwrap()));
            assert_eq!(matches!(clock_against(now, files.into_iter()), Finding::Good(_)), good, "{written}");
        }
        assert!(matches!(clock_against(now, std::iter::empty()), Finding::Good(_)));
    }

    #[tokio::test]
    async fn a_port_is_free_or_held_by_the_right_program() {
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        assert!(matches!(listen_port(address).await, Finding::Good(text) if text.ends_with("answers")));
        let other = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
        assert!(matches!(admin_port(address).await, Finding::Bad(text, _) if text.ends_with("another program")));
        other.abort();
        assert!(other.await.is_err());
        assert!(matches!(admin_port(address).await, Finding::Good(text) if text.ends_with("free")));
        // An address of documentation (RFC 5737), which no machine has.
        let foreign = SocketAddr::from((Ipv4Addr::new(192, 0, 2, 1), 8443));
        assert!(matches!(listen_port(foreign).await, Finding::Bad(..)));
    }
}
