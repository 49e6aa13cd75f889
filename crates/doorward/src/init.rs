//! `doorward init`: data folder, master key, tenant and first administrator.

use std::os::unix::fs::DirBuilderExt as _;

use anyhow::{Context as _, bail};
use doorward_service::setup::{self, NewTenant};

use crate::{ConfigFile, master_key, server};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigFile,
    /// Domain of the tenant, for example contoso.example.
    #[arg(long, value_name = "DOMAIN")]
    tenant_domain: String,
    /// Name shown on the sign-in pages; the domain when left out.
    #[arg(long, value_name = "NAME")]
    tenant_name: Option<String>,
    /// Sign-in name of the first administrator, for example admin@contoso.example.
    #[arg(long, value_name = "USER@DOMAIN")]
    admin: String,
}

/// Runs the command.
///
/// # Errors
/// Names what is wrong and what to do; nothing is half made.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config.load()?;
    let domain = arguments.tenant_domain.to_lowercase();
    if !domain.contains('.') || domain.contains(['@', '/', ' ']) {
        bail!("--tenant-domain must be a domain such as contoso.example; it is {domain:?}");
    }
    if arguments.admin.rsplit_once('@').is_none_or(|(name, at)| name.is_empty() || !at.eq_ignore_ascii_case(&domain)) {
        bail!("--admin must be a name in the tenant's domain, such as admin@{domain}; it is {:?}", arguments.admin);
    }
    create_data_folder(&config.data)?;
    master_key::create_if_missing(&config.master_key())?;
    let context = server::context(&config).await?;
    let new =
        NewTenant { display_name: arguments.tenant_name.unwrap_or_else(|| domain.clone()), domain, administrator: arguments.admin.clone() };
    let created = setup::create_tenant(&context, &new).await.context("the tenant could not be made")?;
    context.store.close().await;
    println!("Tenant         {} ({})", new.domain, created.tenant.id);
    println!("Administrator  {}", arguments.admin);
    println!("One-time password (must be changed at the first sign-in, shown only now):");
    println!("    {}", created.one_time_password);
    println!("Next: doorward serve --config {}", arguments.config.config.display());
    Ok(())
}

/// Makes the data folder, readable by its owner only.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn create_data_folder(path: &std::path::Path) -> anyhow::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make the folder {}", path.display()))
}
