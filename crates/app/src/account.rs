//! What people do with their own account.

use std::sync::Arc;

use bytes::Bytes;
use rondo_domain::audit::{Entry, Event};
use rondo_domain::principal::Credential;
use rondo_domain::{Email, Organization, Person, PersonId, Principal, Project, ProjectId};

use crate::refusal::Refusal;
use crate::throttle::Key;
use crate::{App, Ctx};

impl App {
    /// The person who asks.
    ///
    /// # Errors
    /// If it is no person.
    pub fn me(&self, ctx: &Ctx) -> Result<Person, Refusal> {
        let id = ctx.person()?;
        self.memory.person(id).ok_or(Refusal::Unauthenticated)
    }

    /// What is answered to a person about themselves: made by `make`, of them and the projects that they follow, and
    /// kept in memory until any of it changes. It must follow from these alone. Through a token of chosen projects
    /// they hear of no others.
    ///
    /// # Errors
    /// If it is no person.
    pub fn answer_about_me(
        &self,
        ctx: &Ctx,
        make: impl FnOnce(&Person, &[Arc<Project>]) -> Bytes,
    ) -> Result<Bytes, Refusal> {
        let me = ctx.person()?;
        let narrowed = ctx.who.token().filter(|token| !self.memory.reaches_all(*token));
        let Some(token) = narrowed else {
            let answer = self.memory.answer_about(me, |person, follows| {
                make(person, &self.still_seen(me, follows).collect::<Vec<_>>())
            });
            return answer.ok_or(Refusal::Unauthenticated);
        };
        let reach = self.memory.reach(token).ok_or(Refusal::Unauthenticated)?;
        let follows = self.memory.followed(me);
        let reached = self.still_seen(me, &follows).filter(|project| reach.reaches(project.id));
        Ok(make(&self.me(ctx)?, &reached.collect::<Vec<_>>()))
    }

    /// Those of the projects that a person may know of now: following one gives no right.
    fn still_seen(&self, person: PersonId, of: &[ProjectId]) -> impl Iterator<Item = Arc<Project>> {
        let known = of.iter().filter_map(|id| self.memory.project_of(*id));
        known.filter(move |project| project.public || self.memory.is_in(person, project.org))
    }

    /// The organizations that the person who asks has a part in; all of them for an administrator.
    ///
    /// # Errors
    /// If it is no person, or the database is away.
    pub async fn collaborations(&self, ctx: &Ctx) -> Result<Vec<Organization>, Refusal> {
        let me = self.me(ctx)?;
        let all = self.store.read().await?.organizations().await?.into_iter();
        let own = |org: &Organization| me.admin || self.memory.role(me.id, org.id).is_some();
        Ok(all.filter(own).collect())
    }

    /// Where the person who asks gets mail.
    ///
    /// # Errors
    /// If it is no person, or the database is away.
    pub async fn own_mailbox(&self, ctx: &Ctx) -> Result<Option<Email>, Refusal> {
        let person = ctx.person()?;
        Ok(self.store.read().await?.mailbox(person).await?)
    }

    /// Says where the person who asks gets mail; none: nowhere. Where they got it until now they are told.
    ///
    /// # Errors
    /// If it is no person, or the database is away.
    pub async fn set_own_mailbox(&self, ctx: &Ctx, address: Option<&Email>) -> Result<(), Refusal> {
        let person = ctx.person()?;
        self.move_mailbox(ctx, person, address).await
    }

    /// Changes one's own password; every other session of the person ends.
    ///
    /// # Errors
    /// [`Refusal::WrongPassword`] if the old one is wrong; [`Refusal::Invalid`] for a bad new one.
    pub async fn change_password(
        &self,
        ctx: &Ctx,
        old: String,
        new: String,
    ) -> Result<(), Refusal> {
        let person = ctx.person()?;
        let keys = Key::again(person, ctx.source());
        self.sign_ins.attempt(&keys, ctx.at)?;
        let hash = self.store.read().await?.password_hash(person).await?;
        if !self.passwords.verify(old, hash).await? {
            return Err(Refusal::WrongPassword);
        }
        self.sign_ins.passed(&keys);
        let hash = &self.passwords.hash(new, self.world.entropy()).await?;
        let but = match ctx.who {
            Principal::Person { by: Credential::Session(id), .. } => Some(id),
            _ => None,
        };
        let (by, entry) = (&ctx.by(), &Entry::new(Event::PersonPassword, person));
        self.store
            .write(|mut tx| async move {
                tx.set_password(person, hash).await?;
                tx.delete_sessions_of(person, but).await?;
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(Refusal::from)
    }
}
