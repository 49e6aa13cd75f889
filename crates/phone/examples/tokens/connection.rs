//! One connection that is kept open, and nothing that costs more than the server's own work.

use std::io::{Read as _, Write as _};
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
    pub(crate) fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request)?;
        self.stream.flush()?;
        let end = self.read_until(|buffer| buffer.windows(4).position(|four| four == b"\r\n\r\n"))?;
        let head = String::from_utf8(self.buffer.drain(..end + 4).collect())?;
        let status = head.get(9..12).and_then(|status| status.parse().ok()).context("no HTTP answer")?;
        let header = |wanted: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim().to_owned())
        };
        let body = match (header("content-length"), header("transfer-encoding")) {
            (Some(length), _) => self.take(length.parse()?)?,
            (None, Some(_)) => self.chunks()?,
            (None, None) if status == 204 || status == 304 => Vec::new(),
            (None, None) => bail!("an answer without a length"),
        };
        Ok(Answer { status, location: header("location"), body: String::from_utf8(body)? })
    }

    fn chunks(&mut self) -> anyhow::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = self.read_until(|buffer| buffer.windows(2).position(|two| two == b"\r\n"))?;
            let line: Vec<u8> = self.buffer.drain(..end + 2).take(end).collect();
            let length = usize::from_str_radix(std::str::from_utf8(&line)?, 16)?;
            body.extend(self.take(length)?);
            self.take(2)?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    fn take(&mut self, length: usize) -> anyhow::Result<Vec<u8>> {
        self.read_until(|buffer| (buffer.len() >= length).then_some(length))?;
        Ok(self.buffer.drain(..length).collect())
    }

    fn read_until(&mut self, done: impl Fn(&[u8]) -> Option<usize>) -> anyhow::Result<usize> {
        let mut piece = [0; 16 * 1024];
        loop {
            if let Some(found) = done(&self.buffer) {
                return Ok(found);
            }
            match self.stream.read(&mut piece)? {
                0 => bail!("the server closed the connection"),
                read => self.buffer.extend(piece.iter().take(read)),
            }
        }
    }
}
