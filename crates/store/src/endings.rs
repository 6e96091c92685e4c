//! Who was told that tokens end, and where they get mail. A digest is taken before it is sent and
//! settled afterwards; one that was not settled is given back, and told again.

use rondo_domain::token::{Token, TokenId};
use rondo_domain::{Email, Millis, PersonId};

use crate::error::Error;
use crate::tokens::{TOKENS, token};
use crate::tx::{Tx, WriteTx, composed};

/// A digest: to whom, and which of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestId {
    /// A person's id, or another word.
    pub recipient: String,
    /// Of one recipient there is one digest in a slot.
    pub slot: i64,
}

impl Tx {
    /// Where a person gets mail.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn mailbox(&mut self, person: PersonId) -> Result<Option<Email>, Error> {
        let sql = "select address from mailbox where person_id = $1";
        let row = self.row(sqlx::query(sql).bind(person.to_string())).await?;
        row.map(|row| row.parsed("address")).transpose()
    }

    /// Tokens that live on their own, and are not being replaced, that end after one moment and not after another, the first to end first; so many at most,
    /// and after the token that is named, if one is: its end, and its id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn ending_tokens(
        &mut self,
        (from, until): (Millis, Millis),
        after: Option<(Millis, TokenId)>,
        most: i64,
    ) -> Result<Vec<Token>, Error> {
        let sql = format!(
            "select * from {TOKENS} where expires_at > $1 and expires_at <= $2 \
             and disabled_at is null and job_id is null \
             and token.id not in (select predecessor from rotation) \
             and (expires_at > $3 or (expires_at = $3 and token.id > $4)) \
             order by expires_at, token.id limit $5"
        );
        let (end, id) = after.map_or((from, String::new()), |(end, id)| (end, id.to_string()));
        let query = composed(sql).bind(from.0).bind(until.0).bind(end.0).bind(id).bind(most);
        self.rows(query).await?.iter().map(|row| Ok(token(row)?.token)).collect()
    }
}

impl WriteTx {
    /// Says where a person gets mail; none: nowhere.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_mailbox(
        &mut self,
        person: PersonId,
        address: Option<&Email>,
    ) -> Result<(), Error> {
        let person = person.to_string();
        let sql = "delete from mailbox where person_id = $1";
        self.run(sqlx::query(sql).bind(person.clone())).await?;
        if let Some(address) = address {
            let sql = "insert into mailbox (person_id, address) values ($1, $2)";
            self.run(sqlx::query(sql).bind(person).bind(address.as_str().to_owned())).await?;
        }
        Ok(())
    }

    /// Takes a digest of those of `wanted` that its recipient was not told of yet: tokens, and what was passed,
    /// such as so many days before their end. Of none of them, or where the slot has a digest, nothing is taken.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn take_digest(
        &mut self,
        digest: &DigestId,
        wanted: &[(TokenId, i64)],
        at: Millis,
    ) -> Result<Vec<(TokenId, i64)>, Error> {
        let mut fresh = Vec::new();
        let sql = "select 1 as one from ending_digest where recipient = $1 and slot = $2";
        let query = sqlx::query(sql).bind(digest.recipient.clone()).bind(digest.slot);
        if self.row(query).await?.is_some() {
            return Ok(fresh);
        }
        for (token, days) in wanted {
            let sql = "insert into ending_told (recipient, token, days, slot) \
                       values ($1, $2, $3, $4) on conflict do nothing";
            let insert = sqlx::query(sql).bind(digest.recipient.clone()).bind(token.to_string());
            if self.run(insert.bind(*days).bind(digest.slot)).await? > 0 {
                fresh.push((*token, *days));
            }
        }
        if !fresh.is_empty() {
            let sql = "insert into ending_digest (recipient, slot, taken_at) values ($1, $2, $3)";
            let insert = sqlx::query(sql).bind(digest.recipient.clone()).bind(digest.slot);
            self.run(insert.bind(at.0)).await?;
        }
        Ok(fresh)
    }

    /// Notes that a digest was sent.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn settle_digest(&mut self, digest: &DigestId, at: Millis) -> Result<(), Error> {
        let sql = "update ending_digest set sent_at = $3 where recipient = $1 and slot = $2";
        let query = sqlx::query(sql).bind(digest.recipient.clone()).bind(digest.slot).bind(at.0);
        self.run(query).await.map(drop)
    }

    /// Gives back a digest that could not be sent.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn give_back_digest(&mut self, digest: &DigestId) -> Result<(), Error> {
        for sql in [
            "delete from ending_told where recipient = $1 and slot = $2",
            "delete from ending_digest where recipient = $1 and slot = $2",
        ] {
            self.run(sqlx::query(sql).bind(digest.recipient.clone()).bind(digest.slot)).await?;
        }
        Ok(())
    }

    /// Gives back digests that were taken before a moment and never settled: whoever took them died.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn give_back_digests(&mut self, before: Millis) -> Result<u64, Error> {
        let sql = "delete from ending_told where exists (select 1 from ending_digest d \
                   where d.recipient = ending_told.recipient and d.slot = ending_told.slot \
                   and d.sent_at is null and d.taken_at < $1)";
        self.run(sqlx::query(sql).bind(before.0)).await?;
        let sql = "delete from ending_digest where sent_at is null and taken_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await
    }

    /// Forgets digests that were taken before a moment, and what they said.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_digests(&mut self, before: Millis) -> Result<(), Error> {
        let sql = "delete from ending_told where exists (select 1 from ending_digest d \
                   where d.recipient = ending_told.recipient and d.slot = ending_told.slot \
                   and d.taken_at < $1)";
        self.run(sqlx::query(sql).bind(before.0)).await?;
        let sql = "delete from ending_digest where taken_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await.map(drop)
    }
}
