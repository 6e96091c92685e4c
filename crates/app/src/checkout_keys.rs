//! A project's checkout keys: the server makes them, and shows their public halves only.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::ssh::SshError;
use rondo_domain::{
    CheckoutKey, CheckoutKeyKind, Permission, Project, PublicHalf, SecretValue, Slug, Vcs,
};
use rondo_store::WriteTx;

use crate::refusal::Refusal;
use crate::{App, Ctx, ssh_key};

/// A key that is not stored yet.
pub(crate) struct Minted {
    pub(crate) key: CheckoutKey,
    private: SecretValue,
    nonce: [u8; 24],
}

impl App {
    /// A project's checkout keys, the preferred one first.
    ///
    /// # Errors
    /// If the principal may not read its settings.
    pub async fn checkout_keys(
        &self,
        ctx: &Ctx,
        project: &Project,
    ) -> Result<Vec<CheckoutKey>, Refusal> {
        ctx.require(Permission::ReadSettings)?;
        Ok(self.store.read().await?.checkout_keys(project.id).await?)
    }

    /// The checkout key of this fingerprint, MD5 or SHA-256.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none.
    pub async fn checkout_key(
        &self,
        ctx: &Ctx,
        project: &Project,
        fingerprint: &str,
    ) -> Result<CheckoutKey, Refusal> {
        let keys = self.checkout_keys(ctx, project).await?;
        let found = keys.into_iter().find(|key| key.public.is_named(fingerprint));
        found.ok_or_else(|| missing(fingerprint))
    }

    /// Makes a checkout key. Its public half must then be added where the repository is: to the
    /// repository as a deploy key, or to the account of the person who asks.
    ///
    /// # Errors
    /// [`SshError::OtherKind`] for a kind of user key that does not fit the project's host.
    pub async fn create_checkout_key(
        &self,
        ctx: &Ctx,
        project: &Project,
        kind: CheckoutKeyKind,
    ) -> Result<CheckoutKey, Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let fits = match kind {
            CheckoutKeyKind::Deploy => true,
            CheckoutKeyKind::GithubUser => project.slug.vcs == Vcs::Github,
            CheckoutKeyKind::BitbucketUser => project.slug.vcs == Vcs::Bitbucket,
        };
        if !fits {
            return Err(SshError::OtherKind.into());
        }
        let mut minted = self.mint_checkout_key(ctx, &project.slug, kind)?;
        if kind != CheckoutKeyKind::Deploy {
            let person = ctx.actor().and_then(|actor| self.memory.person(actor.person()?));
            minted.key.login = person.map(|person| person.name.to_string());
        }
        let (project, minted) = (project, &minted);
        let (by, entry) = (&ctx.by(), &minted.entry(project));
        let preferred = self
            .store
            .write(|mut tx| async move {
                let preferred = tx.checkout_keys(project.id).await?.is_empty();
                self.keep_checkout_key(&mut tx, project, minted).await?;
                tx.commit(by, entry.clone()).await?;
                Ok::<_, rondo_store::Error>(preferred)
            })
            .await?;
        Ok(CheckoutKey { preferred, ..minted.key.clone() })
    }

    /// Deletes a checkout key. Builds that begin after the answer do not have it.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is none of this fingerprint.
    pub async fn delete_checkout_key(
        &self,
        ctx: &Ctx,
        project: &Project,
        fingerprint: &str,
    ) -> Result<(), Refusal> {
        ctx.require(Permission::WriteSettings)?;
        let key = &self.checkout_key(ctx, project, fingerprint).await?;
        let entry = &Entry::new(Event::CheckoutKeyDelete, project.id)
            .with(&key.public.sha256)
            .of(project.id);
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                if !tx.delete_checkout_key(project.id, &key.public.sha256).await? {
                    return Err(missing(fingerprint));
                }
                Ok(tx.commit(by, entry.clone()).await?)
            })
            .await
    }

    /// A key with the project's name for its comment, so that it is known again where it is added.
    pub(crate) fn mint_checkout_key(
        &self,
        ctx: &Ctx,
        slug: &Slug,
        kind: CheckoutKeyKind,
    ) -> Result<Minted, Refusal> {
        let (public, private) = ssh_key::mint(&self.world.entropy(), &format!("rondo {slug}"))?;
        let key = CheckoutKey { kind, public, preferred: true, login: None, created_at: ctx.at };
        Ok(Minted { key, private, nonce: self.world.entropy() })
    }

    pub(crate) async fn keep_checkout_key(
        &self,
        tx: &mut WriteTx,
        project: &Project,
        minted: &Minted,
    ) -> Result<(), rondo_store::Error> {
        let seal = (&self.seal, minted.nonce);
        tx.insert_checkout_key(project.id, &minted.key, &minted.private, seal).await
    }

    /// The preferred key of a project that is reached over SSH, made now if there is none: for the
    /// runner that holds a lease.
    pub(crate) async fn checkout_key_to_use(
        &self,
        project: &Project,
    ) -> Result<Option<(PublicHalf, SecretValue)>, Refusal> {
        if !project.git_url.is_ssh() {
            return Ok(None);
        }
        let found = self.store.read().await?.preferred_checkout_key(project.id, &self.seal).await?;
        if found.is_some() {
            return Ok(found);
        }
        let ctx = Ctx::console(self.world.now());
        let minted = &self.mint_checkout_key(&ctx, &project.slug, CheckoutKeyKind::Deploy)?;
        let (by, entry) = (&ctx.by(), &minted.entry(project));
        let key = self.store.write(|mut tx| async move {
            // Another claim may have made one meanwhile.
            if let Some(key) = tx.preferred_checkout_key(project.id, &self.seal).await? {
                return Ok::<_, rondo_store::Error>(key);
            }
            self.keep_checkout_key(&mut tx, project, minted).await?;
            tx.commit(by, entry.clone()).await?;
            Ok((minted.key.public.clone(), minted.private.clone()))
        });
        Ok(Some(key.await?))
    }
}

impl Minted {
    fn entry(&self, project: &Project) -> Entry {
        let detail = format!("{} {}", self.key.kind.word(), self.key.public.sha256);
        Entry::new(Event::CheckoutKeyCreate, project.id).with(detail).of(project.id)
    }
}

fn missing(fingerprint: &str) -> Refusal {
    Refusal::Missing("checkout key", fingerprint.chars().take(60).collect())
}
