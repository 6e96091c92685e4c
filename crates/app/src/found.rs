//! Tokens that somebody found where they should not be: whoever hands in a whole value ends the token,
//! and its people are told. What is answered, and when, does not depend on whether there is such a token: either way
//! the store is asked, written to, and followed, and the answer waits for the next beat.

use std::time::Duration;

use rondo_domain::audit::{Entry, Event};
use rondo_domain::principal::Credential;
use rondo_domain::token::{Holder, Notice, Presented, Token, TokenId};
use rondo_domain::{PersonId, Principal};
use rondo_store::{Burial, By, Change, WriteTx};
use tokio::time::{Instant, sleep_until};

use crate::refusal::Refusal;
use crate::throttle::Key;
use crate::{App, Ctx};

/// What is kept as the reason of such a deletion.
const REASON: &str = "found";
/// Answers come at whole multiples of this after the text did. Ending a token takes longer than finding none, and
/// takes its time before the answer: that must not be seen from it.
const BEAT: Duration = Duration::from_millis(250);
/// A well-formed id that no token has: ids are drawn at random.
const NOBODYS: &str = "00000000000";

impl App {
    /// Takes a text that may be a token's value. If it is, the token is deleted when this has returned.
    ///
    /// # Errors
    /// [`Refusal::Throttled`] where an address hands in many.
    pub async fn hand_in(&self, ctx: &Ctx, text: &str) -> Result<(), Refusal> {
        self.sign_ins.attempt(&[Key::own(format!("found:{}", ctx.source()))], ctx.at)?;
        let came = Instant::now();
        let taken = self.take_in(ctx, text).await;
        sleep_until(came + next_beat(came.elapsed())).await;
        taken
    }

    async fn take_in(&self, ctx: &Ctx, text: &str) -> Result<(), Refusal> {
        // Who answers for a service account is known from it.
        self.memory.trust(&self.store).await?;
        let text = text.trim();
        let shown = Presented::parse(text);
        let nobodys = || NOBODYS.parse().map_err(|_| Refusal::Fault("an id".to_owned()));
        let id: TokenId = shown.map_or_else(nobodys, |shown| Ok(shown.id))?;
        let kind = shown.map(|shown| shown.kind);
        let digest = &match &shown {
            Some(shown) => shown.digest(&self.pepper),
            None => self.pepper.digest(text.as_bytes()),
        };
        let by = &ctx.by();
        self.store
            .write(|mut tx| async move {
                let row = tx.token(id).await?;
                let row = row.filter(|row| {
                    Some(row.token.holder.kind()) == kind && row.digest.matches(digest)
                });
                let Some(row) = row else {
                    let entry =
                        Entry::new(Event::TokenFound, "none").with("no token of this server");
                    return tx.commit(by, entry).await;
                };
                let entry = self.end_found(&mut tx, &row.token, by).await?;
                let by = &By { token: Some(id.to_string()), ..by.clone() };
                tx.commit(by, entry).await
            })
            .await
            .map_err(|error: rondo_store::Error| Refusal::from(error))?;
        self.memory.follow(&self.store).await;
        Ok(())
    }

    /// Deletes a token and lets its people be told; the entry of it.
    async fn end_found(
        &self,
        tx: &mut WriteTx,
        token: &Token,
        by: &By,
    ) -> Result<Entry, rondo_store::Error> {
        let burial = Burial { at: by.at, by: by.actor.clone(), reason: REASON.parse().ok() };
        tx.delete_token(token.id, &burial).await?;
        tx.announce(&Change::Token(token.id.to_string())).await?;
        let (people, project, service) = match token.holder {
            Holder::Person(owner) => (vec![owner], None, None),
            Holder::Project(id, _) => match tx.project(id).await? {
                Some(project) => (tx.admins_of(project.org).await?, Some(id), None),
                None => (Vec::new(), Some(id), None),
            },
            Holder::Service(id) => match tx.service(id).await? {
                Some(account) => (self.answering(tx, &account).await?, None, Some(id)),
                None => (Vec::new(), None, Some(id)),
            },
        };
        let told =
            Notice { token: token.id, label: token.label.clone(), project, service, at: by.at };
        for person in people {
            tx.insert_notice(person, &told).await?;
        }
        Ok(self.memory.entry_of(Event::TokenFound, token))
    }

    /// What the person who is signed in is told on every page until they dismiss it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn notices(&self, ctx: &Ctx) -> Result<Vec<Notice>, Refusal> {
        match signed_in(ctx) {
            Some(person) => Ok(self.store.read().await?.notices_of(person).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Dismisses what the person was told of a token.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if they were told nothing of it.
    pub async fn dismiss_notice(&self, ctx: &Ctx, token: TokenId) -> Result<(), Refusal> {
        let person = ctx.person()?;
        let dismissed = self
            .store
            .write(|mut tx| async move {
                let dismissed = tx.delete_notice(person, token).await?;
                tx.commit_progress().await?;
                Ok::<_, Refusal>(dismissed)
            })
            .await?;
        match dismissed {
            true => Ok(()),
            false => Err(Refusal::Missing("notice", token.to_string())),
        }
    }
}

/// The first beat that comes after so long.
fn next_beat(worked: Duration) -> Duration {
    let beats = worked.as_millis() / BEAT.as_millis() + 1;
    BEAT.saturating_mul(u32::try_from(beats).unwrap_or(u32::MAX))
}

/// Who is signed in on a page.
fn signed_in(ctx: &Ctx) -> Option<PersonId> {
    match ctx.who {
        Principal::Person { id, by: Credential::Session(_), .. } => Some(id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_long_the_work_took_the_answer_waits_for_a_beat() {
        for (worked, answered) in
            [(0, 250), (1, 250), (249, 250), (250, 500), (251, 500), (900, 1000)]
        {
            let beat = next_beat(Duration::from_millis(worked));
            assert_eq!(beat, Duration::from_millis(answered), "{worked}");
        }
    }
}
