//! One-time links: the first administrator's, and those for signing in. Kept as digests only.

use rondo_domain::token::Digest;
use rondo_domain::{LinkPurpose, Millis};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn purpose(row: &Row) -> Result<LinkPurpose, Error> {
    Ok(row.parsed_or_none("person_id")?.map_or(LinkPurpose::Setup, LinkPurpose::SignIn))
}

impl Tx {
    /// What a link is for, if it is still good.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn link(
        &mut self,
        digest: &Digest,
        now: Millis,
    ) -> Result<Option<LinkPurpose>, Error> {
        let sql = "select person_id from link where digest = $1 and expires_at > $2";
        let row = self.row(sqlx::query(sql).bind(digest.as_bytes().to_vec()).bind(now.0)).await?;
        row.as_ref().map(purpose).transpose()
    }
}

impl WriteTx {
    /// Makes a link, and drops those whose time is over.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_link(
        &mut self,
        digest: &Digest,
        purpose: LinkPurpose,
        now: Millis,
        expires_at: Millis,
    ) -> Result<(), Error> {
        self.run(sqlx::query("delete from link where expires_at <= $1").bind(now.0)).await?;
        let person = match purpose {
            LinkPurpose::Setup => None,
            LinkPurpose::SignIn(person) => Some(person.to_string()),
        };
        let sql = "insert into link (digest, person_id, expires_at) values ($1, $2, $3)";
        let statement =
            sqlx::query(sql).bind(digest.as_bytes().to_vec()).bind(person).bind(expires_at.0);
        self.run(statement).await.map(drop)
    }

    /// Uses a link up: what it was for, if it was still good.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn take_link(
        &mut self,
        digest: &Digest,
        now: Millis,
    ) -> Result<Option<LinkPurpose>, Error> {
        let sql = "delete from link where digest = $1 and expires_at > $2 returning person_id";
        let row = self.row(sqlx::query(sql).bind(digest.as_bytes().to_vec()).bind(now.0)).await?;
        row.as_ref().map(purpose).transpose()
    }

    /// Drops every link for making the first administrator.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_setup_links(&mut self) -> Result<(), Error> {
        self.run(sqlx::query("delete from link where person_id is null")).await.map(drop)
    }
}
