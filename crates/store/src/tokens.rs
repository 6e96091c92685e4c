//! Tokens. There is an insert and a delete. An update notes the last use, stops a token for a while,
//! or shortens its life: none touches whose it is or what it may do, and the house says so.

use std::str::FromStr;

use rondo_domain::token::{Chosen, Digest, Holder, Reach, Scope, Token, TokenId};
use rondo_domain::{Millis, Permission, Permissions, PersonId, ProjectId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

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
        },
        pepper: row.int("pepper")?,
        digest: digest(row)?,
    })
}

/// Whose a token is, or was.
pub(crate) fn holder(row: &Row) -> Result<Holder, Error> {
    let scope: Option<Scope> = row.parsed_or_none("scope")?;
    match (row.parsed_or_none("person_id")?, row.parsed_or_none("project_id")?, scope) {
        (Some(person), None, None) => Ok(Holder::Person(person)),
        (None, Some(project), Some(scope)) => Ok(Holder::Project(project, scope)),
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
    let words: Result<_, _> = text.split(' ').map(T::from_str).collect();
    words.map(Some).map_err(|_| Error::Corrupt(column))
}

fn chosen<T: FromStr>(row: &Row, column: &'static str) -> Result<Chosen<T>, Error> {
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
    /// All tokens.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens(&mut self) -> Result<Vec<TokenRow>, Error> {
        self.rows(sqlx::query("select * from token")).await?.iter().map(token).collect()
    }

    /// The token of this id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn token(&mut self, id: TokenId) -> Result<Option<TokenRow>, Error> {
        let sql = "select * from token where id = $1";
        self.row(sqlx::query(sql).bind(id.to_string())).await?.as_ref().map(token).transpose()
    }

    /// A person's tokens, the newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_person(&mut self, id: PersonId) -> Result<Vec<Token>, Error> {
        let sql = "select * from token where person_id = $1 order by created_at desc, id";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        rows.iter().map(|row| Ok(token(row)?.token)).collect()
    }

    /// A project's tokens, the newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn tokens_of_project(&mut self, id: ProjectId) -> Result<Vec<Token>, Error> {
        let sql = "select * from token where project_id = $1 order by created_at desc, id";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        rows.iter().map(|row| Ok(token(row)?.token)).collect()
    }
}

impl WriteTx {
    /// Adds a token.
    ///
    /// # Errors
    /// [`Error::Exists`] if the id is taken.
    pub async fn insert_token(&mut self, new: &TokenRow, created_by: &str) -> Result<(), Error> {
        let (person, project, scope) = match new.token.holder {
            Holder::Person(person) => (Some(person.to_string()), None, None),
            Holder::Project(project, scope) => {
                (None, Some(project.to_string()), Some(scope.word()))
            }
        };
        let reach = &new.token.reach;
        let rights = (reach.rights != Permissions::EVERY).then(|| words(reach.rights.iter()));
        let sql = "insert into token (id, person_id, project_id, scope, label, pepper, digest, \
                   created_at, created_by, last_used_at, rights, projects, networks, expires_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, $10, $11, $12, $13)";
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
                .bind(reach.expires_at.map(|end| end.0)),
        )
        .await
        .map(drop)
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
