//! Builds: jobs together with their pipelines, as lists and pages show them.

use rondo_domain::ProjectId;
use rondo_domain::run::{Build, BuildFilter};

use crate::error::Error;
use crate::relations::{bound, places};
use crate::row::Row;
use crate::tx::{Tx, composed};
use crate::{jobs, pipelines};

/// Which builds are wanted, newest first.
#[derive(Debug, Clone)]
pub struct BuildQuery<'a> {
    /// Of this project.
    pub project: ProjectId,
    /// Of this branch only.
    pub branch: Option<&'a str>,
    /// In these states only.
    pub filter: Option<BuildFilter>,
    /// At most so many.
    pub limit: u32,
    /// After so many.
    pub offset: u64,
}

fn select(config: &str, rest: &str) -> String {
    format!(
        "select {}, {}, {config} p_config, coalesce(a.name, s.name) a_name from job j \
         join workflow w on w.id = j.workflow_id join pipeline p on p.id = j.pipeline_id \
         left join person a on a.id = p.actor_id \
         left join service_account s on s.id = p.service_id {rest}",
        jobs::COLUMNS,
        pipelines::COLUMNS,
    )
}

fn build(row: &Row) -> Result<Build, Error> {
    Ok(Build {
        job: jobs::job(row)?,
        pipeline: pipelines::pipeline(row, row.text_or_none("p_config")?)?,
        actor_name: row.text_or_none("a_name")?,
    })
}

impl Tx {
    /// The builds that a query asks for, without their configurations' texts.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn builds(&mut self, query: &BuildQuery<'_>) -> Result<Vec<Build>, Error> {
        let branch = if query.branch.is_some() { "and j.branch = $4" } else { "" };
        let statuses = query.filter.map_or(String::new(), |filter| {
            let words: Vec<_> =
                filter.statuses().iter().map(|status| format!("'{}'", status.word())).collect();
            format!("and j.status in ({})", words.join(", "))
        });
        let rest = format!(
            "where j.project_id = $1 and j.number is not null {branch} {statuses} \
             order by j.number desc limit $2 offset $3"
        );
        let mut statement = composed(select("cast(null as text)", &rest))
            .bind(query.project.to_string())
            .bind(i64::from(query.limit))
            .bind(i64::try_from(query.offset).unwrap_or(i64::MAX));
        if let Some(branch) = query.branch {
            statement = statement.bind(branch.to_owned());
        }
        self.rows(statement).await?.iter().map(build).collect()
    }

    /// The newest builds of several projects together, the newest first, without their
    /// configurations' texts: of each project at most its newest `depth`.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn newest_builds(
        &mut self,
        projects: &[ProjectId],
        depth: u64,
        limit: u64,
        offset: u64,
    ) -> Result<Vec<Build>, Error> {
        if projects.is_empty() {
            return Ok(Vec::new());
        }
        // Numbers are dense, so a project's newest builds are found without looking at the others.
        let next = projects.len() + 1;
        let rest = format!(
            "join project o on o.id = j.project_id where j.project_id in ({}) \
             and j.number > o.builds - ${next} \
             order by j.queued_at desc, j.number desc limit ${} offset ${}",
            places(1, projects.len()),
            next + 1,
            next + 2,
        );
        let mut statement = bound(select("cast(null as text)", &rest), projects);
        for number in [depth, limit, offset] {
            statement = statement.bind(i64::try_from(number).unwrap_or(i64::MAX));
        }
        self.rows(statement).await?.iter().map(build).collect()
    }

    /// The build of this number, with its configuration's text.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn build(&mut self, project: ProjectId, number: i64) -> Result<Option<Build>, Error> {
        let sql = select("p.config", "where j.project_id = $1 and j.number = $2");
        let row = self.row(composed(sql).bind(project.to_string()).bind(number)).await?;
        row.as_ref().map(build).transpose()
    }
}
