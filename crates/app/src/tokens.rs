//! Tokens: making them, listing them, stopping them. Nothing gives one more than it was made with.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::{Label, NameError, PersonName, Reason};
use rondo_domain::token::{
    Holder, Presented, Reach, ReachError, Scope, Secret, Token, TokenId, TokenKind, Wish,
};
use rondo_domain::{Millis, Permission, Permissions, PersonId, Principal, Project, ServiceAccount};
use rondo_store::{Burial, Change, TokenRow, WriteTx};
use zeroize::Zeroizing;

use crate::refusal::Refusal;
use crate::rotation::announce;
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
    /// Those of a service account.
    OfService(&'a ServiceAccount),
}

impl TokenList<'_> {
    /// Whether a token is one of them. `asker` is the person who asks.
    pub(crate) fn holds(&self, token: &Token, asker: Option<PersonId>) -> bool {
        match (self, token.holder) {
            (TokenList::Own, Holder::Person(owner)) => asker == Some(owner),
            (TokenList::Of(project), Holder::Project(owner, _)) => owner == project.id,
            (TokenList::OfService(account), Holder::Service(owner)) => owner == account.id,
            _ => false,
        }
    }

    /// Whether a credential of this reach is shown a token of these, and so may stop it: one of chosen
    /// projects knows of no personal token that names others.
    fn shows(&self, token: &Token, asker: Option<PersonId>, own: &Reach) -> bool {
        let hidden = matches!(self, TokenList::Own) && !token.reach.stays_in_projects_of(own);
        self.holds(token, asker) && !hidden
    }
}

impl App {
    /// The person's own tokens, or a project's or a service account's, the newest first, without their values. A token of
    /// chosen projects is shown no token that names others.
    ///
    /// # Errors
    /// If the principal may not.
    pub async fn tokens(&self, ctx: &Ctx, whose: TokenList<'_>) -> Result<Vec<Token>, Refusal> {
        self.require_hold(ctx, whose)?;
        let mut tx = self.store.read().await?;
        let mut tokens = match (whose, ctx.who.person()) {
            (TokenList::Of(project), _) => tx.tokens_of_project(project.id).await?,
            (TokenList::OfService(account), _) => tx.tokens_of_service(account.id).await?,
            (TokenList::Own, Some(person)) => {
                let own = self.reach_of(&ctx.who)?;
                let mut tokens = tx.tokens_of_person(person).await?;
                tokens.retain(|token| token.reach.stays_in_projects_of(&own));
                tokens
            }
            (TokenList::Own, None) => return Err(Refusal::Unauthenticated),
        };
        for token in &mut tokens {
            self.memory.note_last_use(token);
        }
        Ok(tokens)
    }

    /// One of these tokens, if who asks may see it in their list.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of them.
    pub async fn one_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<Token, Refusal> {
        self.require_hold(ctx, whose)?;
        let own = self.reach_of(&ctx.who)?;
        let row = self.store.read().await?.token(id).await?;
        let shown = |token: &Token| whose.shows(token, ctx.who.person(), &own);
        let mut token = row
            .map(|row| row.token)
            .filter(shown)
            .ok_or_else(|| Refusal::Missing("token", id.to_string()))?;
        self.memory.note_last_use(&mut token);
        Ok(token)
    }

    /// That the principal may list, make and stop these tokens.
    pub(crate) fn require_hold(&self, ctx: &Ctx, whose: TokenList<'_>) -> Result<(), Refusal> {
        match whose {
            TokenList::Own => ctx.person().map(drop),
            TokenList::Of(_) => ctx.require(Permission::ManageTokens),
            TokenList::OfService(account) => self.holds_home(&ctx.who, account.home).map(drop),
        }
    }

    /// Makes a personal token for the person who asks.
    ///
    /// # Errors
    /// If it is no person, or the wish goes beyond what they or their token may do;
    /// [`Refusal::Policy`] if policies stop it everywhere; [`Refusal::Exists`] if the wish came before.
    pub async fn create_personal_token(
        &self,
        ctx: &Ctx,
        label: Label,
        wish: Wish,
    ) -> Result<NewToken, Refusal> {
        let (person, key) = (ctx.person()?, wish.key.clone());
        let reach = self.reach_for(ctx, wish)?;
        self.create_token(ctx, Holder::Person(person), (label, key), reach).await
    }

    /// Makes a personal token for somebody: the command on the server's own machine.
    ///
    /// # Errors
    /// If the principal does not administer the server, or there is no such person; what is wrong with the
    /// wish, which can name no projects here.
    pub async fn create_token_for(
        &self,
        ctx: &Ctx,
        name: &PersonName,
        label: Label,
        wish: Wish,
    ) -> Result<NewToken, Refusal> {
        let person = self.person_named(ctx, name).await?;
        let reach = wish.within(&Reach::WHOLE, ctx.at, |_| None)?;
        self.create_token(ctx, Holder::Person(person.id), (label, None), reach).await
    }

