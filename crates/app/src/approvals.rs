//! Approvals: where an organization's policy asks for them, a personal token's rights to change something
//! there wait for a second admin. An approval never gives more than the token was made with, and what an
//! admin says last counts.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::Reason;
use rondo_domain::policy::{Governed, WRITES};
use rondo_domain::principal::Credential;
use rondo_domain::token::{Holder, Token, TokenId};
use rondo_domain::{OrgId, Organization, Permission, Permissions, Principal, Role};
use rondo_store::{Approval, Change, TokenQuery};

use crate::refusal::Refusal;
use crate::token_list::Listed;
use crate::{App, Ctx};

/// A token whose rights to change something in an organization take an approval.
#[derive(Debug, Clone)]
pub struct Approvable {
    /// The token, as the organization's admins see it.
    pub listed: Listed,
    /// What was said of it last; nothing: it waits.
    pub said: Option<Approval>,
    /// Who asks is its owner, or made it for a service account, and so is not the second admin.
    pub own: bool,
}

impl App {
    /// The tokens that take an approval in an organization, the newest first.
    ///
    /// # Errors
    /// If the principal does not administer it.
    pub async fn approvals(
        &self,
        ctx: &Ctx,
        org: &Organization,
    ) -> Result<Vec<Approvable>, Refusal> {
        ctx.require(Permission::ManageTokens)?;
        let Some(terms) = self.memory.terms(org.id) else { return Ok(Vec::new()) };
        let Some(since) = terms.rules.approval_since else { return Ok(Vec::new()) };
        let query = TokenQuery { admins: true, ..TokenQuery::default() };
        let mut found = Vec::new();
        self.each_token(org.id, query, |token| {
            let late = token.created_at >= since;
            let wanted = late && terms.rules.wants_approval(&terms.governed(&token));
            if wanted && self.writes_in(org.id, &token) != Permissions::NONE {
                let said = terms.said_of(token.id).cloned();
                found.push(Approvable { listed: self.listed(org.id, token), said, own: false });
            }
            late
        })
        .await?;
        let mut tx = self.store.read().await?;
        for one in &mut found {
            let token = &one.listed.token;
            let maker = match token.holder {
                Holder::Service(_) => tx.token_maker(token.id).await?,
                Holder::Person(_) | Holder::Project(..) => None,
            };
            one.own = is_own(ctx, token, maker.as_deref());
        }
        Ok(found)
    }

    /// What a token could change in an organization with its owner's role there.
    fn writes_in(&self, org: OrgId, token: &Token) -> Permissions {
        let allowed = match token.holder {
            Holder::Person(owner) => {
                let admin = self.memory.person(owner).is_some_and(|person| person.admin);
                let role = if admin { Some(Role::Admin) } else { self.memory.role(owner, org) };
                role.map_or(Permissions::NONE, Role::permissions)
            }
            Holder::Service(id) => {
                let account = self.memory.service(id).filter(|own| own.home.org() == org);
                account.map_or(Permissions::NONE, |account| account.ceiling.rights())
            }
            Holder::Project(..) => Permissions::NONE,
        };
        token.reach.rights.shared(allowed).shared(WRITES)
    }

    /// Approves a token's rights to change something in an organization. When this has returned, that
    /// counts for every request that begins.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it reaches nothing there; [`Refusal::NotNow`] if it takes no approval;
    /// [`Refusal::SecondAdmin`] if who asks is its owner, or a token that was narrowed.
    pub async fn approve_token(
        &self,
        ctx: &Ctx,
        org: &Organization,
        id: TokenId,
    ) -> Result<(), Refusal> {
        self.say_of_token(ctx, org, id, (true, None)).await
    }

    /// Refuses them, or takes an approval back.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it reaches nothing there; [`Refusal::NotNow`] if it takes no approval.
    pub async fn refuse_token(
        &self,
        ctx: &Ctx,
        org: &Organization,
        id: TokenId,
        reason: Option<Reason>,
    ) -> Result<(), Refusal> {
        self.say_of_token(ctx, org, id, (false, reason)).await
    }

    async fn say_of_token(
        &self,
        ctx: &Ctx,
        org: &Organization,
        id: TokenId,
        (granted, reason): (bool, Option<Reason>),
    ) -> Result<(), Refusal> {
        ctx.require(Permission::ManageTokens)?;
        let (by, actor) = (&ctx.by(), ctx.by().actor);
        let said = &Approval { granted, by: actor, at: ctx.at, reason };
        self.store
            .write(|mut tx| async move {
                let missing = || Refusal::Missing("token", id.to_string());
                let token = tx.token(id).await?.ok_or_else(missing)?.token;
                if !self.concerns(org.id, &token) {
                    return Err(missing());
                }
                let rules = tx.policy(org.id).await?.map(|row| row.rules).unwrap_or_default();
                let governed = Governed {
                    holder: token.holder,
                    reach: &token.reach,
                    created_at: token.created_at,
                    approved: false,
                };
                if !rules.wants_approval(&governed) {
                    return Err(Refusal::NotNow("the token takes no approval there"));
                }
                if granted {
                    let maker = tx.token_maker(id).await?;
                    self.require_second(ctx, &token, maker.as_deref())?;
                }
                tx.set_approval(org.id, id, said).await?;
                tx.announce(&Change::Policy(org.id.to_string())).await?;
                let event = if granted { Event::ApprovalGrant } else { Event::ApprovalRefuse };
                Ok(tx.commit(by, Entry::new(event, id).with(org)).await?)
            })
            .await?;
        self.memory.follow(&self.store).await;
        Ok(())
    }

    /// That who asks is a person other than the owner, who signed in or shows a token that carries all of
    /// their rights: one that was narrowed gives nobody what it has not got.
    fn require_second(&self, ctx: &Ctx, token: &Token, maker: Option<&str>) -> Result<(), Refusal> {
        let Principal::Person { id, by, .. } = ctx.who else {
            return Err(Refusal::SecondAdmin("only a person approves tokens"));
        };
        if is_own(ctx, token, maker) {
            return Err(Refusal::SecondAdmin(match token.holder == Holder::Person(id) {
                true => "nobody approves a token of their own",
                false => "nobody approves a token that they made",
            }));
        }
        match by {
            Credential::Session(_) => Ok(()),
            Credential::Console => {
                Err(Refusal::SecondAdmin("only an admin who signed in approves"))
            }
            Credential::Token(..) if self.reach_of(&ctx.who)?.rights == Permissions::EVERY => {
                Ok(())
            }
            Credential::Token(..) => {
                Err(Refusal::SecondAdmin("a token of chosen permissions approves none"))
            }
        }
    }
}

/// Whether a token is of who asks, or one of a service account that they made.
fn is_own(ctx: &Ctx, token: &Token, maker: Option<&str>) -> bool {
    match token.holder {
        Holder::Person(owner) => ctx.who.person() == Some(owner),
        Holder::Service(_) => maker == Some(ctx.by().actor.as_str()),
        Holder::Project(..) => false,
    }
}
