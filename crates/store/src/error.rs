//! What can go wrong below the rules.

use std::fmt;

/// Why the store could not do what was asked.
#[derive(Debug)]
pub enum Error {
    /// The database or the disk is away; the same request may go through later.
    Unavailable(String),
    /// The row breaks a uniqueness rule: such a thing exists already.
    Exists,
    /// What lies in the store cannot be read: a column's name, never its value.
    Corrupt(&'static str),
    /// The database refused the statement.
    Refused(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unavailable(why) => write!(f, "the store cannot be reached: {why}"),
            Self::Exists => f.write_str("such a thing exists already"),
            Self::Corrupt(what) => write!(f, "the store holds an unreadable {what}"),
            Self::Refused(why) => write!(f, "the database refused: {why}"),
        }
    }
}

impl std::error::Error for Error {}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Exists,
            sqlx::Error::Database(cause) if is_away(cause.code().as_deref()) => {
                Self::Unavailable(cause.to_string())
            }
            sqlx::Error::Database(cause) => Self::Refused(cause.to_string()),
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_) => Self::Unavailable(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Whether the database says that it cannot serve anybody just now.
fn is_away(code: Option<&str>) -> bool {
    // PostgreSQL: connection lost (08…), too many connections or no room (53…), shutting down or
    // starting (57P01 to 57P03), its disk fails (58030). SQLite: busy, its disk fails or is full.
    code.is_some_and(|code| {
        let sqlite = code.parse().ok().map(|code: u32| code & 0xff);
        match code.len() {
            5 => {
                code.starts_with("08")
                    || code.starts_with("53")
                    || code.starts_with("57P0")
                    || code == "58030"
            }
            _ => matches!(sqlite, Some(5 | 10 | 13)),
        }
    })
}

/// How often a transaction in which this happened is tried before its caller hears of it: 1, unless it lost a
/// race that it may win when it is run again.
pub(crate) fn worth_tries(error: &sqlx::Error) -> u32 {
    let sqlx::Error::Database(cause) = error else { return 1 };
    match cause.code().as_deref() {
        // PostgreSQL: serialization failure, deadlock. SQLite: busy, busy snapshot.
        Some("40001" | "40P01" | "5" | "517") => 40,
        // PostgreSQL: not unique. So a serializable transaction hears as well of a row that another one has
        // added since its own moment, and which it would have taken notice of.
        Some("23505") => 3,
        _ => 1,
    }
}
