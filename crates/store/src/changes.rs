//! The feed of changes by which every process on one database hears what the others did. Its
//! numbers follow the order of commits: each writer takes the next number from one row.

use crate::error::Error;
use crate::tx::{Tx, WriteTx};

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The token of this id was made, stopped or deleted.
    Token(String),
    /// The revocation of this number began, or its tokens are all moved.
    Revocation(String),
    /// The person of this id was added, disabled or enabled, or has other roles.
    Person(String),
    /// The service account of this id was made, changed or deleted.
    Service(String),
    /// The project of this id was added or changed.
    Project(String),
    /// The policy of the organization of this id was changed, or what its admins said of a token.
    Policy(String),
    /// How the branches of the project of this id stand may have changed: badges and feeds.
    Standing(String),
}

impl Change {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Token(id) => ("token", id),
            Self::Revocation(number) => ("revocation", number),
            Self::Person(id) => ("person", id),
            Self::Service(id) => ("service", id),
            Self::Project(id) => ("project", id),
            Self::Policy(id) => ("policy", id),
            Self::Standing(id) => ("standing", id),
        }
    }

    fn read(kind: &str, subject: String) -> Option<Self> {
        match kind {
            "token" => Some(Self::Token(subject)),
            "revocation" => Some(Self::Revocation(subject)),
            "person" => Some(Self::Person(subject)),
            "service" => Some(Self::Service(subject)),
            "project" => Some(Self::Project(subject)),
            "policy" => Some(Self::Policy(subject)),
            "standing" => Some(Self::Standing(subject)),
            _ => None,
        }
    }
}

impl WriteTx {
    /// Tells every process about a change, from the moment of this transaction's commit.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn announce(&mut self, change: &Change) -> Result<(), Error> {
        let number = self.next("change").await?;
        let (kind, subject) = change.parts();
        let sql = "insert into change (number, kind, subject) values ($1, $2, $3)";
        self.run(sqlx::query(sql).bind(number).bind(kind).bind(subject.to_owned())).await?;
        // Whoever is this far behind loads everything anew.
        if number % 1024 == 0 {
            let sql = "delete from change where number < $1";
            self.run(sqlx::query(sql).bind(number - 65_536)).await?;
        }
        Ok(())
    }
}

impl Tx {
    /// The number of the newest change.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn newest_change(&mut self) -> Result<i64, Error> {
        let sql = "select value from counter where name = 'change'";
        self.row(sqlx::query(sql)).await?.ok_or(Error::Corrupt("counter"))?.int("value")
    }

    /// The changes after `number`, in order. `None` if some of them are no longer kept.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn changes_after(
        &mut self,
        number: i64,
    ) -> Result<Option<Vec<(i64, Change)>>, Error> {
        let sql = "select number, kind, subject from change where number > $1 order by number";
        let rows = self.rows(sqlx::query(sql).bind(number)).await?;
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            let change = Change::read(&row.text("kind")?, row.text("subject")?);
            changes.push((row.int("number")?, change.ok_or(Error::Corrupt("change"))?));
        }
        let gap = changes.first().is_some_and(|(first, _)| *first != number + 1);
        Ok(if gap { None } else { Some(changes) })
    }
}
