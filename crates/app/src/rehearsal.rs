//! Who would have been refused on some days, had tokens been stopped. Nothing is stopped, and nothing is
//! kept of it: the ledger of uses knows already what happens, and whoever wants to know of days to come
//! looks again when they are over.

use rondo_domain::Permission;
use rondo_domain::token::{Days, Predicate, Rehearsal};

use crate::refusal::Refusal;
use crate::{App, Ctx};

impl App {
    /// The uses that were let in on these days of the tokens that a predicate is true of now.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn rehearse(
        &self,
        ctx: &Ctx,
        predicate: &Predicate,
        days: Days,
    ) -> Result<Rehearsal, Refusal> {
        ctx.require(Permission::ManageServer)?;
        self.write_uses().await?;
        Ok(self.store.read().await?.rehearse(predicate, days).await?)
    }
}
