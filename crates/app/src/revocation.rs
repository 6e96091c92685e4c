//! Many tokens deleted at once, by what is true of them; and what deleted tokens were. The server's
//! administrators only.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::limits::PREVIEW_LIFE;
use rondo_domain::name::{PersonName, Reason};
use rondo_domain::token::{Digest, Network, Predicate, Token, TokenId, Tombstone};
use rondo_domain::{Home, Millis, OrgId, Permission, ProjectId, ServiceId, Slug};
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
    /// This one.
    pub token: Option<TokenId>,
    /// A personal token of this person.
    pub person: Option<String>,
    /// A token of this project, as a slug, or of a service account of its own.
    pub project: Option<String>,
    /// A token of a project or of a service account of this organization, such as `gh/acme`.
    pub organization: Option<String>,
    /// Never used.
    pub never_used: bool,
    /// Personal, and not narrowed at all.
    pub unrestricted: bool,
    /// Its value was shown in this network.
    pub seen_from: Option<Network>,
    /// The word of a preview: what it looked at is meant, and nothing that was made since.
    pub preview: Option<PreviewWord>,
}

/// What a preview gives an order to bring back: that so many tokens were counted, of which predicate, and
/// when. What was made by the predicate's moment can only become fewer, but for where it was seen: nobody
/// is given another owner, project or reach, and what was used is never unused. So an order with it need
/// not count again.
#[derive(Debug, Clone)]
pub struct PreviewWord {
    /// The predicate's moment.
    made_by: Millis,
    /// When it was counted.
    at: Millis,
    /// Over all of it, under the server's key.
    proof: [u8; 32],
}

/// A text that no preview gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAPreview;

impl fmt::Display for PreviewWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proof = crate::world::hex(&self.proof);
        write!(f, "{}.{}.{proof}", self.made_by.0, self.at.0)
    }
}

impl FromStr for PreviewWord {
    type Err = NotAPreview;
    fn from_str(text: &str) -> Result<Self, NotAPreview> {
        let mut parts = text.trim().splitn(3, '.');
        let mut part = || parts.next().ok_or(NotAPreview);
        let moment = |text: &str| text.parse().map(Millis).map_err(|_| NotAPreview);
        let (made_by, at) = (moment(part()?)?, moment(part()?)?);
        let proof = unhex(part()?).ok_or(NotAPreview)?;
        Ok(Self { made_by, at, proof })
    }
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// What an order would hit.
#[derive(Debug, Clone)]
pub struct Preview {
    /// How many tokens.
    pub count: i64,
    /// The first few of them by age.
    pub first: Vec<Token>,
    /// What an order brings back.
    pub word: PreviewWord,
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
        let (projects, services) = match self.homes_of(wish).await? {
            Some((projects, services)) => (Some(projects), services),
            None => (None, Vec::new()),
        };
        // What was made at the moment itself is not before it.
        let before = wish.before.map(|before| before.plus(-1));
        let looked = wish.preview.as_ref().map(|preview| preview.made_by);
        Ok(Predicate {
            made_by: before.into_iter().chain(looked).fold(ctx.at, Millis::min),
            token: wish.token,
            person,
            projects,
            services,
            never_used: wish.never_used,
            unrestricted: wish.unrestricted,
            seen_from: wish.seen_from,
        })
    }

    /// The projects that a wish names, and the service accounts that belong there: one project, an
    /// organization with all of its projects, or where both are named, the one if it is the
    /// organization's.
    async fn homes_of(
        &self,
        wish: &PredicateWish,
    ) -> Result<Option<(Vec<ProjectId>, Vec<ServiceId>)>, Refusal> {
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
        let org = match &wish.organization {
            Some(name) => Some(self.organization_of_slug(name).await?),
            None => None,
        };
        if let (Some(org), Some(name)) = (org, &wish.organization) {
            projects.retain(|project| project.org == org);
            if wish.project.is_some() && projects.is_empty() {
                return Err(Refusal::Missing("organization", name.clone()));
            }
        }
        let services = self.memory.services().into_iter().filter(|account| match account.home {
            Home::Project { project, .. } => projects.iter().any(|own| own.id == project),
            Home::Organization(own) => wish.project.is_none() && Some(own) == org,
        });
        let services = services.map(|account| account.id).collect();
        Ok(Some((projects.iter().map(|project| project.id).collect(), services)))
    }

