//! Addresses of a step's output that work without a credential: API v1.1's `output_url`. They are bound to one
//! output and to who asked, and end after a while. Each use is judged anew, so that nobody's link opens
//! more than they themselves could now: deleting a token ends its links at once.

use std::net::IpAddr;

use rondo_domain::limits::OUTPUT_LINK;
use rondo_domain::principal::Credential;
use rondo_domain::run::Step;
use rondo_domain::token::Digest;
use rondo_domain::{Access, JobId, Millis, Permission, PersonId, Principal, Project, SessionId};

use crate::refusal::{Invalid, Refusal};
use crate::{App, Ctx, StepOutput};

/// A link as it was followed.
#[derive(Debug, Clone)]
pub struct OutputLink {
    /// The job.
    pub job: JobId,
    /// The step's ordinal.
    pub step: i64,
    /// Who it was made for.
    pub by: String,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
    /// That this server made it: 64 hexadecimal digits.
    pub signature: String,
}

impl App {
    /// A link to the output of a job's step, for who asks. It works for [`OUTPUT_LINK`] at most, and for
    /// half of that at least.
    pub fn output_link(&self, ctx: &Ctx, job: JobId, step: i64) -> OutputLink {
        let (by, until) = link_terms(ctx);
        let mut link = OutputLink { job, step, by, until, signature: String::new() };
        link.signature = hex(self.signed(&link).as_bytes());
        link
    }

    /// The output that a link leads to, and its step.
    ///
    /// # Errors
    /// [`Refusal::Missing`] if this server did not make the link, or whoever it was made for may not
    /// read the output any more; [`Refusal::Invalid`] if it has ended.
    pub async fn linked_output(
        &self,
        link: &OutputLink,
        peer: Option<IpAddr>,
        most: u64,
    ) -> Result<(Step, StepOutput), Refusal> {
        let missing = || Refusal::Missing("output", String::new());
        let shown = unhex(&link.signature).ok_or_else(missing)?;
        if !Digest::from_stored(shown).matches(&self.signed(link)) {
            return Err(missing());
        }
        let now = self.world.now();
        if now.0 > link.until {
            let why = "the output's address has ended: ask the build for a new one";
            return Err(Refusal::Invalid(Invalid::Request(why.to_owned())));
        }
        let project = self.project_of_job(link.job).await?.ok_or_else(missing)?;
        if !self.link_opens(&link.by, &project, peer, now) {
            return Err(missing());
        }
        let mut tx = self.store.read().await?;
        let job = tx.job(link.job).await?.ok_or_else(missing)?;
        let steps = tx.steps(link.job).await?;
        drop(tx);
        let step = steps.into_iter().find(|step| step.ordinal == link.step).ok_or_else(missing)?;
        let output = self.read_output(&job, link.step, 0, most).await?;
        Ok((step, output))
    }

    /// Whether whoever a link was made for may read builds of the project now.
    fn link_opens(&self, by: &str, project: &Project, peer: Option<IpAddr>, now: Millis) -> bool {
        let reads = |access: Access| access.granted.has(Permission::ReadBuilds);
        if let Some(token) = by.strip_prefix("token-").and_then(|id| id.parse().ok()) {
            let asked = (Some(&project.target()), Permission::ReadBuilds);
            let decided = self.memory.decide(token, asked, peer.into(), now);
            return decided.is_some_and(|decided| decided.is_ok_and(reads));
        }
        if let Some(id) = by.strip_prefix("person-").and_then(|id| id.parse::<PersonId>().ok()) {
            let Some(person) = self.memory.person(id).filter(|p| p.disabled_at.is_none()) else {
                return false;
            };
            // Any session of theirs: none is needed any more.
            let by = Credential::Session(SessionId::from_entropy([0; 16]));
            let who = Principal::Person { id, admin: person.admin, by };
            return reads(self.access(&who, Some(project)));
        }
        by == "anyone" && reads(self.access(&Principal::Anyone, Some(project)))
    }

    /// A token's text never begins as this does, so no digest of one is a signature.
    fn signed(&self, link: &OutputLink) -> Digest {
        let OutputLink { job, step, by, until, .. } = link;
        self.pepper.digest(format!("output-link\n{job}\n{step}\n{by}\n{until}").as_bytes())
    }
}

/// Who links are made for, and until when they work: the same for half as long as they do, so that an
/// answer that holds some may be given again to the same caller.
pub fn link_terms(ctx: &Ctx) -> (String, i64) {
    let by = match (ctx.who.token(), ctx.who.person()) {
        (Some(token), _) => format!("token-{token}"),
        (None, Some(person)) => format!("person-{person}"),
        (None, None) => "anyone".to_owned(),
    };
    let half = OUTPUT_LINK / 2;
    (by, (ctx.at.0 / half + 2) * half)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
