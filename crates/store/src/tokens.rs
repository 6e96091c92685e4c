//! Tokens. There is an insert and a delete. An update notes the last use, stops a token for a while,
//! or shortens its life: none touches whose it is or what it may do, and the house says so.

use std::str::FromStr;

use rondo_domain::token::{Chosen, Digest, Holder, Reach, Scope, Token, TokenId};
use rondo_domain::{JobId, Millis, Permission, Permissions, PersonId, ProjectId, ServiceId};

use crate::changes::Change;
use crate::error::Error;
use crate::rotations::rotation_or_none;
use crate::row::Row;
use crate::tx::{Tx, WriteTx, composed};

/// A token and what checks it.
#[derive(Clone)]
pub struct TokenRow {
    /// What people may see.
    pub token: Token,
    /// The pepper's version.
    pub pepper: i64,
    /// HMAC-SHA-256(pepper, value).
    pub digest: Digest,
}

/// Where [`token`] reads rows from: a token with the rotation that it stands in.
pub(crate) const TOKENS: &str =
    "token left join rotation on predecessor = token.id or successor = token.id";

/// The same rows, found in an order that a hint of the database's names.
pub(crate) fn tokens_by(hint: &str) -> String {
    TOKENS.replacen("token", &format!("token{hint}"), 1)
}

pub(crate) fn token(row: &Row) -> Result<TokenRow, Error> {
    Ok(TokenRow {
        token: Token {
            id: row.parsed("id")?,
            holder: holder(row)?,
            label: row.parsed("label")?,
            reach: reach(row)?,
            created_at: row.time("created_at")?,
            last_used_at: row.time_or_none("last_used_at")?,
            disabled_at: row.time_or_none("disabled_at")?,
            rotation: rotation_or_none(row)?,
        },
        pepper: row.int("pepper")?,
        digest: digest(row)?,
    })
}

/// Whose a token is, or was.
pub(crate) fn holder(row: &Row) -> Result<Holder, Error> {
    let scope = row.word_or_none("scope", Scope::from_word)?;
    let (person, project) = (row.parsed_or_none("person_id")?, row.parsed_or_none("project_id")?);
    match (person, project, scope, row.parsed_or_none("service_id")?) {
        (Some(person), None, None, None) => Ok(Holder::Person(person)),
        (None, Some(project), Some(scope), None) => Ok(Holder::Project(project, scope)),
        (None, None, None, Some(service)) => Ok(Holder::Service(service)),
        _ => Err(Error::Corrupt("token's holder")),
    }
}

pub(crate) fn digest(row: &Row) -> Result<Digest, Error> {
    let digest: [u8; 32] = row.bytes("digest")?.try_into().map_err(|_| Error::Corrupt("digest"))?;
    Ok(Digest::from_stored(digest))
}

fn reach(row: &Row) -> Result<Reach, Error> {
    let rights = match list::<Permission>(row, "rights")? {
        Some(rights) => rights.into_iter().collect(),
        None => Permissions::EVERY,
    };
    Ok(Reach {
        rights,
        projects: chosen(row, "projects")?,
        networks: chosen(row, "networks")?,
        expires_at: row.time_or_none("expires_at")?,
    })
}

/// A column of words with blanks between them; none where it is null.
pub(crate) fn list<T: FromStr>(row: &Row, column: &'static str) -> Result<Option<Vec<T>>, Error> {
    let Some(text) = row.text_or_none(column)? else { return Ok(None) };
    let words: Result<_, _> = text.split_ascii_whitespace().map(T::from_str).collect();
    words.map(Some).map_err(|_| Error::Corrupt(column))
}

pub(crate) fn chosen<T: FromStr>(row: &Row, column: &'static str) -> Result<Chosen<T>, Error> {
    Ok(match list(row, column)? {
        Some(list) => Chosen::only(list).ok_or(Error::Corrupt(column))?,
        None => Chosen::All,
    })
}

/// The words of a list as one column keeps them.
pub(crate) fn words(list: impl IntoIterator<Item = impl ToString>) -> String {
    list.into_iter().map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
}

