//! What differs between the two databases. Everything else is one text.

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The dialect of an address: anything that is not PostgreSQL's is a file of SQLite's.
    pub(crate) fn of(url: &str) -> Self {
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::Postgres
        } else {
            Self::Sqlite
        }
    }

    /// Begins a transaction that nothing can interleave with.
    pub(crate) fn begin_write(self) -> &'static str {
        match self {
            Self::Sqlite => "begin immediate",
            Self::Postgres => "begin isolation level serializable",
        }
    }

    /// Begins a transaction that sees one moment.
    pub(crate) fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "begin deferred",
            Self::Postgres => "begin isolation level repeatable read read only",
        }
    }

    /// Ends a sub-select that picks one row to take, so that others do not wait for it.
    pub(crate) fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " for update skip locked",
        }
    }

    /// Stands behind `token` where a page of the newest is read: SQLite would read them all and sort.
    pub(crate) fn by_age(self) -> &'static str {
        match self {
            Self::Sqlite => " indexed by token_created",
            Self::Postgres => "",
        }
    }

    /// What every new connection is told.
    pub(crate) fn greeting(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[
                "pragma busy_timeout = 10000",
                "pragma journal_mode = wal",
                "pragma synchronous = full",
                "pragma foreign_keys = on",
                // Of each of five connections, in kB; the operating system keeps the file's pages too.
                "pragma cache_size = -8000",
            ],
            Self::Postgres => &["set statement_timeout = 60000"],
        }
    }
}
