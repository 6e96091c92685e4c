//! Answers that take long end within a second after they would not be granted any more: the credential
//! stopped being good, or a role, a right or the organization's policy does not leave them.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use rondo_domain::Permission;
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::Server;
use crate::granted::Granted;

/// How often a long answer asks whether it may go on.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(250);

struct Watched<S> {
    inner: S,
    server: Arc<Server>,
    granted: Arc<Granted>,
    needs: Permission,
    look: Interval,
}

/// The same bytes, for as long as who asked would be granted this right: then the answer breaks off.
pub(crate) fn while_good(
    server: Arc<Server>,
    (granted, needs): (Arc<Granted>, Permission),
    inner: impl Stream<Item = std::io::Result<Bytes>> + Send + Unpin + 'static,
) -> Body {
    let mut look = interval(LOOK_EVERY);
    look.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let watched = Watched { inner, server, granted, needs, look };
    Body::from_stream(stream::unfold(Some(watched), |watched| async move {
        let mut watched = watched?;
        loop {
            tokio::select! {
                biased;
                _ = watched.look.tick() => {
                    let app = &watched.server.app;
                    if !watched.granted.lasts(app, watched.needs).await {
                        let over = std::io::Error::other("it would not be granted any more");
                        return Some((Err(over), None));
                    }
                }
                chunk = watched.inner.next() => return chunk.map(|chunk| (chunk, Some(watched))),
            }
        }
    }))
}
