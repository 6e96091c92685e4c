//! Tokens of a whole organization, for those who administer it. They are told of a personal token what
//! they answer for: whose it is, what it may do in the organization, and when it is used; not from which
//! networks, and not which projects of others it reaches.

use rondo_domain::name::PersonName;
use rondo_domain::token::{Chosen, Holder, Token, TokenId, TokenKind};
use rondo_domain::{
    Access, Millis, OrgId, Organization, Permission, Permissions, Principal, Slug, Vcs,
};
use rondo_store::TokenQuery;

use crate::refusal::{Invalid, Refusal};
use crate::{App, Ctx};

const DAY: i64 = 24 * 3600 * 1000;
/// Days without a use after which a token counts as idle.
const IDLE: i64 = 90;
/// Days before its end within which a token counts as ending.
const ENDING: i64 = 30;

/// Which tokens of an organization are wanted, as somebody names them.
#[derive(Debug, Clone, Default)]
pub struct TokenWish {
    /// `personal`, `project`, `badge`, `service` or `job`.
    pub kind: Option<String>,
    /// A person's name.
    pub owner: Option<String>,
    /// A project's slug.
    pub project: Option<String>,
    /// `never` used, or not for `90d`.
    pub unused: Option<String>,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
    /// At its end within 30 days, or past it.
    pub ending: bool,
    /// A part of the label, or an id.
    pub text: Option<String>,
    /// The word that led on from the page before.
    pub page: Option<String>,
}

/// A token as those see it who administer an organization.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The token, without what is not told of it.
    pub token: Token,
    /// It may be used from some networks only; which ones is not told of a personal token.
    pub limited: bool,
    /// It reaches projects of other organizations too; which ones is not told.
    pub elsewhere: bool,
}

/// A page of them.
#[derive(Debug, Clone)]
pub struct ListedPage {
    /// Newest first.
    pub tokens: Vec<Listed>,
    /// What leads on to the next page, if there is one.
    pub next: Option<String>,
}

impl App {
    /// The organization of this name, if it is there.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn organization_at(
        &self,
        vcs: &str,
        name: &str,
    ) -> Result<Option<Organization>, Refusal> {
        match vcs.parse::<Vcs>() {
            Ok(vcs) => Ok(self.store.read().await?.organization(vcs, name).await?),
            Err(_) => Ok(None),
        }
    }

    /// Every organization, for the server's administrators.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn organizations(&self, ctx: &Ctx) -> Result<Vec<Organization>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.organizations().await?)
    }

    /// What `who` may do with an organization as a whole.
    pub fn access_to_organization(&self, who: &Principal, org: OrgId) -> Access {
        let role = who.person().and_then(|person| self.memory.role(person, org));
        let ceiling = match who.token() {
            None => Permissions::EVERY,
            Some(id) => self.memory.reach(id).map_or(Permissions::NONE, |reach| reach.of_all()),
        };
        Access::on_organization(who, org, role, ceiling).under(self.memory.ruling(who, org))
    }

    /// A page of the tokens of an organization that are wanted.
    ///
    /// # Errors
    /// If the principal does not administer it, or something of the wish is not there.
    pub async fn organization_tokens(
        &self,
        ctx: &Ctx,
        org: &Organization,
        (wish, most): (&TokenWish, u32),
    ) -> Result<ListedPage, Refusal> {
        ctx.require(Permission::ManageTokens)?;
        let query = self.token_query(ctx, org, wish).await?;
        let mut tx = self.store.read().await?;
        let mut tokens = tx.tokens_of_organization(org.id, query, most + 1).await?;
        let more = tokens.len() > most as usize;
        tokens.truncate(most as usize);
        let next = tokens.last().filter(|_| more);
        let next = next.map(|token| format!("{}-{}", token.created_at.0, token.id));
        let tokens = tokens.into_iter().map(|token| self.listed(org.id, token)).collect();
        Ok(ListedPage { tokens, next })
    }

    pub(crate) fn listed(&self, org: OrgId, mut token: Token) -> Listed {
        self.memory.note_last_use(&mut token);
        let limited = token.reach.networks.listed().is_some();
        let mut elsewhere = false;
        if let Holder::Person(_) = token.holder {
            token.reach.networks = Chosen::All;
            if let Some(all) = token.reach.projects.listed() {
                let of = |id| self.memory.project_of(id).is_some_and(|project| project.org == org);
                let own: Vec<_> = all.iter().copied().filter(|id| of(*id)).collect();
                elsewhere = own.len() < all.len();
                // The query leaves none that reaches no project of the organization.
                token.reach.projects = Chosen::only(own).unwrap_or_default();
            }
        }
        Listed { token, limited, elsewhere }
    }

    async fn token_query<'w>(
        &self,
        ctx: &Ctx,
        org: &Organization,
        wish: &'w TokenWish,
    ) -> Result<TokenQuery<'w>, Refusal> {
        let wrong = |what: &str| Refusal::Invalid(Invalid::Request(what.to_owned()));
        let kind = wish.kind.as_deref().map(|word| {
            TokenKind::from_word(word)
                .ok_or_else(|| wrong("kind: take personal, project, badge, service or job"))
        });
        let kind = kind.transpose()?;
        let (never_used, idle_since) = match wish.unused.as_deref() {
            None => (false, None),
            Some("never") => (true, None),
            Some("90d") => (false, Some(ctx.at.plus(-IDLE * DAY))),
            Some(_) => return Err(wrong("unused: take never or 90d")),
        };
        let person = match &wish.owner {
            Some(name) => Some(self.member(org.id, name).await?),
            None => None,
        };
        let project = match &wish.project {
            Some(slug) => {
                let found = slug.parse::<Slug>().ok().and_then(|slug| self.memory.project(&slug));
                let found = found.filter(|project| project.org == org.id);
                Some(found.ok_or_else(|| Refusal::Missing("project", slug.clone()))?.id)
            }
            None => None,
        };
        let before = match &wish.page {
            Some(word) => Some(
                place(word).ok_or_else(|| wrong("page-token: take what the page before gave"))?,
            ),
            None => None,
        };
        Ok(TokenQuery {
            kind,
            person,
            project,
            never_used,
            idle_since,
            unrestricted: wish.unrestricted,
            ends_by: wish.ending.then(|| ctx.at.plus(ENDING * DAY)),
            text: wish.text.as_deref(),
            admins: false,
            before,
        })
    }

    /// A member of an organization. Whether there is anybody else of this name is not told.
    pub(crate) async fn member(
        &self,
        org: OrgId,
        name: &str,
    ) -> Result<rondo_domain::PersonId, Refusal> {
        let missing = || Refusal::Missing("person", name.to_owned());
        let name: PersonName = name.parse().map_err(|_| missing())?;
        let person = self.store.read().await?.person_named(&name).await?;
        let person = person.filter(|person| self.memory.role(person.id, org).is_some());
        person.map(|person| person.id).ok_or_else(missing)
    }
}

/// The token after which a page begins.
fn place(word: &str) -> Option<(Millis, TokenId)> {
    let (at, id) = word.split_once('-')?;
    Some((Millis(at.parse().ok()?), id.parse().ok()?))
}
