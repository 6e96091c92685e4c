//! Workflows: a name, and a state that follows from their jobs'.

use rondo_domain::run::{JobStatus, WorkflowStatus};
use rondo_domain::{Millis, PipelineId, WorkflowId};

use crate::error::Error;
use crate::tx::{Tx, WriteTx};

impl Tx {
    /// How the jobs of a workflow stand.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn workflow_jobs(&mut self, id: WorkflowId) -> Result<Vec<JobStatus>, Error> {
        let sql = "select status from job where workflow_id = $1";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        rows.iter().map(|row| row.word("status", JobStatus::from_word)).collect()
    }

    /// How the jobs of a pipeline stand: of each name the latest one, so that a job that was run
    /// again counts by its newer result.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn pipeline_jobs(&mut self, id: PipelineId) -> Result<Vec<JobStatus>, Error> {
        let sql = "select w.name workflow, j.name name, j.status status from job j \
                   join workflow w on w.id = j.workflow_id where j.pipeline_id = $1 \
                   order by j.created_at, w.id, j.position";
        let rows = self.rows(sqlx::query(sql).bind(id.to_string())).await?;
        let mut latest = std::collections::BTreeMap::new();
        for row in rows {
            let status = row.word("status", JobStatus::from_word)?;
            latest.insert((row.text("workflow")?, row.text("name")?), status);
        }
        Ok(latest.into_values().collect())
    }
}

impl WriteTx {
    /// Makes a workflow that runs.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_workflow(
        &mut self,
        id: WorkflowId,
        pipeline: PipelineId,
        name: &str,
        created_at: Millis,
    ) -> Result<(), Error> {
        let sql = "insert into workflow (id, pipeline_id, name, status, created_at) \
                   values ($1, $2, $3, $4, $5)";
        self.run(
            sqlx::query(sql)
                .bind(id.to_string())
                .bind(pipeline.to_string())
                .bind(name.to_owned())
                .bind(WorkflowStatus::Running.word())
                .bind(created_at.0),
        )
        .await
        .map(drop)
    }

    /// Renames a workflow: one that was made before its configuration was known.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn rename_workflow(&mut self, id: WorkflowId, name: &str) -> Result<(), Error> {
        let sql = "update workflow set name = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(name.to_owned())).await.map(drop)
    }

    /// Notes how a workflow stands.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_workflow(
        &mut self,
        id: WorkflowId,
        status: WorkflowStatus,
        now: Millis,
    ) -> Result<(), Error> {
        let sql = "update workflow set status = $2, stopped_at = $3 where id = $1";
        let stopped = status.ended().then_some(now.0);
        let statement = sqlx::query(sql).bind(id.to_string()).bind(status.word()).bind(stopped);
        self.run(statement).await.map(drop)
    }
}
