//! Tokens that a policy deletes since nobody uses them. They are deleted one by one; what holds those of one
//! turn together is that their people are told of them at once.

use rondo_domain::token::{Token, TokenId};
use rondo_domain::{Millis, OrgId, Organization};

use crate::error::Error;
use crate::organizations::organization;
use crate::tombstones::Burial;
use crate::tx::{Tx, WriteTx};

/// Why tokens that nobody uses are deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// Whose policy asks for it.
    pub organization: Organization,
    /// After so many days without a use.
    pub days: i64,
}

impl Tx {
    /// The policy by which the tokens of a revocation were deleted; none, where it was an order.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn unused(&mut self, revocation: i64) -> Result<Option<Unused>, Error> {
        let sql = "select organization.*, idle_days from revocation \
                   join organization on organization.id = organization_id where number = $1";
        let row = self.row(sqlx::query(sql).bind(revocation)).await?;
        let read =
            |row| Ok(Unused { organization: organization(&row)?, days: row.int("idle_days")? });
        row.map(read).transpose()
    }
}

impl WriteTx {
    /// Begins what holds unused tokens together that are deleted now; its number, among revocations. Who is
    /// told of them is not settled before [`Self::end_unused`], or the moment that is named.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn begin_unused(
        &mut self,
        (org, days): (OrgId, i64),
        burial: &Burial,
        waits_until: Millis,
    ) -> Result<i64, Error> {
        let number = self.next("revocation").await?;
        let sql = "insert into revocation (number, at, made_by, never_used, unrestricted, deleted_by, \
                   reason, swept, organization_id, idle_days, waits_until) \
                   values ($1, $2, $2, 0, 0, $3, $4, 1, $5, $6, $7)";
        let insert = sqlx::query(sql)
            .bind(number)
            .bind(burial.at.0)
            .bind(burial.by.clone())
            .bind(burial.reason.as_ref().map(ToString::to_string))
            .bind(org.to_string())
            .bind(days)
            .bind(waits_until.0);
        self.run(insert).await?;
        Ok(number)
    }

    /// Deletes one of them; what it was, if it was there.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_unused(
        &mut self,
        number: i64,
        id: TokenId,
        burial: &Burial,
    ) -> Result<Option<Token>, Error> {
        let was = self.delete_token(id, burial).await?;
        let sql = "update tombstone set revocation = $1 where id = $2";
        self.run(sqlx::query(sql).bind(number).bind(id.to_string())).await?;
        Ok(was)
    }

    /// Says that the last of them is deleted.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn end_unused(&mut self, number: i64) -> Result<(), Error> {
        let sql = "update revocation set waits_until = null where number = $1";
        self.run(sqlx::query(sql).bind(number)).await.map(drop)
    }
}
