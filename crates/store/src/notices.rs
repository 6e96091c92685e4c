//! What people are told on their pages until they dismiss it.

use rondo_domain::token::{Notice, TokenId};
use rondo_domain::{OrgId, PersonId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn notice(row: &Row) -> Result<Notice, Error> {
    Ok(Notice {
        token: row.parsed("token")?,
        label: row.parsed("label")?,
        project: row.parsed_or_none("project_id")?,
        service: row.parsed_or_none("service_id")?,
        at: row.time("at")?,
    })
}

impl Tx {
    /// What a person is told, the newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn notices_of(&mut self, person: PersonId) -> Result<Vec<Notice>, Error> {
        let sql = "select * from notice where person_id = $1 order by at desc, token limit 20";
        let rows = self.rows(sqlx::query(sql).bind(person.to_string())).await?;
        rows.iter().map(notice).collect()
    }

    /// Who administers an organization and is not disabled, the server's administrators among them.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn admins_of(&mut self, org: OrgId) -> Result<Vec<PersonId>, Error> {
        let sql = "select id from person where disabled_at is null and (admin = 1 or id in \
                   (select person_id from membership where organization_id = $1 and role = 'admin')) \
                   order by id";
        let rows = self.rows(sqlx::query(sql).bind(org.to_string())).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }
}

impl WriteTx {
    /// Lets a person be told.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_notice(&mut self, person: PersonId, told: &Notice) -> Result<(), Error> {
        let sql = "insert into notice (person_id, token, label, project_id, at, service_id) \
                   values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
        let insert = sqlx::query(sql)
            .bind(person.to_string())
            .bind(told.token.to_string())
            .bind(told.label.as_str().to_owned())
            .bind(told.project.map(|project| project.to_string()))
            .bind(told.at.0)
            .bind(told.service.map(|service| service.to_string()));
        self.run(insert).await.map(drop)
    }

    /// Tells a person no longer; whether they were told.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_notice(&mut self, person: PersonId, token: TokenId) -> Result<bool, Error> {
        let sql = "delete from notice where person_id = $1 and token = $2";
        let query = sqlx::query(sql).bind(person.to_string()).bind(token.to_string());
        Ok(self.run(query).await? > 0)
    }
}
