//! The two doors, and how a transaction begins, retries and ends. Only this file begins one.

use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rondo_domain::audit::Entry;
use sqlx::any::{AnyArguments, AnyPoolOptions};
use sqlx::query::Query;
use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction};

use crate::audit::By;
use crate::dialect::Dialect;
use crate::error::{Error, worth_tries};
use crate::row::Row;

const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("../migrations/0001_first.sql")),
    (2, include_str!("../migrations/0002_device_login.sql")),
    (3, include_str!("../migrations/0003_standing.sql")),
    (4, include_str!("../migrations/0004_reach.sql")),
    (5, include_str!("../migrations/0005_ssh.sql")),
    (6, include_str!("../migrations/0006_enabled.sql")),
    (7, include_str!("../migrations/0007_orb.sql")),
    (8, include_str!("../migrations/0008_audit_chain.sql")),
    (9, include_str!("../migrations/0009_tombstone.sql")),
    (10, include_str!("../migrations/0010_rotation.sql")),
    (11, include_str!("../migrations/0011_ledger.sql")),
    (12, include_str!("../migrations/0012_notice.sql")),
    (13, include_str!("../migrations/0013_job_token.sql")),
    (14, include_str!("../migrations/0014_ending.sql")),
    (15, include_str!("../migrations/0015_token_list.sql")),
    (16, include_str!("../migrations/0016_policy.sql")),
    (17, include_str!("../migrations/0017_service_account.sql")),
    (18, include_str!("../migrations/0018_seen_from.sql")),
    (19, include_str!("../migrations/0019_errand.sql")),
    (20, include_str!("../migrations/0020_unused.sql")),
];

/// The database.
#[derive(Clone)]
pub struct Store {
    readers: AnyPool,
    writers: AnyPool,
    dialect: Dialect,
}

impl Store {
    /// Opens the SQLite file at `path`, making it if it is not there.
    ///
    /// # Errors
    /// If it cannot be opened, read or migrated.
    pub async fn open_file(path: &Path) -> Result<Self, Error> {
        // A path may hold `?` and `%`, which mean something in an address.
        let escaped: String = path
            .to_string_lossy()
            .chars()
            .map(|c| match c {
                '?' => "%3F".to_owned(),
                '%' => "%25".to_owned(),
                '#' => "%23".to_owned(),
                other => other.to_string(),
            })
            .collect();
        Self::open(&format!("sqlite://{escaped}?mode=rwc")).await
    }

    /// Opens the database at an address: `postgres://…` or `sqlite://…`.
    ///
    /// # Errors
    /// If it cannot be reached or migrated.
    pub async fn open(url: &str) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(url);
        let writers = match dialect {
            // SQLite has one writer at a time; a queue inside the process is fairer than its lock.
            Dialect::Sqlite => pool(url, dialect, 1).await?,
            Dialect::Postgres => pool(url, dialect, 16).await?,
        };
        migrate(&writers, dialect).await?;
        // A connection of SQLite's learns the columns when it is opened, and of new ones too late for what it
        // has prepared by then: readers come when the tables are as they will be.
        let readers = match dialect {
            Dialect::Sqlite => pool(url, dialect, 4).await?,
            Dialect::Postgres => writers.clone(),
        };
        Ok(Self { readers, writers, dialect })
    }

    /// A transaction that sees one moment.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn read(&self) -> Result<Tx, Error> {
        Tx::begin(&self.readers, self.dialect, self.dialect.begin_read(), Arc::default()).await
    }

    /// Runs `act` in a transaction that nothing can interleave with. It is run again if it lost a
    /// race, so it must have no effect outside; it takes effect only by committing.
    ///
    /// # Errors
    /// Those of `act`, and that the database is away.
    pub async fn write<T, E, F, Work>(&self, mut act: F) -> Result<T, E>
    where
        E: From<Error>,
        F: FnMut(WriteTx) -> Work,
        Work: Future<Output = Result<T, E>>,
    {
        let mut tries = 0;
        loop {
            tries += 1;
            let worth = Arc::new(AtomicU32::new(1));
            let begin = self.dialect.begin_write();
            let result =
                match Tx::begin(&self.writers, self.dialect, begin, Arc::clone(&worth)).await {
                    Ok(tx) => act(WriteTx { tx }).await,
                    Err(error) => Err(error.into()),
                };
            if result.is_ok() || tries >= worth.load(Ordering::Relaxed) {
                return result;
            }
            tokio::time::sleep(Duration::from_millis(u64::from(tries))).await;
        }
    }

    /// Closes every connection; what is under way ends first.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

