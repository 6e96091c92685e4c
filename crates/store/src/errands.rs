//! What people and the webhook are told once, after something was done. An errand is taken before it is
//! sent and settled afterwards; one that was not settled may be taken again.

use rondo_domain::token::Tombstone;
use rondo_domain::{Email, Millis, PersonId, ProjectId, ServiceId};

use crate::error::Error;
use crate::row::Row;
use crate::tombstones::{one_of, tombstone};
use crate::tx::{Tx, WriteTx, composed};

/// What somebody is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Matter {
    /// The revocation of this number deleted tokens.
    Revocation(i64),
    /// Mail went to this address until now.
    Mailbox(Email),
}

/// Somebody who is to be told something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    /// Its number.
    pub number: i64,
    /// A person's id, or [`Self::WEBHOOK`].
    pub recipient: String,
    /// What.
    pub matter: Matter,
    /// When it was done.
    pub at: Millis,
}

impl Errand {
    /// The webhook's name among recipients; no id of a person is such.
    pub const WEBHOOK: &str = "webhook";
}

/// Which errands may be taken.
#[derive(Debug, Clone, Copy)]
pub struct Due {
    /// What was done earlier is told to nobody any more.
    pub since: Millis,
    /// One that was taken earlier and is not settled was lost.
    pub lost: Millis,
    /// Those to people, too.
    pub people: bool,
    /// Those to the webhook, too.
    pub webhook: bool,
}

/// Whose tokens a revocation deleted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bereaved {
    /// People.
    pub people: Vec<PersonId>,
    /// Projects.
    pub projects: Vec<ProjectId>,
    /// Service accounts.
    pub services: Vec<ServiceId>,
}

fn errand(row: &Row) -> Result<Errand, Error> {
    let matter = match (row.int_or_none("revocation")?, row.parsed_or_none("address")?) {
        (Some(number), None) => Matter::Revocation(number),
        (None, Some(address)) => Matter::Mailbox(address),
        _ => return Err(Error::Corrupt("errand")),
    };
    let recipient = row.text("recipient")?;
    Ok(Errand { number: row.int("number")?, recipient, matter, at: row.time("at")? })
}

impl Tx {
    /// The revocations since a moment whose tokens are all moved by now, and of which it is not settled who
    /// is told.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn unaddressed(&mut self, since: Millis, now: Millis) -> Result<Vec<i64>, Error> {
        let sql = "select number from revocation \
                   where swept = 1 and addressed = 0 and at >= $1 \
                   and (waits_until is null or waits_until <= $2) order by number";
        let rows = self.rows(sqlx::query(sql).bind(since.0).bind(now.0)).await?;
        rows.iter().map(|row| row.int("number")).collect()
    }

    /// Whose tokens a revocation deleted.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn bereaved(&mut self, revocation: i64) -> Result<Bereaved, Error> {
        let sql = "select distinct person_id, project_id, service_id from tombstone \
                   where revocation = $1";
        let mut bereaved = Bereaved::default();
        for row in self.rows(sqlx::query(sql).bind(revocation)).await? {
            bereaved.people.extend(row.parsed_or_none::<PersonId>("person_id")?);
            bereaved.projects.extend(row.parsed_or_none::<ProjectId>("project_id")?);
            bereaved.services.extend(row.parsed_or_none::<ServiceId>("service_id")?);
        }
        Ok(bereaved)
    }

    /// How many tokens of these people, projects and service accounts a revocation deleted, and the first few by age.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn deleted_by(
        &mut self,
        revocation: i64,
        whose: &Bereaved,
        most: i64,
    ) -> Result<(i64, Vec<Tombstone>), Error> {
        let which = format!(
            "from tombstone where revocation = {revocation} and ({} or {} or {})",
            one_of("person_id", &whose.people),
            one_of("project_id", &whose.projects),
            one_of("service_id", &whose.services),
        );
        let count = composed(format!("select count(*) as number {which}"));
        let count = self.row(count).await?.ok_or(Error::Corrupt("count"))?.int("number")?;
        let sql = format!("select * {which} order by created_at, id limit {most}");
        let rows = self.rows(composed(sql)).await?;
        let first: Result<_, Error> = rows.iter().map(tombstone).collect();
        Ok((count, first?))
    }

    /// So many errands at most that may be taken, the oldest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn errands(&mut self, due: Due, most: i64) -> Result<Vec<Errand>, Error> {
        let sql = "select * from errand where sent_at is null and at >= $1 \
                   and (taken_at is null or taken_at < $2) \
                   and (($3 = 1 and recipient <> $5) or ($4 = 1 and recipient = $5)) \
                   order by revocation, number limit $6";
        let query = sqlx::query(sql)
            .bind(due.since.0)
            .bind(due.lost.0)
            .bind(i64::from(due.people))
            .bind(i64::from(due.webhook))
            .bind(Errand::WEBHOOK)
            .bind(most);
        self.rows(query).await?.iter().map(errand).collect()
    }
}

impl WriteTx {
    /// Adds an errand.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_errand(
        &mut self,
        recipient: &str,
        matter: &Matter,
        at: Millis,
    ) -> Result<(), Error> {
        let (revocation, address) = match matter {
            Matter::Revocation(number) => (Some(*number), None),
            Matter::Mailbox(address) => (None, Some(address.as_str().to_owned())),
        };
        let number = self.next("errand").await?;
        let sql = "insert into errand (number, recipient, revocation, address, at) \
                   values ($1, $2, $3, $4, $5)";
        let insert = sqlx::query(sql).bind(number).bind(recipient.to_owned());
        self.run(insert.bind(revocation).bind(address).bind(at.0)).await.map(drop)
    }

    /// Settles who is told of a revocation, if nobody did it yet.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn address_revocation(
        &mut self,
        revocation: i64,
        recipients: &[String],
    ) -> Result<(), Error> {
        let sql = "update revocation set addressed = 1 where number = $1 and addressed = 0 \
                   returning at";
        let Some(row) = self.row(sqlx::query(sql).bind(revocation)).await? else { return Ok(()) };
        let at = row.time("at")?;
        for recipient in recipients {
            self.insert_errand(recipient, &Matter::Revocation(revocation), at).await?;
        }
        Ok(())
    }

    /// Takes an errand, if it may be; whether it was taken.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn take_errand(
        &mut self,
        number: i64,
        at: Millis,
        lost: Millis,
    ) -> Result<bool, Error> {
        let sql = "update errand set taken_at = $2 where number = $1 and sent_at is null \
                   and (taken_at is null or taken_at < $3)";
        let query = sqlx::query(sql).bind(number).bind(at.0).bind(lost.0);
        Ok(self.run(query).await? > 0)
    }

    /// Notes that an errand is done.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn settle_errand(&mut self, number: i64, at: Millis) -> Result<(), Error> {
        let sql = "update errand set sent_at = $2 where number = $1";
        self.run(sqlx::query(sql).bind(number).bind(at.0)).await.map(drop)
    }

    /// Forgets errands of what was done before a moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_errands(&mut self, before: Millis) -> Result<(), Error> {
        let sql = "delete from errand where at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await.map(drop)
    }
}
