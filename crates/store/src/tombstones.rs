//! Deleted tokens: one by one, or many by what is true of them. A token and its tombstone are never
//! there at once.

use std::collections::BTreeSet;
use std::fmt;

use rondo_domain::name::Reason;
use rondo_domain::token::{Digest, Network, Predicate, Token, TokenId, Tombstone};
use rondo_domain::{Millis, ServiceId};

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
    /// Where it is about a network: the tokens that were seen there when it was ordered.
    pub seen: Option<BTreeSet<TokenId>>,
}

/// Tokens that are shown of those that a predicate hits.
const FIRST: usize = 20;
/// Ids and places that one statement names.
const CHUNK: usize = 500;

const COLUMNS: &str = "id, person_id, project_id, service_id, scope, label, pepper, digest, \
                       created_at, created_by, last_used_at";

pub(crate) fn tombstone(row: &Row) -> Result<Tombstone, Error> {
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

fn predicate(row: &Row) -> Result<Predicate, Error> {
    Ok(Predicate {
        made_by: row.time("made_by")?,
        token: row.parsed_or_none("token_id")?,
        person: row.parsed_or_none("person_id")?,
        projects: list(row, "projects")?,
        services: list(row, "services")?.unwrap_or_default(),
        never_used: row.flag("never_used")?,
        unrestricted: row.flag("unrestricted")?,
        seen_from: row.parsed_or_none("seen_from")?,
    })
}

/// The predicate as a condition, but for where a token was seen. It is put together of numbers and ids,
/// never of somebody's text.
fn condition(predicate: &Predicate) -> String {
    let mut all = vec![format!("created_at <= {}", predicate.made_by.0)];
    if let Some(token) = predicate.token {
        all.push(format!("token.id = '{token}'"));
    }
    if let Some(person) = predicate.person {
        all.push(format!("person_id = '{person}'"));
    }
    if let Some(projects) = &predicate.projects {
        let of = [one_of("project_id", projects), one_of("service_id", &predicate.services)];
        all.push(format!("({})", of.join(" or ")));
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

/// [`condition`] for each statement that it takes to name all of these ids.
fn conditions(predicate: &Predicate, ids: &BTreeSet<TokenId>) -> Vec<String> {
    let quoted: Vec<_> = ids.iter().map(|id| format!("'{id}'")).collect();
    let own = condition(predicate);
    let named = |ids: &[String]| format!("{own} and token.id in ({})", ids.join(", "));
    quoted.chunks(CHUNK).map(named).collect()
}

/// The whole predicate as conditions, of which each token fulfils one at most.
pub(crate) async fn conditions_of(
    tx: &mut Tx,
    predicate: &Predicate,
) -> Result<Vec<String>, Error> {
    Ok(match &predicate.seen_from {
        None => vec![condition(predicate)],
        Some(network) => conditions(predicate, &tx.seen_from(network).await?),
    })
}

/// That a column holds one of these ids.
pub(crate) fn one_of(column: &str, ids: &[impl fmt::Display]) -> String {
    let ids: Vec<_> = ids.iter().map(|id| format!("'{id}'")).collect();
    match ids.is_empty() {
        true => "1 = 0".to_owned(),
        false => format!("{column} in ({})", ids.join(", ")),
    }
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
        let (mut count, mut first) = (0, Vec::new());
        for condition in conditions_of(self, predicate).await? {
            let number = format!("select count(*) as number from token where {condition}");
            let number = self.row(composed(number)).await?.ok_or(Error::Corrupt("count"))?;
            count += number.int("number")?;
            let sql = format!(
                "select * from {TOKENS} where {condition} order by created_at, token.id limit {FIRST}"
            );
            for row in self.rows(composed(sql)).await? {
                first.push(token(&row)?.token);
            }
        }
        first.sort_by_key(|token| (token.created_at, token.id));
        first.truncate(FIRST);
        Ok((count, first))
    }

    /// The tokens whose value was shown in a network, as far as it is kept: by the addresses of the
    /// clients that are kept of each token, and by the networks that its uses are counted under, if
    /// these lie in it as a whole.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn seen_from(&mut self, network: &Network) -> Result<BTreeSet<TokenId>, Error> {
        let mut seen = BTreeSet::new();
        for (table, column) in [("token_client", "address"), ("token_use", "network")] {
            let all = format!("select distinct {column} as place from {table}");
            let mut places = Vec::new();
            for row in self.rows(composed(all)).await? {
                let place = row.text("place")?;
                if place.parse().is_ok_and(|place| network.covers(&place)) {
                    places.push(place);
                }
            }
            for places in places.chunks(CHUNK) {
                let marks: Vec<_> = (1..=places.len()).map(|mark| format!("${mark}")).collect();
                let marks = marks.join(", ");
                let sql = format!("select distinct token from {table} where {column} in ({marks})");
                let query =
                    places.iter().fold(composed(sql), |query, place| query.bind(place.clone()));
                for row in self.rows(query).await? {
                    seen.insert(row.parsed("token")?);
                }
            }
        }
        Ok(seen)
    }

    /// Of these tokens those that a predicate is true of.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn hit_among(
        &mut self,
        predicate: &Predicate,
        ids: &BTreeSet<TokenId>,
    ) -> Result<BTreeSet<TokenId>, Error> {
        let mut hit = BTreeSet::new();
        for condition in conditions(predicate, ids) {
            let rows =
                self.rows(composed(format!("select id from token where {condition}"))).await?;
            for row in rows {
                hit.insert(row.parsed("id")?);
            }
        }
        Ok(hit)
    }

    async fn revocation_of(&mut self, row: &Row) -> Result<Revocation, Error> {
        let (number, predicate) = (row.int("number")?, predicate(row)?);
        let mut seen = None;
        if predicate.seen_from.is_some() {
            let sql = "select token from revocation_token where number = $1";
            let rows = self.rows(sqlx::query(sql).bind(number)).await?;
            let ids: Result<_, _> = rows.iter().map(|row| row.parsed("token")).collect();
            seen = Some(ids?);
        }
        Ok(Revocation { number, at: row.time("at")?, predicate, seen })
    }

    /// The revocation of this number, and whether its tokens are all moved.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn revocation(&mut self, number: i64) -> Result<Option<(Revocation, bool)>, Error> {
        let sql = "select * from revocation where number = $1";
        let Some(row) = self.row(sqlx::query(sql).bind(number)).await? else { return Ok(None) };
        Ok(Some((self.revocation_of(&row).await?, row.flag("swept")?)))
    }

    /// The revocations whose tokens are not all moved yet.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn revocations(&mut self) -> Result<Vec<Revocation>, Error> {
        let sql = "select * from revocation where swept = 0 order by number";
        let mut open = Vec::new();
        for row in self.rows(sqlx::query(sql)).await? {
            open.push(self.revocation_of(&row).await?);
        }
        Ok(open)
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
        let sql = "delete from approval where token_id = $1";
        self.run(sqlx::query(sql).bind(id.to_string())).await?;
        self.run(sqlx::query("delete from token where id = $1").bind(id.to_string())).await?;
        Ok(was)
    }

    /// Moves all tokens of a service account to their tombstones; how many they are.
    pub(crate) async fn bury_tokens_of(
        &mut self,
        id: ServiceId,
        burial: &Burial,
    ) -> Result<u64, Error> {
        let sql = format!(
            "insert into tombstone ({COLUMNS}, deleted_at, deleted_by, reason) \
             select {COLUMNS}, $2, $3, $4 from token where service_id = $1"
        );
        let insert = composed(sql).bind(id.to_string()).bind(burial.at.0).bind(burial.by.clone());
        self.run(insert.bind(burial.reason.as_ref().map(ToString::to_string))).await?;
        let sql = "delete from rotation where predecessor in \
                   (select id from token where service_id = $1)";
        self.run(sqlx::query(sql).bind(id.to_string())).await?;
        let sql = "delete from approval where token_id in \
                   (select id from token where service_id = $1)";
        self.run(sqlx::query(sql).bind(id.to_string())).await?;
        self.run(sqlx::query("delete from token where service_id = $1").bind(id.to_string())).await
    }

    /// Forgets the tombstones of tokens that were deleted before a moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_tombstones(&mut self, before: Millis) -> Result<u64, Error> {
        let sql = "delete from tombstone where deleted_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await
    }

    /// Notes that every token of which a predicate is true is deleted; its number. `seen` are those that
    /// were seen in the network that it is about, if it is about one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_revocation(
        &mut self,
        (predicate, seen): (&Predicate, Option<&BTreeSet<TokenId>>),
        burial: &Burial,
    ) -> Result<i64, Error> {
        let number = self.next("revocation").await?;
        let sql = "insert into revocation (number, at, made_by, person_id, projects, never_used, \
                   unrestricted, deleted_by, reason, token_id, seen_from, services, swept) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0)";
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
                .bind(burial.reason.as_ref().map(ToString::to_string))
                .bind(predicate.token.map(|id| id.to_string()))
                .bind(predicate.seen_from.map(|network| network.to_string()))
                .bind((!predicate.services.is_empty()).then(|| words(&predicate.services))),
        )
        .await?;
        let seen: Vec<_> =
            seen.into_iter().flatten().map(|id| format!("({number}, '{id}')")).collect();
        for rows in seen.chunks(CHUNK) {
            let sql =
                format!("insert into revocation_token (number, token) values {}", rows.join(", "));
            self.run(composed(sql)).await?;
        }
        Ok(number)
    }

    /// Moves at most so many tokens of a revocation to their tombstones; how many it were. With none
    /// left the revocation is done.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn sweep(&mut self, revocation: &Revocation, most: u32) -> Result<u64, Error> {
        let number = revocation.number;
        let mut condition = condition(&revocation.predicate);
        if revocation.predicate.seen_from.is_some() {
            let seen = format!("select token from revocation_token where number = {number}");
            condition.push_str(&format!(" and token.id in ({seen})"));
        }
        let chosen = format!("select id from token where {condition} order by id limit {most}");
        let sql = format!(
            "insert into tombstone ({COLUMNS}, revocation, deleted_at, deleted_by, reason) \
             select {COLUMNS}, {number}, (select at from revocation where number = {number}), \
             (select deleted_by from revocation where number = {number}), \
             (select reason from revocation where number = {number}) \
             from token where id in ({chosen}) and job_id is null"
        );
        self.run(composed(sql)).await?;
        let swept = self.run(composed(format!("delete from token where id in ({chosen})"))).await?;
        if swept == 0 {
            let sql = "delete from rotation where predecessor not in (select id from token)";
            self.run(sqlx::query(sql)).await?;
            let sql = "delete from revocation_token where number = $1";
            self.run(sqlx::query(sql).bind(number)).await?;
            let sql = "delete from approval where token_id not in (select id from token)";
            self.run(sqlx::query(sql)).await?;
            let sql = "update revocation set swept = 1 where number = $1";
            self.run(sqlx::query(sql).bind(number)).await?;
        }
        Ok(swept)
    }
}
