//! Orbs that an operator imported, each version with its text.

use rondo_domain::Millis;
use rondo_plan::OrbVersion;

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

/// One version of an orb, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedOrb {
    /// The part of its name before the slash.
    pub namespace: String,
    /// The part behind the slash.
    pub name: String,
    /// An exact version, or a development one.
    pub version: OrbVersion,
    /// When it was imported.
    pub imported_at: Millis,
}

fn imported(row: &Row) -> Result<ImportedOrb, Error> {
    Ok(ImportedOrb {
        namespace: row.text("namespace")?,
        name: row.text("name")?,
        version: row.text("version")?.parse().map_err(|_| Error::Corrupt("version"))?,
        imported_at: row.time("imported_at")?,
    })
}

impl Tx {
    /// Every version of every orb, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn orbs(&mut self) -> Result<Vec<ImportedOrb>, Error> {
        let sql = "select namespace, name, version, imported_at from orb \
                   order by namespace, name, imported_at, version";
        let rows = self.rows(sqlx::query(sql)).await?;
        rows.iter().map(imported).collect()
    }

    /// The versions of one orb, in no particular order.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn orb_versions(
        &mut self,
        namespace: &str,
        name: &str,
    ) -> Result<Vec<OrbVersion>, Error> {
        let sql = "select namespace, name, version, imported_at from orb \
                   where namespace = $1 and name = $2";
        let statement = sqlx::query(sql).bind(namespace.to_owned()).bind(name.to_owned());
        let rows = self.rows(statement).await?;
        rows.iter().map(|row| Ok(imported(row)?.version)).collect()
    }

    /// The text of one version.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn orb_source(
        &mut self,
        namespace: &str,
        name: &str,
        version: &OrbVersion,
    ) -> Result<Option<String>, Error> {
        let sql = "select source from orb where namespace = $1 and name = $2 and version = $3";
        let statement = sqlx::query(sql)
            .bind(namespace.to_owned())
            .bind(name.to_owned())
            .bind(version.to_string());
        self.row(statement).await?.as_ref().map(|row| row.text("source")).transpose()
    }
}

impl WriteTx {
    /// Adds a version of an orb, in place of the same one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn put_orb(&mut self, orb: &ImportedOrb, source: &str) -> Result<(), Error> {
        self.delete_orb(&orb.namespace, &orb.name, &orb.version).await?;
        let sql = "insert into orb (namespace, name, version, source, imported_at) \
                   values ($1, $2, $3, $4, $5)";
        let statement = sqlx::query(sql)
            .bind(orb.namespace.clone())
            .bind(orb.name.clone())
            .bind(orb.version.to_string())
            .bind(source.to_owned())
            .bind(orb.imported_at.0);
        self.run(statement).await.map(drop)
    }

    /// Deletes a version of an orb; whether it was there.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_orb(
        &mut self,
        namespace: &str,
        name: &str,
        version: &OrbVersion,
    ) -> Result<bool, Error> {
        let sql = "delete from orb where namespace = $1 and name = $2 and version = $3";
        let statement = sqlx::query(sql)
            .bind(namespace.to_owned())
            .bind(name.to_owned())
            .bind(version.to_string());
        Ok(self.run(statement).await? > 0)
    }
}
