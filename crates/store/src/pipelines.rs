//! Pipelines: made pending, then given their commit and configuration once those were fetched.

use rondo_domain::run::{
    BadgeState, Commit, GitRef, LastPipeline, Pipeline, PipelineState, Standing, Why,
    WorkflowStatus,
};
use rondo_domain::variable::BuildParameters;
use rondo_domain::{Actor, Millis, PipelineId, ProjectId};

use crate::error::Error;
use crate::row::Row;
use crate::services;
use crate::tx::{Tx, WriteTx};

/// A pipeline that is to be made; its number is the project's next.
#[derive(Debug, Clone)]
pub struct NewPipeline {
    /// Which.
    pub id: PipelineId,
    /// Of which project.
    pub project: ProjectId,
    /// What made it.
    pub why: Why,
    /// Who made it.
    pub actor: Option<Actor>,
    /// What it builds.
    pub git_ref: GitRef,
    /// The commit that is wanted.
    pub wanted: Option<rondo_domain::name::Revision>,
    /// The one job that is wanted, or all workflows.
    pub only_job: Option<String>,
    /// What is injected.
    pub parameters: BuildParameters,
    /// When.
    pub created_at: Millis,
}

/// A pipeline's columns under names that no other table has.
pub(crate) const COLUMNS: &str = "p.id p_id, p.project_id p_project, p.number p_number, \
    p.state p_state, p.why p_why, p.actor_id p_actor, p.service_id p_service, p.branch p_branch, p.tag p_tag, \
    p.wanted p_wanted, p.revision p_revision, p.subject p_subject, p.body p_body, \
    p.author_name p_author_name, p.author_email p_author_email, p.author_date p_author_date, \
    p.committer_name p_committer_name, p.committer_email p_committer_email, \
    p.committer_date p_committer_date, p.only_job p_only_job, p.parameters p_parameters, \
    p.created_at p_created";

pub(crate) fn pipeline(row: &Row, config: Option<String>) -> Result<Pipeline, Error> {
    let git_ref = match (row.parsed_or_none("p_branch")?, row.parsed_or_none("p_tag")?) {
        (Some(branch), None) => GitRef::Branch(branch),
        (None, Some(tag)) => GitRef::Tag(tag),
        _ => return Err(Error::Corrupt("branch")),
    };
    let parameters: Vec<(String, String)> = serde_json::from_str(&row.text("p_parameters")?)
        .map_err(|_| Error::Corrupt("parameters"))?;
    Ok(Pipeline {
        id: row.parsed("p_id")?,
        project: row.parsed("p_project")?,
        number: row.int("p_number")?,
        state: row.word("p_state", PipelineState::from_word)?,
        why: row.word("p_why", Why::from_word)?,
        actor: services::actor(row, "p_actor", "p_service")?,
        git_ref,
        wanted: row.parsed_or_none("p_wanted")?,
        commit: commit(row)?,
        only_job: row.text_or_none("p_only_job")?,
        parameters: BuildParameters::new(parameters).map_err(|_| Error::Corrupt("parameters"))?,
        config,
        created_at: row.time("p_created")?,
    })
}

fn commit(row: &Row) -> Result<Option<Commit>, Error> {
    let Some(revision) = row.parsed_or_none("p_revision")? else { return Ok(None) };
    let text = |column| Ok::<_, Error>(row.text_or_none(column)?.unwrap_or_default());
    Ok(Some(Commit {
        revision,
        subject: text("p_subject")?,
        body: text("p_body")?,
        author_name: text("p_author_name")?,
        author_email: text("p_author_email")?,
        author_date: text("p_author_date")?,
        committer_name: text("p_committer_name")?,
        committer_email: text("p_committer_email")?,
        committer_date: text("p_committer_date")?,
    }))
}

