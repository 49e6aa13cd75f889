//! `doorward doctor`: checks an installation and says what to do.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::Clock as _;
use doorward_model::application::SigningAlgorithm;
use doorward_model::key::KeySlot;
use doorward_model::role::Role;
use doorward_service::{Context, keys};

use crate::config::Config;
use crate::os::SystemClock;
use crate::{server, tls};

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
            findings.push(("certificate", certificate(&config)));
            findings.push(("clock", clock()));
            match server::context(&config).await {
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
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => Finding::Bad(
            format!("{path} is open to others (mode {:o})", metadata.permissions().mode() & 0o777),
            format!("chmod 700 {path}"),
        ),
        Ok(_) => Finding::Good(path.to_string()),
    }
}

fn certificate(config: &Config) -> Finding {
    match (tls::server_config(config), &config.tls.certificate) {
        (Ok(_), Some(path)) => Finding::Good(path.display().to_string()),
        (Ok(_), None) => Finding::Good(format!("local authority; clients need {}", tls::local_ca_file(&config.data).display())),
        (Err(error), _) => Finding::Bad(format!("{error:#}"), "check tls.certificate and tls.key".into()),
    }
}

fn clock() -> Finding {
    let now = SystemClock.now();
    if now.strftime("%Y").to_string().as_str() < "2026" {
        return Finding::Bad(format!("the clock says {now}"), "set the clock: tokens carry times".into());
    }
    Finding::Good(now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
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
    let users = unit.users().list(None, u32::MAX).await?;
    let administrators = users.iter().filter(|user| user.account_enabled && user.roles.contains(&Role::GlobalAdministrator)).count();
    Ok((administrators == 0).then(|| {
        ("no enabled Global Administrator".into(), "run `doorward admin reset-password USER@DOMAIN` for one that is disabled".into())
    }))
}
