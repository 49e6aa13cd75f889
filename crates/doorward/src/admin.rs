//! `doorward admin`: administration from the server's own command line. Whoever has a shell here owns the installation anyway;
//! every change is audited as made by the command line.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use comfy_table::{ContentArrangement, Table, presets};
use doorward_model::document::DocumentKind;
use doorward_service::directory::{self, Actor, UserPatch};
use doorward_service::{password, tenants};
use serde_json::Value;

use crate::{ConfigFile, server};

/// Arguments.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    config: ConfigFile,
    /// Tenant, by id or domain; may be left out when there is only one.
    #[arg(long, default_value = "organizations", global = true)]
    tenant: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Service policies: which apps may be used with a service, for whom, and on which devices.
    #[command(subcommand)]
    ServicePolicy(ServicePolicy),
    /// Make new signing keys: the next key becomes the current one, which goes on verifying.
    RotateKeys,
    /// Enable an account and give it a one-time password, for whoever is locked out.
    ResetPassword {
        /// Sign-in name.
        user: String,
    },
    /// Take every second factor of an account away and sign it out: the next sign-in that asks for one registers anew.
    ResetSecondFactors {
        /// Sign-in name.
        user: String,
    },
}

#[derive(Subcommand)]
enum ServicePolicy {
    /// List them.
    List,
    /// Make or replace one from a JSON file.
    Set {
        /// File with the policy: id, resource, appAccess, deviceAccess.
        file: PathBuf,
    },
    /// Delete one.
    Delete {
        /// Its id.
        id: String,
    },
}

/// Runs the command.
///
/// # Errors
/// Names what is wrong and what to do.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let config = arguments.config.load()?;
    let context = server::context(&config).await?;
    let tenant = tenants::resolve(&context, &arguments.tenant, None).await?;
    let actor = Actor::command_line();
    let outcome = match arguments.command {
        Command::RotateKeys => {
            async {
                directory::rotate_signing_keys(&context, tenant.id, &actor, None).await?;
                println!("The keys of {} were rotated. Running servers follow within a minute.", tenant.display_name);
                Ok(())
            }
            .await
        }
        Command::ResetPassword { user } => reset_password(&context, tenant.id, &actor, &user).await,
        Command::ResetSecondFactors { user } => reset_second_factors(&context, tenant.id, &actor, &user).await,
        Command::ServicePolicy(command) => service_policy(&context, tenant.id, &actor, command).await,
    };
    context.store.close().await;
    outcome
}

async fn reset_password(
    context: &doorward_service::Context,
    tenant: doorward_model::TenantId,
    actor: &Actor,
    name: &str,
) -> anyhow::Result<()> {
    let user = context.store.tenant(tenant).read().await?.users().find(name).await?.with_context(|| format!("there is no user {name}"))?;
    let one_time = password::generate(context.rng.as_ref(), &[&user.user_principal_name]);
    let patch = UserPatch { account_enabled: Some(true), password: Some((one_time.clone(), true)), ..UserPatch::default() };
    directory::update_user(context, tenant, actor, user.id, patch, None).await?;
    println!("One-time password of {} (must be changed at the next sign-in, shown only now):", user.user_principal_name);
    println!("    {one_time}");
    Ok(())
}

async fn reset_second_factors(
    context: &doorward_service::Context,
    tenant: doorward_model::TenantId,
    actor: &Actor,
    name: &str,
) -> anyhow::Result<()> {
    let user = context.store.tenant(tenant).read().await?.users().find(name).await?.with_context(|| format!("there is no user {name}"))?;
    directory::require_registration_again(context, tenant, actor, user.id).await?;
    println!("{} has no second factor any more and is signed out.", user.user_principal_name);
    Ok(())
}

async fn service_policy(
    context: &doorward_service::Context,
    tenant: doorward_model::TenantId,
    actor: &Actor,
    command: ServicePolicy,
) -> anyhow::Result<()> {
    const KIND: DocumentKind = DocumentKind::ServicePolicy;
    match command {
        ServicePolicy::List => {
            let mut unit = context.store.tenant(tenant).read().await?;
            let mut table = Table::new();
            table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
            table.set_header(["Id", "Service", "App access", "Device access", "Changed"]);
            for document in unit.documents().list(KIND).await? {
                let part =
                    |name: &str| document.body.pointer(&format!("/{name}/state")).and_then(Value::as_str).unwrap_or("disabled").to_owned();
                let resource = document.body.get("resource").and_then(Value::as_str).unwrap_or_default().to_owned();
                let changed = document.modified.strftime("%Y-%m-%d %H:%M UTC").to_string();
                table.add_row([document.id.clone(), resource, part("appAccess"), part("deviceAccess"), changed]);
            }
            println!("{table}");
        }
        ServicePolicy::Set { file } => {
            let text = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let body: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
            let Some(id) = body.get("id").and_then(Value::as_str).map(str::to_lowercase) else {
                bail!("{}: the policy needs an \"id\"", file.display())
            };
            let exists = context.store.tenant(tenant).read().await?.documents().get(KIND, &id).await?.is_some();
            if exists {
                directory::update_policy(context, tenant, actor, KIND, &id, &body, None).await?;
            } else {
                directory::create_policy(context, tenant, actor, KIND, body).await?;
            }
            println!("Service policy {id} is in force.");
        }
        ServicePolicy::Delete { id } => {
            directory::delete_policy(context, tenant, actor, KIND, &id.to_lowercase(), None).await?;
            println!("Service policy {id} is deleted.");
        }
    }
    Ok(())
}
