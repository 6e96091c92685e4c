//! Who asks, and what they may do: answered from memory.

use std::net::IpAddr;

use rondo_domain::token::{BadToken, Presented};
use rondo_domain::{Access, Millis, Permissions, Principal, Project};

use crate::App;
use crate::memory::Memory;
use crate::rates::Source;
use crate::refusal::Refusal;

impl App {
    /// Who a token is that is shown from an address; none: the address is not known for sure. One that
    /// memory does not know is looked up, unless `source` showed too many wrong ones: these are counted.
    ///
    /// # Errors
    /// Outside: the database is away, or there were too many wrong ones. Inside: why it opens nothing.
    pub async fn identify(
        &self,
        shown: &Presented<'_>,
        peer: Option<IpAddr>,
        source: Source,
        now: Millis,
    ) -> Result<Result<Principal, BadToken>, Refusal> {
        self.memory.trust(&self.store).await?;
        let mut checked = self.memory.check(shown, &self.pepper, peer, now);
        // More than once only where memory began a new epoch meanwhile.
        while checked == Err(BadToken::Unknown) && !self.memory.knows(shown.id) {
            self.rates.may_look(source)?;
            if !self.memory.fetch_token(&self.store, shown.id).await? {
                break;
            }
            checked = self.memory.check(shown, &self.pepper, peer, now);
        }
        if checked == Err(BadToken::Unknown) {
            self.rates.note_wrong(source)?;
        }
        Ok(checked)
    }

    /// What `who` may do with a project, or with the server where none is named.
    pub fn access(&self, who: &Principal, project: Option<&Project>) -> Access {
        let target = project.map(Project::target);
        let role = match (who, project) {
            (Principal::Person { id, .. }, Some(project)) => self.memory.role(*id, project.org),
            _ => None,
        };
        match self.memory.ceiling(who, project.map(|project| project.id)) {
            Some(ceiling) => Access::of(who, target.as_ref(), role, ceiling),
            // The token was deleted since it was checked: nobody is there any more.
            None => Access::of(&Principal::Anyone, target.as_ref(), None, Permissions::EVERY),
        }
    }

    /// What is answered from memory.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Whether a principal that was accepted earlier still would be: for answers that take long.
    ///
    /// # Errors
    /// If the database is away.
    pub async fn still_good(&self, who: &Principal) -> Result<bool, Refusal> {
        self.memory.trust(&self.store).await?;
        if let Some(token) = who.token().filter(|token| !self.memory.knows(*token)) {
            self.memory.fetch_token(&self.store, token).await?;
        }
        Ok(self.memory.still_good(who, self.world.now()))
    }
}
