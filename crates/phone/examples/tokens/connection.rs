//! One connection that is kept open, and nothing that costs more than the server's own work.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;

/// A server and how to trust it.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) tls: Arc<ClientConfig>,
}

/// Status, `Location` and body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

/// A connection to it.
pub(crate) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    buffer: Vec<u8>,
}

impl Server {
    pub(crate) fn connect(&self) -> anyhow::Result<Connection> {
        let socket = TcpStream::connect(("127.0.0.1", self.port))?;
        socket.set_nodelay(true)?;
        let session = ClientConnection::new(Arc::clone(&self.tls), ServerName::try_from("localhost")?)?;
        Ok(Connection { stream: StreamOwned::new(session, socket), buffer: Vec::new() })
    }

    /// A request for this server, ready to be sent.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], fields: &[(&str, &str)]) -> Vec<u8> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut text = format!("{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\n", self.port);
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" {
            text.push_str(&format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len()));
        }
        format!("{text}\r\n{body}").into_bytes()
    }
}

impl Connection {
    /// From now on [`Self::receive`] returns at once.
    pub(crate) fn never_wait(&mut self) -> anyhow::Result<()> {
        // The handshake is over when there is something to read, at the latest.
        while self.stream.conn.is_handshaking() {
            self.stream.conn.complete_io(&mut self.stream.sock)?;
        }
        Ok(self.stream.sock.set_nonblocking(true)?)
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.send(request)?;
        loop {
            if let Some(answer) = self.receive()? {
                return Ok(answer);
            }
        }
    }

    pub(crate) fn send(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request)?;
        Ok(self.stream.flush()?)
    }

    /// The answer, once all of it has come.
    pub(crate) fn receive(&mut self) -> anyhow::Result<Option<Answer>> {
        let mut piece = [0; 16 * 1024];
        match self.stream.read(&mut piece) {
            Ok(0) => bail!("the server closed the connection"),
            Ok(read) => self.buffer.extend(piece.iter().take(read)),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let answer = whole(&self.buffer)?;
        if answer.is_some() {
            self.buffer.clear();
        }
        Ok(answer)
    }
}

/// The answer that a buffer holds, if it is whole.
fn whole(buffer: &[u8]) -> anyhow::Result<Option<Answer>> {
    let Some(end) = find(buffer, b"\r\n\r\n") else { return Ok(None) };
    let (head, rest) = buffer.split_at(end + 4);
    let head = std::str::from_utf8(head)?;
    let status = head.get(9..12).and_then(|status| status.parse().ok()).context("no HTTP answer")?;
    let header = |wanted: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let body = match (header("content-length"), header("transfer-encoding")) {
        (Some(length), _) => rest.get(..length.parse()?).map(<[u8]>::to_vec),
        (None, Some(_)) => chunks(rest)?,
        (None, None) if status == 204 || status == 304 => Some(Vec::new()),
        (None, None) => bail!("an answer without a length"),
    };
    let Some(body) = body else { return Ok(None) };
    Ok(Some(Answer { status, location: header("location").map(str::to_owned), body: String::from_utf8(body)? }))
}

/// A chunked body (RFC 9112 §7.1), if it is whole.
fn chunks(mut rest: &[u8]) -> anyhow::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(end) = find(rest, b"\r\n") else { return Ok(None) };
        let (line, after) = rest.split_at(end);
        let length = usize::from_str_radix(std::str::from_utf8(line)?, 16)?;
        let Some((chunk, after)) = after.get(2..).and_then(|after| after.split_at_checked(length)) else { return Ok(None) };
        let Some(after) = after.get(2..) else { return Ok(None) };
        if length == 0 {
            return Ok(Some(body));
        }
        body.extend(chunk);
        rest = after;
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
