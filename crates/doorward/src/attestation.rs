//! Whom attestations are believed from: files that the configuration names, read at the start and again every hour, so that a new
//! edition of the revocation list counts without a restart.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use doorward_service::Context;
use doorward_service::protection::{TestTenant, Trust};
use doorward_wire::attestation::{Revocations, Roots};

use crate::config::Attestation;

/// How often the files are read again.
const PERIOD: Duration = Duration::from_secs(60 * 60);

/// Reads the files.
///
/// # Errors
/// Names the file and what is wrong with it.
pub(crate) fn trust(config: &Attestation) -> anyhow::Result<Trust> {
    let roots = |file: &Option<_>| file.as_deref().map(roots).transpose().map(Option::unwrap_or_default);
    let revoked = config.android_revocation_list.as_deref().map(revocations).transpose()?;
    let test = match config.test_tenant {
        Some(tenant) => Some(TestTenant { tenant, roots: roots(&config.test_roots)? }),
        None => None,
    };
    Ok(Trust { android: roots(&config.android_roots)?, apple: roots(&config.apple_roots)?, revoked: revoked.unwrap_or_default(), test })
}

fn roots(file: &Path) -> anyhow::Result<Roots> {
    let pem = std::fs::read(file).with_context(|| format!("cannot read the attestation roots {}", file.display()))?;
    Roots::from_pem(&pem).with_context(|| format!("{} is not a file of attestation roots", file.display()))
}

fn revocations(file: &Path) -> anyhow::Result<Revocations> {
    let json = std::fs::read(file).with_context(|| format!("cannot read the revocation list {}", file.display()))?;
    Revocations::parse(&json).with_context(|| format!("{} cannot be used", file.display()))
}

/// Keeps a server's trust up to date. Files that cannot be read now leave it as it is: to believe nobody would lock people out, and what
/// was revoked stays so.
pub(crate) async fn watch(config: Attestation, context: Arc<Context>) {
    let mut ticks = tokio::time::interval(PERIOD);
    // The first one is now.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let config = config.clone();
        match tokio::task::spawn_blocking(move || trust(&config)).await {
            Ok(Ok(trust)) => context.attestation.set(trust),
            Ok(Err(error)) => tracing::error!("attestation: {error:#}; what was read before still counts"),
            Err(error) => tracing::error!(%error, "attestation: the files could not be read again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_model::TenantId;
    use doorward_model::application::MobilePlatform;
    use doorward_service::protection::AttestationTrust;
    use doorward_wire::attestation::SoftwareMaker;

    use super::*;

    #[test]
    fn each_file_counts_for_its_platform_and_a_wrong_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            Some(path)
        };
        let pem = SoftwareMaker::generate().unwrap().root();
        let (roots, list) = (file("roots.pem", &pem), file("status.json", r#"{"entries":{"1":{"status":"REVOKED"}}}"#));
        let tenant: TenantId = "00000001-0000-4000-8000-000000000000".parse().unwrap();
        let other: TenantId = "00000002-0000-4000-8000-000000000000".parse().unwrap();
        let android = Attestation { android_roots: roots.clone(), android_revocation_list: list.clone(), ..Attestation::default() };
        let test = Attestation { test_tenant: Some(tenant), test_roots: roots.clone(), ..Attestation::default() };
        let believes = |config: &Attestation, tenant| {
            let kept = AttestationTrust::default();
            kept.set(trust(config).unwrap());
            (kept.has_roots(tenant, MobilePlatform::Android), kept.has_roots(tenant, MobilePlatform::Ios))
        };
        assert_eq!(believes(&Attestation::default(), tenant), (false, false));
        assert_eq!(believes(&android, other), (true, false));
        assert_eq!(believes(&Attestation { apple_roots: roots.clone(), ..Attestation::default() }, other), (false, true));
        assert_eq!((believes(&test, tenant), believes(&test, other)), ((true, true), (false, false)));
        assert_eq!(trust(&android).unwrap().revoked.len(), 1);

        let wrong = [
            (Attestation { apple_roots: list, ..Attestation::default() }, "status.json is not a file of attestation roots"),
            (Attestation { android_revocation_list: roots, ..android.clone() }, "roots.pem cannot be used"),
            (Attestation { android_roots: Some("/nowhere".into()), ..android }, "cannot read the attestation roots /nowhere"),
        ];
        for (config, expected) in wrong {
            let error = format!("{:#}", trust(&config).unwrap_err());
            assert!(error.contains(expected), "{error}");
        }
    }
}
