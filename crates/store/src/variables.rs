//! A project's environment variables: sealed values, and masks for people.

use rondo_domain::variable::VariableName;
use rondo_domain::{MaskedVariable, Millis, ProjectId, SecretValue};

use crate::error::Error;
use crate::row::Row;
use crate::seal::SealKey;
use crate::tx::{Tx, WriteTx};

fn masked(row: &Row) -> Result<MaskedVariable, Error> {
    Ok(MaskedVariable {
        name: row.text("name")?,
        mask: row.text("mask")?,
        created_at: row.time("created_at")?,
    })
}

fn owner(project: ProjectId, name: &str) -> String {
    format!("variable {project} {name}")
}

impl Tx {
    /// A project's variables as people see them, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn variables(&mut self, project: ProjectId) -> Result<Vec<MaskedVariable>, Error> {
        let sql = "select name, mask, created_at from variable where project_id = $1 order by name";
        let rows = self.rows(sqlx::query(sql).bind(project.to_string())).await?;
        rows.iter().map(masked).collect()
    }

    /// One variable as people see it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn variable(
        &mut self,
        project: ProjectId,
        name: &VariableName,
    ) -> Result<Option<MaskedVariable>, Error> {
        let sql = "select name, mask, created_at from variable where project_id = $1 and name = $2";
        let statement = sqlx::query(sql).bind(project.to_string()).bind(name.to_string());
        self.row(statement).await?.as_ref().map(masked).transpose()
    }

    /// A project's variables with their values: for the runner that holds a lease.
    ///
    /// # Errors
    /// If the database is away, or a value does not open under `key`.
    pub async fn variable_values(
        &mut self,
        project: ProjectId,
        key: &SealKey,
    ) -> Result<Vec<(String, SecretValue)>, Error> {
        let sql = "select name, sealed from variable where project_id = $1 order by name";
        let rows = self.rows(sqlx::query(sql).bind(project.to_string())).await?;
        let open = |row: &Row| {
            let name = row.text("name")?;
            let value = key.open(&row.bytes("sealed")?, &owner(project, &name))?;
            Ok((name, value))
        };
        rows.iter().map(open).collect()
    }
}

impl WriteTx {
    /// Sets a variable, in place of one of the same name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_variable(
        &mut self,
        project: ProjectId,
        name: &VariableName,
        value: &SecretValue,
        seal: (&SealKey, [u8; 24]),
        now: Millis,
    ) -> Result<(), Error> {
        let (key, nonce) = seal;
        let sealed = key.seal(value, &owner(project, name.as_str()), nonce)?;
        self.delete_variable(project, name).await?;
        let sql = "insert into variable (project_id, name, sealed, mask, created_at) \
                   values ($1, $2, $3, $4, $5)";
        self.run(
            sqlx::query(sql)
                .bind(project.to_string())
                .bind(name.to_string())
                .bind(sealed)
                .bind(value.mask())
                .bind(now.0),
        )
        .await
        .map(drop)
    }

    /// Deletes a variable; whether it was there.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_variable(
        &mut self,
        project: ProjectId,
        name: &VariableName,
    ) -> Result<bool, Error> {
        let sql = "delete from variable where project_id = $1 and name = $2";
        let statement = sqlx::query(sql).bind(project.to_string()).bind(name.to_string());
        Ok(self.run(statement).await? > 0)
    }
}
