//! What a text is that somebody took for a token's value or id. The server's administrators only.

use rondo_domain::token::{Presented, TokenId, UseClient};
use rondo_domain::{Millis, Permission};

use crate::refusal::Refusal;
use crate::revocation::Found;
use crate::{App, Ctx};

/// How a text names a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// It is the token's value.
    Value,
    /// It is the token's id.
    Id,
    /// It has the token's id and a token's shape, and its check is wrong: it was mistyped or cut off.
    Mistyped,
    /// It has the token's id and a good check, and another secret: somebody made it up.
    Forged,
}

/// What a text names.
#[derive(Debug, Clone)]
pub struct LookedUp {
    /// The token, alive or dead.
    pub found: Found,
    /// How the text names it.
    pub likeness: Likeness,
    /// Who used it last, as long as that is kept.
    pub client: Option<UseClient>,
}

impl App {
    /// The token that a text names, alive or dead, and how.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if it names none; the text is not repeated, since it may be a value.
    pub async fn look_up(&self, ctx: &Ctx, text: &str) -> Result<LookedUp, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let text = text.trim();
        let shown = Presented::parse(text);
        let (id, likeness): (TokenId, _) = match (&shown, Presented::mistyped(text)) {
            (Some(shown), _) => (shown.id, Likeness::Value),
            (None, Some(id)) => (id, Likeness::Mistyped),
            (None, None) => {
                let id = text.parse().map_err(|_| Refusal::Missing("token", String::new()))?;
                (id, Likeness::Id)
            }
        };
        self.write_uses().await?;
        let mut tx = self.store.read().await?;
        let (found, digest) = match tx.token(id).await? {
            Some(row) => {
                let mut token = row.token;
                self.memory.note_last_use(&mut token);
                (Found::Alive(Box::new(token)), row.digest)
            }
            None => match tx.tombstone(id).await? {
                Some((tombstone, digest)) => (Found::Dead(Box::new(tombstone)), digest),
                None => return Err(Refusal::Missing("token", id.to_string())),
            },
        };
        let own = shown.is_none_or(|shown| digest.matches(&shown.digest(&self.pepper)));
        let likeness = if own { likeness } else { Likeness::Forged };
        Ok(LookedUp { found, likeness, client: tx.last_client(id, Millis(0)).await? })
    }
}