    /// Makes a token of a project.
    ///
    /// # Errors
    /// If the principal may not manage the project's tokens, or the token would do more than it;
    /// [`Refusal::Policy`] if the organization's policy stops it; [`Refusal::Exists`] if the wish came before.
    pub async fn create_project_token(
        &self,
        ctx: &Ctx,
        project: &Project,
        (scope, label): (Scope, Label),
        wish: Wish,
    ) -> Result<NewToken, Refusal> {
        ctx.require(Permission::ManageTokens)?;
        if let Some(permission) = scope.permissions().beyond(ctx.access.granted) {
            return Err(Refusal::Lacks(permission));
        }
        // A project token's rights and project are its scope's; what is left are time and networks.
        let whole = Reach::WHOLE;
        let maker = self.reach_of(&ctx.who)?;
        let maker = Reach { rights: whole.rights, projects: whole.projects, ..maker };
        let key = wish.key.clone();
        let wish = Wish { rights: None, projects: None, ..wish };
        let reach = wish.within(&maker, ctx.at, |_| None)?;
        self.create_token(ctx, Holder::Project(project.id, scope), (label, key), reach).await
    }

    /// What a principal's credential is narrowed to.
    pub(crate) fn reach_of(&self, who: &Principal) -> Result<Reach, Refusal> {
        match who.token() {
            None => Ok(Reach::WHOLE),
            // One that is gone meanwhile makes nothing.
            Some(id) => self.memory.reach(id).ok_or(Refusal::Unauthenticated),
        }
    }

    /// The same for who makes a token: what makes tokens can outlive its own end, so a token does only
    /// where it was made to.
    ///
    /// # Errors
    /// [`Refusal::Lacks`] for a token without `manage-tokens`; [`Refusal::Unauthenticated`] if it is gone.
    pub fn reach_of_maker(&self, who: &Principal) -> Result<Reach, Refusal> {
        let reach = self.reach_of(who)?;
        match reach.rights.has(Permission::ManageTokens) {
            true => Ok(reach),
            false => Err(Refusal::Lacks(Permission::ManageTokens)),
        }
    }

    /// The reach of a personal token that a person asks for. Rights that they hold nowhere among its
    /// projects are refused, since the token could never use them.
    ///
    /// # Errors
    /// What is wrong with the wish.
    pub fn reach_for(&self, ctx: &Ctx, wish: Wish) -> Result<Reach, Refusal> {
        let asked = wish.rights;
        let seen = |project: &Project| {
            let access = self.access(&ctx.who, Some(project));
            // What a policy takes from this token may be in one that obeys the policy.
            let withheld = access.withheld.map_or(Permissions::NONE, |(taken, _)| taken);
            access.visible.then_some(access.granted.and(withheld))
        };
        let reach = wish.within(&self.reach_of_maker(&ctx.who)?, ctx.at, |slug| {
            let project = self.memory.project(slug)?;
            seen(&project).map(|_| project.id)
        })?;
        let Some(asked) = asked.filter(|asked| *asked != Permissions::EVERY) else {
            return Ok(reach);
        };
        let chosen = self.memory.projects().into_iter().filter(|project| {
            reach.projects.listed().is_none_or(|list| list.contains(&project.id))
        });
        let held = chosen
            .filter_map(|project| seen(&project))
            .fold(ctx.access.granted, |held, granted| held.and(granted));
        match asked.beyond(held) {
            Some(permission) => Err(Refusal::Lacks(permission)),
            None => Ok(reach),
        }
    }

    pub(crate) async fn create_token(
        &self,
        ctx: &Ctx,
        holder: Holder,
        (label, key): (Label, Option<String>),
        reach: Reach,
    ) -> Result<NewToken, Refusal> {
        if label.is_disguised() {
            return Err(NameError::Characters("label").into());
        }
        let mut entropy = Zeroizing::new(self.world.entropy());
        if let Some(key) = &key {
            // The same wish asks for the same id, which can be given once.
            let wish = format!("new token {holder:?} {key} {label}");
            entropy[..16].copy_from_slice(&self.pepper.digest(wish.as_bytes()).as_bytes()[..16]);
        }
        let secret = Secret::mint(holder.kind(), &entropy);
        let token = Token {
            id: secret.id(),
            holder,
            label,
            reach,
            created_at: ctx.at,
            last_used_at: None,
            disabled_at: None,
            rotation: None,
        };
        self.require_use(&token)?;
        let digest = secret.digest(&self.pepper);
        let row = &TokenRow { token: token.clone(), pepper: self.pepper.version, digest };
        let entry = &match holder {
            Holder::Person(_) => self.memory.entry_of(Event::PersonalTokenCreate, &token),
            Holder::Project(_, scope) => {
                self.memory.entry_of(Event::ProjectTokenCreate, &token).with(scope)
            }
            Holder::Service(_) => self.memory.entry_of(Event::ServiceTokenCreate, &token),
        };
        let by = &ctx.by();
        let is_keyed = key.is_some();
        let came_before = || Refusal::Exists("token", token.id.to_string());
        self.store
            .write(|mut tx| async move {
                require_account(&mut tx, &row.token).await?;
                if is_keyed && tx.tombstone(row.token.id).await?.is_some() {
                    return Err(came_before());
                }
                tx.insert_token(row, &by.actor).await.map_err(|error| match error {
                    rondo_store::Error::Exists => came_before(),
                    error => error.into(),
                })?;
                Ok::<_, Refusal>(tx.commit(by, entry.clone()).await?)
            })
            .await?;
        self.memory.catch_up(&self.store).await?;
        // Memory knows it from the start: whoever made it is about to use it.
        self.memory.fetch_token(&self.store, token.id).await?;
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
        reason: Option<Reason>,
    ) -> Result<(), Refusal> {
        let burial = &Burial { at: ctx.at, by: ctx.by().actor, reason };
        self.stop_token(ctx, whose, id, |mut tx, token| async move {
            tx.delete_token(token.id, burial).await?;
            if let Some(rotation) = &token.rotation {
                announce(&mut tx, rotation).await?;
            }
            Ok((tx, Some(self.memory.deleted(&token))))
        })
        .await
    }

