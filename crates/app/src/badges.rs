//! What a branch's badge says.

use rondo_domain::Project;
use rondo_domain::run::BadgeState;

use crate::App;
use crate::refusal::Refusal;

impl App {
    /// The state of a branch's badge: of the default branch where none is named.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn badge(
        &self,
        project: &Project,
        branch: Option<&str>,
    ) -> Result<BadgeState, Refusal> {
        self.memory.trust(&self.store).await?;
        let branch = branch.unwrap_or_else(|| project.default_branch.as_str());
        Ok(self.memory.badge(&self.store, project.id, branch).await?)
    }
}
