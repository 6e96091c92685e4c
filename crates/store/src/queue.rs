//! The queue: who may take what, and until when. A lease is a random word that a runner must show
//! with every report; a lease that is gone opens nothing.

use rondo_domain::{JobId, Millis, PipelineId};

use crate::error::Error;
use crate::tx::{Tx, WriteTx, composed};

/// A lease that a runner is given.
#[derive(Debug, Clone)]
pub struct Lease {
    /// The word.
    pub word: String,
    /// Until when it lives if nobody renews it.
    pub until: Millis,
}

impl Tx {
    /// Whether a job runs under this lease.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn holds_job(&mut self, id: JobId, lease: &str) -> Result<bool, Error> {
        let sql = "select 1 as one from job where id = $1 and lease = $2 and status = 'running'";
        let statement = sqlx::query(sql).bind(id.to_string()).bind(lease.to_owned());
        Ok(self.row(statement).await?.is_some())
    }

    /// Whether a pipeline is fetched under this lease.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn holds_fetch(&mut self, id: PipelineId, lease: &str) -> Result<bool, Error> {
        let sql =
            "select 1 as one from pipeline where id = $1 and lease = $2 and state = 'pending'";
        let statement = sqlx::query(sql).bind(id.to_string()).bind(lease.to_owned());
        Ok(self.row(statement).await?.is_some())
    }

    /// The running jobs whose lease is over, or that are `runner`'s.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn lost_jobs(&mut self, now: Millis, runner: &str) -> Result<Vec<JobId>, Error> {
        let sql =
            "select id from job where status = 'running' and (lease_until < $1 or runner = $2)";
        let rows = self.rows(sqlx::query(sql).bind(now.0).bind(runner.to_owned())).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }

    /// Whether anything waits for a runner.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn anything_waits(&mut self, now: Millis) -> Result<bool, Error> {
        let sql = "select 1 as one where exists (select 1 from job where status = 'queued' and plan \
                   is not null) or exists (select 1 from pipeline where state = 'pending' and \
                   (lease_until is null or lease_until < $1))";
        Ok(self.row(sqlx::query(sql).bind(now.0)).await?.is_some())
    }

    /// The pending pipelines that were tried too often.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn lost_fetches(
        &mut self,
        now: Millis,
        attempts: i64,
    ) -> Result<Vec<PipelineId>, Error> {
        let sql = "select id from pipeline where state = 'pending' and attempt >= $2 \
                   and (lease_until is null or lease_until < $1)";
        let rows = self.rows(sqlx::query(sql).bind(now.0).bind(attempts)).await?;
        rows.iter().map(|row| row.parsed("id")).collect()
    }
}

impl WriteTx {
    /// Gives the oldest queued job to a runner, if there is one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn claim_job(
        &mut self,
        runner: &str,
        lease: &Lease,
        now: Millis,
    ) -> Result<Option<JobId>, Error> {
        let skip = self.dialect().skip_locked();
        let sql = format!(
            "update job set status = 'running', runner = $1, lease = $2, lease_until = $3, \
             started_at = $4, attempt = attempt + 1 where id = (select id from job \
             where status = 'queued' and plan is not null order by queued_at, id limit 1{skip}) \
             returning id"
        );
        let statement = composed(sql)
            .bind(runner.to_owned())
            .bind(lease.word.clone())
            .bind(lease.until.0)
            .bind(now.0);
        self.row(statement).await?.map(|row| row.parsed("id")).transpose()
    }

    /// Gives the oldest pending pipeline to a runner, if there is one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn claim_fetch(
        &mut self,
        lease: &Lease,
        now: Millis,
        attempts: i64,
    ) -> Result<Option<PipelineId>, Error> {
        let skip = self.dialect().skip_locked();
        let sql = format!(
            "update pipeline set lease = $1, lease_until = $2, attempt = attempt + 1 \
             where id = (select id from pipeline where state = 'pending' \
             and (lease_until is null or lease_until < $3) and attempt < $4 \
             order by created_at, id limit 1{skip}) returning id"
        );
        let statement =
            composed(sql).bind(lease.word.clone()).bind(lease.until.0).bind(now.0).bind(attempts);
        self.row(statement).await?.map(|row| row.parsed("id")).transpose()
    }

    /// Gives back, at once and without counting the attempt, what a runner that is gone was
    /// fetching: the leases that begin with its name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn release_fetches(&mut self, begin: &str) -> Result<(), Error> {
        let sql = "update pipeline set lease = null, lease_until = null, attempt = attempt - 1 \
                   where state = 'pending' and substr(lease, 1, length($1)) = $1";
        self.run(sqlx::query(sql).bind(begin.to_owned())).await.map(drop)
    }

    /// Lengthens a job's lease; whether it still was one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn renew_job(&mut self, id: JobId, lease: &Lease) -> Result<bool, Error> {
        let sql = "update job set lease_until = $3 where id = $1 and lease = $2 \
                   and status = 'running'";
        let statement =
            sqlx::query(sql).bind(id.to_string()).bind(lease.word.clone()).bind(lease.until.0);
        Ok(self.run(statement).await? > 0)
    }

    /// Lengthens a fetch's lease; whether it still was one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn renew_fetch(&mut self, id: PipelineId, lease: &Lease) -> Result<bool, Error> {
        let sql = "update pipeline set lease_until = $3 where id = $1 and lease = $2 \
                   and state = 'pending'";
        let statement =
            sqlx::query(sql).bind(id.to_string()).bind(lease.word.clone()).bind(lease.until.0);
        Ok(self.run(statement).await? > 0)
    }
}
