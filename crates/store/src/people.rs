//! People and their passwords' hashes.

use rondo_domain::name::PersonName;
use rondo_domain::{Millis, Person, PersonId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn person(row: &Row) -> Result<Person, Error> {
    Ok(Person {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        admin: row.flag("admin")?,
        disabled_at: row.time_or_none("disabled_at")?,
        created_at: row.time("created_at")?,
    })
}

impl Tx {
    /// Everybody, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn people(&mut self) -> Result<Vec<Person>, Error> {
        let rows = self.rows(sqlx::query("select * from person order by name")).await?;
        rows.iter().map(person).collect()
    }

    /// The person of this id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn person(&mut self, id: PersonId) -> Result<Option<Person>, Error> {
        let sql = "select * from person where id = $1";
        self.row(sqlx::query(sql).bind(id.to_string())).await?.as_ref().map(person).transpose()
    }

    /// The person of this name: written as it was given, or else in another case. Where two people
    /// from before this rule differ in case alone, each is found by their own spelling only.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn person_named(&mut self, name: &PersonName) -> Result<Option<Person>, Error> {
        // The databases do not agree on what the lower case of a letter is.
        let mut same: Vec<_> = self.people().await?;
        same.retain(|person| person.name.is_same(name));
        let exact = same.iter().position(|person| person.name == *name);
        let found = exact.or((same.len() == 1).then_some(0));
        Ok(found.map(|index| same.swap_remove(index)))
    }

    /// The hash of a person's password.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn password_hash(&mut self, id: PersonId) -> Result<Option<String>, Error> {
        let sql = "select password from person where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.map(|row| row.text("password")).transpose()
    }
}

impl WriteTx {
    /// Adds a person.
    ///
    /// # Errors
    /// [`Error::Exists`] if the name is taken, in whatever case.
    pub async fn insert_person(&mut self, person: &Person, password: &str) -> Result<(), Error> {
        if self.people().await?.iter().any(|other| other.name.is_same(&person.name)) {
            return Err(Error::Exists);
        }
        let sql = "insert into person (id, name, password, admin, disabled_at, created_at) \
                   values ($1, $2, $3, $4, $5, $6)";
        self.run(
            sqlx::query(sql)
                .bind(person.id.to_string())
                .bind(person.name.as_str().to_owned())
                .bind(password.to_owned())
                .bind(i64::from(person.admin))
                .bind(person.disabled_at.map(|at| at.0))
                .bind(person.created_at.0),
        )
        .await
        .map(drop)
    }

    /// Replaces the hash of a person's password.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_password(&mut self, id: PersonId, hash: &str) -> Result<(), Error> {
        let sql = "update person set password = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(hash.to_owned())).await.map(drop)
    }

    /// Disables a person, or enables them again.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_disabled(&mut self, id: PersonId, at: Option<Millis>) -> Result<(), Error> {
        let sql = "update person set disabled_at = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(at.map(|at| at.0))).await.map(drop)
    }
}
