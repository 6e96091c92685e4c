//! Output of ended steps: the end of it as HTML for the page, and all of it as text.

use std::sync::Arc;

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use rondo_app::{App, Ctx, Refusal};
use rondo_domain::Permission;
use rondo_domain::run::{Build, Step};

use super::visit::Visit;
use super::{build, reply};
use crate::alive::Watch;
use crate::web::ansi;
use crate::web::build::{Output, steps};

/// How much of the end of an output is shown as HTML, in bytes.
const SHOWN_BYTES: u64 = 1024 * 1024;
/// How many lines of it.
const SHOWN_LINES: usize = 5000;
/// How much is read at a time, in bytes.
pub(super) const PIECE: u64 = 256 * 1024;

/// `GET …/{number}/steps/{ordinal}`: a fragment of HTML
pub(super) async fn show(visit: Visit) -> Result<Response, Refusal> {
    let (build, step) = named(&visit).await?;
    let output = of_step(&visit, &build, &step).await?;
    Ok(reply::page(&visit.chrome, steps::output(&visit.chrome, &output)))
}

/// `GET …/{number}/steps/{ordinal}/raw`
pub(super) async fn download(visit: Visit) -> Result<Response, Refusal> {
    let (build, step) = named(&visit).await?;
    let name = format!("build-{}-step-{}.txt", visit.name("number"), step.ordinal);
    let server = Arc::clone(&visit.server);
    let watch = Watch { server, granted: visit.granted.clone(), needs: Permission::ReadBuilds };
    let pieces = stream::try_unfold((visit, build, 0), move |(visit, build, offset)| async move {
        let piece = visit.app().output(visit.ctx(), &build, step.ordinal, offset, PIECE).await;
        let piece = piece.map_err(|refusal| std::io::Error::other(format!("{refusal:?}")))?;
        let more = !piece.bytes.is_empty();
        Ok(more.then(|| (Bytes::from(piece.bytes), (visit, build, piece.next))))
    });
    let mut answer = watch.over(Box::pin(pieces)).into_response();
    reply::put(&mut answer, CONTENT_TYPE, "text/plain; charset=utf-8");
    reply::put(&mut answer, CONTENT_DISPOSITION, &format!("attachment; filename=\"{name}\""));
    Ok(answer)
}

/// The build and the step that the address names.
async fn named(visit: &Visit) -> Result<(Build, Step), Refusal> {
    let build = build::named(visit).await?;
    let ordinal: i64 = visit.id("ordinal", "step")?;
    let steps = visit.app().steps(visit.ctx(), build.job.id).await?;
    let step = steps.into_iter().find(|step| step.ordinal == ordinal);
    Ok((build, step.ok_or_else(|| Refusal::Missing("step", ordinal.to_string()))?))
}

/// The end of a step's output as HTML.
pub(super) async fn of_step(visit: &Visit, build: &Build, step: &Step) -> Result<Output, Refusal> {
    let (app, ctx) = (visit.app(), visit.ctx());
    let start = shown_from(app, ctx, build, step).await?;
    let size = SHOWN_BYTES + PIECE;
    let shown = app.output(ctx, build, step.ordinal, start.offset, size).await?;
    let tail = ansi::tail(&shown.bytes, SHOWN_LINES);
    let number = build.job.number.unwrap_or_default();
    Ok(Output {
        lines: tail.html,
        left_out: start.lines + tail.left_out,
        cut: step.truncated,
        raw: Some(visit.place().raw(number, step.ordinal)),
    })
}

/// Where in an output its shown end begins.
pub(super) struct Start {
    /// In bytes; a line begins there.
    pub(super) offset: u64,
    /// How many lines came before.
    pub(super) lines: u64,
}

/// The beginning of the first whole line among the last [`SHOWN_BYTES`].
pub(super) async fn shown_from(
    app: &App,
    ctx: &Ctx,
    build: &Build,
    step: &Step,
) -> Result<Start, Refusal> {
    let size = u64::try_from(step.output_bytes).unwrap_or_default();
    let Some(skipped) = size.checked_sub(SHOWN_BYTES).filter(|skipped| *skipped > 0) else {
        return Ok(Start { offset: 0, lines: 0 });
    };
    let mut start = Start { offset: 0, lines: 0 };
    let mut read = 0;
    // One piece beyond what is skipped, so that the line that it cuts is skipped whole.
    while read < skipped {
        let most = PIECE.min(skipped - read);
        let piece = app.output(ctx, build, step.ordinal, read, most).await?;
        if piece.bytes.is_empty() {
            break;
        }
        for (place, _) in piece.bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            start = Start { offset: read + place as u64 + 1, lines: start.lines + 1 };
        }
        read = piece.next;
    }
    // A single line longer than all of this is shown from somewhere within.
    if skipped - start.offset > PIECE {
        start.offset = skipped;
    }
    Ok(start)
}
