//! Commands that wait to be signed in. Their own long codes are kept as digests only.

use rondo_domain::device::{DeviceAnswer, DeviceLogin, UserCode};
use rondo_domain::token::Digest;
use rondo_domain::{Millis, PersonId, SessionId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn device(row: &Row) -> Result<DeviceLogin, Error> {
    let code = row.text("user_code")?.parse().map_err(|_| Error::Corrupt("user_code"))?;
    let person: Option<PersonId> = row.parsed_or_none("person_id")?;
    let session: Option<SessionId> = row.parsed_or_none("session_id")?;
    let answer = match (person, session) {
        (Some(person), Some(session)) => DeviceAnswer::Allowed(person, session),
        _ if row.flag("denied")? => DeviceAnswer::Denied,
        _ => DeviceAnswer::None,
    };
    Ok(DeviceLogin {
        code,
        label: row.parsed("label")?,
        address: row.text("address")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        answer,
    })
}

impl Tx {
    /// The command that shows this code and still waits for an answer.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn device_login(
        &mut self,
        code: &UserCode,
        now: Millis,
    ) -> Result<Option<DeviceLogin>, Error> {
        let sql = "select * from device_login where user_code = $1 and expires_at > $2 \
                   and person_id is null and denied = 0";
        let row = self.row(sqlx::query(sql).bind(code.as_str().to_owned()).bind(now.0)).await?;
        row.as_ref().map(device).transpose()
    }

    /// How many commands wait.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn device_logins(&mut self, now: Millis) -> Result<i64, Error> {
        let sql = "select count(*) as n from device_login where expires_at > $1";
        let row = self.row(sqlx::query(sql).bind(now.0)).await?;
        row.ok_or(Error::Corrupt("count"))?.int("n")
    }
}

impl WriteTx {
    /// Lets a command wait, and drops those whose time was over before `forget_before`.
    ///
    /// # Errors
    /// [`Error::Exists`] if another one that waits shows the same code.
    pub async fn insert_device_login(
        &mut self,
        new: &DeviceLogin,
        digest: &Digest,
        forget_before: Millis,
    ) -> Result<(), Error> {
        let sql = "delete from device_login where expires_at < $1";
        self.run(sqlx::query(sql).bind(forget_before.0)).await?;
        let sql = "insert into device_login (digest, user_code, label, address, created_at, \
                   expires_at, denied) values ($1, $2, $3, $4, $5, $6, 0)";
        let statement = sqlx::query(sql)
            .bind(digest.as_bytes().to_vec())
            .bind(new.code.as_str().to_owned())
            .bind(new.label.to_string())
            .bind(new.address.clone())
            .bind(new.created_at.0)
            .bind(new.expires_at.0);
        self.run(statement).await.map(drop)
    }

    /// Answers a command that waits; false if none does under this code.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn answer_device_login(
        &mut self,
        code: &UserCode,
        now: Millis,
        answer: DeviceAnswer,
    ) -> Result<bool, Error> {
        let (person, session, denied) = match answer {
            DeviceAnswer::None => return Ok(false),
            DeviceAnswer::Denied => (None, None, 1),
            DeviceAnswer::Allowed(person, session) => {
                (Some(person.to_string()), Some(session.to_string()), 0)
            }
        };
        let sql = "update device_login set person_id = $1, session_id = $2, denied = $3 \
                   where user_code = $4 and expires_at > $5 and person_id is null and denied = 0";
        let statement = sqlx::query(sql)
            .bind(person)
            .bind(session)
            .bind(denied)
            .bind(code.as_str().to_owned())
            .bind(now.0);
        Ok(self.run(statement).await? == 1)
    }

    /// The command whose own code has this digest, and when it asked last; notes that it asks now.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn poll_device_login(
        &mut self,
        digest: &Digest,
        now: Millis,
    ) -> Result<Option<(DeviceLogin, Option<Millis>)>, Error> {
        let sql = "select * from device_login where digest = $1";
        let row = self.row(sqlx::query(sql).bind(digest.as_bytes().to_vec())).await?;
        let Some(row) = row else { return Ok(None) };
        let asked = row.time_or_none("polled_at")?;
        let sql = "update device_login set polled_at = $1 where digest = $2";
        self.run(sqlx::query(sql).bind(now.0).bind(digest.as_bytes().to_vec())).await?;
        Ok(Some((device(&row)?, asked)))
    }

    /// Ends the waiting of a command: it was told its answer.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_device_login(&mut self, digest: &Digest) -> Result<(), Error> {
        let sql = "delete from device_login where digest = $1";
        self.run(sqlx::query(sql).bind(digest.as_bytes().to_vec())).await.map(drop)
    }
}
