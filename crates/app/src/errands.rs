//! What people are told once, after something was done: that tokens of theirs were deleted, many at once or
//! since nobody used them, one mail a person, and one call of the webhook; and that mail for them goes elsewhere from now on. What
//! cannot be sent is tried again, and after a week no more. Of several servers one sends it; only if it
//! dies over that is it sent again.

use std::collections::BTreeMap;

use rondo_domain::token::Tombstone;
use rondo_domain::{Millis, PersonId};
use rondo_store::{Bereaved, Due, Errand, Matter};

use crate::App;
use crate::courier::{Gone, Letter, News, Revoked, Unused};
use crate::refusal::Refusal;

const DAY: i64 = 24 * 3600 * 1000;
/// What was done so long ago is told to nobody any more.
const OLD: i64 = 7 * DAY;
/// An errand that was taken so long ago and is not settled is nobody's: it failed, or its server died.
const TAKEN: i64 = 15 * 60 * 1000;
/// Errands that are read at a time.
const PAGE: i64 = 500;
/// Tokens that one mail names.
const NAMED: i64 = 100;
/// Tokens that one call of the webhook names.
const CALLED: i64 = 500;

/// Who is told of a revocation, by their ids, and of whose tokens each.
type Concerned = BTreeMap<String, (PersonId, Bereaved)>;