    /// The organization of a name such as `gh/acme`.
    async fn organization_of_slug(&self, name: &str) -> Result<OrgId, Refusal> {
        let missing = || Refusal::Missing("organization", name.to_owned());
        let (vcs, own) = name.split_once('/').ok_or_else(missing)?;
        let organization = self.organization_at(vcs, own).await?;
        organization.map(|organization| organization.id).ok_or_else(missing)
    }

    /// How many tokens a predicate is true of, and the first few of them.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn tokens_hit_by(
        &self,
        ctx: &Ctx,
        predicate: &Predicate,
    ) -> Result<Preview, Refusal> {
        ctx.require(Permission::ManageServer)?;
        self.know_where_seen(predicate).await?;
        let (count, first) = self.store.read().await?.hit_by(predicate).await?;
        let proof = self.preview_proof(predicate, count, ctx.at);
        let word = PreviewWord { made_by: predicate.made_by, at: ctx.at, proof: *proof.as_bytes() };
        Ok(Preview { count, first, word })
    }

    /// Whoever asks where tokens were seen is told of uses that this server has not written yet, too.
    async fn know_where_seen(&self, predicate: &Predicate) -> Result<(), Refusal> {
        match predicate.seen_from {
            Some(_) => self.write_uses().await,
            None => Ok(()),
        }
    }

    /// All that is in a predicate is in the text of its `Debug`, also what will be added to it.
    fn preview_proof(&self, predicate: &Predicate, count: i64, at: Millis) -> Digest {
        self.pepper.digest(format!("preview {} {count} {predicate:?}", at.0).as_bytes())
    }

    /// Whether a preview counted so many of these, lately enough, so that there are not more by now.
    fn is_counted(&self, now: Millis, order: (&Predicate, i64), preview: &PreviewWord) -> bool {
        let (predicate, count) = order;
        let age = now.since(preview.at);
        predicate.seen_from.is_none()
            && (0..=PREVIEW_LIFE).contains(&age)
            && self
                .preview_proof(predicate, count, preview.at)
                .matches(&Digest::from_stored(preview.proof))
    }

    /// Deletes every token of which a predicate is true, if it is true of exactly `count`, or was so in
    /// the preview that is named. It counts from the commit of one small row on, however many they are;
    /// moving them comes after it. Where it is about a network, the tokens that were seen there are
    /// found first and named with the row, so that each server can judge them by id, and the use of
    /// another one meanwhile does not add it to those that were counted.
    ///
    /// # Errors
    /// [`Invalid::Count`] if it is true of another number of them: then nothing happened.
    pub async fn revoke_tokens(
        &self,
        ctx: &Ctx,
        (predicate, count): (&Predicate, i64),
        preview: Option<&PreviewWord>,
        reason: Option<Reason>,
    ) -> Result<(), Refusal> {
        ctx.require(Permission::ManageServer)?;
        let by = &ctx.by();
        let burial = &Burial { at: ctx.at, by: by.actor.clone(), reason };
        let order = (predicate, count);
        let seen = &match preview.filter(|preview| self.is_counted(ctx.at, order, preview)) {
            Some(_) => None,
            None => self.count_again(order).await?,
        };
        self.store
            .write(|mut tx| async move {
                let number = tx.insert_revocation((predicate, seen.as_ref()), burial).await?;
                tx.announce(&Change::Revocation(number.to_string())).await?;
                let entry = Entry::new(Event::TokensRevoke, format_args!("{count} tokens"));
                tx.commit(by, entry.with(predicate)).await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.follow(&self.store).await;
        self.sweep_revocations().await
    }

    /// Counting takes longer the more there are: it holds up no writer, and nothing comes to what is
    /// counted, which was made before. Where they are named one by one, those that are.
    async fn count_again(
        &self,
        (predicate, count): (&Predicate, i64),
    ) -> Result<Option<BTreeSet<TokenId>>, Refusal> {
        self.know_where_seen(predicate).await?;
        let mut tx = self.store.read().await?;
        let (found, seen) = match &predicate.seen_from {
            Some(network) => {
                let ids = tx.seen_from(network).await?;
                let ids = tx.hit_among(predicate, &ids).await?;
                (i64::try_from(ids.len()).unwrap_or(i64::MAX), Some(ids))
            }
            None => (tx.hit_by(predicate).await?.0, None),
        };
        match found == count {
            true => Ok(seen),
            false => Err(Refusal::Invalid(Invalid::Count(found))),
        }
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
