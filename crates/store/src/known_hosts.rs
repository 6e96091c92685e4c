//! The keys by which hosts are known: one list for all projects.

use rondo_domain::{HostKey, SshHost};

use crate::error::Error;
use crate::row::Row;
use crate::ssh_keys::public_half;
use crate::tx::{Tx, WriteTx};

fn host_key(row: &Row) -> Result<HostKey, Error> {
    Ok(HostKey {
        host: row.parsed("host")?,
        public: public_half(row)?,
        created_at: row.time("created_at")?,
    })
}

impl Tx {
    /// Every key of every host, by host.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn known_hosts(&mut self) -> Result<Vec<HostKey>, Error> {
        let sql = "select * from known_host order by host, public_key";
        self.rows(sqlx::query(sql)).await?.iter().map(host_key).collect()
    }
}

impl WriteTx {
    /// Makes a host known by these keys and by no others.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_known_host(&mut self, host: &SshHost, keys: &[HostKey]) -> Result<(), Error> {
        self.delete_known_host(host).await?;
        for key in keys {
            let sql = "insert into known_host (host, fingerprint, md5, public_key, created_at) \
                       values ($1, $2, $3, $4, $5) on conflict do nothing";
            self.run(
                sqlx::query(sql)
                    .bind(host.to_string())
                    .bind(key.public.sha256.clone())
                    .bind(key.public.md5.clone())
                    .bind(key.public.line.clone())
                    .bind(key.created_at.0),
            )
            .await?;
        }
        Ok(())
    }

    /// Forgets a host; whether it was known.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_known_host(&mut self, host: &SshHost) -> Result<bool, Error> {
        let sql = "delete from known_host where host = $1";
        Ok(self.run(sqlx::query(sql).bind(host.to_string())).await? > 0)
    }
}
