//! Who is told that tokens end, at the end that they were made with or since nobody uses them: the owner of a personal one, the admins of a project for its own, and who
//! answers for a service account for its own, by mail, one digest a person and day; and the operator's
//! webhook.

use std::collections::BTreeMap;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::name::PersonName;
use rondo_domain::token::{Holder, NOTICE_DAYS, Token, TokenId, days_left, notice_due};
use rondo_domain::{Email, Millis, Permission, PersonId, ProjectId, Role, ServiceId};
use rondo_store::{DigestId, Errand, Matter};

use crate::courier::{Letter, Mail, News, Unused, Webhook, Whose};
use crate::refusal::Refusal;
use crate::{App, Ctx};

const DAY: i64 = 24 * 3600 * 1000;
/// A digest that was taken so long ago and is not settled is nobody's any more.
const TAKEN: i64 = 15 * 60 * 1000;
/// How long it is remembered what was told.
const REMEMBERED: i64 = 90 * DAY;
/// Tokens that are read at a time, and the most of one call of the webhook.
const PAGE: u16 = 500;

/// A token that ends soon, as its people are told of it. Its value is nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Which.
    pub id: TokenId,
    /// What it is called.
    pub label: String,
    /// Whose it is.
    pub whose: Whose,
    /// When it ends.
    pub end: Millis,
    /// The policy that it is deleted by then, unless somebody uses it; none: it was made with this end.
    pub unused: Option<Unused>,
    /// The threshold that it passed: so many days before its end.
    pub threshold: i64,
    /// The whole days that are left.
    pub days_left: i64,
}

/// A token that is to be told of.
#[derive(Clone)]
pub(crate) struct Due {
    pub(crate) token: Token,
    pub(crate) end: Millis,
    /// The threshold that it passed: so many days before its end.
    pub(crate) threshold: i64,
    pub(crate) unused: Option<Unused>,
}

impl Due {
    /// What was passed, as it is remembered: the threshold; where a use would move the end, the moment of it, so
    /// that its people are told again when that was moved.
    fn passed(&self) -> i64 {
        match self.unused {
            None => self.threshold,
            Some(_) => self.end.plus(-self.threshold * DAY).0,
        }
    }
}

/// What each person is told, by their ids.
type People = BTreeMap<String, (PersonId, Vec<Due>)>;

