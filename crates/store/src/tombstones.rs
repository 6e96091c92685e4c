//! Deleted tokens: one by one, or many by what is true of them. A token and its tombstone are never
//! there at once.

use rondo_domain::Millis;
use rondo_domain::name::Reason;
use rondo_domain::token::{Digest, Predicate, Token, TokenId, Tombstone};

use crate::error::Error;
use crate::row::Row;
use crate::tokens::{TOKENS, digest, holder, list, token, words};
use crate::tx::{Tx, WriteTx, composed};

/// Who deletes tokens, when and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burial {
    /// When.
    pub at: Millis,
    /// Who, as the audit log says it.
    pub by: String,
    /// Why, if that is said.
    pub reason: Option<Reason>,
}

/// Tokens that are deleted by what is true of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its number.
    pub number: i64,
    /// When.
    pub at: Millis,
    /// Which.
    pub predicate: Predicate,
}

const COLUMNS: &str = "id, person_id, project_id, scope, label, pepper, digest, created_at, \
                       created_by, last_used_at";

fn tombstone(row: &Row) -> Result<Tombstone, Error> {
    Ok(Tombstone {
        id: row.parsed("id")?,
        holder: holder(row)?,
        label: row.parsed("label")?,
        created_at: row.time("created_at")?,
        last_used_at: row.time_or_none("last_used_at")?,
        deleted_at: row.time("deleted_at")?,
        deleted_by: row.text("deleted_by")?,
        reason: row.parsed_or_none("reason")?,
    })
}

fn revocation(row: &Row) -> Result<Revocation, Error> {
    let predicate = Predicate {
        made_by: row.time("made_by")?,
        person: row.parsed_or_none("person_id")?,
        projects: list(row, "projects")?,
        never_used: row.flag("never_used")?,
        unrestricted: row.flag("unrestricted")?,
    };
    Ok(Revocation { number: row.int("number")?, at: row.time("at")?, predicate })
}

/// The predicate as a condition. It is put together of numbers and ids, never of somebody's text.
fn condition(predicate: &Predicate) -> String {
    let mut all = vec![format!("created_at <= {}", predicate.made_by.0)];
    if let Some(person) = predicate.person {
        all.push(format!("person_id = '{person}'"));
    }
    if let Some(projects) = &predicate.projects {
        let ids: Vec<_> = projects.iter().map(|id| format!("'{id}'")).collect();
        all.push(match ids.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("project_id in ({})", ids.join(", ")),
        });
    }
    if predicate.never_used {
        all.push("last_used_at is null".to_owned());
    }
    if predicate.unrestricted {
        let none = ["rights", "projects", "networks", "expires_at"].map(|c| format!("{c} is null"));
        all.push(format!("person_id is not null and {}", none.join(" and ")));
    }
    all.join(" and ")
}

impl Tx {
    /// A deleted token and its digest.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tombstone(&mut self, id: TokenId) -> Result<Option<(Tombstone, Digest)>, Error> {
        let sql = "select * from tombstone where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.as_ref().map(|row| Ok((tombstone(row)?, digest(row)?))).transpose()
    }

    /// How many tokens a predicate is true of, and the first few of them by age.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn hit_by(&mut self, predicate: &Predicate) -> Result<(i64, Vec<Token>), Error> {
        let condition = condition(predicate);
        let count = composed(format!("select count(*) as number from token where {condition}"));
        let count = self.row(count).await?.ok_or(Error::Corrupt("count"))?.int("number")?;
        let sql = format!(
            "select * from {TOKENS} where {condition} order by created_at, token.id limit 20"
        );
        let rows = self.rows(composed(sql)).await?;
        let first: Result<_, Error> = rows.iter().map(|row| Ok(token(row)?.token)).collect();
        Ok((count, first?))
    }

    /// The revocation of this number, and whether its tokens are all moved.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn revocation(&mut self, number: i64) -> Result<Option<(Revocation, bool)>, Error> {
        let sql = "select * from revocation where number = $1";
        let row = self.row(sqlx::query(sql).bind(number)).await?;
        row.as_ref().map(|row| Ok((revocation(row)?, row.flag("swept")?))).transpose()
    }

    /// The revocations whose tokens are not all moved yet.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn revocations(&mut self) -> Result<Vec<Revocation>, Error> {
        let sql = "select * from revocation where swept = 0 order by number";
        self.rows(sqlx::query(sql)).await?.iter().map(revocation).collect()
    }
}

impl WriteTx {
    /// Deletes a token, and keeps its tombstone; what it was, if it was there. A predecessor's rotation is
    /// over with it; one whose successor is deleted ends nevertheless.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_token(
        &mut self,
        id: TokenId,
        burial: &Burial,
    ) -> Result<Option<Token>, Error> {
        let sql = format!(
            "insert into tombstone ({COLUMNS}, deleted_at, deleted_by, reason) \
             select {COLUMNS}, $2, $3, $4 from token where id = $1"
        );
        let insert = composed(sql).bind(id.to_string()).bind(burial.at.0).bind(burial.by.clone());
        self.run(insert.bind(burial.reason.as_ref().map(ToString::to_string))).await?;
        let was = self.token(id).await?.map(|row| row.token);
        self.delete_rotation(id).await?;
        self.run(sqlx::query("delete from token where id = $1").bind(id.to_string())).await?;
        Ok(was)
    }

    /// Forgets the tombstones of tokens that were deleted before a moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_tombstones(&mut self, before: Millis) -> Result<u64, Error> {
        let sql = "delete from tombstone where deleted_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await
    }

    /// Notes that every token of which a predicate is true is deleted; its number.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_revocation(
        &mut self,
        predicate: &Predicate,
        burial: &Burial,
    ) -> Result<i64, Error> {
        let number = self.next("revocation").await?;
        let sql = "insert into revocation (number, at, made_by, person_id, projects, never_used, \
                   unrestricted, deleted_by, reason, swept) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
        self.run(
            sqlx::query(sql)
                .bind(number)
                .bind(burial.at.0)
                .bind(predicate.made_by.0)
                .bind(predicate.person.map(|id| id.to_string()))
                .bind(predicate.projects.as_ref().map(words))
                .bind(i64::from(predicate.never_used))
                .bind(i64::from(predicate.unrestricted))
                .bind(burial.by.clone())
                .bind(burial.reason.as_ref().map(ToString::to_string)),
        )
        .await?;
        Ok(number)
    }

    /// Moves at most so many tokens of a revocation to their tombstones; how many it were. With none
    /// left the revocation is done.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn sweep(&mut self, revocation: &Revocation, most: u32) -> Result<u64, Error> {
        let number = revocation.number;
        let condition = condition(&revocation.predicate);
        let chosen = format!("select id from token where {condition} order by id limit {most}");
        let sql = format!(
            "insert into tombstone ({COLUMNS}, deleted_at, deleted_by, reason) \
             select {COLUMNS}, (select at from revocation where number = {number}), \
             (select deleted_by from revocation where number = {number}), \
             (select reason from revocation where number = {number}) \
             from token where id in ({chosen}) and job_id is null"
        );
        self.run(composed(sql)).await?;
        let swept = self.run(composed(format!("delete from token where id in ({chosen})"))).await?;
        if swept == 0 {
            let sql = "delete from rotation where predecessor not in (select id from token)";
            self.run(sqlx::query(sql)).await?;
            let sql = "update revocation set swept = 1 where number = $1";
            self.run(sqlx::query(sql).bind(number)).await?;
        }
        Ok(swept)
    }
}
