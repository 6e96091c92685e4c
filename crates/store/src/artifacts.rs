//! What is known of a build's kept files; their bytes are blobs.

use rondo_domain::JobId;
use rondo_domain::run::Artifact;

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn artifact(row: &Row) -> Result<Artifact, Error> {
    Ok(Artifact {
        id: row.parsed("id")?,
        job: row.parsed("job_id")?,
        path: row.text("path")?,
        size: row.int("size")?,
        digest: row.text("digest")?,
    })
}

impl Tx {
    /// A job's artifacts, by path.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn artifacts(&mut self, job: JobId) -> Result<Vec<Artifact>, Error> {
        let sql = "select * from artifact where job_id = $1 order by path";
        let rows = self.rows(sqlx::query(sql).bind(job.to_string())).await?;
        rows.iter().map(artifact).collect()
    }

    /// A job's artifact of this path.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn artifact(&mut self, job: JobId, path: &str) -> Result<Option<Artifact>, Error> {
        let sql = "select * from artifact where job_id = $1 and path = $2";
        let statement = sqlx::query(sql).bind(job.to_string()).bind(path.to_owned());
        self.row(statement).await?.as_ref().map(artifact).transpose()
    }
}

impl WriteTx {
    /// Adds an artifact, in place of one of the same path.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn put_artifact(&mut self, new: &Artifact) -> Result<(), Error> {
        let sql = "insert into artifact (id, job_id, path, size, digest) values ($1, $2, $3, $4, $5) \
                   on conflict (job_id, path) do update set id = $1, size = $4, digest = $5";
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.job.to_string())
                .bind(new.path.clone())
                .bind(new.size)
                .bind(new.digest.clone()),
        )
        .await
        .map(drop)
    }
}
