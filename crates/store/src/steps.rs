//! Steps of a job's latest attempt.

use rondo_domain::JobId;
use rondo_domain::run::{Step, StepStatus};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn step(row: &Row) -> Result<Step, Error> {
    Ok(Step {
        ordinal: row.int("ordinal")?,
        name: row.text("name")?,
        command: row.text_or_none("command")?,
        background: row.flag("background")?,
        status: row.word("status", StepStatus::from_word)?,
        exit_code: row.int_or_none("exit_code")?,
        truncated: row.flag("truncated")?,
        started_at: row.time("started_at")?,
        ended_at: row.time_or_none("ended_at")?,
        output_bytes: row.int("output_bytes")?,
    })
}

impl Tx {
    /// A job's steps, in order.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn steps(&mut self, job: JobId) -> Result<Vec<Step>, Error> {
        let sql = "select * from step where job_id = $1 order by ordinal";
        let rows = self.rows(sqlx::query(sql).bind(job.to_string())).await?;
        rows.iter().map(step).collect()
    }
}

impl WriteTx {
    /// Writes how a step stands, in place of what was written of it before.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn put_step(&mut self, job: JobId, step: &Step) -> Result<(), Error> {
        let sql = "insert into step (job_id, ordinal, name, command, background, status, exit_code, \
                   truncated, started_at, ended_at, output_bytes) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                   on conflict (job_id, ordinal) do update set name = $3, command = $4, \
                   background = $5, status = $6, exit_code = $7, truncated = $8, started_at = $9, \
                   ended_at = $10, output_bytes = $11";
        self.run(
            sqlx::query(sql)
                .bind(job.to_string())
                .bind(step.ordinal)
                .bind(step.name.replace('\0', "\u{fffd}"))
                .bind(step.command.as_ref().map(|text| text.replace('\0', "\u{fffd}")))
                .bind(i64::from(step.background))
                .bind(step.status.word())
                .bind(step.exit_code)
                .bind(i64::from(step.truncated))
                .bind(step.started_at.0)
                .bind(step.ended_at.map(|at| at.0))
                .bind(step.output_bytes),
        )
        .await
        .map(drop)
    }

    /// Ends the steps that still run when their job ends.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn end_steps(
        &mut self,
        job: JobId,
        status: StepStatus,
        now: rondo_domain::Millis,
    ) -> Result<(), Error> {
        let sql = "update step set status = $2, ended_at = $3 \
                   where job_id = $1 and status = 'running'";
        self.run(sqlx::query(sql).bind(job.to_string()).bind(status.word()).bind(now.0))
            .await
            .map(drop)
    }

    /// Forgets the steps, artifacts and tests of an attempt that will be made again.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn clear_results(&mut self, job: JobId) -> Result<(), Error> {
        for sql in [
            "delete from step where job_id = $1",
            "delete from artifact where job_id = $1",
            "delete from test_report where job_id = $1",
        ] {
            self.run(sqlx::query(sql).bind(job.to_string())).await?;
        }
        Ok(())
    }
}
