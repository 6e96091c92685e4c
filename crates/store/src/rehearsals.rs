//! Who would have been refused on some days, had the tokens that a predicate hits been stopped: read from
//! the ledger of uses.

use rondo_domain::token::{Days, MissedToken, Predicate, Rehearsal, TokenId};

use crate::error::Error;
use crate::tombstones::conditions_of;
use crate::tx::{Tx, composed};
use crate::uses::{client, count};

/// Tokens that are shown: most.
const TOKENS: usize = 20;
/// Programs, and routes, that are shown of each: most.
const EACH: i64 = 10;
const DAY: i64 = 24 * 3600 * 1000;

impl Tx {
    /// The uses, on these days, of the tokens that a predicate hits now, as far as they were let in: what
    /// was refused anyhow is not missed.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn rehearse(
        &mut self,
        predicate: &Predicate,
        days: Days,
    ) -> Result<Rehearsal, Error> {
        let mut rehearsal = Rehearsal::default();
        let mut most: Vec<(i64, TokenId)> = Vec::new();
        for condition in conditions_of(self, predicate).await? {
            let which = format!(
                "from token_use where day >= {} and day <= {} and accepted > 0 \
                 and token in (select id from token where {condition})",
                days.from, days.until
            );
            let sql = format!(
                "select count(distinct token) as tokens, \
                 cast(coalesce(sum(accepted), 0) as bigint) as uses {which}"
            );
            let row = self.row(composed(sql)).await?.ok_or(Error::Corrupt("count"))?;
            rehearsal.tokens += row.int("tokens")?;
            rehearsal.uses += row.int("uses")?;
            let sql = format!(
                "select token, cast(sum(accepted) as bigint) as uses {which} \
                 group by token order by uses desc, token limit {TOKENS}"
            );
            for row in self.rows(composed(sql)).await? {
                most.push((row.int("uses")?, row.parsed("token")?));
            }
        }
        most.sort_by_key(|(uses, id)| (-uses, *id));
        for (uses, id) in most.into_iter().take(TOKENS) {
            rehearsal.first.extend(self.missed(id, uses, days).await?);
        }
        Ok(rehearsal)
    }

    async fn missed(
        &mut self,
        id: TokenId,
        uses: i64,
        days: Days,
    ) -> Result<Option<MissedToken>, Error> {
        let Some(row) = self.token(id).await? else { return Ok(None) };
        let sql = "select route, network, max(day) as day, \
                   cast(sum(accepted) as bigint) as accepted, cast(0 as bigint) as refused \
                   from token_use where token = $1 and day >= $2 and day <= $3 and accepted > 0 \
                   group by route, network order by 4 desc, route, network limit $4";
        let query = sqlx::query(sql).bind(id.to_string()).bind(days.from).bind(days.until);
        let counts = self.rows(query.bind(EACH)).await?;
        let sql = "select * from token_client where token = $1 and last_at >= $2 and first_at < $3 \
                   order by last_at desc, address, agent limit $4";
        let (from, end) = (days.from.saturating_mul(DAY), (days.until + 1).saturating_mul(DAY));
        let query = sqlx::query(sql).bind(id.to_string()).bind(from).bind(end).bind(EACH);
        let clients = self.rows(query).await?;
        Ok(Some(MissedToken {
            token: row.token,
            uses,
            clients: clients.iter().map(client).collect::<Result<_, _>>()?,
            counts: counts.iter().map(count).collect::<Result<_, _>>()?,
        }))
    }
}
