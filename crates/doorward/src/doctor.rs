//! `doorward doctor`: checks an installation and says what to do. It changes nothing, so it may run beside a server.

mod machine;

use std::path::Path;
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::Clock as _;
use doorward_model::application::SigningAlgorithm;
use doorward_model::key::KeySlot;
use doorward_service::{Context, directory, keys};
use doorward_wire::certificate;
use jiff::{SignedDuration, Timestamp};

use crate::config::{Config, Domain};
use crate::os::SystemClock;
use crate::{domain, server, tls};

/// A certificate that ends sooner than this is a finding.
const WARNING: SignedDuration = SignedDuration::from_hours(14 * 24);

enum Finding {
    Good(String),
    /// What is wrong, and what to do.
    Bad(String, String),
}

/// Runs the checks; status 1 when one of them found something.
///
/// # Errors
/// Only when the result cannot be shown.
pub(crate) async fn run(path: &Path) -> anyhow::Result<ExitCode> {
    let mut findings: Vec<(&str, Finding)> = Vec::new();
    match Config::load(path) {
        Err(error) => findings.push(("configuration", Finding::Bad(format!("{error:#}"), "see docs/doorward.toml for every key".into()))),
        Ok(config) => {
            findings.push(("configuration", Finding::Good(path.display().to_string())));
            findings.push(("data folder", data_folder(&config)));
            findings.push(("private files", machine::modes(&config)));
            findings.push(("certificate", certificate(&config, SystemClock.now())));
            findings.push(("clock", machine::clock(SystemClock.now(), path, &config)));
            findings.push(("port of clients", machine::listen_port(config.listen).await));
            if config.domain != Domain::default() {
                findings.push(("domain", domain(&config.domain)));
            }
            if let Some(address) = config.admin_listen {
                findings.push(("port of metrics", machine::admin_port(address).await));
            }
            match server::read_only_context(&config).await {
                Err(error) => findings
                    .push(("database and keys", Finding::Bad(format!("{error:#}"), "run `doorward init` on a new installation".into()))),
                Ok(context) => {
                    findings.push(("database", Finding::Good(config.database().display().to_string())));
                    tenants(&context, &mut findings).await;
                    context.store.close().await;
                }
            }
        }
    }
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["Check", "Result", "What to do"]);
    let mut sound = true;
    for (check, finding) in findings {
        match finding {
            Finding::Good(text) => table.add_row([check, &format!("ok: {text}"), ""]),
            Finding::Bad(text, remedy) => {
                sound = false;
                table.add_row([check, &text, &remedy])
            }
        };
    }
    println!("{table}");
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn data_folder(config: &Config) -> Finding {
    let path = config.data.display();
    match std::fs::metadata(&config.data) {
        Err(error) => Finding::Bad(format!("{path}: {error}"), "run `doorward init`".into()),
        Ok(metadata) if !metadata.is_dir() => Finding::Bad(format!("{path} is no folder"), "change `data`".into()),
        Ok(_) => Finding::Good(path.to_string()),
    }
}

fn certificate(config: &Config, now: Timestamp) -> Finding {
    let remedy = if config.tls.certificate.is_some() {
        "check tls.certificate and tls.key, and renew them in time"
    } else {
        "stop the server and remove the folder tls: a new authority is made at the next start, which clients must be given"
    };
    let der = match tls::inspect(config) {
        Ok(Some(der)) => der,
        Ok(None) => return Finding::Good("the next start makes the local authority".into()),
        Err(error) => return Finding::Bad(format!("{error:#}"), remedy.into()),
    };
    let name = config.tls.certificate.clone().unwrap_or_else(|| tls::local_ca_file(&config.data));
    match certificate::validity(&der).map(|(_, end)| end) {
        Err(error) => Finding::Bad(format!("{}: {error}", name.display()), remedy.into()),
        Ok(end) => {
            let text = format!("{} ends on {}", name.display(), end.strftime("%Y-%m-%d"));
            if end.duration_since(now) < WARNING { Finding::Bad(text, remedy.into()) } else { Finding::Good(text) }
        }
    }
}

fn domain(config: &Domain) -> Finding {
    match domain::check_files(config) {
        Ok(()) => Finding::Good("its files can be read; `doorward sync --dry-run` asks the domain itself".into()),
        Err(error) => Finding::Bad(format!("{error:#}"), "see docs/domain.md".into()),
    }
}

async fn tenants(context: &Context, findings: &mut Vec<(&str, Finding)>) {
    match context.store.tenants().await {
        Err(error) => findings.push(("tenants", Finding::Bad(error.to_string(), "restore the database from a backup".into()))),
        Ok(tenants) if tenants.is_empty() => findings.push(("tenants", Finding::Bad("there is none".into(), "run `doorward init`".into()))),
        Ok(tenants) => {
            for tenant in tenants {
                let name = tenant.default_domain().unwrap_or("?").to_owned();
                let finding = match tenant_problem(context, tenant.id).await {
                    Ok(None) => Finding::Good(format!("{name}: keys open, administrators present")),
                    Ok(Some((problem, remedy))) => Finding::Bad(format!("{name}: {problem}"), remedy),
                    Err(error) => Finding::Bad(format!("{name}: {error}"), "is this the master key that belongs to the database?".into()),
                };
                findings.push(("tenant", finding));
            }
        }
    }
}

async fn tenant_problem(context: &Context, tenant: doorward_model::TenantId) -> doorward_service::Result<Option<(String, String)>> {
    let mut unit = context.store.tenant(tenant).read().await?;
    let signing = keys::of_tenant(context, unit.as_mut(), tenant).await?;
    for algorithm in [SigningAlgorithm::RS256, SigningAlgorithm::ES256] {
        signing.signer(algorithm)?;
        let next = unit.keys().signing_keys().await?.iter().any(|key| key.slot == KeySlot::Next && key.algorithm == algorithm);
        if !next {
            return Ok(Some((format!("no next {algorithm:?} key"), "run `doorward admin rotate-keys`".into())));
        }
    }
    keys::device_authority(context, unit.as_mut(), tenant).await?;
    let administrators = directory::active_administrators(unit.as_mut(), context.now()).await?;
    Ok(administrators.is_empty().then(|| {
        ("no enabled Global Administrator".into(), "run `doorward admin reset-password USER@DOMAIN` for one that is disabled".into())
    }))
}

#[cfg(test)]
mod tests {
    use super::{Finding, certificate};
    use crate::config::{Config, Tls};

    #[test]
    fn a_certificate_that_ends_soon_or_belongs_to_another_key_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate_file, key_file) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["login.contoso.example".to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(2026, 12, 31);
        std::fs::write(&certificate_file, params.self_signed(&key).unwrap().pem()).unwrap();
        std::fs::write(&key_file, key.serialize_pem()).unwrap();
        let tls = Tls { certificate: Some(certificate_file), key: Some(key_file.clone()) };
        let config = Config { data: folder.path().to_owned(), tls, ..Config::default() };
        for (now, good) in [("2026-11-23T09:00:00Z", true), ("2026-12-20T09:00:00Z", false), ("2027-01-02T09:00:00Z", false)] {
            assert_eq!(matches!(certificate(&config, now.parse().unwrap()), Finding::Good(_)), good, "{now}");
        }
        std::fs::write(&key_file, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
        let other = certificate(&config, "2026-11-23T09:00:00Z".parse().unwrap());
        assert!(matches!(other, Finding::Bad(text, _) if text.contains("do not belong together")));
    }
}
