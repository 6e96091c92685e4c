//! What organizations ask of tokens, and what their admins said of single ones.

use rondo_domain::name::Reason;
use rondo_domain::policy::Rules;
use rondo_domain::token::TokenId;
use rondo_domain::{Millis, OrgId, Organization};

use crate::error::Error;
use crate::organizations::organization;
use crate::row::Row;
use crate::tokens::{chosen, words};
use crate::tx::{Tx, WriteTx};

/// An organization's policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRow {
    /// Whose.
    pub organization: Organization,
    /// How often it was changed.
    pub version: i64,
    /// What it asks.
    pub rules: Rules,
}

/// What an organization's admins said of a token's rights to change something there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// It may use them.
    pub granted: bool,
    /// Who said so, as the audit log names them.
    pub by: String,
    /// When.
    pub at: Millis,
    /// Why, if that was said.
    pub reason: Option<Reason>,
}

fn policy(row: &Row) -> Result<PolicyRow, Error> {
    Ok(PolicyRow {
        organization: organization(row)?,
        version: row.int("version")?,
        rules: Rules {
            max_days: row.int_or_none("max_days")?,
            no_unrestricted: row.flag("no_unrestricted")?,
            networks: chosen(row, "networks")?,
            idle_days: row.int_or_none("idle_days")?,
            no_query: row.flag("no_query")?,
            approval_since: row.time_or_none("approval_since")?,
        },
    })
}

fn approval(row: &Row) -> Result<(TokenId, Approval), Error> {
    let approval = Approval {
        granted: row.flag("granted")?,
        by: row.text("said_by")?,
        at: row.time("said_at")?,
        reason: row.parsed_or_none("reason")?,
    };
    Ok((row.parsed("token_id")?, approval))
}

impl Tx {
    /// The policy of every organization that has one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn policies(&mut self) -> Result<Vec<PolicyRow>, Error> {
        let sql =
            "select * from policy join organization on id = organization_id order by vcs, name";
        self.rows(sqlx::query(sql)).await?.iter().map(policy).collect()
    }

    /// An organization's policy, if it has one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn policy(&mut self, org: OrgId) -> Result<Option<PolicyRow>, Error> {
        let sql = "select * from policy join organization on id = organization_id \
                   where organization_id = $1";
        let row = self.row(sqlx::query(sql).bind(org.to_string())).await?;
        row.as_ref().map(policy).transpose()
    }

    /// What an organization's admins said of tokens.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn approvals(&mut self, org: OrgId) -> Result<Vec<(TokenId, Approval)>, Error> {
        let sql = "select * from approval where organization_id = $1";
        self.rows(sqlx::query(sql).bind(org.to_string())).await?.iter().map(approval).collect()
    }
}

impl WriteTx {
    /// Sets a policy, if the one before has the version below; whether it had.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_policy(&mut self, new: &PolicyRow) -> Result<bool, Error> {
        let org = new.organization.id;
        let known = self.policy(org).await?.map_or(0, |policy| policy.version);
        if known + 1 != new.version {
            return Ok(false);
        }
        let sql = "delete from policy where organization_id = $1";
        self.run(sqlx::query(sql).bind(org.to_string())).await?;
        let rules = &new.rules;
        let sql = "insert into policy (organization_id, version, max_days, no_unrestricted, networks, \
                   idle_days, no_query, approval_since) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        self.run(
            sqlx::query(sql)
                .bind(org.to_string())
                .bind(new.version)
                .bind(rules.max_days)
                .bind(i64::from(rules.no_unrestricted))
                .bind(rules.networks.listed().map(words))
                .bind(rules.idle_days)
                .bind(i64::from(rules.no_query))
                .bind(rules.approval_since.map(|since| since.0)),
        )
        .await?;
        Ok(true)
    }

    /// Keeps what an organization's admin says of a token; the newest word counts.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_approval(
        &mut self,
        org: OrgId,
        token: TokenId,
        said: &Approval,
    ) -> Result<(), Error> {
        let sql = "insert into approval (organization_id, token_id, granted, said_by, said_at, reason) \
                   values ($1, $2, $3, $4, $5, $6) \
                   on conflict (organization_id, token_id) do update set \
                   granted = $3, said_by = $4, said_at = $5, reason = $6";
        self.run(
            sqlx::query(sql)
                .bind(org.to_string())
                .bind(token.to_string())
                .bind(i64::from(said.granted))
                .bind(said.by.clone())
                .bind(said.at.0)
                .bind(said.reason.as_ref().map(ToString::to_string)),
        )
        .await
        .map(drop)
    }

    /// A token that replaces another one stands where that one stood: with what was said of it, and
    /// approved where it needed no approval since it was made before the rule. The organizations where
    /// anything is said of it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn inherit_approvals(
        &mut self,
        predecessor: TokenId,
        successor: TokenId,
        at: Millis,
    ) -> Result<Vec<OrgId>, Error> {
        let sql = "insert into approval (organization_id, token_id, granted, said_by, said_at, reason) \
                   select organization_id, $2, granted, said_by, said_at, reason \
                   from approval where token_id = $1";
        let (old, new) = (predecessor.to_string(), successor.to_string());
        self.run(sqlx::query(sql).bind(old.clone()).bind(new.clone())).await?;
        let sql = "insert into approval (organization_id, token_id, granted, said_by, said_at, reason) \
                   select organization_id, $2, 1, 'rotation', $3, null from policy \
                   where approval_since > (select created_at from token where id = $1) \
                   and organization_id not in \
                   (select organization_id from approval where token_id = $2)";
        self.run(sqlx::query(sql).bind(old).bind(new.clone()).bind(at.0)).await?;
        let sql = "select organization_id from approval where token_id = $1";
        let rows = self.rows(sqlx::query(sql).bind(new)).await?;
        rows.iter().map(|row| row.parsed("organization_id")).collect()
    }
}
