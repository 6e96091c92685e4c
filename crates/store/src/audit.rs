//! The audit log: one row for each change and each refused use.

use rondo_domain::Millis;
use rondo_domain::audit::{Entry, Event};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

/// Who did it, when, and through which request.
#[derive(Debug, Clone)]
pub struct By {
    /// When.
    pub at: Millis,
    /// `person:<id>`, `project-token`, `console`, `runner` or `anyone`.
    pub actor: String,
    /// The id of the token that was shown.
    pub token: Option<String>,
    /// The peer's address.
    pub address: String,
    /// The client's word for itself.
    pub agent: String,
    /// The request's id.
    pub request: String,
}

/// A row of the log.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// Counts from 1.
    pub number: i64,
    /// Who did it, when, and through which request.
    pub by: By,
    /// The event's word.
    pub event: String,
    /// To what.
    pub subject: String,
    /// What else to know.
    pub detail: String,
}

impl WriteTx {
    pub(crate) async fn write_audit(&mut self, by: &By, entry: &Entry) -> Result<(), Error> {
        let number = self.next("audit").await?;
        self.run(
            sqlx::query(
                "insert into audit (number, at, actor, token, address, agent, request, event, \
                 subject, detail) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(number)
            .bind(by.at.0)
            .bind(by.actor.clone())
            .bind(by.token.clone())
            .bind(by.address.clone())
            .bind(by.agent.clone())
            .bind(by.request.clone())
            .bind(entry.event.word())
            .bind(entry.subject.clone())
            .bind(entry.detail.clone()),
        )
        .await
        .map(drop)
    }

    /// The next number of a counter that has no gaps.
    pub(crate) async fn next(&mut self, counter: &'static str) -> Result<i64, Error> {
        let sql = "update counter set value = value + 1 where name = $1 returning value";
        let row = self.row(sqlx::query(sql).bind(counter)).await?;
        row.ok_or(Error::Corrupt("counter"))?.int("value")
    }
}

impl Tx {
    /// The newest rows of the log, optionally of one event, newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn audit(&mut self, event: Option<Event>, most: i64) -> Result<Vec<AuditRow>, Error> {
        let sql = "select * from audit where ($1 = '' or event = $1) order by number desc limit $2";
        let event = event.map_or("", Event::word);
        self.rows(sqlx::query(sql).bind(event).bind(most)).await?.iter().map(audit_row).collect()
    }
}

fn audit_row(row: &Row) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        number: row.int("number")?,
        by: By {
            at: row.time("at")?,
            actor: row.text("actor")?,
            token: row.text_or_none("token")?,
            address: row.text("address")?,
            agent: row.text("agent")?,
            request: row.text("request")?,
        },
        event: row.text("event")?,
        subject: row.text("subject")?,
        detail: row.text("detail")?,
    })
}
