//! Organizations and who is what in them.

use rondo_domain::{Membership, OrgId, Organization, PersonId, Role, Vcs};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

pub(crate) fn organization(row: &Row) -> Result<Organization, Error> {
    Ok(Organization { id: row.parsed("id")?, vcs: row.parsed("vcs")?, name: row.text("name")? })
}

fn membership(row: &Row) -> Result<Membership, Error> {
    Ok(Membership {
        person: row.parsed("person_id")?,
        org: row.parsed("organization_id")?,
        role: row.parsed("role")?,
    })
}

impl Tx {
    /// The organization of this name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn organization(
        &mut self,
        vcs: Vcs,
        name: &str,
    ) -> Result<Option<Organization>, Error> {
        let sql = "select * from organization where vcs = $1 and name = $2";
        let row = self.row(sqlx::query(sql).bind(vcs.short()).bind(name.to_owned())).await?;
        row.as_ref().map(organization).transpose()
    }

    /// Every organization, by kind and name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn organizations(&mut self) -> Result<Vec<Organization>, Error> {
        let sql = "select * from organization order by vcs, name";
        let rows = self.rows(sqlx::query(sql)).await?;
        rows.iter().map(organization).collect()
    }

    /// Every part that anybody has anywhere.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn memberships(&mut self) -> Result<Vec<Membership>, Error> {
        let rows = self.rows(sqlx::query("select * from membership")).await?;
        rows.iter().map(membership).collect()
    }

    /// The parts that a person has.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn memberships_of(&mut self, person: PersonId) -> Result<Vec<Membership>, Error> {
        let sql = "select * from membership where person_id = $1";
        let rows = self.rows(sqlx::query(sql).bind(person.to_string())).await?;
        rows.iter().map(membership).collect()
    }
}

impl WriteTx {
    /// Adds an organization.
    ///
    /// # Errors
    /// [`Error::Exists`] if it is there.
    pub async fn insert_organization(&mut self, new: &Organization) -> Result<(), Error> {
        let sql = "insert into organization (id, vcs, name) values ($1, $2, $3)";
        let statement =
            sqlx::query(sql).bind(new.id.to_string()).bind(new.vcs.short()).bind(new.name.clone());
        self.run(statement).await.map(drop)
    }

    /// Gives a person a part in an organization, or takes it away.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_role(
        &mut self,
        person: PersonId,
        org: OrgId,
        role: Option<Role>,
    ) -> Result<(), Error> {
        let sql = "delete from membership where person_id = $1 and organization_id = $2";
        self.run(sqlx::query(sql).bind(person.to_string()).bind(org.to_string())).await?;
        let Some(role) = role else { return Ok(()) };
        let sql = "insert into membership (person_id, organization_id, role) values ($1, $2, $3)";
        let statement =
            sqlx::query(sql).bind(person.to_string()).bind(org.to_string()).bind(role.word());
        self.run(statement).await.map(drop)
    }
}
