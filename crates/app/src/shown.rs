//! What becomes of a token whose value somebody shows beside their own credential: what it is, and its
//! end. Holding the value is the proof for whatever lessens it; for what is told of it, it is not enough.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::Reason;
use rondo_domain::policy::Manner;
use rondo_domain::principal::Credential;
use rondo_domain::token::{Holder, Presented, Token, TokenId};
use rondo_domain::{Permission, Principal};
use rondo_store::{Burial, By, Change};

use crate::memory::Memory;
use crate::refusal::Refusal;
use crate::rotation::announce;
use crate::throttle::Key;
use crate::{App, Ctx};

impl App {
    /// What a token is that somebody shows; none: it opens nothing, is not there, or is not theirs to
    /// know of. Nothing of it counts as a use of that token. Whether it may be used from some address is
    /// not judged: who asks is not who uses it.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] if nobody is known who asks.
    pub async fn introspect(&self, ctx: &Ctx, text: &str) -> Result<Option<Token>, Refusal> {
        if ctx.who == Principal::Anyone {
            return Err(Refusal::Unauthenticated);
        }
        let Some(shown) = Presented::parse(text.trim()) else { return Ok(None) };
        let Some(mut token) = self.of_value(&shown).await? else { return Ok(None) };
        let known = self.may_know(ctx, &token)?;
        let Some(who) = self.acting(token.id, token.holder).filter(|_| known) else {
            return Ok(None);
        };
        if !self.still_good(&who).await? {
            return Ok(None);
        }
        self.memory.note_last_use(&mut token);
        Ok(Some(token))
    }

    /// The token whose value is shown, whether or not it opens anything.
    async fn of_value(&self, shown: &Presented<'_>) -> Result<Option<Token>, Refusal> {
        let row = self.store.read().await?.token(shown.id).await?;
        let row = row.filter(|row| {
            row.token.holder.kind() == shown.kind && row.digest.matches(&shown.digest(&self.pepper))
        });
        Ok(row.map(|row| row.token))
    }

    /// Whether a principal may know of a token: it is itself, one of their own within what their token
    /// reaches, one of a project or a service account whose tokens they manage, or they
    /// administer the server.
    fn may_know(&self, ctx: &Ctx, token: &Token) -> Result<bool, Refusal> {
        if ctx.who.token() == Some(token.id) || ctx.access.granted.has(Permission::ManageServer) {
            return Ok(true);
        }
        Ok(match token.holder {
            Holder::Person(owner) => {
                ctx.access.granted.has(Permission::OwnUser)
                    && ctx.who.person() == Some(owner)
                    && token.reach.stays_in_projects_of(&self.reach_of(&ctx.who)?)
            }
            Holder::Project(id, _) => self.memory.project_of(id).is_some_and(|project| {
                self.access(&ctx.who, Some(&project)).granted.has(Permission::ManageTokens)
            }),
            Holder::Service(id) => self
                .memory
                .service(id)
                .is_some_and(|account| self.holds_home(&ctx.who, account.home).is_ok()),
        })
    }

    /// Who acts where a token is used.
    pub(crate) fn acting(&self, own: TokenId, holder: Holder) -> Option<Principal> {
        let manner = Manner::default();
        Some(match holder {
            Holder::Person(id) => {
                Principal::Person { id, admin: false, by: Credential::Token(own, manner) }
            }
            Holder::Project(project, scope) => {
                Principal::Project { token: own, project, scope, manner }
            }
            Holder::Service(id) => {
                let account = self.memory.service(id)?;
                let (home, ceiling) = (account.home, account.ceiling);
                Principal::Service { token: own, id, home, ceiling, manner }
            }
        })
    }

    /// Deletes the token that the request itself shows: any token may end itself.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] if none was shown, or it is gone meanwhile.
    pub async fn delete_itself(&self, ctx: &Ctx, reason: Option<Reason>) -> Result<(), Refusal> {
        let id = ctx.who.token().ok_or(Refusal::Unauthenticated)?;
        match self.bury(ctx, id, reason).await? {
            Some(_) => Ok(()),
            None => Err(Refusal::Unauthenticated),
        }
    }

    /// Deletes the token whose value is shown, whoever shows it. Whether there was such a token is not
    /// told.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] after several values that are no token's.
    pub async fn delete_shown(&self, ctx: &Ctx, text: &str) -> Result<(), Refusal> {
        let keys = [Key::own(format!("shown:{}", ctx.source()))];
        self.sign_ins.attempt(&keys, ctx.at)?;
        let Some(shown) = Presented::parse(text.trim()) else { return Ok(()) };
        let Some(token) = self.of_value(&shown).await? else { return Ok(()) };
        self.sign_ins.passed(&keys);
        self.bury(ctx, token.id, None).await.map(drop)
    }

    /// Deletes a token whose value was shown; what it was, if it was there. When this has returned, no
    /// request that begins is accepted with it.
    async fn bury(
        &self,
        ctx: &Ctx,
        id: TokenId,
        reason: Option<Reason>,
    ) -> Result<Option<Token>, Refusal> {
        let by = &By { token: Some(id.to_string()), ..ctx.by() };
        let burial = &Burial { at: ctx.at, by: by.actor.clone(), reason };
        let buried = self
            .store
            .write(|mut tx| async move {
                let Some(token) = tx.delete_token(id, burial).await? else { return Ok(None) };
                tx.announce(&Change::Token(id.to_string())).await?;
                if let Some(rotation) = &token.rotation {
                    announce(&mut tx, rotation).await?;
                }
                tx.commit(by, self.memory.deleted(&token)).await?;
                Ok::<_, Refusal>(Some(token))
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(buried)
    }
}

impl Memory {
    /// The entry of a token's deletion.
    pub(crate) fn deleted(&self, token: &Token) -> Entry {
        let event = match token.holder {
            Holder::Person(_) => Event::PersonalTokenDelete,
            Holder::Project(..) => Event::ProjectTokenDelete,
            Holder::Service(_) => Event::ServiceTokenDelete,
        };
        self.entry_of(event, token)
    }

    /// An entry of a token: of its project if it has one, and else with its holder.
    pub(crate) fn entry_of(&self, event: Event, token: &Token) -> Entry {
        let entry = Entry::new(event, token.id);
        let entry = match token.holder {
            Holder::Person(owner) => entry.with(owner),
            Holder::Project(..) => entry,
            Holder::Service(owner) => entry.with(owner),
        };
        Entry { project: self.project_of_holder(token.holder), ..entry }
    }
}
