//! Many tokens deleted at once, by what is true of them; and what deleted tokens were. The server's
//! administrators only.

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::{PersonName, Reason};
use rondo_domain::token::{Predicate, Token, Tombstone};
use rondo_domain::{Millis, Permission, ProjectId, Slug};
use rondo_store::{Burial, Change, Revocation};

use crate::refusal::{Invalid, Refusal};
use crate::{App, Ctx};

/// How many tokens one transaction moves, so that others come in between.
const BATCH: u32 = 500;

/// A token that is there, or what is known of one that was.
#[derive(Debug, Clone)]
pub enum Found {
    /// It is there.
    Alive(Box<Token>),
    /// It was deleted.
    Dead(Box<Tombstone>),
}

/// What must be true of a token, as somebody names it. What is not named is not asked.
#[derive(Debug, Clone, Default)]
pub struct PredicateWish {
    /// Made before this moment.
    pub before: Option<Millis>,
    /// A personal token of this person.
    pub person: Option<String>,
    /// A token of this project, as a slug.
    pub project: Option<String>,
    /// A token of a project of this organization, such as `gh/acme`.
    pub organization: Option<String>,
    /// Never used.
    pub never_used: bool,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
}

impl App {
    /// The predicate that a wish stands for.
    ///
    /// # Errors
    /// [`Refusal::Missing`] for a name that nothing has.
    pub async fn predicate(&self, ctx: &Ctx, wish: &PredicateWish) -> Result<Predicate, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let person = match &wish.person {
            Some(name) => Some(match name.parse::<PersonName>() {
                Ok(name) => self.person_named(ctx, &name).await?.id,
                Err(_) => return Err(Refusal::Missing("person", name.clone())),
            }),
            None => None,
        };
        // What was made at the moment itself is not before it.
        let before = wish.before.map(|before| before.plus(-1));
        Ok(Predicate {
            made_by: before.map_or(ctx.at, |before| before.min(ctx.at)),
            person,
            projects: self.projects_of(wish)?,
            never_used: wish.never_used,
            unrestricted: wish.unrestricted,
        })
    }

    /// The projects that a wish names: one, those of an organization, or where both are named, the one if
    /// it is the organization's.
    fn projects_of(&self, wish: &PredicateWish) -> Result<Option<Vec<ProjectId>>, Refusal> {
        if wish.project.is_none() && wish.organization.is_none() {
            return Ok(None);
        }
        let mut projects = self.memory.projects();
        if let Some(slug) = &wish.project {
            let own = slug.parse::<Slug>().ok();
            projects.retain(|project| Some(&project.slug) == own.as_ref());
            if projects.is_empty() {
                return Err(Refusal::Missing("project", slug.clone()));
            }
        }
        if let Some(name) = &wish.organization {
            projects.retain(|project| {
                let slug = &project.slug;
                [slug.vcs.short(), slug.vcs.long()]
                    .iter()
                    .any(|vcs| *name == format!("{vcs}/{}", slug.org()))
            });
            if projects.is_empty() {
                return Err(Refusal::Missing("organization", name.clone()));
            }
        }
        Ok(Some(projects.iter().map(|project| project.id).collect()))
    }

    /// How many tokens a predicate is true of, and the first few of them.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn tokens_hit_by(
        &self,
        ctx: &Ctx,
        predicate: &Predicate,
    ) -> Result<(i64, Vec<Token>), Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.hit_by(predicate).await?)
    }

    /// Deletes every token of which a predicate is true, if it is true of exactly `count`. It counts
    /// from the commit of one small row on, however many they are; moving them comes after it.
    ///
    /// # Errors
    /// [`Invalid::Count`] if it is true of another number of them: then nothing happened.
    pub async fn revoke_tokens(
        &self,
        ctx: &Ctx,
        (predicate, count): (&Predicate, i64),
        reason: Option<Reason>,
    ) -> Result<(), Refusal> {
        ctx.require(Permission::ManageServer)?;
        let by = &ctx.by();
        let burial = &Burial { at: ctx.at, by: by.actor.clone(), reason };
        // Counting takes longer the more there are: it holds up no writer, and nothing comes to what is
        // counted, which was made before.
        let (found, _) = self.store.read().await?.hit_by(predicate).await?;
        if found != count {
            return Err(Refusal::Invalid(Invalid::Count(found)));
        }
        self.store
            .write(|mut tx| async move {
                let number = tx.insert_revocation(predicate, burial).await?;
                tx.announce(&Change::Revocation(number.to_string())).await?;
                let entry = Entry::new(Event::TokensRevoke, format_args!("{count} tokens"));
                tx.commit(by, entry.with(predicate)).await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.follow(&self.store).await;
        self.sweep_revocations().await
    }

    /// Moves what was revoked to its tombstones; also what a server did that was killed meanwhile.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn sweep_revocations(&self) -> Result<(), Refusal> {
        let open = self.store.read().await?.revocations().await?;
        for revocation in &open {
            while self.sweep(revocation).await? > 0 {}
        }
        if !open.is_empty() {
            self.memory.follow(&self.store).await;
        }
        Ok(())
    }

    async fn sweep(&self, revocation: &Revocation) -> Result<u64, rondo_store::Error> {
        self.store
            .write(|mut tx| async move {
                let swept = tx.sweep(revocation, BATCH).await?;
                if swept == 0 {
                    tx.announce(&Change::Revocation(revocation.number.to_string())).await?;
                }
                tx.commit_progress().await?;
                Ok(swept)
            })
            .await
    }

    /// Forgets deleted tokens whose time is over.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn forget_tombstones(&self) -> Result<(), Refusal> {
        const DAY: i64 = 24 * 3600 * 1000;
        let before: Millis = self.world.now().plus(-self.policy.tombstone_days * DAY);
        self.memory.forget_dead(before);
        self.store
            .write(|mut tx| async move {
                tx.forget_tombstones(before).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }
}
