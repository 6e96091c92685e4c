//! A fresh database for each test, of each kind that this run has, and ways around the store: a
//! plain connection, and every byte that is kept.

use std::process::Command;

use rondo_store::Store;
use sqlx::{AnyConnection, Connection, Row};
use tempfile::TempDir;
use uuid::Uuid;

/// A database that nobody else uses.
pub(crate) struct Database {
    url: String,
    folder: TempDir,
    /// Where it was made, and its name, if it is on PostgreSQL.
    made: Option<(String, String)>,
}

impl Database {
    /// One of each kind: SQLite always, PostgreSQL where `./test` started a server.
    pub(crate) async fn each() -> Vec<Self> {
        sqlx::any::install_default_drivers();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("rondo.db").display());
        let mut each = vec![Self { url, folder, made: None }];
        match std::env::var("RONDO_TEST_POSTGRES") {
            Ok(server) => each.push(Self::postgres(&server).await),
            Err(_) => eprintln!("left out: PostgreSQL, since RONDO_TEST_POSTGRES is not set"),
        }
        each
    }

    async fn postgres(server: &str) -> Self {
        let name = format!("rondo_store_{}", Uuid::new_v4().simple());
        let mut connection = AnyConnection::connect(server).await.unwrap();
        let make = format!("create database {name}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&mut connection).await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let (url, folder) = (format!("{base}/{name}"), tempfile::tempdir().unwrap());
        Self { url, folder, made: Some((server.to_owned(), name)) }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }

    /// The store on this database, migrated if it is the first one.
    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// A connection that knows nothing of the store's rules.
    pub(crate) async fn bare(&self) -> AnyConnection {
        AnyConnection::connect(&self.url).await.unwrap()
    }

    /// Runs a statement past the store; how many rows it touched.
    pub(crate) async fn tamper(&self, sql: &'static str) -> u64 {
        sqlx::query(sql).execute(&mut self.bare().await).await.unwrap().rows_affected()
    }

    /// The one number that a query answers with.
    pub(crate) async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query(sql).fetch_one(&mut self.bare().await).await.unwrap().get(0)
    }

    /// Everything that the database keeps: the bytes of SQLite's files, the rows of every table of
    /// PostgreSQL as text (byte strings in hexadecimal digits).
    pub(crate) async fn bytes(&self) -> Vec<u8> {
        if self.is_postgres() {
            return self.dump().await.into_bytes();
        }
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    async fn dump(&self) -> String {
        let mut connection = self.bare().await;
        let tables = "select cast(tablename as text) from pg_tables where schemaname = 'public'";
        let tables = sqlx::query(tables).fetch_all(&mut connection).await.unwrap();
        let mut dump = String::new();
        for table in tables {
            let name: String = table.get(0);
            let rows =
                format!("select coalesce(string_agg(cast(t as text), ''), '') from {name} t");
            let rows = sqlx::query(sqlx::AssertSqlSafe(rows)).fetch_one(&mut connection).await;
            dump.push_str(rows.unwrap().get(0));
        }
        dump
    }
}

/// All of a run's together would fill a disk. That of a test that fails stays, for whoever looks for the
/// reason.
impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.made
            && !std::thread::panicking()
        {
            let sql = format!("drop database {name} with (force)");
            let mut psql = Command::new("psql");
            psql.args([server, "--quiet", "--command", &sql]);
            assert!(psql.status().unwrap().success(), "{sql}");
        }
    }
}
