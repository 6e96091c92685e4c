//! What would stop a token at something: the guard's own decision, asked without doing anything.

use rondo_domain::token::{BadToken, Stop};
use rondo_domain::{Millis, Permission, Project};

use crate::refusal::Refusal;
use crate::{App, Ctx};

impl App {
    /// What stops the token that asks at what takes `permission` on a project (on the server where none
    /// is named), for a request that shows it in the same manner at a moment; none: nothing does. Of a project that the
    /// token may not know of nothing more is told than of one that is not there.
    ///
    /// # Errors
    /// [`Refusal::Unauthenticated`] if no token asks, or it is gone meanwhile.
    pub fn stop_at(
        &self,
        ctx: &Ctx,
        (project, permission): (Option<&Project>, Permission),
        at: Millis,
    ) -> Result<Option<Stop>, Refusal> {
        let id = ctx.who.token().ok_or(Refusal::Unauthenticated)?;
        // The decision itself is about now: a token that was seen to be over stays over.
        let reach = self.reach_of(&ctx.who)?;
        if let Some(end) = reach.expires_at.filter(|_| reach.is_over(at)) {
            return Ok(Some(Stop::Bad(BadToken::Expired(end))));
        }
        let target = project.map(Project::target);
        let decided =
            self.memory.decide(id, (target.as_ref(), permission), ctx.who.manner(), ctx.at);
        let stop = match decided.ok_or(Refusal::Unauthenticated)? {
            Ok(_) => return Ok(None),
            Err(stop) => stop,
        };
        let hidden = project.is_some() && !self.access(&ctx.who, project).visible;
        Ok(Some(match stop {
            Stop::Bad(_) => stop,
            _ if hidden => Stop::Project,
            _ => stop,
        }))
    }
}
