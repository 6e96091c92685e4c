//! How branches stand: what badges and feeds say.

use rondo_domain::Project;
use rondo_domain::run::Standing;

use crate::App;
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
        self.memory.trust(&self.store).await?;
        let branch = branch.unwrap_or_else(|| project.default_branch.as_str());
        Ok(self.memory.standing(&self.store, project.id, branch).await?)
    }
}
