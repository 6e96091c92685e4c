//! How branches stand: what badges and feeds say.

use rondo_domain::Project;
use rondo_domain::run::Standing;

use crate::App;
use crate::derived::Derived;
use crate::refusal::Refusal;

impl App {
    /// How a branch stands: the default branch where none is named.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn standing(
        &self,
        project: &Project,
        branch: Option<&str>,
    ) -> Result<Standing, Refusal> {
        let branch = branch.unwrap_or_else(|| project.default_branch.as_str());
        let derived = self.derived(project).await?;
        if let Some(standing) = derived.standing(branch) {
            return Ok(standing);
        }
        Box::pin(self.read_standing(project, branch, &derived)).await
    }

    async fn read_standing(
        &self,
        project: &Project,
        branch: &str,
        derived: &Derived,
    ) -> Result<Standing, Refusal> {
        let standing = self.store.read().await?.standing(project.id, branch).await?;
        derived.note_standing(branch, standing);
        Ok(standing)
    }
}
