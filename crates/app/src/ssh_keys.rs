//! The keys that a project's jobs ask for with `add_ssh_keys`. A private half goes in and never comes
//! out but to a runner.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::{KeyHost, Permission, Project, SecretValue, SshKey};

use crate::refusal::Refusal;
use crate::{App, Ctx, ssh_key};

impl App {
    /// A project's keys for its jobs, by host.
    ///
    /// # Errors
    /// If the principal may not read its settings.
    pub async fn ssh_keys(&self, ctx: &Ctx, project: &Project) -> Result<Vec<SshKey>, Refusal> {
        ctx.require(Permission::ReadSettings)?;
        Ok(self.store.read().await?.ssh_keys(project.id).await?)
    }

    /// Adds a private key for a host. One that is there for that host already stays as it is.
    ///
    /// # Errors
    /// [`rondo_domain::ssh::SshError`] if it is no private key that a build can use.
    pub async fn add_ssh_key(
        &self,
        ctx: &Ctx,
        project: &Project,
        hostname: KeyHost,
        private: &SecretValue,
    ) -> Result<SshKey, Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let (public, private) = &ssh_key::read_private(private.expose())?;
        let key = &SshKey { hostname, public: public.clone(), created_at: ctx.at };
        let seal = (&self.seal, self.world.entropy());
        let (by, entry) = (&ctx.by(), &entry(Event::SshKeyAdd, project, key));
        self.store
            .write(|mut tx| async move {
                if tx.add_ssh_key(project.id, key, private, seal).await? {
                    tx.commit(by, entry.clone()).await?;
                }
                Ok::<_, rondo_store::Error>(())
            })
            .await?;
        Ok(key.clone())
    }

    /// Deletes the key of this fingerprint, MD5 or SHA-256, of one host or of all.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn delete_ssh_key(
        &self,
        ctx: &Ctx,
        project: &Project,
        fingerprint: &str,
        hostname: Option<&KeyHost>,
    ) -> Result<(), Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let mut keys = self.ssh_keys(ctx, project).await?;
        keys.retain(|key| key.public.is_named(fingerprint));
        keys.retain(|key| hostname.is_none_or(|hostname| key.hostname == *hostname));
        let Some(first) = keys.first() else {
            return Err(Refusal::Missing("ssh key", fingerprint.chars().take(60).collect()));
        };
        let (by, entry) = (&ctx.by(), &entry(Event::SshKeyDelete, project, first));
        let keys = &keys;
        self.store
            .write(|mut tx| async move {
                for key in keys {
                    tx.delete_ssh_key(project.id, key).await?;
                }
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)
    }
}

fn entry(event: Event, project: &Project, key: &SshKey) -> Entry {
    Entry::new(event, project.id)
        .with(format_args!("{} {}", key.hostname.pattern(), key.public.sha256))
        .of(project.id)
}
