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

    /// How many projects each person follows; who follows none is left out.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn follow_counts(&mut self) -> Result<Vec<(PersonId, usize)>, Error> {
        let sql = "select person_id, count(*) as count from follow group by person_id";
        let rows = self.rows(sqlx::query(sql)).await?;
        let count = |row: &Row| {
            let count = usize::try_from(row.int("count")?).unwrap_or_default();
            Ok((row.parsed("person_id")?, count))
        };
        rows.iter().map(count).collect()
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
                   default_branch, public, builds, pipelines, created_at) \
                   values ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9)";
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
                .bind(new.created_at.0),
        )
        .await
        .map(drop)
    }

    /// Makes a project public or private.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn set_public(&mut self, id: ProjectId, public: bool) -> Result<(), Error> {
        let sql = "update project set public = $2 where id = $1";
        let statement = sqlx::query(sql).bind(id.to_string()).bind(i64::from(public));
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
