//! A project's keys for SSH, with their private halves sealed: those of its checkouts, and those that
//! its jobs ask for.

use rondo_domain::{CheckoutKey, ProjectId, PublicHalf, SecretValue, SshKey};

use crate::error::Error;
use crate::row::Row;
use crate::seal::SealKey;
use crate::tx::{Tx, WriteTx};

pub(crate) fn public_half(row: &Row) -> Result<PublicHalf, Error> {
    Ok(PublicHalf {
        line: row.text("public_key")?,
        sha256: row.text("fingerprint")?,
        md5: row.text("md5")?,
    })
}

/// What a private half is sealed to: it opens for no other project and no other key.
fn owner(what: &str, project: ProjectId, public: &PublicHalf) -> String {
    format!("{what} {project} {}", public.sha256)
}

const CHECKOUT: &str = "checkout key";
const ADDITIONAL: &str = "ssh key";

fn additional(row: &Row) -> Result<SshKey, Error> {
    Ok(SshKey {
        hostname: row.parsed("hostname")?,
        public: public_half(row)?,
        created_at: row.time("created_at")?,
    })
}

impl Tx {
    async fn checkout_rows(&mut self, project: ProjectId) -> Result<Vec<Row>, Error> {
        let sql =
            "select * from checkout_key where project_id = $1 order by created_at, fingerprint";
        self.rows(sqlx::query(sql).bind(project.to_string())).await
    }

    /// A project's checkout keys, the oldest, which is the preferred one, first.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn checkout_keys(&mut self, project: ProjectId) -> Result<Vec<CheckoutKey>, Error> {
        let rows = self.checkout_rows(project).await?;
        let key = |(index, row): (usize, &Row)| {
            Ok(CheckoutKey {
                kind: row.parsed("kind")?,
                public: public_half(row)?,
                preferred: index == 0,
                login: row.text_or_none("login")?,
                created_at: row.time("created_at")?,
            })
        };
        rows.iter().enumerate().map(key).collect()
    }

    /// The preferred checkout key with its private half: for the runner that holds a lease.
    ///
    /// # Errors
    /// If the database is away, or the private half does not open under `key`.
    pub async fn preferred_checkout_key(
        &mut self,
        project: ProjectId,
        key: &SealKey,
    ) -> Result<Option<(PublicHalf, SecretValue)>, Error> {
        let rows = self.checkout_rows(project).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let public = public_half(row)?;
        let private = key.open(&row.bytes("sealed")?, &owner(CHECKOUT, project, &public))?;
        Ok(Some((public, private)))
    }

    /// The keys that a project's jobs may ask for, by host.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn ssh_keys(&mut self, project: ProjectId) -> Result<Vec<SshKey>, Error> {
        let rows = self.ssh_key_rows(project).await?;
        rows.iter().map(additional).collect()
    }

    async fn ssh_key_rows(&mut self, project: ProjectId) -> Result<Vec<Row>, Error> {
        let sql = "select * from ssh_key where project_id = $1 order by hostname, created_at, fingerprint";
        self.rows(sqlx::query(sql).bind(project.to_string())).await
    }

    /// The same with their private halves: for the runner that holds a lease.
    ///
    /// # Errors
    /// If the database is away, or a private half does not open under `key`.
    pub async fn ssh_key_values(
        &mut self,
        project: ProjectId,
        key: &SealKey,
    ) -> Result<Vec<(SshKey, SecretValue)>, Error> {
        let open = |row: &Row| {
            let ssh = additional(row)?;
            let owner = owner(ADDITIONAL, project, &ssh.public);
            let private = key.open(&row.bytes("sealed")?, &owner)?;
            Ok((ssh, private))
        };
        self.ssh_key_rows(project).await?.iter().map(open).collect()
    }
}

impl WriteTx {
    /// Keeps a checkout key.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_checkout_key(
        &mut self,
        project: ProjectId,
        new: &CheckoutKey,
        private: &SecretValue,
        seal: (&SealKey, [u8; 24]),
    ) -> Result<(), Error> {
        let (key, nonce) = seal;
        let sealed = key.seal(private, &owner(CHECKOUT, project, &new.public), nonce)?;
        let sql = "insert into checkout_key (project_id, fingerprint, md5, kind, public_key, sealed, \
                   login, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
        self.run(
            sqlx::query(sql)
                .bind(project.to_string())
                .bind(new.public.sha256.clone())
                .bind(new.public.md5.clone())
                .bind(new.kind.word())
                .bind(new.public.line.clone())
                .bind(sealed)
                .bind(new.login.clone())
                .bind(new.created_at.0),
        )
        .await
        .map(drop)
    }

    /// Deletes a checkout key by its SHA-256 fingerprint; whether it was there.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_checkout_key(
        &mut self,
        project: ProjectId,
        fingerprint: &str,
    ) -> Result<bool, Error> {
        let sql = "delete from checkout_key where project_id = $1 and fingerprint = $2";
        let statement = sqlx::query(sql).bind(project.to_string()).bind(fingerprint.to_owned());
        Ok(self.run(statement).await? > 0)
    }

    /// Keeps an additional key, unless the project has it for that host already; whether it was new.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn add_ssh_key(
        &mut self,
        project: ProjectId,
        new: &SshKey,
        private: &SecretValue,
        seal: (&SealKey, [u8; 24]),
    ) -> Result<bool, Error> {
        let (key, nonce) = seal;
        let sealed = key.seal(private, &owner(ADDITIONAL, project, &new.public), nonce)?;
        let sql = "insert into ssh_key (project_id, hostname, fingerprint, md5, public_key, sealed, \
                   created_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
        let statement = sqlx::query(sql)
            .bind(project.to_string())
            .bind(new.hostname.as_str().to_owned())
            .bind(new.public.sha256.clone())
            .bind(new.public.md5.clone())
            .bind(new.public.line.clone())
            .bind(sealed)
            .bind(new.created_at.0);
        Ok(self.run(statement).await? > 0)
    }

    /// Deletes one additional key of one host.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn delete_ssh_key(&mut self, project: ProjectId, key: &SshKey) -> Result<(), Error> {
        let sql =
            "delete from ssh_key where project_id = $1 and hostname = $2 and fingerprint = $3";
        self.run(
            sqlx::query(sql)
                .bind(project.to_string())
                .bind(key.hostname.as_str().to_owned())
                .bind(key.public.sha256.clone()),
        )
        .await
        .map(drop)
    }
}
