//! A domain controller over LDAPS.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use async_trait::async_trait;
use doorward_service::domain::{Account, Position, Source, SourceError};
use doorward_wire::active_directory;
use ldap3::adapters::{Adapter, EntriesOnly, PagedResults};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use uuid::Uuid;

use super::entry::{self, ATTRIBUTES, Kind};
use super::password;
use crate::config::Domain;

/// Time for a connection, and for each answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// Entries of a page; Active Directory's own limit is 1000.
const PAGE: i32 = 500;

/// A connection to one domain controller, and where to look there.
pub(super) struct Controller {
    name: String,
    ldap: Ldap,
    containers: Vec<(Kind, String)>,
}

impl Controller {
    /// Connects to the first server that answers, and signs in.
    ///
    /// # Errors
    /// Names each server with its trouble.
    pub(super) async fn connect(config: &Domain) -> anyhow::Result<Self> {
        let (Some(authority), Some(account), Some(password_file)) = (&config.authority, &config.account, &config.password_file) else {
            bail!("domain.authority, domain.account and domain.password_file are needed");
        };
        let (tls, password) = (trusting(authority)?, password(password_file)?);
        let containers = |kind, names: &[String]| names.iter().map(|name| (kind, name.clone())).collect::<Vec<_>>();
        let containers = [containers(Kind::User, &config.users), containers(Kind::Computer, &config.computers)].concat();
        let mut troubles = Vec::new();
        for server in &config.servers {
            match sign_in(server.as_str(), tls.clone(), account, &password).await {
                Ok(ldap) => return Ok(Self { name: server.to_string(), ldap, containers }),
                Err(error) => troubles.push(format!("{server}: {error:#}")),
            }
        }
        bail!("no domain controller can be read: {}", troubles.join("; "))
    }

    /// Address of the server.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The entries of a search, all of them or an error.
    async fn search(&mut self, base: &str, scope: Scope, filter: &str, attributes: &[&str]) -> Result<Vec<SearchEntry>, SourceError> {
        let failed = |error: ldap3::LdapError| SourceError(format!("{}: {base}: {error}", self.name));
        let adapters: Vec<Box<dyn Adapter<'_, String, Vec<String>>>> =
            vec![Box::new(EntriesOnly::new()), Box::new(PagedResults::new(PAGE))];
        let attributes: Vec<String> = attributes.iter().map(|name| (*name).to_owned()).collect();
        self.ldap.with_timeout(PATIENCE);
        let mut stream = self.ldap.streaming_search_with(adapters, base, scope, filter, attributes).await.map_err(failed)?;
        let mut entries = Vec::new();
        while let Some(entry) = stream.next().await.map_err(failed)? {
            entries.push(SearchEntry::construct(entry));
        }
        stream.finish().await.success().map_err(failed)?;
        Ok(entries)
    }

    /// The one entry with that name.
    async fn entry(&mut self, name: &str, attributes: &[&str]) -> Result<SearchEntry, SourceError> {
        self.ldap.with_timeout(PATIENCE);
        let found = self.ldap.search(name, Scope::Base, "(objectClass=*)", attributes).await;
        let (entries, _) =
            found.and_then(ldap3::SearchResult::success).map_err(|error| SourceError(format!("{}: {name}: {error}", self.name)))?;
        let entry = entries.into_iter().next().map(SearchEntry::construct);
        entry.ok_or_else(|| SourceError(format!("{}: {name:?} cannot be read", self.name)))
    }

    /// The accounts that `more` narrows down to, in every container.
    async fn find(&mut self, more: &str) -> Result<Vec<Account>, SourceError> {
        let mut accounts = Vec::new();
        for (kind, container) in self.containers.clone() {
            for entry in self.search(&container, Scope::Subtree, &kind.filter(more), &ATTRIBUTES).await? {
                let wrong = |attribute| SourceError(format!("{}: {}: {attribute} cannot be read", self.name, entry.dn));
                accounts.push(entry::account(kind, &entry).map_err(wrong)?);
            }
        }
        Ok(accounts)
    }
}

#[async_trait]
impl Source for Controller {
    async fn position(&mut self) -> Result<Position, SourceError> {
        let root = self.entry("", &["highestCommittedUSN", "dsServiceName"]).await?;
        let no_active_directory = || SourceError(format!("{} is no domain controller of Active Directory", self.name));
        let usn = entry::text(&root, "highestCommittedUSN").and_then(|usn| usn.parse().ok()).ok_or_else(no_active_directory)?;
        let service = entry::text(&root, "dsServiceName").ok_or_else(no_active_directory)?.to_owned();
        let service = self.entry(&service, &["invocationId"]).await?;
        let database = entry::bytes(&service, "invocationId").and_then(active_directory::guid);
        let database = database.ok_or_else(|| SourceError(format!("{}: invocationId cannot be read", self.name)))?;
        Ok(Position { database, usn })
    }

    async fn changed(&mut self, after: u64, through: u64) -> Result<Vec<Account>, SourceError> {
        self.find(&format!("(uSNChanged>={})(uSNChanged<={through})", after.saturating_add(1))).await
    }

    async fn accounts(&mut self, object_guids: &[Uuid]) -> Result<Vec<Account>, SourceError> {
        let names: String = object_guids.iter().map(|guid| format!("(objectGUID={})", active_directory::guid_in_filter(*guid))).collect();
        self.find(&format!("(|{names})")).await
    }

    async fn present(&mut self) -> Result<BTreeSet<Uuid>, SourceError> {
        let mut present = BTreeSet::new();
        for (kind, container) in self.containers.clone() {
            for entry in self.search(&container, Scope::Subtree, &kind.filter(""), &["objectGUID"]).await? {
                let wrong = || SourceError(format!("{}: {}: objectGUID cannot be read", self.name, entry.dn));
                present.insert(entry::object_guid(&entry).ok_or_else(wrong)?);
            }
        }
        Ok(present)
    }
}

async fn sign_in(server: &str, tls: Arc<rustls::ClientConfig>, account: &str, password: &str) -> anyhow::Result<Ldap> {
    let settings = LdapConnSettings::new().set_conn_timeout(PATIENCE).set_config(tls);
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, server).await.context("cannot connect")?;
    tokio::spawn(async move {
        if let Err(error) = connection.drive().await {
            tracing::debug!(%error, "the connection to the domain ended badly");
        }
    });
    ldap.with_timeout(PATIENCE);
    let bound = ldap.simple_bind(account, password).await.and_then(ldap3::LdapResult::success);
    bound.context("domain.account cannot sign in")?;
    Ok(ldap)
}

/// TLS that believes the authorities of a file and nobody else.
pub(super) fn trusting(authority: &Path) -> anyhow::Result<Arc<rustls::ClientConfig>> {
    let mut roots = rustls::RootCertStore::empty();
    let unreadable = || format!("cannot read the authority of the domain {}", authority.display());
    for certificate in CertificateDer::pem_file_iter(authority).with_context(unreadable)? {
        roots.add(certificate.with_context(unreadable)?).with_context(unreadable)?;
    }
    if roots.is_empty() {
        bail!("{} holds no certificate", authority.display());
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS versions")?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
