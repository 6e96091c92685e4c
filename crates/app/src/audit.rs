//! Reading the audit log, and following its chain. Only the server's administrators may.

use rondo_domain::audit::Event;
use rondo_domain::audit::chain::{Break, Followed, Seal};
use rondo_domain::name::PersonName;
use rondo_domain::token::{Presented, TokenId};
use rondo_domain::{Millis, Permission, PersonId, Slug};
use rondo_store::{AuditQuery, AuditRow};

use crate::refusal::Refusal;
use crate::{App, Ctx};

/// Rows that are looked at in one transaction.
const STRIDE: i64 = 5000;

/// What of the log is wanted, as somebody names it. What is not named does not narrow it.
#[derive(Debug, Clone, Default)]
pub struct AuditWish {
    /// An event's word.
    pub event: Option<String>,
    /// A person's name or id.
    pub person: Option<String>,
    /// A token's id or value.
    pub token: Option<String>,
    /// A service account's name or id, also of one that is gone.
    pub service: Option<String>,
    /// A project's slug.
    pub project: Option<String>,
    /// Any text.
    pub text: Option<String>,
    /// From this moment on.
    pub since: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
}

impl App {
    /// The query that a wish stands for.
    ///
    /// # Errors
    /// [`Refusal::Missing`] for a name that nothing has.
    pub async fn audit_query<'w>(
        &self,
        ctx: &Ctx,
        wish: &'w AuditWish,
    ) -> Result<AuditQuery<'w>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let event = wish.event.as_ref().map(|word| {
            Event::from_word(word).ok_or_else(|| Refusal::Missing("event", word.clone()))
        });
        let person = match &wish.person {
            Some(name) => Some(self.audit_person(name).await?),
            None => None,
        };
        // It may be a value, so it is not repeated.
        let token = wish.token.as_ref().map(|text| {
            let id: Option<TokenId> = match Presented::parse(text) {
                Some(shown) => Some(shown.id),
                None => text.parse().ok(),
            };
            id.ok_or_else(|| Refusal::Missing("token", String::new()))
        });
        let project = match &wish.project {
            Some(slug) => {
                let found = match slug.parse::<Slug>() {
                    Ok(slug) => self.project(&slug).await?,
                    Err(_) => None,
                };
                Some(found.ok_or_else(|| Refusal::Missing("project", slug.clone()))?.id)
            }
            None => None,
        };
        if let Some(name) = wish.service.as_ref().filter(|name| !self.memory.knows_service(name)) {
            return Err(Refusal::Missing("service account", name.clone()));
        }
        Ok(AuditQuery {
            event: event.transpose()?,
            person,
            token: token.transpose()?,
            service: wish.service.as_deref(),
            project,
            since: wish.since,
            until: wish.until,
            text: wish.text.as_deref(),
            before: None,
        })
    }

    async fn audit_person(&self, text: &str) -> Result<PersonId, Refusal> {
        if let Ok(id) = text.parse() {
            return Ok(id);
        }
        let person = match text.parse::<PersonName>() {
            Ok(name) => self.store.read().await?.person_named(&name).await?,
            Err(_) => None,
        };
        person.map(|person| person.id).ok_or_else(|| Refusal::Missing("person", text.to_owned()))
    }

    /// The newest entries of the log that are wanted, newest first.
    ///
    /// # Errors
    /// If the principal does not administer the server.
    pub async fn audit(
        &self,
        ctx: &Ctx,
        query: AuditQuery<'_>,
        most: i64,
    ) -> Result<Vec<AuditRow>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        Ok(self.store.read().await?.audit(query, most).await?)
    }

    /// Follows the whole chain. `noted` are seals that somebody kept, each with its entry's number:
    /// only these can tell that everything was written anew.
    ///
    /// # Errors
    /// Outside: the principal may not, or the database is away. Inside: the first thing that does not
    /// fit.
    pub async fn verify_audit(
        &self,
        ctx: &Ctx,
        noted: &[(i64, Seal)],
    ) -> Result<Result<Followed, Break>, Refusal> {
        ctx.require(Permission::ManageServer)?;
        let mut followed = Followed::NOTHING;
        loop {
            let mut tx = self.store.read().await?;
            let rows = tx.audit_after(followed.number, STRIDE).await?;
            for row in &rows {
                if let Err(broken) = row.follow(&mut followed) {
                    return Ok(Err(broken));
                }
                let other = |(number, seal): &&(i64, Seal)| {
                    *number == row.number && Some(*seal) != row.seal
                };
                if noted.iter().any(|known| other(&known)) {
                    return Ok(Err(Break::Rewritten(row.number)));
                }
            }
            if i64::try_from(rows.len()).is_ok_and(|read| read < STRIDE) {
                let (number, seal) = tx.audit_newest().await?;
                let missing = noted.iter().any(|(known, _)| *known > followed.number);
                let whole =
                    number == followed.number && seal.unwrap_or(Seal::BEGIN) == followed.seal;
                return Ok(match whole && !missing {
                    true => Ok(followed),
                    false => Err(Break::CutAfter(followed.number)),
                });
            }
        }
    }
}
