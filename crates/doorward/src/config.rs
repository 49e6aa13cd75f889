//! The configuration file: TOML, every key documented in `docs/doorward.toml`, unknown keys refused.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use doorward_model::TenantId;
use serde::Deserialize;
use url::Url;

/// Configuration of a server.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Config {
    /// Folder of database, keys and certificates.
    pub(crate) data: PathBuf,
    /// Public address, as clients write it.
    pub(crate) base_url: Url,
    /// Address to listen on.
    pub(crate) listen: SocketAddr,
    /// Address for health, readiness and metrics; plain HTTP, so keep it on loopback or a private network.
    pub(crate) admin_listen: Option<SocketAddr>,
    /// TLS.
    pub(crate) tls: Tls,
    /// Attestations of apps.
    pub(crate) attestation: Attestation,
    /// The on-premises domain.
    pub(crate) domain: Domain,
    /// Log.
    pub(crate) log: Log,
    /// Passwords hashed at the same time.
    pub(crate) hashing_concurrency: usize,
    /// Seconds given to requests in flight at an orderly stop.
    pub(crate) stop_timeout_seconds: u64,
}

/// Certificate of the server.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Tls {
    /// Certificate chain, PEM. Without it a local authority is made at first start.
    pub(crate) certificate: Option<PathBuf>,
    /// Private key, PEM.
    pub(crate) key: Option<PathBuf>,
}

/// Whom attestations of apps on phones are believed from.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Attestation {
    /// Roots of Android key attestation, PEM.
    pub(crate) android_roots: Option<PathBuf>,
    /// Google's list of revoked attestation certificates, JSON.
    pub(crate) android_revocation_list: Option<PathBuf>,
    /// Roots of Apple's App Attest, PEM.
    pub(crate) apple_roots: Option<PathBuf>,
    /// The one tenant that believes `test_roots` and copies that developers installed.
    pub(crate) test_tenant: Option<TenantId>,
    /// Roots for tests, for both platforms, PEM.
    pub(crate) test_roots: Option<PathBuf>,
}

/// The domain that a tenant follows.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Domain {
    /// The tenant that follows it.
    pub(crate) tenant: Option<TenantId>,
    /// Domain controllers, `ldaps://HOST`, the first that answers is read.
    pub(crate) servers: Vec<Url>,
    /// Authority of their certificates, PEM.
    pub(crate) authority: Option<PathBuf>,
    /// Account that reads: a user principal name or a distinguished name.
    pub(crate) account: Option<String>,
    /// File with its password.
    pub(crate) password_file: Option<PathBuf>,
    /// Distinguished names of the containers whose people are followed.
    pub(crate) users: Vec<String>,
    /// And of those whose computers are.
    pub(crate) computers: Vec<String>,
    /// Minutes between two runs.
    pub(crate) interval_minutes: u64,
    /// Percentage of the known accounts that may go in one run.
    pub(crate) deletion_limit: u8,
    /// Keys of this server in the domain: Kerberos tickets for them are accepted.
    pub(crate) keytab: Option<PathBuf>,
}

impl Default for Domain {
    fn default() -> Self {
        Self {
            tenant: None,
            servers: Vec::new(),
            authority: None,
            account: None,
            password_file: None,
            users: Vec::new(),
            computers: Vec::new(),
            interval_minutes: 15,
            deletion_limit: 20,
            keytab: None,
        }
    }
}

impl Domain {
    /// Whether users and computers are taken over.
    pub(crate) fn is_followed(&self) -> bool {
        !self.servers.is_empty()
    }

    fn check(&self) -> anyhow::Result<()> {
        let is_whole = self.tenant.is_some()
            && self.authority.is_some()
            && self.account.is_some()
            && self.password_file.is_some()
            && !(self.users.is_empty() && self.computers.is_empty());
        if self.is_followed() && !is_whole {
            bail!("domain.servers needs tenant, authority, account, password_file, and users or computers");
        }
        if self.keytab.is_some() && self.tenant.is_none() {
            bail!("domain.keytab needs domain.tenant, the one that accepts tickets");
        }
        if let Some(server) = self.servers.iter().find(|server| server.scheme() != "ldaps") {
            bail!("domain.servers must be ldaps://HOST[:PORT], so that nobody reads along; one is {server}");
        }
        if self.interval_minutes == 0 || self.deletion_limit > 100 {
            bail!("domain.interval_minutes must be 1 or more, domain.deletion_limit 0 to 100");
        }
        Ok(())
    }
}

/// Log of the process, on standard error.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Log {
    /// `text` or `json`.
    pub(crate) format: LogFormat,
    /// What to log, for example `info` or `doorward_service=debug,info`.
    pub(crate) filter: String,
}

/// Shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: "info".into() }
    }
}

impl Default for Config {
    fn default() -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8443));
        Self {
            data: "/var/lib/doorward".into(),
            base_url: local_address(listen),
            listen,
            admin_listen: Some(SocketAddr::from(([127, 0, 0, 1], 9443))),
            tls: Tls::default(),
            attestation: Attestation::default(),
            domain: Domain::default(),
            log: Log::default(),
            hashing_concurrency: 2,
            stop_timeout_seconds: 10,
        }
    }
}

/// The address of a server that is only reached on this machine.
pub(crate) fn local_address(listen: SocketAddr) -> Url {
    let mut url = loopback();
    // Both setters only refuse addresses without host, which this one has.
    let _infallible = url.set_port(Some(listen.port()));
    url
}

#[expect(clippy::expect_used, reason = "a constant that a test parses")]
fn loopback() -> Url {
    Url::parse("https://localhost/").expect("constant")
}

impl Config {
    /// Reads a file.
    ///
    /// # Errors
    /// Names file, line and what to do.
    pub(crate) fn load(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the configuration {}", path.display()))?;
        let config: Self = toml::from_str(&text).with_context(|| format!("{} is not a valid configuration", path.display()))?;
        config.check().with_context(|| format!("{} is not a valid configuration", path.display()))?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.base_url.scheme() != "https" || self.base_url.host_str().is_none() || self.base_url.path() != "/" {
            bail!("base_url must be https://HOST[:PORT] without a path, as clients write it; it is {}", self.base_url);
        }
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            bail!("tls.certificate and tls.key belong together: give both, or neither for a local authority");
        }
        if self.attestation.android_roots.is_some() != self.attestation.android_revocation_list.is_some() {
            bail!("attestation.android_roots and attestation.android_revocation_list belong together: keys of some phones have leaked");
        }
        if self.attestation.test_tenant.is_some() != self.attestation.test_roots.is_some() {
            bail!("attestation.test_tenant and attestation.test_roots belong together: give both or neither");
        }
        self.domain.check()?;
        if !(1..=64).contains(&self.hashing_concurrency) {
            bail!("hashing_concurrency must be between 1 and 64; it is {}", self.hashing_concurrency);
        }
        Ok(())
    }

    /// The database file.
    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("doorward.db")
    }

    /// The master key file.
    pub(crate) fn master_key(&self) -> PathBuf {
        self.data.join("master.key")
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn the_annotated_file_shows_every_default() {
        let documented: Config = toml::from_str(include_str!("../../../docs/doorward.toml")).unwrap();
        assert_eq!(documented, Config::default());
        documented.check().unwrap();
    }

    #[test]
    fn what_is_wrong_in_a_file_is_named_with_its_place() {
        let cases = [
            ("lissten = \"127.0.0.1:1\"", "unknown field `lissten`"),
            ("[log]\nformat = \"xml\"", "unknown variant `xml`"),
            ("base_url = \"http://localhost/\"", "base_url must be https"),
            ("base_url = \"https://localhost/path\"", "without a path"),
            ("[tls]\ncertificate = \"/a.pem\"", "belong together"),
            ("hashing_concurrency = 0", "between 1 and 64"),
            ("[attestation]\nandroid_roots = \"/a.pem\"", "keys of some phones have leaked"),
            ("[attestation]\ntest_roots = \"/a.pem\"", "give both or neither"),
            ("[attestation]\ntest_tenant = \"contoso\"", "test_tenant"),
            ("[domain]\nservers = [\"ldap://dc\"]", "needs tenant"),
            ("[domain]\nservers = [\"ldaps://dc\"]\naccount = \"a\"", "needs tenant"),
            ("[domain]\nkeytab = \"/a.keytab\"", "needs domain.tenant"),
            (
                "[domain]\nservers = [\"ldap://dc\"]\ntenant = \"00000000-0000-0000-0000-000000000000\"\nauthority = \"/a\"\naccount = \"a\"\npassword_file = \"/b\"\nusers = [\"DC=a\"]",
                "must be ldaps",
            ),
            ("[domain]\ninterval_minutes = 0", "1 or more"),
            ("[domain]\ndeletion_limit = 101", "0 to 100"),
        ];
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("doorward.toml");
        for (text, expected) in cases {
            std::fs::write(&path, text).unwrap();
            let error = format!("{:#}", Config::load(&path).unwrap_err());
            assert!(error.contains(expected) && error.contains("doorward.toml"), "{text}: {error}");
        }
    }
}
