//! Jobs: their making, their states, and what requires what.

use rondo_domain::run::{Job, JobStatus};
use rondo_domain::{JobId, Millis, PipelineId, ProjectId, WorkflowId};

use crate::error::Error;
use crate::row::Row;
use crate::services;
use crate::tx::{Tx, WriteTx};

/// A job that is to be made, blocked and without a number.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// Which.
    pub id: JobId,
    /// Of which project.
    pub project: ProjectId,
    /// Of which pipeline.
    pub pipeline: PipelineId,
    /// Of which workflow.
    pub workflow: WorkflowId,
    /// Its place in the workflow.
    pub position: i64,
    /// Its name in the workflow.
    pub name: &'a str,
    /// The pipeline's branch.
    pub branch: Option<&'a str>,
    /// What to run; none while the configuration is not known.
    pub plan: Option<&'a rondo_plan::Job>,
    /// The build that it runs again.
    pub retry_of: Option<i64>,
    /// When.
    pub created_at: Millis,
}

/// A job's columns under names that no other table has.
pub(crate) const COLUMNS: &str = "j.id j_id, j.project_id j_project, j.pipeline_id j_pipeline, \
    j.workflow_id j_workflow, w.name w_name, j.position j_position, j.name j_name, \
    j.number j_number, j.status j_status, j.after_failure j_after_failure, j.attempt j_attempt, \
    j.retry_of j_retry_of, j.reason j_reason, j.canceled_by j_canceled_by, \
    j.canceled_by_service j_canceled_by_service, j.created_at j_created, \
    j.queued_at j_queued, j.started_at j_started, j.stopped_at j_stopped";

pub(crate) fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        id: row.parsed("j_id")?,
        project: row.parsed("j_project")?,
        pipeline: row.parsed("j_pipeline")?,
        workflow: row.parsed("j_workflow")?,
        workflow_name: row.text("w_name")?,
        position: row.int("j_position")?,
        name: row.text("j_name")?,
        number: row.int_or_none("j_number")?,
        status: row.word("j_status", JobStatus::from_word)?,
        after_failure: row.flag("j_after_failure")?,
        attempt: row.int("j_attempt")?,
        retry_of: row.int_or_none("j_retry_of")?,
        reason: row.text_or_none("j_reason")?,
        canceled_by: services::actor(row, "j_canceled_by", "j_canceled_by_service")?,
        created_at: row.time("j_created")?,
        queued_at: row.time_or_none("j_queued")?,
        started_at: row.time_or_none("j_started")?,
        stopped_at: row.time_or_none("j_stopped")?,
    })
}

impl Tx {
    /// The job of this id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn job(&mut self, id: JobId) -> Result<Option<Job>, Error> {
        self.jobs_where("j.id = $1", id.to_string()).await.map(|mut jobs| jobs.pop())
    }

    /// The jobs of a workflow, in order.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn jobs_of_workflow(&mut self, id: WorkflowId) -> Result<Vec<Job>, Error> {
        self.jobs_where("j.workflow_id = $1 order by j.position", id.to_string()).await
    }

    /// The jobs of a pipeline, in the order of their making.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn jobs_of_pipeline(&mut self, id: PipelineId) -> Result<Vec<Job>, Error> {
        let order = "j.pipeline_id = $1 order by j.created_at, w.id, j.position";
        self.jobs_where(order, id.to_string()).await
    }

    /// The blocked jobs that require a job, each with how everything that it requires stands.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn waiting_for(&mut self, id: JobId) -> Result<Vec<(Job, Vec<JobStatus>)>, Error> {
        let blocked = "j.status = 'blocked' and j.id in \
                       (select job_id from requirement where requires_id = $1) order by j.position";
        let mut waiting = Vec::new();
        for job in self.jobs_where(blocked, id.to_string()).await? {
            let sql = "select o.status status from requirement r join job o on o.id = r.requires_id \
                       where r.job_id = $1";
            let rows = self.rows(sqlx::query(sql).bind(job.id.to_string())).await?;
            let statuses: Result<_, _> =
                rows.iter().map(|row| row.word("status", JobStatus::from_word)).collect();
            waiting.push((job, statuses?));
        }
        Ok(waiting)
    }

    /// The ids of the jobs that a job requires.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn requirements(&mut self, id: JobId) -> Result<Vec<JobId>, Error> {
        let sql = "select requires_id from requirement where job_id = $1";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        rows.iter().map(|row| row.parsed("requires_id")).collect()
    }

    /// What a job runs; none while its configuration is not known.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn job_plan(&mut self, id: JobId) -> Result<Option<rondo_plan::Job>, Error> {
        let sql = "select plan from job where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        let text = row.map(|row| row.text_or_none("plan")).transpose()?.flatten();
        text.map(|text| serde_json::from_str(&text).map_err(|_| Error::Corrupt("plan"))).transpose()
    }

    /// Whether the newest job of this name on this branch that ended before `number` did so badly.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn failed_before(&mut self, job: &Job, branch: Option<&str>) -> Result<bool, Error> {
        let sql = "select status from job where project_id = $1 and branch = $2 and name = $3 \
                   and number < $4 and status in ('success', 'failed', 'timedout') \
                   order by number desc limit 1";
        let statement = sqlx::query(sql)
            .bind(job.project.to_string())
            .bind(branch.unwrap_or_default().to_owned())
            .bind(job.name.clone())
            .bind(job.number.unwrap_or_default());
        let row = self.row(statement).await?;
        Ok(row.map(|row| row.text("status")).transpose()?.is_some_and(|word| word != "success"))
    }

    /// The numbers of the builds that run a build again.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn retries(&mut self, project: ProjectId, number: i64) -> Result<Vec<i64>, Error> {
        let sql = "select number from job where project_id = $1 and retry_of = $2 \
                   and number is not null order by number";
        let rows = self.rows(sqlx::query(sql).bind(project.to_string()).bind(number)).await?;
        rows.iter().map(|row| row.int("number")).collect()
    }

    async fn jobs_where(&mut self, condition: &str, id: String) -> Result<Vec<Job>, Error> {
        let sql = format!(
            "select {COLUMNS} from job j join workflow w on w.id = j.workflow_id where {condition}"
        );
        self.rows(crate::tx::composed(sql).bind(id)).await?.iter().map(job).collect()
    }
}

