//! Sign-ins. A session's cookie is kept as a digest only.

use rondo_domain::token::Digest;
use rondo_domain::{Millis, PersonId, Session, SessionId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn session(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        id: row.parsed("id")?,
        person: row.parsed("person_id")?,
        created_at: row.time("created_at")?,
        signed_in_at: row.time("signed_in_at")?,
        seen_at: row.time("seen_at")?,
        agent: row.text("agent")?,
        address: row.text("address")?,
    })
}

impl Tx {
    /// The session whose cookie has this digest.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn session(&mut self, digest: &Digest) -> Result<Option<Session>, Error> {
        let sql = "select * from session where digest = $1";
        let row = self.row(sqlx::query(sql).bind(digest.as_bytes().to_vec())).await?;
        row.as_ref().map(session).transpose()
    }

    /// A person's sessions, the last used first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn sessions_of(&mut self, person: PersonId) -> Result<Vec<Session>, Error> {
        let sql = "select * from session where person_id = $1 order by seen_at desc";
        let rows = self.rows(sqlx::query(sql).bind(person.to_string())).await?;
        rows.iter().map(session).collect()
    }
}

impl WriteTx {
    /// Begins a session, and drops those of the same person that were not used since `idle_since`.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_session(
        &mut self,
        new: &Session,
        digest: &Digest,
        idle_since: Millis,
    ) -> Result<(), Error> {
        let sql = "delete from session where person_id = $1 and seen_at < $2";
        self.run(sqlx::query(sql).bind(new.person.to_string()).bind(idle_since.0)).await?;
        let sql = "insert into session (id, person_id, digest, created_at, signed_in_at, seen_at, \
                   agent, address) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.person.to_string())
                .bind(digest.as_bytes().to_vec())
                .bind(new.created_at.0)
                .bind(new.signed_in_at.0)
                .bind(new.seen_at.0)
                .bind(new.agent.clone())
                .bind(new.address.clone()),
        )
        .await
        .map(drop)
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn touch_session(&mut self, id: SessionId, seen_at: Millis) -> Result<(), Error> {
        let sql = "update session set seen_at = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(seen_at.0)).await.map(drop)
    }

    /// Ends a session of a person; whether there was one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_session(&mut self, person: PersonId, id: SessionId) -> Result<bool, Error> {
        let sql = "delete from session where id = $1 and person_id = $2";
        let statement = sqlx::query(sql).bind(id.to_string()).bind(person.to_string());
        Ok(self.run(statement).await? > 0)
    }

    /// Ends all of a person's sessions, or all but one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_sessions_of(
        &mut self,
        person: PersonId,
        but: Option<SessionId>,
    ) -> Result<(), Error> {
        let sql = "delete from session where person_id = $1 and id <> $2";
        let but = but.map_or(String::new(), |id| id.to_string());
        self.run(sqlx::query(sql).bind(person.to_string()).bind(but)).await.map(drop)
    }
}
