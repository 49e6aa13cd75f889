//! What a phone and a server said to each other, one step a line, by the part of the protocol: to be read beside `docs/brokers.md`.

/// The exchange so far.
#[derive(Debug, Default)]
pub(crate) struct Log(Vec<String>);

impl Log {
    /// Notes a step. Tokens, codes and keys do not belong into it.
    pub(crate) fn note(&mut self, part: &str, step: impl AsRef<str>) {
        self.0.push(format!("{part:<16} {}", step.as_ref()));
    }

    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    pub(crate) fn lines(&self) -> &[String] {
        &self.0
    }
}

/// An address without its parameters, which hold secrets.
pub(crate) fn place(url: &url::Url) -> String {
    match url.host_str() {
        Some(host) if url.scheme() == "https" || url.scheme() == "http" => format!("{host}{}", url.path()),
        _ => url.as_str().split('?').next().unwrap_or_default().to_owned(),
    }
}
