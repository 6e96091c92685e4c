//! Tokens: who one is, making them, listing them, deleting them. None can be changed.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::Label;
use rondo_domain::token::{Holder, Presented, Scope, Secret, Token, TokenId, TokenKind};
use rondo_domain::{Access, Millis, Permission, Principal, Project};
use rondo_store::{Change, TokenRow};

use crate::memory::{BadToken, Memory};
use crate::refusal::Refusal;
use crate::{App, Ctx};

/// A token that was just made. Its value is in `secret` and nowhere else.
pub struct NewToken {
    /// What people may see of it from now on.
    pub token: Token,
    /// Its value, for the one answer that shows it.
    pub secret: Secret,
}

/// Whose tokens are meant.
#[derive(Clone, Copy)]
pub enum TokenList<'a> {
    /// Those of the person who asks.
    Own,
    /// Those of a project.
    Of(&'a Project),
}

impl App {
    /// Who a shown token is.
    ///
    /// # Errors
    /// Outside: the database is away. Inside: why it opens nothing.
    pub async fn identify(
        &self,
        shown: &Presented<'_>,
        now: Millis,
    ) -> Result<Result<Principal, BadToken>, Refusal> {
        self.memory.trust(&self.store).await?;
        match self.memory.check(shown, &self.pepper, now) {
            // Another process may have made it a moment ago.
            Err(BadToken::Unknown) if !self.memory.knows(shown.id) => {
                self.memory.catch_up_once(&self.store).await?;
                Ok(self.memory.check(shown, &self.pepper, now))
            }
            checked => Ok(checked),
        }
    }

    /// What `who` may do with a project, or with the server where none is named.
    pub fn access(&self, who: &Principal, project: Option<&Project>) -> Access {
        let target = project.map(Project::target);
        let role = match (who, project) {
            (Principal::Person { id, .. }, Some(project)) => self.memory.role(*id, project.org),
            _ => None,
        };
        Access::of(who, target.as_ref(), role)
    }

    /// What is answered from memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether a principal that was accepted earlier still would be: for answers that take long.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn still_good(&self, who: &Principal) -> Result<bool, Refusal> {
        self.memory.trust(&self.store).await?;
        Ok(self.memory.still_good(who))
    }

    /// Writes down that a known principal was refused at a route.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn note_refused(
        &self,
        ctx: &Ctx,
        route: &str,
        refusal: &Refusal,
    ) -> Result<(), Refusal> {
        let why = match refusal {
            Refusal::Lacks(permission) => permission.word(),
            _ => "hidden",
        };
        let (by, entry) = (&ctx.by(), &Entry::new(Event::Refuse, route).with(why));
        self.store
            .write(|tx| async move { tx.commit(by, entry.clone()).await })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }

    /// The person's own tokens, or a project's, the newest first, without their values.
    ///
    /// # Errors
    /// If the principal may not.
    pub async fn tokens(&self, ctx: &Ctx, whose: TokenList<'_>) -> Result<Vec<Token>, Refusal> {
        let mut tokens = match whose {
            TokenList::Own => {
                let person = ctx.person()?;
                self.store.read().await?.tokens_of_person(person).await?
            }
            TokenList::Of(project) => {
                ctx.require(Permission::ManageTokens)?;
                self.store.read().await?.tokens_of_project(project.id).await?
            }
        };
        for token in &mut tokens {
            token.last_used_at = self.memory.last_used(token.id).or(token.last_used_at);
        }
        Ok(tokens)
    }

    /// Makes a personal token for the person who asks.
    ///
    /// # Errors
    /// If it is no person.
    pub async fn create_personal_token(
        &self,
        ctx: &Ctx,
        label: Label,
    ) -> Result<NewToken, Refusal> {
        let person = ctx.person()?;
        self.create_token(ctx, Holder::Person(person), label).await
    }

    /// Makes a personal token for somebody: the command on the server's own machine.
    ///
    /// # Errors
    /// If the principal does not administer the server, or there is no such person.
    pub async fn create_token_for(
        &self,
        ctx: &Ctx,
        name: &rondo_domain::name::PersonName,
        label: Label,
    ) -> Result<NewToken, Refusal> {
        let person = self.person_named(ctx, name).await?;
        self.create_token(ctx, Holder::Person(person.id), label).await
    }

    /// Makes a token of a project.
    ///
    /// # Errors
    /// If the principal may not manage the project's tokens.
    pub async fn create_project_token(
        &self,
        ctx: &Ctx,
        project: &Project,
        scope: Scope,
        label: Label,
    ) -> Result<NewToken, Refusal> {
        ctx.require(Permission::ManageTokens)?;
        self.create_token(ctx, Holder::Project(project.id, scope), label).await
    }

    async fn create_token(
        &self,
        ctx: &Ctx,
        holder: Holder,
        label: Label,
    ) -> Result<NewToken, Refusal> {
        let secret = Secret::mint(holder.kind(), &self.world.entropy());
        let token =
            Token { id: secret.id(), holder, label, created_at: ctx.at, last_used_at: None };
        let digest = secret.digest(&self.pepper);
        let row = &TokenRow { token: token.clone(), pepper: self.pepper.version, digest };
        let entry = &match holder {
            Holder::Person(person) => Entry::new(Event::PersonalTokenCreate, token.id).with(person),
            Holder::Project(project, scope) => Entry::new(Event::ProjectTokenCreate, token.id)
                .with(format_args!("{project} {scope}")),
        };
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                tx.insert_token(row, &by.actor).await?;
                tx.announce(&Change::Token(row.token.id.to_string())).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)?;
        self.memory.catch_up(&self.store).await?;
        Ok(NewToken { token, secret })
    }

    /// Deletes a token by its id. When this has returned, no request that begins is accepted with
    /// it.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these.
    pub async fn delete_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<(), Refusal> {
        let person = match whose {
            TokenList::Own => Some(ctx.person()?),
            TokenList::Of(_) => {
                ctx.require(Permission::ManageTokens)?;
                None
            }
        };
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                let missing = || Refusal::Missing("token", id.to_string());
                let token = tx.delete_token(id).await?.ok_or_else(missing)?;
                let (event, owner) = match (token.holder, whose, person) {
                    (Holder::Person(owner), TokenList::Own, Some(person)) if owner == person => {
                        (Event::PersonalTokenDelete, owner.to_string())
                    }
                    (Holder::Project(owner, _), TokenList::Of(project), _)
                        if owner == project.id =>
                    {
                        (Event::ProjectTokenDelete, owner.to_string())
                    }
                    // Not committed, so nothing is deleted.
                    _ => return Err(missing()),
                };
                tx.announce(&Change::Token(id.to_string())).await?;
                Ok(tx.commit(by, Entry::new(event, id).with(owner)).await?)
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(())
    }

    /// The token that was shown.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] if none was.
    pub async fn token_self(&self, ctx: &Ctx) -> Result<Token, Refusal> {
        let id = ctx.who.token().ok_or(Refusal::Unauthenticated)?;
        let row = self.store.read().await?.token(id).await?;
        let mut token = row.ok_or(Refusal::Unauthenticated)?.token;
        token.last_used_at = self.memory.last_used(id).or(token.last_used_at);
        Ok(token)
    }

    /// The id of a token that is named by its id or by its value.
    pub fn token_named(text: &str, kind: TokenKind) -> Option<TokenId> {
        match Presented::parse(text) {
            Some(shown) if shown.kind == kind => Some(shown.id),
            Some(_) => None,
            None => text.parse().ok(),
        }
    }
}