async fn migrate(writers: &AnyPool, dialect: Dialect) -> Result<(), Error> {
    let mut connection = writers.acquire().await?;
    if dialect == Dialect::Postgres {
        // Several servers may start at once on one database.
        sqlx::query("select pg_advisory_lock(7236346)").execute(&mut *connection).await?;
    }
    let result = migrate_on(&mut connection, dialect).await;
    if dialect == Dialect::Postgres {
        sqlx::query("select pg_advisory_unlock(7236346)").execute(&mut *connection).await?;
    }
    result
}

async fn migrate_on(connection: &mut sqlx::AnyConnection, dialect: Dialect) -> Result<(), Error> {
    sqlx::raw_sql("create table if not exists migration (number bigint primary key)")
        .execute(&mut *connection)
        .await?;
    for &(number, text) in MIGRATIONS {
        let begin = match dialect {
            Dialect::Sqlite => "begin immediate",
            Dialect::Postgres => "begin",
        };
        sqlx::raw_sql(begin).execute(&mut *connection).await?;
        let there = sqlx::query("select 1 as one from migration where number = $1")
            .bind(number)
            .fetch_optional(&mut *connection)
            .await?;
        if there.is_none() {
            sqlx::raw_sql(text).execute(&mut *connection).await?;
            sqlx::query("insert into migration (number) values ($1)")
                .bind(number)
                .execute(&mut *connection)
                .await?;
        }
        sqlx::raw_sql("commit").execute(&mut *connection).await?;
    }
    Ok(())
}

async fn pool(url: &str, dialect: Dialect, size: u32) -> Result<AnyPool, Error> {
    let options = AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for statement in dialect.greeting() {
                    sqlx::raw_sql(*statement).execute(&mut *connection).await?;
                }
                Ok(())
            })
        });
    Ok(options.connect(url).await?)
}

/// A transaction. On its own it only reads; dropping it is enough.
pub struct Tx {
    inner: Transaction<'static, Any>,
    dialect: Dialect,
    /// How many tries the worst that happened in it is worth.
    worth: Arc<AtomicU32>,
}

/// A statement with its values.
pub(crate) type Statement<'q> = Query<'q, Any, AnyArguments>;

impl Tx {
    async fn begin(
        pool: &AnyPool,
        dialect: Dialect,
        begin: &'static str,
        worth: Arc<AtomicU32>,
    ) -> Result<Self, Error> {
        match pool.begin_with(begin).await {
            Ok(inner) => Ok(Self { inner, dialect, worth }),
            Err(error) => {
                worth.store(worth_tries(&error), Ordering::Relaxed);
                Err(error.into())
            }
        }
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    fn noted<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, Error> {
        result.map_err(|error| {
            self.worth.fetch_max(worth_tries(&error), Ordering::Relaxed);
            Error::from(error)
        })
    }

    pub(crate) async fn rows(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, Error> {
        let result = statement.fetch_all(&mut *self.inner).await;
        Ok(self.noted(result)?.into_iter().map(Row).collect())
    }

    pub(crate) async fn row(&mut self, statement: Statement<'_>) -> Result<Option<Row>, Error> {
        let result = statement.fetch_optional(&mut *self.inner).await;
        Ok(self.noted(result)?.map(Row))
    }
}

/// A transaction that may change things. It takes effect only by [`Self::commit`].
pub struct WriteTx {
    tx: Tx,
}

impl Deref for WriteTx {
    type Target = Tx;
    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for WriteTx {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

impl WriteTx {
    /// Runs a statement; the number of rows that it touched.
    pub(crate) async fn run(&mut self, statement: Statement<'_>) -> Result<u64, Error> {
        let result = statement.execute(&mut *self.tx.inner).await;
        Ok(self.tx.noted(result)?.rows_affected())
    }

    /// Makes it all durable, together with its audit entry.
    ///
    /// # Errors
    /// If it cannot be made durable: then nothing happened.
    pub async fn commit(mut self, by: &By, entry: Entry) -> Result<(), Error> {
        self.write_audit(by, &entry).await?;
        self.commit_progress().await
    }

    /// Makes durable what a machine reports or tidies: a step's state, a lease, a time of last use.
    ///
    /// # Errors
    /// If it cannot be made durable: then nothing happened.
    pub async fn commit_progress(self) -> Result<(), Error> {
        let Tx { inner, worth, .. } = self.tx;
        inner.commit().await.map_err(|error| {
            worth.store(worth_tries(&error), Ordering::Relaxed);
            Error::from(error)
        })
    }
}

/// A statement whose text was put together from this crate's own pieces.
pub(crate) fn composed(text: String) -> Statement<'static> {
    sqlx::query(AssertSqlSafe(text))
}
