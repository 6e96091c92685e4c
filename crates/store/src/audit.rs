//! The audit log: one row for each change and each refused use, chained by their seals.

use rondo_domain::audit::chain::{Break, Followed, Seal};
use rondo_domain::audit::{Entry, Event};
use rondo_domain::token::TokenId;
use rondo_domain::{Millis, PersonId, ProjectId};

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
    /// The id of the project that it is about.
    pub project: Option<String>,
    /// What seals it; none: it was written before there was a chain.
    pub seal: Option<Seal>,
}

impl AuditRow {
    /// What of it is sealed, besides its number and its time; in this order.
    fn fields(&self) -> [Option<&str>; 9] {
        [
            Some(&self.by.actor),
            self.by.token.as_deref(),
            Some(&self.by.address),
            Some(&self.by.agent),
            Some(&self.by.request),
            Some(&self.event),
            Some(&self.subject),
            Some(&self.detail),
            self.project.as_deref(),
        ]
    }

    /// Goes on from the row before it to this one.
    ///
    /// # Errors
    /// If it does not fit.
    pub fn follow(&self, followed: &mut Followed) -> Result<(), Break> {
        followed.step((self.number, self.by.at), &self.fields(), self.seal)
    }
}

/// Which rows of the log are wanted. What is not given does not narrow it.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditQuery<'a> {
    /// Of this event.
    pub event: Option<Event>,
    /// By this person, or about them.
    pub person: Option<PersonId>,
    /// Through this token, or about it.
    pub token: Option<TokenId>,
    /// By the service accounts that have this id or name, or had it, or about them.
    pub service: Option<&'a str>,
    /// About this project.
    pub project: Option<ProjectId>,
    /// From this moment on.
    pub since: Option<Millis>,
    /// Before this moment.
    pub until: Option<Millis>,
    /// With this text in subject, detail, address, client or request, in any case.
    pub text: Option<&'a str>,
    /// Older than the row of this number.
    pub before: Option<i64>,
}

impl WriteTx {
    pub(crate) async fn write_audit(&mut self, by: &By, entry: &Entry) -> Result<(), Error> {
        // Every writer of the log meets at this row; its seal makes none of them wait for more.
        let sql = "update counter set value = value + 1 where name = 'audit' returning value, seal";
        let newest = self.row(sqlx::query(sql)).await?.ok_or(Error::Corrupt("counter"))?;
        let mut row = AuditRow {
            number: newest.int("value")?,
            by: by.clone(),
            event: entry.event.word().to_owned(),
            subject: entry.subject.clone(),
            detail: entry.detail.clone(),
            project: entry.project.map(|project| project.to_string()),
            seal: None,
        };
        let before = seal(&newest)?.unwrap_or(Seal::BEGIN);
        let own = before.next(row.number, by.at, &row.fields());
        row.seal = Some(own);
        self.insert_audit(row).await?;
        let sql = "update counter set seal = $1 where name = 'audit'";
        self.run(sqlx::query(sql).bind(own.as_bytes().to_vec())).await.map(drop)
    }

    async fn insert_audit(&mut self, row: AuditRow) -> Result<(), Error> {
        let sql = "insert into audit (number, at, actor, token, address, agent, request, event, \
                   subject, detail, project, seal) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let AuditRow { number, by, event, subject, detail, project, seal } = row;
        let insert = sqlx::query(sql)
            .bind(number)
            .bind(by.at.0)
            .bind(by.actor)
            .bind(by.token)
            .bind(by.address)
            .bind(by.agent)
            .bind(by.request)
            .bind(event)
            .bind(subject)
            .bind(detail)
            .bind(project)
            .bind(seal.map(|seal| seal.as_bytes().to_vec()));
        self.run(insert).await.map(drop)
    }

    /// The next number of a counter that has no gaps.
    pub(crate) async fn next(&mut self, counter: &'static str) -> Result<i64, Error> {
        let sql = "update counter set value = value + 1 where name = $1 returning value";
        let row = self.row(sqlx::query(sql).bind(counter)).await?;
        row.ok_or(Error::Corrupt("counter"))?.int("value")
    }
}

const WANTED: &str = "select * from audit where number < $1 \
     and ($2 = '' or event = $2) \
     and ($3 = '' or actor = 'person:' || $3 or subject = $3 or detail = $3) \
     and ($4 = '' or token = $4 or subject = $4) \
     and ($5 = '' or project = $5) \
     and ($10 = '' or actor in (select 'service:' || id from service_account where id = $10 or name = $10) \
         or subject in (select id from service_account where id = $10 or name = $10) \
         or detail in (select id from service_account where id = $10 or name = $10)) \
     and at >= $6 and at < $7 \
     and ($8 = '' or lower(subject || ' ' || detail || ' ' || address || ' ' || agent || ' ' || request) \
         like lower($8) escape '!') \
     order by number desc limit $9";

impl Tx {
    /// The newest rows that are wanted, newest first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn audit(
        &mut self,
        query: AuditQuery<'_>,
        most: i64,
    ) -> Result<Vec<AuditRow>, Error> {
        let person = query.person.map(|person| person.to_string()).unwrap_or_default();
        let token = query.token.map(|token| token.to_string()).unwrap_or_default();
        let project = query.project.map(|project| project.to_string()).unwrap_or_default();
        let wanted = sqlx::query(WANTED)
            .bind(query.before.unwrap_or(i64::MAX))
            .bind(query.event.map_or("", Event::word))
            .bind(person)
            .bind(token)
            .bind(project)
            .bind(query.since.map_or(i64::MIN, |at| at.0))
            .bind(query.until.map_or(i64::MAX, |at| at.0))
            .bind(query.text.map(pattern).unwrap_or_default())
            .bind(most)
            .bind(query.service.unwrap_or_default().to_owned());
        self.rows(wanted).await?.iter().map(audit_row).collect()
    }

    /// The rows after the one of this number, in order.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn audit_after(&mut self, number: i64, most: i64) -> Result<Vec<AuditRow>, Error> {
        let sql = "select * from audit where number > $1 order by number limit $2";
        self.rows(sqlx::query(sql).bind(number).bind(most)).await?.iter().map(audit_row).collect()
    }

    /// How many rows there must be, and the seal of the last; none: no row is sealed yet.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn audit_newest(&mut self) -> Result<(i64, Option<Seal>), Error> {
        let sql = "select value, seal from counter where name = 'audit'";
        let row = self.row(sqlx::query(sql)).await?.ok_or(Error::Corrupt("counter"))?;
        Ok((row.int("value")?, seal(&row)?))
    }
}

/// A pattern for `like` that is found wherever the text stands.
pub(crate) fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

fn seal(row: &Row) -> Result<Option<Seal>, Error> {
    let Some(bytes) = row.bytes_or_none("seal")? else { return Ok(None) };
    let bytes = bytes.try_into().map_err(|_| Error::Corrupt("seal"))?;
    Ok(Some(Seal::from_stored(bytes)))
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
        project: row.text_or_none("project")?,
        seal: seal(row)?,
    })
}
