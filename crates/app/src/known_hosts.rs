//! The hosts that this server knows, by their keys. Nothing is fetched from a host that is unknown or
//! that shows another key than the known ones. A host becomes known when a project on it is added: an
//! administrator does that, and is shown the fingerprints.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::{HostKey, Permission, SshHost};

use crate::refusal::Refusal;
use crate::{App, Ctx, ssh_key};

impl App {
    /// Every key of every host that is known, by host.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn known_hosts(&self, ctx: &Ctx) -> Result<Vec<HostKey>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.known_hosts().await?)
    }

    /// The keys by which one host is known; they are public. None: it is not known.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn host_keys(&self, host: &SshHost) -> Result<Vec<HostKey>, Refusal> {
        let mut keys = self.store.read().await?.known_hosts().await?;
        keys.retain(|key| key.host == *host);
        Ok(keys)
    }

    /// Asks a host for its keys, and knows it by them from then on.
    ///
    /// # Errors
    /// [`Refusal::Exists`] if it is known already: it must be removed first, so that a changed key is
    /// never taken by accident. [`Refusal::Silent`] if it does not answer.
    pub async fn meet_host(&self, ctx: &Ctx, host: &SshHost) -> Result<Vec<HostKey>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        if !self.host_keys(host).await?.is_empty() {
            return Err(Refusal::Exists("known host", host.to_string()));
        }
        let shown = self.world.host_keys(host).await.map_err(Refusal::Silent)?;
        self.know_host(ctx, host, &shown).await
    }

    /// Knows a host by the keys on these lines, as a `known_hosts` file has them, in place of those by
    /// which it was known.
    ///
    /// # Errors
    /// [`Refusal::Silent`] if no line holds a key.
    pub async fn know_host(
        &self,
        ctx: &Ctx,
        host: &SshHost,
        lines: &str,
    ) -> Result<Vec<HostKey>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let keys = ssh_key::read_host_keys(lines).into_iter();
        let key = |public| HostKey { host: host.clone(), public, created_at: ctx.at };
        let keys: &Vec<_> = &keys.map(key).collect();
        if keys.is_empty() {
            return Err(Refusal::Silent(format!("there is no host key of {host} to be read")));
        }
        let names: Vec<_> = keys.iter().map(|key| key.public.sha256.as_str()).collect();
        let entry = &Entry::new(Event::KnownHostAdd, host).with(names.join(" "));
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                tx.set_known_host(host, keys).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        Ok(keys.clone())
    }

    /// Forgets a host.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not known.
    pub async fn forget_host(&self, ctx: &Ctx, host: &SshHost) -> Result<(), Refusal> {
        ctx.require(Permission::ManageServer)?;
        let (by, entry) = (&ctx.by(), &Entry::new(Event::KnownHostRemove, host));
        self.store
            .write(|mut tx| async move {
                if !tx.delete_known_host(host).await? {
                    return Err(Refusal::Missing("known host", host.to_string()));
                }
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await
    }
}
