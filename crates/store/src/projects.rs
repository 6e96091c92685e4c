//! Projects and who follows them.

use rondo_domain::{PersonId, Project, ProjectId, Slug};

use crate::error::Error;
use crate::row::Row;
use crate::tx::{Tx, WriteTx};

fn project(row: &Row) -> Result<Project, Error> {
    let slug = Slug::new(row.parsed("vcs")?, &row.text("org")?, &row.text("repo")?);
    Ok(Project {
        id: row.parsed("id")?,
        org: row.parsed("organization_id")?,
        slug: slug.map_err(|_| Error::Corrupt("slug"))?,
        git_url: row.parsed("git_url")?,
        default_branch: row.parsed("default_branch")?,
        public: row.flag("public")?,
        enabled: row.flag("enabled")?,
        created_at: row.time("created_at")?,
    })
}

impl Tx {
    /// All projects, by name.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn projects(&mut self) -> Result<Vec<Project>, Error> {
        let rows = self.rows(sqlx::query("select * from project order by vcs, org, repo")).await?;
        rows.iter().map(project).collect()
    }

    /// The project of this id.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn project(&mut self, id: ProjectId) -> Result<Option<Project>, Error> {
        let sql = "select * from project where id = $1";
        self.row(sqlx::query(sql).bind(id.to_string())).await?.as_ref().map(project).transpose()
    }

    /// How many builds a project has had.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn build_count(&mut self, id: ProjectId) -> Result<i64, Error> {
        let sql = "select builds from project where id = $1";
        let row = self.row(sqlx::query(sql).bind(id.to_string())).await?;
        row.map_or(Ok(0), |row| row.int("builds"))
    }

    /// Who follows what.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn follows(&mut self) -> Result<Vec<(PersonId, ProjectId)>, Error> {
        let rows = self.rows(sqlx::query("select person_id, project_id from follow")).await?;
        let pair = |row: &Row| Ok((row.parsed("person_id")?, row.parsed("project_id")?));
        rows.iter().map(pair).collect()
    }

    /// The ids of the projects that a person follows.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn followed(&mut self, person: PersonId) -> Result<Vec<ProjectId>, Error> {
        let sql = "select project_id from follow where person_id = $1";
        let rows = self.rows(sqlx::query(sql).bind(person.to_string())).await?;
        rows.iter().map(|row| row.parsed("project_id")).collect()
    }
}

impl WriteTx {
    /// Adds a project.
    ///
    /// # Errors
    /// [`Error::Exists`] if its name is taken.
    pub async fn insert_project(&mut self, new: &Project) -> Result<(), Error> {
        let sql = "insert into project (id, organization_id, vcs, org, repo, git_url, \
                   default_branch, public, enabled, builds, pipelines, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)";
        self.run(
            sqlx::query(sql)
                .bind(new.id.to_string())
                .bind(new.org.to_string())
                .bind(new.slug.vcs.short())
                .bind(new.slug.org().to_owned())
                .bind(new.slug.repo().to_owned())
                .bind(new.git_url.as_str().to_owned())
                .bind(new.default_branch.as_str().to_owned())
                .bind(i64::from(new.public))
                .bind(i64::from(new.enabled))
                .bind(new.created_at.0),
        )
        .await
        .map(drop)
    }

    /// Replaces what can be changed of a project.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn update_project(&mut self, changed: &Project) -> Result<(), Error> {
        let sql = "update project set public = $2, enabled = $3, default_branch = $4 where id = $1";
        let statement = sqlx::query(sql)
            .bind(changed.id.to_string())
            .bind(i64::from(changed.public))
            .bind(i64::from(changed.enabled))
            .bind(changed.default_branch.as_str().to_owned());
        self.run(statement).await.map(drop)
    }

    /// Makes a person follow a project, or not; whether that changed anything.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_follow(
        &mut self,
        person: PersonId,
        id: ProjectId,
        follow: bool,
    ) -> Result<bool, Error> {
        let sql = if follow {
            "insert into follow (person_id, project_id) values ($1, $2) on conflict do nothing"
        } else {
            "delete from follow where person_id = $1 and project_id = $2"
        };
        let statement = sqlx::query(sql).bind(person.to_string()).bind(id.to_string());
        Ok(self.run(statement).await? > 0)
    }
}
