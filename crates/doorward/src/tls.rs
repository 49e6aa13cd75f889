//! The server's certificate: a given one, or one from a local authority that is made at first start.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use doorward_model::Clock as _;
use jiff::Timestamp;
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::Config;
use crate::durable_file;
use crate::os::SystemClock;

/// Life of the local server certificate, in seconds; it is made anew at each start, so this only bounds one long run.
const SERVER_LIFETIME: u64 = 397 * 86_400;
/// Life of the local authority, in seconds.
const AUTHORITY_LIFETIME: u64 = 10 * 365 * 86_400;

/// Where the certificate of the local authority is, for clients.
pub(crate) fn local_ca_file(data: &Path) -> PathBuf {
    data.join("tls").join("ca.pem")
}

/// Where the key of the local authority is.
pub(crate) fn local_ca_key_file(data: &Path) -> PathBuf {
    data.join("tls").join("ca.key")
}

/// The configuration of the listener: TLS 1.2 and 1.3, HTTP/1.1.
///
/// # Errors
/// Names the file and what to do.
pub(crate) fn server_config(config: &Config) -> anyhow::Result<Arc<ServerConfig>> {
    let (chain, key) = match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => given(certificate, key)?,
        _ => local(config)?,
    };
    with_identity((chain, key))
}

fn with_identity((chain, key): Identity) -> anyhow::Result<Arc<ServerConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("TLS versions")?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("the certificate and the private key do not belong together")?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(server))
}

/// The certificate whose life counts: the given one, or that of the local authority; none where the next start makes it. Makes
/// nothing.
///
/// # Errors
/// Names the file and what to do.
pub(crate) fn inspect(config: &Config) -> anyhow::Result<Option<CertificateDer<'static>>> {
    let (certificate, key) = match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
        _ => (local_ca_file(&config.data), local_ca_key_file(&config.data)),
    };
    if config.tls.certificate.is_none() && !(certificate.exists() && key.exists()) {
        return Ok(None);
    }
    let (chain, key) = given(&certificate, &key)?;
    let first = chain.first().cloned().with_context(|| format!("{} holds no certificate", certificate.display()))?;
    with_identity((chain, key))?;
    Ok(Some(first))
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn given(certificate: &Path, key: &Path) -> anyhow::Result<Identity> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read the certificate {}", certificate.display()))?;
    let key = PrivateKeyDer::from_pem_file(key).with_context(|| format!("cannot read the private key {}", key.display()))?;
    Ok((chain, key))
}

/// A fresh server certificate by the local authority of this installation.
fn local(config: &Config) -> anyhow::Result<Identity> {
    let now = SystemClock.now();
    let authority_key = authority_key(&config.data, now)?;
    let issuer = Issuer::new(authority_params(now)?, authority_key);
    let key = KeyPair::generate()?;
    let certificate = server_params(config, now)?.signed_by(&key, &issuer)?;
    let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(|error| anyhow::anyhow!("local key: {error}"))?;
    Ok((vec![certificate.der().clone()], key))
}

/// The key of the local authority, which is made with its certificate when missing.
///
/// The certificate is written first: a key is never there without one that belongs to it, wherever a first start was cut off.
fn authority_key(data: &Path, now: Timestamp) -> anyhow::Result<KeyPair> {
    let folder = data.join("tls");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let (ca_file, key_file) = (local_ca_file(data), local_ca_key_file(data));
    if !key_file.exists() {
        let key = KeyPair::generate()?;
        durable_file::replace(&ca_file, &authority_params(now)?.self_signed(&key)?.pem(), 0o644)?;
        durable_file::replace(&key_file, &key.serialize_pem(), 0o600)?;
        return Ok(key);
    }
    let pem = std::fs::read_to_string(&key_file).with_context(|| format!("cannot read {}", key_file.display()))?;
    let key = KeyPair::from_pem(&pem).with_context(|| format!("{} is not a private key", key_file.display()))?;
    if !ca_file.exists() {
        // Clients that have the lost certificate go on: name and key are the same.
        durable_file::replace(&ca_file, &authority_params(now)?.self_signed(&key)?.pem(), 0o644)?;
    }
    Ok(key)
}

fn authority_params(now: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name.push(DnType::CommonName, "Doorward local authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_validity(&mut params, now, AUTHORITY_LIFETIME);
    Ok(params)
}

fn server_params(config: &Config, now: Timestamp) -> anyhow::Result<CertificateParams> {
    let mut names = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    for name in [config.base_url.host_str().map(str::to_owned), Some(config.listen.ip().to_string())].into_iter().flatten() {
        let unspecified = name.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified());
        if !unspecified && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name.push(DnType::CommonName, "Doorward");
    params.is_ca = IsCa::ExplicitNoCa;
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    set_validity(&mut params, now, SERVER_LIFETIME);
    Ok(params)
}

fn set_validity(params: &mut CertificateParams, now: Timestamp, lifetime: u64) {
    let seconds = now.as_second().max(0).unsigned_abs();
    let since = |seconds: u64| rcgen::date_time_ymd(1970, 1, 1) + std::time::Duration::from_secs(seconds);
    params.not_before = since(seconds.saturating_sub(3600));
    params.not_after = since(seconds.saturating_add(lifetime));
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{authority_key, given, local_ca_file, local_ca_key_file, with_identity};

    /// Opens the authority of a folder, and looks at whether the certificate that clients get belongs to its key.
    fn opens(data: &Path) -> Vec<u8> {
        let key = authority_key(data, "2026-11-23T09:00:00Z".parse().unwrap()).unwrap();
        let authority = given(&local_ca_file(data), &local_ca_key_file(data)).unwrap();
        with_identity(authority).unwrap();
        key.serialize_der()
    }

    #[test]
    fn the_local_authority_survives_a_stop_at_any_point() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (local_ca_file(folder.path()), local_ca_key_file(folder.path()));
        let first = opens(folder.path());
        assert_eq!(opens(folder.path()), first, "it is kept");
        std::fs::remove_file(&certificate).unwrap();
        assert_eq!(opens(folder.path()), first, "a certificate is made again for the key that is there");
        std::fs::remove_file(&key).unwrap();
        assert_ne!(opens(folder.path()), first, "without its key a certificate is worth nothing");
        std::fs::write(key.with_extension("key.new"), "-----BEGIN PRIV").unwrap();
        opens(folder.path());
    }
}