impl App {
    /// Tells whoever is to be told now. What cannot be sent is given back, and tried again at the next
    /// call.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tell_of_endings(&self) -> Result<(), Refusal> {
        let courier = self.world.courier();
        if courier.is_idle() {
            return Ok(());
        }
        let now = self.world.now();
        self.store
            .write(|mut tx| async move {
                tx.give_back_digests(now.plus(-TAKEN)).await?;
                tx.forget_digests(now.plus(-REMEMBERED)).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.trust(&self.store).await?;
        let (mut after, mut slot) = (None, now.0);
        let mut people = People::new();
        loop {
            let until = now.plus(NOTICE_DAYS[0] * DAY);
            let page =
                self.store.read().await?.ending_tokens((now, until), after, PAGE.into()).await?;
            let Some(last) = page.last() else { break };
            after = last.reach.expires_at.map(|end| (end, last.id));
            let due: Vec<Due> = page.into_iter().filter_map(|token| is_due(token, now)).collect();
            self.tell_of(due, &mut people, (&mut slot, now)).await?;
        }
        let unused = self.unused_soon(now).await?;
        for due in unused.chunks(PAGE.into()) {
            self.tell_of(due.to_vec(), &mut people, (&mut slot, now)).await?;
        }
        for (person, due) in people.into_values() {
            if let Some(mail) = &courier.mail {
                self.mail_person(mail.as_ref(), person, &due, now).await?;
            }
        }
        Ok(())
    }

    /// Calls the webhook with them, and gathers what each person is told.
    async fn tell_of(
        &self,
        due: Vec<Due>,
        people: &mut People,
        (slot, now): (&mut i64, Millis),
    ) -> Result<(), Refusal> {
        let courier = self.world.courier();
        if let Some(webhook) = &courier.webhook {
            self.call_webhook(webhook.as_ref(), &due, (*slot, now)).await?;
            *slot += 1;
        }
        if courier.mail.is_some() {
            for due in due {
                for person in self.told_of(&due.token).await? {
                    let known = people.entry(person.to_string());
                    known.or_insert_with(|| (person, Vec::new())).1.push(due.clone());
                }
            }
        }
        Ok(())
    }

    /// The people who are told of a token: nobody whom nothing opens anything for.
    async fn told_of(&self, token: &Token) -> Result<Vec<PersonId>, Refusal> {
        match token.holder {
            Holder::Person(owner) => {
                let owner = self.memory.person(owner).filter(|p| p.disabled_at.is_none());
                Ok(owner.map(|owner| owner.id).into_iter().collect())
            }
            Holder::Project(project, _) => self.told_of_project(project).await,
            Holder::Service(id) => self.told_of_service(id).await,
        }
    }

    /// The people who are told of a service account's tokens.
    pub(crate) async fn told_of_service(&self, id: ServiceId) -> Result<Vec<PersonId>, Refusal> {
        let Some(account) = self.memory.service(id) else { return Ok(Vec::new()) };
        Ok(self.answering(&mut self.store.read().await?, &account).await?)
    }

    /// The people who are told of a project's tokens.
    pub(crate) async fn told_of_project(
        &self,
        project: ProjectId,
    ) -> Result<Vec<PersonId>, Refusal> {
        let Some(project) = self.memory.project_of(project) else { return Ok(Vec::new()) };
        let all = self.store.read().await?.admins_of(project.org).await?;
        let own = all.iter().copied();
        let own: Vec<_> =
            own.filter(|p| self.memory.role(*p, project.org) == Some(Role::Admin)).collect();
        // Where the project has none, the server's have it.
        Ok(if own.is_empty() { all } else { own })
    }

    async fn mail_person(
        &self,
        mail: &Mail,
        person: PersonId,
        due: &[Due],
        now: Millis,
    ) -> Result<(), Refusal> {
        let Some(address) = self.store.read().await?.mailbox(person).await? else { return Ok(()) };
        let Some(known) = self.memory.person(person) else { return Ok(()) };
        let id = DigestId { recipient: person.to_string(), slot: now.0.div_euclid(DAY) };
        let told = self.take_digest(&id, due, now).await?;
        if told.is_empty() {
            return Ok(());
        }
        let endings = self.endings(&told, now);
        let news = News::Ending(endings);
        let sent = mail(Letter { person: known.name, address, news }).await;
        self.conclude_digest(&id, sent).await
    }

    /// The webhook has as many digests as there are pages.
    async fn call_webhook(
        &self,
        call: &Webhook,
        due: &[Due],
        (slot, now): (i64, Millis),
    ) -> Result<(), Refusal> {
        let id = DigestId { recipient: Errand::WEBHOOK.to_owned(), slot };
        let told = self.take_digest(&id, due, now).await?;
        if told.is_empty() {
            return Ok(());
        }
        let sent = call(self.call(News::Ending(self.endings(&told, now)))).await;
        self.conclude_digest(&id, sent).await
    }

    /// Takes those that are not told yet.
    async fn take_digest(
        &self,
        id: &DigestId,
        due: &[Due],
        now: Millis,
    ) -> Result<Vec<Due>, Refusal> {
        let wanted: &Vec<_> = &due.iter().map(|due| (due.token.id, due.passed())).collect();
        let taken = self.store.write(|mut tx| async move {
            let taken = tx.take_digest(id, wanted, now).await?;
            tx.commit_progress().await?;
            Ok(taken)
        });
        let taken = taken.await.map_err(|error: rondo_store::Error| Refusal::from(error))?;
        let told = due.iter().filter(|due| taken.contains(&(due.token.id, due.passed())));
        Ok(told.cloned().collect())
    }

    async fn conclude_digest(
        &self,
        id: &DigestId,
        sent: Result<(), String>,
    ) -> Result<(), Refusal> {
        let (now, is_sent) = (self.world.now(), sent.is_ok());
        let concluded = self.store.write(|mut tx| async move {
            match is_sent {
                true => tx.settle_digest(id, now).await?,
                false => tx.give_back_digest(id).await?,
            }
            tx.commit_progress().await
        });
        let concluded = concluded.await.map_err(|error: rondo_store::Error| error.into());
        // Not before it is given back: a server that ends on this line leaves it to be sent.
        if let Err(why) = &sent {
            let recipient = id.recipient.as_str();
            tracing::warn!(
                recipient,
                why,
                "nobody could be told that tokens end; it is tried again in an hour"
            );
        }
        concluded
    }

    fn endings(&self, told: &[Due], now: Millis) -> Vec<Ending> {
        let ending = |due: &Due| Ending {
            id: due.token.id,
            label: due.token.label.as_str().to_owned(),
            whose: self.whose(due.token.holder),
            end: due.end,
            unused: due.unused.clone(),
            threshold: due.threshold,
            days_left: days_left(due.end, now),
        };
        let mut endings: Vec<_> = told.iter().map(ending).collect();
        endings.sort_by_key(|ending| ending.end);
        endings
    }

    /// Where a person gets mail.
    ///
    /// # Errors
    /// If the principal does not administer the server, or the database is away.
    pub async fn mailbox(&self, ctx: &Ctx, person: PersonId) -> Result<Option<Email>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.mailbox(person).await?)
    }

    /// Says where a person gets mail; none: nowhere. Where they got it until now they are told.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if there is no such person.
    pub async fn set_mailbox(
        &self,
        ctx: &Ctx,
        name: &PersonName,
        address: Option<&Email>,
    ) -> Result<(), Refusal> {
        let person = self.person_named(ctx, name).await?;
        self.move_mailbox(ctx, person.id, address).await
    }

    pub(crate) async fn move_mailbox(
        &self,
        ctx: &Ctx,
        person: PersonId,
        address: Option<&Email>,
    ) -> Result<(), Refusal> {
        let (by, entry, at) = (&ctx.by(), &Entry::new(Event::PersonMailbox, person), ctx.at);
        self.store
            .write(|mut tx| async move {
                let was = tx.mailbox(person).await?;
                if was.as_ref() == address {
                    return Ok(());
                }
                tx.set_mailbox(person, address).await?;
                if let Some(was) = was {
                    tx.insert_errand(&person.to_string(), &Matter::Mailbox(was), at).await?;
                }
                tx.commit(by, entry.clone()).await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }
}

fn is_due(token: Token, now: Millis) -> Option<Due> {
    let end = token.reach.expires_at?;
    let threshold = notice_due(token.created_at, end, now)?;
    Some(Due { token, end, threshold, unused: None })
}
