//! Who asks, and what they may do: answered from memory.

use rondo_domain::policy::{Manner, Ruling};
use rondo_domain::token::{BadToken, Presented};
use rondo_domain::{Access, Millis, OrgId, Permissions, Principal, Project, Refused};

use crate::App;
use crate::memory::Memory;
use crate::rates::Source;
use crate::refusal::Refusal;

impl App {
    /// Who a token is that is shown in a manner, at least from an address. One that
    /// memory does not know is looked up, unless `source` showed too many wrong ones: these are counted.
    ///
    /// # Errors
    /// Outside: the database is away, or there were too many wrong ones. Inside: why it opens nothing.
    pub async fn identify(
        &self,
        shown: &Presented<'_>,
        manner: impl Into<Manner>,
        source: Source,
        now: Millis,
    ) -> Result<Result<Principal, BadToken>, Refusal> {
        let manner = manner.into();
        self.memory.trust(&self.store).await?;
        let checked = self.memory.check(shown, &self.pepper, manner, now);
        if checked != Err(BadToken::Unknown) {
            return Ok(checked);
        }
        Box::pin(self.identify_unknown(shown, manner, source, now)).await
    }

    /// [`Self::identify`] of a token that memory does not know.
    async fn identify_unknown(
        &self,
        shown: &Presented<'_>,
        manner: Manner,
        source: Source,
        now: Millis,
    ) -> Result<Result<Principal, BadToken>, Refusal> {
        let mut checked = Err(BadToken::Unknown);
        // More than once only where memory began a new epoch meanwhile.
        while checked == Err(BadToken::Unknown) && !self.memory.knows(shown.id) {
            self.rates.may_look(source)?;
            if !self.memory.fetch_token(&self.store, shown.id).await? {
                break;
            }
            checked = self.memory.check(shown, &self.pepper, manner, now);
        }
        if checked == Err(BadToken::Unknown) {
            self.rates.note_wrong(source)?;
        }
        Ok(checked)
    }

    /// What `who` may do with a project, or with the server where none is named: what their credential
    /// carries, and their role allows, and the organization's policy leaves, all as it is now.
    pub fn access(&self, who: &Principal, project: Option<&Project>) -> Access {
        let target = project.map(Project::target);
        let role = match (who, project) {
            (Principal::Person { id, .. }, Some(project)) => self.memory.role(*id, project.org),
            _ => None,
        };
        match self.memory.ceiling(who, project.map(|project| project.id)) {
            Some(ceiling) => {
                let ruling = project.map(|project| self.memory.ruling(who, project.org));
                let access = Access::of(who, target.as_ref(), role, ceiling);
                access.under(ruling.unwrap_or(Ruling::FREE))
            }
            // The token was deleted since it was checked: nobody is there any more.
            None => Access::of(&Principal::Anyone, target.as_ref(), None, Permissions::EVERY),
        }
    }

    /// Why something is refused at a place of an organization, whose name is told where its policy is
    /// the reason.
    pub fn refusal(&self, refused: Refused, org: Option<OrgId>) -> Refusal {
        match refused {
            Refused::Policy(breach) => {
                let terms = org.and_then(|org| self.memory.terms(org));
                Refusal::Policy(terms.map(|terms| terms.organization.to_string()), breach)
            }
            other => other.into(),
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
