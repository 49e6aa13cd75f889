//! The policies that a command works on: which files, which policies of them count, and all of it made ready for deciding.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use doorward_model::conditional_access::{ConditionalAccessPolicy, PolicyState};
use doorward_model::service_policy::{ServicePolicy, check_certificate_conflict};
use doorward_policy::conditional_access::regions::crowds;
use doorward_policy::conditional_access::{self, PolicySet};
use doorward_wire::policy_file::{Json, service_policy};

use super::directory::Directory;
use super::files::{self, LocatedPolicy};
use super::paragraph::printable;

/// Policies, and what they are decided with.
#[derive(clap::Args)]
pub(super) struct Sources {
    /// Policy files, or folders of `*.json`.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) surroundings: Surroundings,
}

/// What policies are decided with, whichever they are.
#[derive(clap::Args)]
pub(super) struct Surroundings {
    /// Directory: users, groups, applications, named locations.
    #[arg(long, value_name = "FILE")]
    directory: PathBuf,
    /// Service policies.
    #[arg(long, value_name = "FILE")]
    service_policies: Option<PathBuf>,
    /// Leave out policies that the engine cannot decide, and list them on stderr, instead of refusing the run.
    #[arg(long)]
    skip_unsupported: bool,
    /// Judge disabled and report-only policies as if they were enabled: what a set would do once it is switched on.
    #[arg(long)]
    assume_enabled: bool,
}

/// Policies ready for deciding, and as they were read.
pub(super) struct Policies {
    /// In the order of the files.
    pub(super) policies: Vec<ConditionalAccessPolicy>,
    /// Each of `policies` as it stands in its file.
    pub(super) documents: Vec<Json>,
    pub(super) services: Vec<ServicePolicy>,
    /// Policies that cannot be decided and were left out.
    pub(super) skipped: usize,
    /// States were not looked at: everything counts as enabled.
    pub(super) are_assumed_enabled: bool,
    pub(super) set: PolicySet,
}

impl Policies {
    /// What may name people.
    pub(super) fn named(&self) -> crowds::Named<'_> {
        (&self.policies, &self.services)
    }
}

impl Sources {
    /// The directory and the policies.
    pub(super) fn load(&self) -> anyhow::Result<(Directory, Policies)> {
        let directory = self.surroundings.directory()?;
        let policies = self.surroundings.policies(&self.policies, &directory)?;
        Ok((directory, policies))
    }
}

impl Surroundings {
    pub(super) fn directory(&self) -> anyhow::Result<Directory> {
        Directory::read(&self.directory)
    }

    /// The policies of some files and folders, together with the service policies.
    pub(super) fn policies(&self, paths: &[PathBuf], directory: &Directory) -> anyhow::Result<Policies> {
        self.policies_with(paths, None, directory)
    }

    /// The same, with service policies of their own when they have some.
    pub(super) fn policies_with(&self, paths: &[PathBuf], services: Option<&Path>, directory: &Directory) -> anyhow::Result<Policies> {
        let (decidable, skipped) = self.decidable(paths, directory)?;
        let (mut policies, documents): (Vec<_>, Vec<_>) = decidable.into_iter().unzip();
        if self.assume_enabled {
            policies.iter_mut().for_each(|policy| policy.state = PolicyState::Enabled);
        }
        let services = service_policies(services.or(self.service_policies.as_deref()))?;
        check_certificate_conflict(&services, directory.certificate_based_authentication)?;
        let set = conditional_access::compile(&policies, &services, &directory.named_locations, &directory.strengths)?;
        Ok(Policies { policies, documents, services, skipped, are_assumed_enabled: self.assume_enabled, set })
    }

    /// What can be decided, and the number of policies that were left out because they cannot.
    fn decidable(&self, paths: &[PathBuf], directory: &Directory) -> anyhow::Result<(Vec<(ConditionalAccessPolicy, Json)>, usize)> {
        let mut supported = Vec::new();
        let mut reasons = Vec::new();
        for file in files::expand(paths)? {
            for located in files::read_policies(&file)? {
                match decidable(located, directory) {
                    Ok(policy) => supported.push(policy),
                    Err(reason) => reasons.push(reason),
                }
            }
        }
        if self.skip_unsupported {
            for reason in &reasons {
                eprintln!("skipped: {}", printable(reason));
            }
        } else if !reasons.is_empty() {
            bail!("unsupported policies (--skip-unsupported leaves them out):\n{}", reasons.join("\n"));
        }
        Ok((supported, reasons.len()))
    }
}

/// The policy, or a line that says why it cannot be decided.
fn decidable(located: LocatedPolicy, directory: &Directory) -> Result<(ConditionalAccessPolicy, Json), String> {
    let LocatedPolicy { file, reading, document } = located;
    let place = file.display();
    let unsupported: Vec<_> = reading.unsupported().map(|finding| format!("{} {}", finding.path, finding.message)).collect();
    let policy = reading.policy.ok_or_else(|| format!("{place}: policy {:?}: {}", reading.id, unsupported.join("; ")))?;
    match conditional_access::check(&policy, &directory.strengths) {
        Ok(()) => Ok((policy, document)),
        Err(error) => Err(format!("{place}: {}: {error}", reading.path)),
    }
}

fn service_policies(file: Option<&Path>) -> anyhow::Result<Vec<ServicePolicy>> {
    let Some(file) = file else { return Ok(Vec::new()) };
    let document = files::read_json(file)?;
    service_policy::read_file(&document.root()).with_context(|| format!("{}", file.display()))
}