impl Tx {
    /// The pipeline of this id, with its configuration's text.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn pipeline(&mut self, id: PipelineId) -> Result<Option<Pipeline>, Error> {
        let sql = format!("select {COLUMNS}, p.config p_config from pipeline p where p.id = $1");
        let row = self.row(crate::tx::composed(sql).bind(id.to_string())).await?;
        row.map(|row| pipeline(&row, row.text_or_none("p_config")?)).transpose()
    }

    /// How a branch stands. However many pipelines it has had, a few rows are read.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn standing(&mut self, project: ProjectId, branch: &str) -> Result<Standing, Error> {
        let newest = self.newest_outcome(project, branch, "").await?;
        let settled = "and outcome in ('success', 'failed')";
        let settled = self.newest_outcome(project, branch, settled).await?;
        let open = self.newest_outcome(project, branch, "and outcome is null").await?;
        let badge = |pipeline: Option<_>| pipeline.map_or(BadgeState::NoBuilds, BadgeState::of);
        Ok(Standing {
            settled: badge(settled),
            newest: badge(newest),
            building: open.is_some(),
            last: self.last_pipeline(project, branch).await?,
        })
    }

    /// The outcome, or none as yet, of the newest pipeline that there is under a condition.
    async fn newest_outcome(
        &mut self,
        project: ProjectId,
        branch: &str,
        condition: &str,
    ) -> Result<Option<Option<WorkflowStatus>>, Error> {
        let sql = format!(
            "select outcome from pipeline where project_id = $1 and branch = $2 {condition} \
             order by number desc limit 1"
        );
        let row = self.of_branch(project, branch, sql).await?;
        row.map(|row| row.word_or_none("outcome", WorkflowStatus::from_word)).transpose()
    }

    async fn last_pipeline(
        &mut self,
        project: ProjectId,
        branch: &str,
    ) -> Result<Option<LastPipeline>, Error> {
        let sql = "select p.outcome outcome, (select max(j.number) from job j \
                   where j.pipeline_id = p.id) number, (select max(j.stopped_at) from job j \
                   where j.pipeline_id = p.id) ended_at, (select count(*) from job j \
                   where j.pipeline_id = p.id and j.status in ('failed', 'timedout')) broken \
                   from pipeline p where p.project_id = $1 and p.branch = $2 \
                   and p.outcome is not null order by p.number desc limit 1";
        let Some(row) = self.of_branch(project, branch, sql.to_owned()).await? else {
            return Ok(None);
        };
        let outcome = row.word("outcome", WorkflowStatus::from_word)?;
        Ok(Some(LastPipeline {
            outcome,
            infrastructure: outcome == WorkflowStatus::Failed && row.int("broken")? == 0,
            number: row.int_or_none("number")?,
            ended_at: row.time_or_none("ended_at")?,
        }))
    }

    async fn of_branch(
        &mut self,
        project: ProjectId,
        branch: &str,
        sql: String,
    ) -> Result<Option<Row>, Error> {
        let statement = crate::tx::composed(sql);
        self.row(statement.bind(project.to_string()).bind(branch.to_owned())).await
    }
}

impl WriteTx {
    /// Makes a pending pipeline; its number.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn insert_pipeline(&mut self, new: &NewPipeline) -> Result<i64, Error> {
        let sql = "update project set pipelines = pipelines + 1 where id = $1 returning pipelines";
        let row = self.row(sqlx::query(sql).bind(new.project.to_string())).await?;
        let number = row.ok_or(Error::Corrupt("project"))?.int("pipelines")?;
        let parameters: Vec<_> = new.parameters.iter().collect();
        let parameters =
            serde_json::to_string(&parameters).map_err(|_| Error::Corrupt("parameters"))?;
        let sql = "insert into pipeline (id, project_id, number, state, why, actor_id, branch, tag, \
                   wanted, only_job, parameters, created_at, service_id, attempt) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0)";
        let (person, service) = services::columns(new.actor);
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.project.to_string())
                .bind(number)
                .bind(PipelineState::Pending.word())
                .bind(new.why.word())
                .bind(person)
                .bind(new.git_ref.branch().map(str::to_owned))
                .bind(new.git_ref.tag().map(str::to_owned))
                .bind(new.wanted.as_ref().map(|r| r.as_str().to_owned()))
                .bind(new.only_job.clone())
                .bind(parameters)
                .bind(new.created_at.0)
                .bind(service),
        )
        .await?;
        Ok(number)
    }

    /// Ends a pipeline's fetch: its state, and what was fetched.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_fetched(
        &mut self,
        id: PipelineId,
        state: PipelineState,
        commit: Option<&Commit>,
        config: Option<&str>,
    ) -> Result<(), Error> {
        let text = |read: fn(&Commit) -> &str| commit.map(|c| read(c).replace('\0', "\u{fffd}"));
        let sql = "update pipeline set state = $2, config = $3, revision = $4, subject = $5, \
                   body = $6, author_name = $7, author_email = $8, author_date = $9, \
                   committer_name = $10, committer_email = $11, committer_date = $12, \
                   lease = null, lease_until = null where id = $1";
        self.run(
            sqlx::query(sql)
                .bind(id.to_string())
                .bind(state.word())
                .bind(config.map(|text| text.replace('\0', "\u{fffd}")))
                .bind(text(|c| c.revision.as_str()))
                .bind(text(|c| &c.subject))
                .bind(text(|c| &c.body))
                .bind(text(|c| &c.author_name))
                .bind(text(|c| &c.author_email))
                .bind(text(|c| &c.author_date))
                .bind(text(|c| &c.committer_name))
                .bind(text(|c| &c.committer_email))
                .bind(text(|c| &c.committer_date)),
        )
        .await
        .map(drop)
    }

    /// Notes how a pipeline ended, or that it runs again: `success`, `failed`, `canceled` or none.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_outcome(
        &mut self,
        id: PipelineId,
        outcome: Option<&'static str>,
    ) -> Result<(), Error> {
        let sql = "update pipeline set outcome = $2 where id = $1";
        self.run(sqlx::query(sql).bind(id.to_string()).bind(outcome)).await.map(drop)
    }
}
