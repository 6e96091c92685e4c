//! Tokens that nobody uses are deleted where a policy says so, and their people are told before. A use wins over the deletion: what this
//! server knows of uses counts at once, and what others know once they wrote it down, seconds later.

use rondo_domain::Millis;
use rondo_domain::name::Reason;
use rondo_domain::token::{NOTICE_DAYS, TokenId, notice_due};
use rondo_store::{Burial, By, Change, TokenQuery};

use crate::App;
use crate::courier::Unused;
use crate::endings::Due;
use crate::memory::Terms;
use crate::refusal::Refusal;
use crate::rotation::announce;

const DAY: i64 = 24 * 3600 * 1000;
/// So long after the first deletion of a turn its people are told, if its server died over the others.
const TURN: i64 = 15 * 60 * 1000;

impl App {
    /// Deletes the tokens that nobody used for as many days as the policy of their organization says.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn end_idle_tokens(&self) -> Result<(), Refusal> {
        self.memory.trust(&self.store).await?;
        let now = self.world.now();
        for terms in self.memory.all_terms() {
            let Some(days) = terms.rules.idle_days else { continue };
            let query = unused_since(now.plus(1 - days * DAY));
            let mut idle = Vec::new();
            self.each_token(terms.organization.id, query, |token| {
                if self.is_idle(&terms, &token, now) {
                    idle.push(token.id);
                }
                true
            })
            .await?;
            let mut turn = None;
            for id in idle {
                turn = self.end_idle_token(&terms, id, turn, now).await?.or(turn);
            }
            if let Some(turn) = turn {
                self.end_turn(turn).await?;
            }
        }
        Ok(())
    }

    /// Deletes one of them; the number of the turn that it was deleted in, if it was.
    async fn end_idle_token(
        &self,
        terms: &Terms,
        id: TokenId,
        turn: Option<i64>,
        now: Millis,
    ) -> Result<Option<i64>, Refusal> {
        let by = &By {
            at: now,
            actor: "policy".to_owned(),
            token: None,
            address: String::new(),
            agent: String::new(),
            request: String::new(),
        };
        let ended = self
            .store
            .write(|mut tx| async move {
                // Whatever happened since it was found: a use, another policy, another end.
                let org = &terms.organization;
                let rules = tx.policy(org.id).await?.map(|row| row.rules).unwrap_or_default();
                let Some(days) = rules.idle_days else { return Ok(None) };
                let Some(row) = tx.token(id).await? else { return Ok(None) };
                let mut token = row.token;
                self.memory.note_last_use(&mut token);
                if !self.is_idle(&Terms::new(org.clone(), rules), &token, now) {
                    return Ok(None);
                }
                let burial =
                    &Burial { at: now, by: by.actor.clone(), reason: Some(why(days, terms)) };
                let turn = match turn {
                    Some(turn) => turn,
                    None => tx.begin_unused((org.id, days), burial, now.plus(TURN)).await?,
                };
                tx.delete_unused(turn, id, burial).await?;
                tx.announce(&Change::Token(id.to_string())).await?;
                if let Some(rotation) = &token.rotation {
                    announce(&mut tx, rotation).await?;
                }
                tx.commit(by, self.memory.deleted(&token)).await?;
                Ok::<_, rondo_store::Error>(Some(turn))
            })
            .await?;
        if ended.is_some() {
            self.memory.follow(&self.store).await;
        }
        Ok(ended)
    }

    /// Their people may be told.
    async fn end_turn(&self, turn: i64) -> Result<(), Refusal> {
        self.store
            .write(|mut tx| async move {
                tx.end_unused(turn).await?;
                tx.commit_progress().await
            })
            .await
            .map_err(|error: rondo_store::Error| error.into())
    }

    /// The tokens that a policy deletes soon if nobody uses them. People are told on the days on which they
    /// are told of other ends, but of none in the first half of the time: what is used now and then would be
    /// told of again and again. Not told of are those that end on their own before, that are disabled, or
    /// that are being replaced.
    pub(crate) async fn unused_soon(&self, now: Millis) -> Result<Vec<Due>, Refusal> {
        let mut due = Vec::new();
        for terms in self.memory.all_terms() {
            let Some(days) = terms.rules.idle_days else { continue };
            let half = days * DAY / 2;
            let latest = now.plus(NOTICE_DAYS[0] * DAY - days * DAY).min(now.plus(-half));
            let query = unused_since(latest.plus(1));
            self.each_token(terms.organization.id, query, |token| {
                let life = self.idle_life(&terms, &token);
                let life =
                    life.filter(|_| token.disabled_at.is_none() && token.leaving().is_none());
                let own = token.reach.expires_at;
                if let Some((last, end)) = life.filter(|(_, end)| own.is_none_or(|own| *end < own))
                    && let Some(threshold) = notice_due(last.plus(half), end, now)
                {
                    let organization = terms.organization.to_string();
                    let unused = Some(Unused { organization, days });
                    due.push(Due { token, end, threshold, unused });
                }
                true
            })
            .await?;
        }
        Ok(due)
    }
}

/// Tokens that nobody used since a moment.
fn unused_since(moment: Millis) -> TokenQuery<'static> {
    TokenQuery { idle_since: Some(moment), admins: true, ..TokenQuery::default() }
}

/// Why it was deleted. An organization's name may be longer than a reason.
fn why(days: i64, terms: &Terms) -> Reason {
    let short = format!("not used for {days} days: policy of the organization");
    let long = format!("not used for {days} days: policy of {}", terms.organization);
    long.parse().unwrap_or_else(|_| short.parse().expect("these words are a reason"))
}
