//! Answers that take long end within a second after their credential stopped being good.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use rondo_domain::Principal;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::Server;

/// How often a long answer asks whether it may go on.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(250);

struct Watched<S> {
    inner: S,
    server: Arc<Server>,
    who: Principal,
    look: Interval,
}

/// The same bytes, until `who` is no longer good: then the answer breaks off.
pub(crate) fn while_good(
    server: Arc<Server>,
    who: Principal,
    inner: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static,
) -> Body {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let watched = Watched { inner, server, who, look };
    Body::from_stream(stream::unfold(Some(watched), |watched| async move {
        let mut watched = watched?;
        loop {
            tokio::select! {
                biased;
                _ = watched.look.tick() => {
                    if !watched.server.app.still_good(&watched.who).await.unwrap_or(false) {
                        let over = std::io::Error::other("the credential is no longer good");
                        return Some((Err(over), None));
                    }
                }
                chunk = watched.inner.next() => return chunk.map(|chunk| (chunk, Some(watched))),
            }
        }
    }))
}
