//! Service accounts and who answers for them. One that is deleted keeps its row and its name; its tokens
//! go to their tombstones in the same transaction.

use std::collections::HashMap;

use rondo_domain::name::ServiceName;
use rondo_domain::{Actor, Ceiling, Home, Millis, PersonId, ServiceAccount, ServiceId};

use crate::error::Error;
use crate::row::Row;
use crate::tokens::{list, words};
use crate::tombstones::Burial;
use crate::tx::{Tx, WriteTx};

fn service(row: &Row, contacts: Vec<PersonId>) -> Result<ServiceAccount, Error> {
    let org = row.parsed("organization_id")?;
    let rights = list(row, "ceiling")?.unwrap_or_default();
    Ok(ServiceAccount {
        id: row.parsed("id")?,
        name: row.parsed("name")?,
        home: match row.parsed_or_none("project_id")? {
            Some(project) => Home::Project { project, org },
            None => Home::Organization(org),
        },
        ceiling: Ceiling::new(rights.into_iter().collect())
            .map_err(|_| Error::Corrupt("ceiling"))?,
        contacts,
        created_at: row.time("created_at")?,
        disabled_at: row.time_or_none("disabled_at")?,
        deleted_at: row.time_or_none("deleted_at")?,
    })
}

/// The person and the service account that an actor is, as two columns keep it.
pub(crate) fn columns(actor: Option<Actor>) -> (Option<String>, Option<String>) {
    let person = actor.and_then(|actor| actor.person());
    let service = actor.and_then(|actor| actor.service());
    (person.map(|id| id.to_string()), service.map(|id| id.to_string()))
}

/// The actor that two columns keep.
pub(crate) fn actor(
    row: &Row,
    person: &'static str,
    service: &'static str,
) -> Result<Option<Actor>, Error> {
    let person = row.parsed_or_none(person)?.map(Actor::Person);
    Ok(person.or(row.parsed_or_none(service)?.map(Actor::Service)))
}

impl Tx {
    /// Every service account, also those that are gone.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn services(&mut self) -> Result<Vec<ServiceAccount>, Error> {
        let sql = "select service_id, person_id from service_contact order by person_id";
        let mut contacts: HashMap<ServiceId, Vec<PersonId>> = HashMap::new();
        for row in self.rows(sqlx::query(sql)).await? {
            contacts.entry(row.parsed("service_id")?).or_default().push(row.parsed("person_id")?);
        }
        let rows = self.rows(sqlx::query("select * from service_account")).await?;
        let own = |row: &Row| {
            let contacts = contacts.remove(&row.parsed("id")?).unwrap_or_default();
            service(row, contacts)
        };
        rows.iter().map(own).collect()
    }

    /// The service account of this id, also one that is gone.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn service(&mut self, id: ServiceId) -> Result<Option<ServiceAccount>, Error> {
        let sql = "select person_id from service_contact where service_id = $1 order by person_id";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        let contacts: Result<_, _> = rows.iter().map(|row| row.parsed("person_id")).collect();
        let sql = "select * from service_account where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.map(|row| service(&row, contacts?)).transpose()
    }
}

impl WriteTx {
    /// Adds a service account.
    ///
    /// # Errors
    /// [`Error::Exists`] if the organization has one of this name.
    pub async fn insert_service(
        &mut self,
        new: &ServiceAccount,
        created_by: &str,
    ) -> Result<(), Error> {
        let sql = "insert into service_account (id, organization_id, project_id, name, ceiling, \
                   created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7)";
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.home.org().to_string())
                .bind(new.home.project().map(|id| id.to_string()))
                .bind(new.name.as_str().to_owned())
                .bind(words(new.ceiling.rights().iter()))
                .bind(new.created_at.0)
                .bind(created_by.to_owned()),
        )
        .await?;
        self.set_service_contacts(new.id, &new.contacts).await
    }

    /// Changes what an account can do at most.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_service_ceiling(
        &mut self,
        id: ServiceId,
        ceiling: Ceiling,
    ) -> Result<(), Error> {
        let sql = "update service_account set ceiling = $2 where id = $1";
        let query = sqlx::query(sql).bind(id.to_string());
        self.run(query.bind(words(ceiling.rights().iter()))).await.map(drop)
    }

    /// Calls an account something else.
    ///
    /// # Errors
    /// [`Error::Exists`] if the organization has another one of this name.
    pub async fn set_service_name(
        &mut self,
        id: ServiceId,
        name: &ServiceName,
    ) -> Result<(), Error> {
        let sql = "update service_account set name = $2 where id = $1";
        let query = sqlx::query(sql).bind(id.to_string()).bind(name.as_str().to_owned());
        self.run(query).await.map(drop)
    }

    /// Says who answers for an account.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_service_contacts(
        &mut self,
        id: ServiceId,
        contacts: &[PersonId],
    ) -> Result<(), Error> {
        let sql = "delete from service_contact where service_id = $1";
        self.run(sqlx::query(sql).bind(id.to_string())).await?;
        for person in contacts {
            let sql = "insert into service_contact (service_id, person_id) values ($1, $2)";
            self.run(sqlx::query(sql).bind(id.to_string()).bind(person.to_string())).await?;
        }
        Ok(())
    }

    /// Disables an account, or enables it again.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_service_disabled(
        &mut self,
        id: ServiceId,
        at: Option<Millis>,
    ) -> Result<(), Error> {
        let sql = "update service_account set disabled_at = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(at.map(|at| at.0))).await.map(drop)
    }

    /// Deletes an account and all of its tokens; how many these were.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_service(&mut self, id: ServiceId, burial: &Burial) -> Result<u64, Error> {
        let tokens = self.bury_tokens_of(id, burial).await?;
        self.set_service_contacts(id, &[]).await?;
        let sql = "update service_account set deleted_at = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(burial.at.0)).await?;
        Ok(tokens)
    }
}