impl App {
    /// Does what is to be done now.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn run_errands(&self) -> Result<(), Refusal> {
        let courier = self.world.courier();
        if courier.is_idle() {
            return Ok(());
        }
        // A person whom memory does not know would count as gone, and nobody would be told.
        self.memory.catch_up(&self.store).await?;
        let now = self.world.now();
        let due = Due {
            since: now.plus(-OLD),
            lost: now.plus(-TAKEN),
            people: courier.mail.is_some(),
            webhook: courier.webhook.is_some(),
        };
        for revocation in self.store.read().await?.unaddressed(due.since, now).await? {
            self.address(revocation).await?;
        }
        // They come by revocation: who is concerned is found out once for each.
        let mut concerned: Option<(i64, Concerned)> = None;
        for errand in self.store.read().await?.errands(due, PAGE).await? {
            if let Matter::Revocation(number) = errand.matter
                && concerned.as_ref().is_none_or(|(known, _)| *known != number)
            {
                concerned = Some((number, self.concerned(number).await?));
            }
            let known = concerned.as_ref().map(|(_, known)| known);
            self.run_errand(&errand, known, due.lost).await?;
        }
        Ok(())
    }

    /// Settles who is told of a revocation: everybody whom it concerns, and the webhook.
    async fn address(&self, revocation: i64) -> Result<(), Refusal> {
        let mut recipients: Vec<_> = self.concerned(revocation).await?.into_keys().collect();
        let (count, _) = self.of_all(revocation, 0).await?;
        if count > 0 {
            recipients.push(Errand::WEBHOOK.to_owned());
        }
        let recipients = &recipients;
        self.store
            .write(|mut tx| async move {
                tx.address_revocation(revocation, recipients).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }

    /// Owners of personal tokens, admins of projects, and who answers for service accounts: nobody whom
    /// nothing opens anything for.
    async fn concerned(&self, revocation: i64) -> Result<Concerned, Refusal> {
        self.memory.trust(&self.store).await?;
        let bereaved = self.store.read().await?.bereaved(revocation).await?;
        let mut concerned = Concerned::new();
        for person in bereaved.people {
            if self.memory.person(person).is_some_and(|known| known.disabled_at.is_none()) {
                let known = concerned.entry(person.to_string());
                known.or_insert_with(|| (person, Bereaved::default())).1.people.push(person);
            }
        }
        for project in bereaved.projects {
            for admin in self.told_of_project(project).await? {
                let known = concerned.entry(admin.to_string());
                known.or_insert_with(|| (admin, Bereaved::default())).1.projects.push(project);
            }
        }
        for service in bereaved.services {
            for person in self.told_of_service(service).await? {
                let known = concerned.entry(person.to_string());
                known.or_insert_with(|| (person, Bereaved::default())).1.services.push(service);
            }
        }
        Ok(concerned)
    }

    async fn run_errand(
        &self,
        errand: &Errand,
        concerned: Option<&Concerned>,
        lost: Millis,
    ) -> Result<(), Refusal> {
        let now = self.world.now();
        let taken = self.store.write(|mut tx| async move {
            let taken = tx.take_errand(errand.number, now, lost).await?;
            tx.commit_progress().await?;
            Ok(taken)
        });
        if !taken.await.map_err(|error: rondo_store::Error| Refusal::from(error))? {
            return Ok(());
        }
        if let Err(why) = self.tell(errand, concerned).await? {
            let recipient = errand.recipient.as_str();
            tracing::warn!(
                recipient,
                why,
                "nobody could be told what was done; it is tried again in 15 minutes"
            );
            return Ok(());
        }
        let now = self.world.now();
        self.store
            .write(|mut tx| async move {
                tx.settle_errand(errand.number, now).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }

    /// Sends it; inside: in words why it could not be sent. Where there is nobody to send it to any more,
    /// or nowhere, it is done.
    async fn tell(
        &self,
        errand: &Errand,
        concerned: Option<&Concerned>,
    ) -> Result<Result<(), String>, Refusal> {
        let courier = self.world.courier();
        let number = match &errand.matter {
            Matter::Revocation(number) => *number,
            Matter::Mailbox(address) => {
                let id: Option<PersonId> = errand.recipient.parse().ok();
                let person = id.and_then(|id| self.memory.person(id)).map(|person| person.name);
                let (Some(mail), Some(person)) = (&courier.mail, person) else {
                    return Ok(Ok(()));
                };
                let (address, news) = (address.clone(), News::Moved);
                return Ok(mail(Letter { person, address, news }).await);
            }
        };
        if errand.recipient == Errand::WEBHOOK {
            let Some(webhook) = &courier.webhook else { return Ok(Ok(())) };
            let tokens = self.of_all(number, CALLED).await?;
            let unused = self.store.read().await?.unused(number).await?;
            let Some(revoked) = self.revoked(tokens, unused) else { return Ok(Ok(())) };
            return Ok(webhook(self.call(News::Revoked(revoked))).await);
        }
        let known = concerned.and_then(|known| known.get(&errand.recipient));
        let (Some((person, whose)), Some(mail)) = (known, &courier.mail) else { return Ok(Ok(())) };
        let mut tx = self.store.read().await?;
        let Some(address) = tx.mailbox(*person).await? else { return Ok(Ok(())) };
        let tokens = tx.deleted_by(number, whose, NAMED).await?;
        let unused = tx.unused(number).await?;
        drop(tx);
        let person = self.memory.person(*person).map(|person| person.name);
        let (Some(person), Some(revoked)) = (person, self.revoked(tokens, unused)) else {
            return Ok(Ok(()));
        };
        Ok(mail(Letter { person, address, news: News::Revoked(revoked) }).await)
    }

    async fn of_all(&self, revocation: i64, most: i64) -> Result<(i64, Vec<Tombstone>), Refusal> {
        let mut tx = self.store.read().await?;
        let bereaved = tx.bereaved(revocation).await?;
        Ok(tx.deleted_by(revocation, &bereaved, most).await?)
    }

    fn revoked(
        &self,
        (count, tokens): (i64, Vec<Tombstone>),
        unused: Option<rondo_store::Unused>,
    ) -> Option<Revoked> {
        let one = tokens.first()?;
        let by = one.deleted_by.as_str();
        let person = by.strip_prefix("person:").and_then(|id| self.memory.person(id.parse().ok()?));
        Some(Revoked {
            at: one.deleted_at,
            by: person.map_or_else(|| by.to_owned(), |person| person.name.to_string()),
            reason: one.reason.as_ref().map(ToString::to_string),
            unused: unused
                .map(|why| Unused { organization: why.organization.to_string(), days: why.days }),
            count,
            tokens: tokens
                .iter()
                .map(|token| Gone {
                    id: token.id,
                    label: token.label.as_str().to_owned(),
                    whose: self.whose(token.holder),
                })
                .collect(),
        })
    }

    /// Forgets what was told long ago.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn forget_errands(&self) -> Result<(), Refusal> {
        let before = self.world.now().plus(-2 * OLD);
        self.store
            .write(|mut tx| async move {
                tx.forget_errands(before).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }
}
