//! What a runner is given so that git and a job's steps can speak SSH: never more than the piece of
//! work asks for.

use rondo_domain::{HostKey, Project, PublicHalf, SecretValue, SshKey};
use rondo_plan::Step;

use crate::App;
use crate::refusal::Refusal;

/// Keys of a piece of work.
#[derive(Default)]
pub struct SshAccess {
    /// The project's preferred checkout key, if it is reached over SSH and its commit is wanted.
    pub checkout: Option<(PublicHalf, SecretValue)>,
    /// What the steps `add_ssh_keys` ask for.
    pub keys: Vec<(SshKey, SecretValue)>,
    /// The keys of the hosts that these are for.
    pub hosts: Vec<HostKey>,
}

impl SshAccess {
    /// There is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.checkout.is_none() && self.keys.is_empty() && self.hosts.is_empty()
    }

    /// Whether this work has to do with a host.
    fn concerns(&self, project: &Project, key: &HostKey) -> bool {
        let own = self.checkout.is_some() && project.git_url.ssh_host().as_ref() == Some(&key.host);
        let named = |ssh: &SshKey| ["*", key.host.name()].contains(&ssh.hostname.pattern());
        own || self.keys.iter().any(|(ssh, _)| named(ssh))
    }
}

impl App {
    /// For the fetch of a project's commit.
    pub(crate) async fn ssh_for_fetch(&self, project: &Project) -> Result<SshAccess, Refusal> {
        let checkout = self.checkout_key_to_use(project).await?;
        self.with_hosts(project, SshAccess { checkout, ..SshAccess::default() }).await
    }

    /// For a job: the checkout key only if it checks out, other keys only if a step asks for them.
    pub(crate) async fn ssh_for_job(
        &self,
        project: &Project,
        plan: &rondo_plan::Job,
    ) -> Result<SshAccess, Refusal> {
        let mut access = SshAccess::default();
        if plan.steps.iter().any(|step| matches!(step, Step::Checkout(_))) {
            access.checkout = self.checkout_key_to_use(project).await?;
        }
        let wanted: Vec<_> = plan
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::AddSshKeys(add) => Some(&add.fingerprints),
                _ => None,
            })
            .collect();
        if !wanted.is_empty() {
            let mut tx = self.store.read().await?;
            access.keys = tx.ssh_key_values(project.id, &self.seal).await?;
            access.keys.retain(|(key, _)| {
                let named = |names: &Vec<String>| {
                    names.is_empty() || names.iter().any(|name| key.public.is_named(name))
                };
                wanted.iter().any(|names| named(names))
            });
        }
        self.with_hosts(project, access).await
    }

    async fn with_hosts(
        &self,
        project: &Project,
        mut access: SshAccess,
    ) -> Result<SshAccess, Refusal> {
        if !access.is_empty() {
            let known = self.store.read().await?.known_hosts().await?;
            access.hosts = known.into_iter().filter(|key| access.concerns(project, key)).collect();
        }
        Ok(access)
    }
}