impl Tx {
    /// The token of this id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn token(&mut self, id: TokenId) -> Result<Option<TokenRow>, Error> {
        let query = composed(format!("select * from {TOKENS} where token.id = $1"));
        self.row(query.bind(id.to_string())).await?.as_ref().map(token).transpose()
    }

    /// How many ids [`Self::token_ids_after`] goes through.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn token_ids(&mut self) -> Result<usize, Error> {
        let sql =
            "select (select count(*) from token) + (select count(*) from tombstone) as number";
        let number = self.row(sqlx::query(sql)).await?.ok_or(Error::Corrupt("count"))?;
        usize::try_from(number.int("number")?).map_err(|_| Error::Corrupt("count"))
    }

    /// The ids of tokens, alive or remembered as deleted, that come after one: so many of them, in an order that
    /// is the database's own.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn token_ids_after(
        &mut self,
        last: Option<TokenId>,
        most: i64,
    ) -> Result<Vec<TokenId>, Error> {
        // The limit within each part is there for PostgreSQL, which would else sort whole tables for a page.
        let page = |table| format!("select id from {table} where id > $1 order by id limit $2");
        let sql = format!(
            "select id from ({}) as alive union all select id from ({}) as dead order by id limit $2",
            page("token"),
            page("tombstone"),
        );
        let last = last.map_or_else(String::new, |id| id.to_string());
        let rows = self.rows(composed(sql).bind(last).bind(most)).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    /// Who made a token, as the audit log says it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn token_maker(&mut self, id: TokenId) -> Result<Option<String>, Error> {
        let sql = "select created_by from token where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.map(|row| row.text("created_by")).transpose()
    }

    /// A person's tokens, the newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_person(&mut self, id: PersonId) -> Result<Vec<Token>, Error> {
        self.tokens_where("person_id = $1", id.to_string()).await
    }

    /// A project's tokens, the newest first; without those of running jobs.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_project(&mut self, id: ProjectId) -> Result<Vec<Token>, Error> {
        self.tokens_where("project_id = $1 and job_id is null", id.to_string()).await
    }

    /// A service account's tokens, the newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_service(&mut self, id: ServiceId) -> Result<Vec<Token>, Error> {
        self.tokens_where("service_id = $1", id.to_string()).await
    }

    /// The tokens of one holder, the newest first.
    async fn tokens_where(&mut self, of: &str, id: String) -> Result<Vec<Token>, Error> {
        let sql = format!("select * from {TOKENS} where {of} order by created_at desc, token.id");
        let rows = self.rows(composed(sql).bind(id)).await?;
        rows.iter().map(|row| Ok(token(row)?.token)).collect()
    }
}

impl WriteTx {
    /// Adds a token, and announces it: servers may take an id that was never announced for one that nobody has.
    ///
    /// # Errors
    /// [`Error::Exists`] if the id is taken.
    pub async fn insert_token(&mut self, new: &TokenRow, created_by: &str) -> Result<(), Error> {
        let (person, project, scope, service) = match new.token.holder {
            Holder::Person(person) => (Some(person.to_string()), None, None, None),
            Holder::Project(project, scope) => {
                (None, Some(project.to_string()), Some(scope.word()), None)
            }
            Holder::Service(service) => (None, None, None, Some(service.to_string())),
        };
        let reach = &new.token.reach;
        let rights = (reach.rights != Permissions::EVERY).then(|| words(reach.rights.iter()));
        let sql = "insert into token (id, person_id, project_id, scope, label, pepper, digest, \
                   created_at, created_by, last_used_at, rights, projects, networks, expires_at, \
                   service_id) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, $10, $11, $12, $13, $14)";
        self.run(
            sqlx::query(sql)
                .bind(new.token.id.to_string())
                .bind(person)
                .bind(project)
                .bind(scope)
                .bind(new.token.label.as_str().to_owned())
                .bind(new.pepper)
                .bind(new.digest.as_bytes().to_vec())
                .bind(new.token.created_at.0)
                .bind(created_by.to_owned())
                .bind(rights)
                .bind(reach.projects.listed().map(words))
                .bind(reach.networks.listed().map(words))
                .bind(reach.expires_at.map(|end| end.0))
                .bind(service),
        )
        .await?;
        self.announce(&Change::Token(new.token.id.to_string())).await
    }

    /// Adds the token of a running job.
    ///
    /// # Errors
    /// [`Error::Exists`] if the id is taken.
    pub async fn insert_job_token(&mut self, new: &TokenRow, job: JobId) -> Result<(), Error> {
        self.insert_token(new, "runner").await?;
        let sql = "update token set job_id = $2 where id = $1";
        let query = sqlx::query(sql).bind(new.token.id.to_string()).bind(job.to_string());
        self.run(query).await.map(drop)
    }

    /// Deletes the tokens of a job, which ends or begins again. Nothing is kept of them.
    ///
    /// # Errors
    /// If the database is away.
    pub(crate) async fn delete_job_tokens(&mut self, job: JobId) -> Result<(), Error> {
        let sql = "delete from token where job_id = $1 returning id";
        for row in self.rows(sqlx::query(sql).bind(job.to_string())).await? {
            self.announce(&Change::Token(row.text("id")?)).await?;
        }
        Ok(())
    }

    /// Disables a token, or enables it again; whether that changed anything.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_token_disabled(
        &mut self,
        id: TokenId,
        at: Option<Millis>,
    ) -> Result<bool, Error> {
        let sql = "update token set disabled_at = $2 \
                   where id = $1 and (disabled_at is null) <> ($3 = 0)";
        let query = sqlx::query(sql).bind(id.to_string()).bind(at.map(|at| at.0));
        Ok(self.run(query.bind(i64::from(at.is_some()))).await? > 0)
    }

    /// Brings a token's end nearer; whether that changed anything. No end comes later by it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn shorten_token(&mut self, id: TokenId, end: Millis) -> Result<bool, Error> {
        let sql = "update token set expires_at = $2 \
                   where id = $1 and (expires_at is null or expires_at > $2)";
        Ok(self.run(sqlx::query(sql).bind(id.to_string()).bind(end.0)).await? > 0)
    }

    /// Notes when a token was used last; an older note never replaces a newer one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn note_use(&mut self, id: TokenId, at: Millis) -> Result<(), Error> {
        let sql = "update token set last_used_at = $2 \
                   where id = $1 and (last_used_at is null or last_used_at < $2)";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(at.0)).await.map(drop)
    }
}