impl WriteTx {
    /// Makes a blocked job.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_job(&mut self, new: &NewJob<'_>) -> Result<(), Error> {
        let sql = "insert into job (id, project_id, pipeline_id, workflow_id, position, name, \
                   branch, status, after_failure, plan, attempt, retry_of, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, 'blocked', 0, $8, 0, $9, $10)";
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.project.to_string())
                .bind(new.pipeline.to_string())
                .bind(new.workflow.to_string())
                .bind(new.position)
                .bind(new.name.to_owned())
                .bind(new.branch.map(str::to_owned))
                .bind(new.plan.map(text_of).transpose()?)
                .bind(new.retry_of)
                .bind(new.created_at.0),
        )
        .await
        .map(drop)
    }

    /// Notes that a job requires another.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_requirement(&mut self, job: JobId, requires: JobId) -> Result<(), Error> {
        let sql = "insert into requirement (job_id, requires_id) values ($1, $2) \
                   on conflict do nothing";
        self.run(sqlx::query(sql).bind(job.to_string()).bind(requires.to_string())).await.map(drop)
    }

    /// Gives a job its plan.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_plan(&mut self, id: JobId, plan: &rondo_plan::Job) -> Result<(), Error> {
        let sql = "update job set plan = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(text_of(plan)?)).await.map(drop)
    }

    /// Queues a job and gives it its project's next build number; that number.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn queue_job(&mut self, job: &Job, now: Millis) -> Result<i64, Error> {
        let sql = "update project set builds = builds + 1 where id = $1 returning builds";
        let row = self.row(sqlx::query(sql).bind(job.project.to_string())).await?;
        let number = row.ok_or(Error::Corrupt("project"))?.int("builds")?;
        let sql = "update job set status = 'queued', number = $2, queued_at = $3 where id = $1";
        self.run(sqlx::query(sql).bind(job.id.to_string()).bind(number).bind(now.0)).await?;
        Ok(number)
    }

    /// Puts a running job back into the queue: its runner died.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn requeue_job(&mut self, id: JobId) -> Result<(), Error> {
        let sql = "update job set status = 'queued', started_at = null, runner = null, \
                   lease = null, lease_until = null where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string())).await?;
        self.delete_job_tokens(id).await?;
        self.clear_results(id).await
    }

    /// Ends a job, and its token with it.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn end_job(&mut self, ended: &Job) -> Result<(), Error> {
        let sql = "update job set status = $2, after_failure = $3, reason = $4, canceled_by = $5, \
                   stopped_at = $6, canceled_by_service = $7, lease = null, lease_until = null where id = $1";
        let (person, service) = services::columns(ended.canceled_by);
        self.run(
            sqlx::query(sql)
                .bind(ended.id.to_string())
                .bind(ended.status.word())
                .bind(i64::from(ended.after_failure))
                .bind(ended.reason.clone())
                .bind(person)
                .bind(ended.stopped_at.map(|at| at.0))
                .bind(service),
        )
        .await?;
        self.delete_job_tokens(ended.id).await
    }
}

fn text_of(plan: &rondo_plan::Job) -> Result<String, Error> {
    // PostgreSQL's text cannot hold NUL, and JSON writes one as an escape, which it can.
    serde_json::to_string(plan).map_err(|_| Error::Corrupt("plan"))
}
