//! The live events of a build: `step` when a step begins or ends, `output` while it runs, `state`
//! when the build changes. A watcher first gets every step, and of running ones the output so far,
//! so that one that comes late or comes back misses nothing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::http::HeaderName;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, stream};
use rondo_app::Refusal;
use rondo_domain::Permission;
use rondo_domain::run::{Build, JobStatus, Step, StepStatus};
use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::output::{PIECE, shown_from};
use super::visit::Visit;
use super::{build, reply};
use crate::alive::LOOK_EVERY;
use crate::web::ansi::Ansi;
use crate::web::build::steps;
use crate::web::direction::unturned;

/// Looks at the build are at least this far apart, however much it prints.
const SHORTEST: Duration = Duration::from_millis(100);
/// And at most this far: other servers' reports are not heard.
const LONGEST: Duration = Duration::from_secs(1);

/// `GET …/{number}/events`
pub(super) async fn stream(visit: Visit) -> Result<Response, Refusal> {
    let build = build::named(&visit).await?;
    let watched = visit.app().watch(build.job.id);
    let stopping = visit.server.stopping.clone();
    let live = Live {
        number: build.job.number.unwrap_or_default(),
        attempt: build.job.attempt,
        visit,
        status: None,
        steps: Vec::new(),
        ready: VecDeque::new(),
        watched,
        stopping,
        looked: None,
        unread: false,
        over: false,
    };
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    let mut answer = Sse::new(live.events()).keep_alive(alive).into_response();
    // A proxy in between hands events on as they come.
    reply::put(&mut answer, HeaderName::from_static("x-accel-buffering"), "no");
    Ok(answer)
}

struct Live {
    visit: Visit,
    number: i64,
    attempt: i64,
    status: Option<JobStatus>,
    steps: Vec<Followed>,
    ready: VecDeque<Event>,
    watched: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    /// When the build was looked at last.
    looked: Option<Instant>,
    /// A running step has printed more than was read.
    unread: bool,
    over: bool,
}

/// A step that the watcher knows of.
struct Followed {
    ordinal: i64,
    status: StepStatus,
    ansi: Ansi,
    offset: u64,
}

impl Live {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> {
        stream::unfold(self, |mut live| async move {
            loop {
                if let Some(event) = live.ready.pop_front() {
                    return Some((Ok(event), live));
                }
                if live.over || !live.wait().await || live.look().await.is_err() {
                    return None;
                }
            }
        })
    }

    /// Waits until it is worth looking; `false` once nobody may look any more.
    async fn wait(&mut self) -> bool {
        let Some(looked) = self.looked else { return true };
        sleep(SHORTEST.saturating_sub(looked.elapsed())).await;
        while !self.unread && looked.elapsed() < LONGEST {
            tokio::select! {
                Ok(()) = self.watched.changed() => break,
                _ = self.stopping.wait_for(|stop| *stop) => return false,
                () = sleep(LOOK_EVERY) => {}
            }
            if !self.may_read().await {
                return false;
            }
        }
        !*self.stopping.borrow() && self.may_read().await && self.session_lives().await
    }

    /// Whether the watcher still is who they were, and may still read this project.
    async fn may_read(&self) -> bool {
        self.visit.granted.lasts(self.visit.app(), Permission::ReadBuilds).await
    }

    async fn session_lives(&self) -> bool {
        let Some(known) = &self.visit.granted.session else { return true };
        let app = self.visit.app();
        matches!(app.session(&known.cookie, app.world().now()).await, Ok(Some(_)))
    }

    async fn look(&mut self) -> Result<(), Refusal> {
        self.looked = Some(Instant::now());
        self.unread = false;
        let build = self.visit.app().build(self.visit.project(), self.number).await?;
        if build.job.attempt != self.attempt {
            // Its runner was lost and another began anew: all that is shown is void.
            self.ready.push_back(Event::default().event("reload").data("{}"));
            self.over = true;
            return Ok(());
        }
        for step in self.visit.app().steps(self.visit.ctx(), build.job.id).await? {
            self.follow(&build, &step).await?;
        }
        let status = build.job.status;
        if self.status.replace(status) != Some(status) {
            let data = json!({ "status": status.word(), "done": status.ended() });
            self.ready.push_back(Event::default().event("state").data(data.to_string()));
        }
        self.over = status.ended();
        Ok(())
    }

    async fn follow(&mut self, build: &Build, step: &Step) -> Result<(), Refusal> {
        let known = self.steps.iter().position(|known| known.ordinal == step.ordinal);
        if known.is_none_or(|known| self.steps[known].status != step.status) {
            self.ready.push_back(self.step_event(step));
        }
        let known = match known {
            Some(known) => known,
            None => {
                let first = self.begin(build, step).await?;
                self.steps.push(first);
                self.steps.len() - 1
            }
        };
        self.steps[known].status = step.status;
        if step.status == StepStatus::Running {
            self.read(build, known).await?;
        }
        Ok(())
    }

    /// Begins to follow a step; what a running one has printed replaces what the page may hold.
    async fn begin(&mut self, build: &Build, step: &Step) -> Result<Followed, Refusal> {
        let (app, ctx) = (self.visit.app(), self.visit.ctx());
        let mut offset = 0;
        if step.status == StepStatus::Running {
            let start = shown_from(app, ctx, build, step).await?;
            offset = start.offset;
            let data = json!({ "step": step.ordinal, "html": "", "start": start.lines + 1 });
            self.ready.push_back(Event::default().event("output").data(data.to_string()));
        }
        Ok(Followed { ordinal: step.ordinal, status: step.status, ansi: Ansi::new(), offset })
    }

    async fn read(&mut self, build: &Build, known: usize) -> Result<(), Refusal> {
        let Self { visit, steps, ready, .. } = self;
        let step = &mut steps[known];
        let piece =
            visit.app().output(visit.ctx(), build, step.ordinal, step.offset, PIECE).await?;
        if !piece.bytes.is_empty() {
            self.unread |= piece.bytes.len() as u64 == PIECE;
            step.offset = piece.next;
            let html = unturned(step.ansi.push(&piece.bytes) + &step.ansi.open_line());
            let data = json!({ "step": step.ordinal, "html": html });
            ready.push_back(Event::default().event("output").data(data.to_string()));
        }
        Ok(())
    }

    fn step_event(&self, step: &Step) -> Event {
        let place = self.visit.place();
        let markup = steps::step(&self.visit.chrome, &place, self.number, &build::step(step));
        // Carriage returns end lines of the stream's own format.
        Event::default().event("step").data(unturned(markup.into_string()).replace('\r', ""))
    }
}
