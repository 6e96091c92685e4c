//! The ledger of uses: what each token was used for, by whom and from where. It is written behind, in
//! batches, and bounded for each token.

use rondo_domain::Millis;
use rondo_domain::token::{TokenId, Usage, UseClient, UseCount};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

/// Routes and networks that are told apart for a token on one day: most.
const COUNTS: i64 = 200;
/// Clients that are kept for a token: most.
const CLIENTS: i64 = 50;

pub(crate) fn client(row: &Row) -> Result<UseClient, Error> {
    Ok(UseClient {
        address: row.text("address")?,
        agent: row.text("agent")?,
        first_at: row.time("first_at")?,
        last_at: row.time("last_at")?,
        route: row.text("route")?,
        status: row.int("status")?,
        uses: row.int("uses")?,
    })
}

pub(crate) fn count(row: &Row) -> Result<UseCount, Error> {
    Ok(UseCount {
        day: row.int("day")?,
        route: row.text("route")?,
        network: row.text("network")?,
        accepted: row.int("accepted")?,
        refused: row.int("refused")?,
    })
}

impl Tx {
    /// All that is kept of a token's uses.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn usage(&mut self, id: TokenId) -> Result<Usage, Error> {
        let sql = "select first_used_at from token where id = $1";
        let first_at = match self.row(sqlx::query(sql).bind(id.to_string())).await? {
            Some(row) => row.time_or_none("first_used_at")?,
            None => None,
        };
        let sql =
            "select * from token_client where token = $1 order by last_at desc, address, agent";
        let clients = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        let sql = "select * from token_use where token = $1 \
                   order by day desc, accepted + refused desc, route, network";
        let counts = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        Ok(Usage {
            first_at,
            clients: clients.iter().map(client).collect::<Result<_, _>>()?,
            counts: counts.iter().map(count).collect::<Result<_, _>>()?,
        })
    }

    /// Who used a token last, if anybody did since a moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn last_client(
        &mut self,
        id: TokenId,
        since: Millis,
    ) -> Result<Option<UseClient>, Error> {
        let sql = "select * from token_client where token = $1 and last_at >= $2 \
                   order by last_at desc, address, agent limit 1";
        let row = self.row(sqlx::query(sql).bind(id.to_string()).bind(since.0)).await?;
        row.as_ref().map(client).transpose()
    }
}

impl WriteTx {
    /// Adds to what is counted of a token.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn add_uses(&mut self, id: TokenId, new: &UseCount) -> Result<(), Error> {
        let sql = "insert into token_use (token, day, route, network, accepted, refused) \
                   select $1, $2, $3, $4, $5, $6 \
                   where (select count(*) from token_use where token = $1 and day = $2) < $7 \
                   or exists (select 1 from token_use where token = $1 and day = $2 \
                   and route = $3 and network = $4) \
                   on conflict (token, day, route, network) do update \
                   set accepted = token_use.accepted + excluded.accepted, \
                   refused = token_use.refused + excluded.refused";
        // The last room is for what is no longer told apart.
        for (route, most) in [(new.route.as_str(), COUNTS - 1), (UseCount::OTHER, COUNTS)] {
            let network = if route == new.route { new.network.as_str() } else { "" };
            let query = sqlx::query(sql)
                .bind(id.to_string())
                .bind(new.day)
                .bind(route.to_owned())
                .bind(network.to_owned())
                .bind(new.accepted)
                .bind(new.refused)
                .bind(most);
            if self.run(query).await? > 0 {
                break;
            }
        }
        Ok(())
    }

    /// Adds to what is known of a client of a token; the oldest ones beyond the most are forgotten.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn add_client(&mut self, id: TokenId, new: &UseClient) -> Result<(), Error> {
        let sql = "insert into token_client \
                   (token, address, agent, first_at, last_at, route, status, uses) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8) \
                   on conflict (token, address, agent) do update \
                   set uses = token_client.uses + excluded.uses, \
                   route = case when excluded.last_at >= token_client.last_at \
                   then excluded.route else token_client.route end, \
                   status = case when excluded.last_at >= token_client.last_at \
                   then excluded.status else token_client.status end, \
                   last_at = case when excluded.last_at >= token_client.last_at \
                   then excluded.last_at else token_client.last_at end";
        self.run(
            sqlx::query(sql)
                .bind(id.to_string())
                .bind(new.address.clone())
                .bind(new.agent.clone())
                .bind(new.first_at.0)
                .bind(new.last_at.0)
                .bind(new.route.clone())
                .bind(new.status)
                .bind(new.uses),
        )
        .await?;
        // Also of those that came in one moment no more are kept.
        let sql = "delete from token_client where token = $1 and (address, agent) not in \
                   (select address, agent from token_client where token = $1 \
                   order by last_at desc, address, agent limit $2)";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(CLIENTS)).await.map(drop)
    }

    /// Notes when a token was used first, unless that is known.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn note_first_use(&mut self, id: TokenId, at: Millis) -> Result<(), Error> {
        let sql = "update token set first_used_at = $2 where id = $1 and first_used_at is null";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(at.0)).await.map(drop)
    }

    /// Forgets uses before a moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn forget_uses(&mut self, before: Millis) -> Result<(), Error> {
        const DAY: i64 = 24 * 3600 * 1000;
        let sql = "delete from token_use where day < $1";
        self.run(sqlx::query(sql).bind(before.0.div_euclid(DAY))).await?;
        let sql = "delete from token_client where last_at < $1";
        self.run(sqlx::query(sql).bind(before.0)).await.map(drop)
    }
}
