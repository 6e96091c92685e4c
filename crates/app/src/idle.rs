//! Tokens that nobody uses are deleted where a policy says so. A use wins over the deletion: what this
//! server knows of uses counts at once, and what others know once they wrote it down, seconds later.

use rondo_domain::Millis;
use rondo_domain::name::Reason;
use rondo_domain::token::TokenId;
use rondo_store::{Burial, By, Change, TokenQuery};

use crate::App;
use crate::memory::Terms;
use crate::refusal::Refusal;
use crate::rotation::announce;

const DAY: i64 = 24 * 3600 * 1000;

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
            let since = Some(now.plus(1 - days * DAY));
            let query = TokenQuery { idle_since: since, admins: true, ..TokenQuery::default() };
            let mut idle = Vec::new();
            self.each_token(terms.organization.id, query, |token| {
                if self.is_idle(&terms, &token, now) {
                    idle.push(token.id);
                }
                true
            })
            .await?;
            for id in idle {
                self.end_idle_token(&terms, id, now).await?;
            }
        }
        Ok(())
    }

    async fn end_idle_token(&self, terms: &Terms, id: TokenId, now: Millis) -> Result<(), Refusal> {
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
                let Some(days) = rules.idle_days else { return Ok(false) };
                let Some(row) = tx.token(id).await? else { return Ok(false) };
                let mut token = row.token;
                self.memory.note_last_use(&mut token);
                if !self.is_idle(&Terms::new(org.clone(), rules), &token, now) {
                    return Ok(false);
                }
                let burial =
                    &Burial { at: now, by: by.actor.clone(), reason: Some(why(days, terms)) };
                tx.delete_token(id, burial).await?;
                tx.announce(&Change::Token(id.to_string())).await?;
                if let Some(rotation) = &token.rotation {
                    announce(&mut tx, rotation).await?;
                }
                tx.commit(by, self.memory.deleted(&token)).await?;
                Ok::<_, rondo_store::Error>(true)
            })
            .await?;
        if ended {
            self.memory.follow(&self.store).await;
        }
        Ok(())
    }
}

/// Why it was deleted. An organization's name may be longer than a reason.
fn why(days: i64, terms: &Terms) -> Reason {
    let short = format!("not used for {days} days: policy of the organization");
    let long = format!("not used for {days} days: policy of {}", terms.organization);
    long.parse().unwrap_or_else(|_| short.parse().expect("these words are a reason"))
}
