//! What is told of a build and stands in other rows: the builds before it on its branch, those that
//! run it again, what it requires. Few statements for a whole page, however many builds it has.

use std::collections::HashMap;

use rondo_domain::run::{Earlier, JobStatus, Relations};
use rondo_domain::{JobId, PipelineId, WorkflowId};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Statement, Tx, composed};

/// `$1, $2, …`, from `first` on.
pub(crate) fn places(first: usize, count: usize) -> String {
    let places: Vec<_> = (first..first + count).map(|at| format!("${at}")).collect();
    places.join(", ")
}

/// The newest build of a job's branch before it, of those in a state, as a join under a name.
fn before(name: &str, state: &str) -> String {
    format!(
        "left join job {name} on {name}.project_id = j.project_id and {name}.number = \
         (select max(o.number) from job o where o.project_id = j.project_id \
         and o.branch = j.branch and o.number < j.number {state}) "
    )
}

fn earlier(row: &Row, columns: [&'static str; 5]) -> Result<Option<Earlier>, Error> {
    let [number, status, after_failure, started, stopped] = columns;
    let Some(number) = row.int_or_none(number)? else { return Ok(None) };
    Ok(Some(Earlier {
        number,
        status: row.word(status, JobStatus::from_word)?,
        after_failure: row.flag(after_failure)?,
        started_at: row.time_or_none(started)?,
        stopped_at: row.time_or_none(stopped)?,
    }))
}

impl Tx {
    /// What stands around these builds.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn relations(&mut self, of: &[JobId]) -> Result<HashMap<JobId, Relations>, Error> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let mut all = self.earlier_builds(of).await?;
        let places = places(1, of.len());
        let again = format!(
            "select j.id id, r.number number from job j join job r on r.project_id = j.project_id \
             and r.retry_of = j.number where j.id in ({places}) and r.number is not null \
             order by r.number"
        );
        for row in self.rows(bound(again, of)).await? {
            let relations: &mut Relations = all.entry(row.parsed("id")?).or_default();
            relations.retries.push(row.int("number")?);
        }
        let requires = format!(
            "select job_id, requires_id from requirement where job_id in ({places}) \
             order by requires_id"
        );
        for row in self.rows(bound(requires, of)).await? {
            let relations = all.entry(row.parsed("job_id")?).or_default();
            relations.requires.push(row.parsed("requires_id")?);
        }
        Ok(all)
    }

    async fn earlier_builds(&mut self, of: &[JobId]) -> Result<HashMap<JobId, Relations>, Error> {
        let sql = format!(
            "select j.id id, b.number b_number, b.status b_status, b.after_failure b_after, \
             b.started_at b_started, b.stopped_at b_stopped, bp.revision b_revision, \
             s.number s_number, s.status s_status, s.after_failure s_after, \
             s.started_at s_started, s.stopped_at s_stopped, \
             case when exists (select 1 from artifact a where a.job_id = j.id) then 1 else 0 end kept \
             from job j {} {} left join pipeline bp on bp.id = b.pipeline_id where j.id in ({})",
            before("b", ""),
            before("s", "and o.status = 'success'"),
            places(1, of.len()),
        );
        let rows = self.rows(bound(sql, of)).await?;
        let relations = |row: &Row| {
            let b = ["b_number", "b_status", "b_after", "b_started", "b_stopped"];
            let s = ["s_number", "s_status", "s_after", "s_started", "s_stopped"];
            let relations = Relations {
                previous: earlier(row, b)?,
                previous_revision: row.text_or_none("b_revision")?,
                previous_successful: earlier(row, s)?,
                has_artifacts: row.int("kept")? != 0,
                ..Relations::default()
            };
            Ok((row.parsed("id")?, relations))
        };
        rows.iter().map(relations).collect()
    }

    /// The texts of the configurations of these pipelines, where they have one.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn configs(
        &mut self,
        of: &[PipelineId],
    ) -> Result<HashMap<PipelineId, String>, Error> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let places = places(1, of.len());
        let sql = format!(
            "select id, config from pipeline where id in ({places}) and config is not null"
        );
        let rows = self.rows(bound(sql, of)).await?;
        rows.iter().map(|row| Ok((row.parsed("id")?, row.text("config")?))).collect()
    }

    /// How these workflows stand, by id: the word of their state.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn workflow_states(
        &mut self,
        of: &[WorkflowId],
    ) -> Result<HashMap<WorkflowId, String>, Error> {
        if of.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!("select id, status from workflow where id in ({})", places(1, of.len()));
        let rows = self.rows(bound(sql, of)).await?;
        rows.iter().map(|row| Ok((row.parsed("id")?, row.text("status")?))).collect()
    }
}

pub(crate) fn bound<T: ToString>(sql: String, ids: &[T]) -> Statement<'static> {
    ids.iter().fold(composed(sql), |statement, id| statement.bind(id.to_string()))
}