    /// Disables a token: it opens nothing until it is enabled. When this has returned, no request
    /// that begins is accepted with it. Nothing happens where it is disabled already.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these.
    pub async fn disable_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<(), Refusal> {
        let at = ctx.at;
        self.stop_token(ctx, whose, id, |tx, token| self.set_token_disabled(tx, token, Some(at)))
            .await
    }

    /// Enables a disabled token: it opens what it opened before, and no more. A token enables none
    /// that can do more than itself.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these; [`Refusal::Beyond`].
    pub async fn enable_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
    ) -> Result<(), Refusal> {
        let own = &self.reach_of(&ctx.who)?;
        self.stop_token(ctx, whose, id, move |tx, token| async move {
            token.carries().within(own).map_err(Refusal::Beyond)?;
            self.set_token_disabled(tx, token, None).await
        })
        .await
    }

    /// Brings a token's end nearer; nothing else of it changes, and no end comes later. Nothing happens
    /// where that is its end already.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it is not one of these; [`Refusal::Invalid`] if the moment is past, or later
    /// than its end.
    pub async fn shorten_token(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
        end: Millis,
    ) -> Result<(), Refusal> {
        if end <= ctx.at {
            return Err(ReachError::Past.into());
        }
        self.stop_token(ctx, whose, id, |mut tx, token| async move {
            if token.reach.expires_at.is_some_and(|own| own < end) {
                return Err(ReachError::Later.into());
            }
            let changed = tx.shorten_token(token.id, end).await?;
            let entry = || self.memory.entry_of(Event::TokenShorten, &token).with(end.0);
            Ok((tx, changed.then(entry)))
        })
        .await
    }

    async fn set_token_disabled(
        &self,
        mut tx: WriteTx,
        token: Token,
        at: Option<Millis>,
    ) -> Result<(WriteTx, Option<Entry>), Refusal> {
        let event = if at.is_some() { Event::TokenDisable } else { Event::TokenEnable };
        let changed = tx.set_token_disabled(token.id, at).await?;
        Ok((tx, changed.then_some(self.memory.entry_of(event, &token))))
    }

    /// Loads a token, lets `act` do something to it, and has every process hear of it. What `act`
    /// answers with an entry is committed; without one nothing had to change.
    pub(crate) async fn stop_token<Act, Work>(
        &self,
        ctx: &Ctx,
        whose: TokenList<'_>,
        id: TokenId,
        act: Act,
    ) -> Result<(), Refusal>
    where
        Act: Fn(WriteTx, Token) -> Work,
        Work: Future<Output = Result<(WriteTx, Option<Entry>), Refusal>>,
    {
        self.require_hold(ctx, whose)?;
        let (by, act, asker) = (&ctx.by(), &act, ctx.who.person());
        let own = &self.reach_of(&ctx.who)?;
        self.store
            .write(|mut tx| async move {
                let missing = || Refusal::Missing("token", id.to_string());
                let row = tx.token(id).await?.ok_or_else(missing)?;
                if !whose.shows(&row.token, asker, own) {
                    return Err(missing());
                }
                let (mut tx, Some(entry)) = act(tx, row.token).await? else { return Ok(()) };
                tx.announce(&Change::Token(id.to_string())).await?;
                Ok(tx.commit(by, entry).await?)
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
        self.memory.note_last_use(&mut token);
        Ok(token)
    }

    /// The id of a token that is named by its id or by its value, which is one of these kinds.
    pub fn token_named(text: &str, kinds: &[TokenKind]) -> Option<TokenId> {
        match Presented::parse(text) {
            Some(shown) if kinds.contains(&shown.kind) => Some(shown.id),
            Some(_) => None,
            None => text.parse().ok(),
        }
    }
}

/// That the account of a token is there, and still may be given its rights.
async fn require_account(tx: &mut WriteTx, token: &Token) -> Result<(), Refusal> {
    let Holder::Service(id) = token.holder else { return Ok(()) };
    let account = tx.service(id).await?.filter(|account| account.deleted_at.is_none());
    let account = account.ok_or_else(|| Refusal::Missing("service account", id.to_string()))?;
    match token.reach.rights.beyond(account.ceiling.rights()) {
        Some(permission) => Err(ReachError::Ceiling(permission).into()),
        None => Ok(()),
    }
}
