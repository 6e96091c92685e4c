//! Answers that take long end within a second after they would not be granted any more: the credential
//! stopped being good, or a role, a right or the organization's policy does not leave them.

use std::io;
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

/// What a long answer asks whether it may go on.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) server: Arc<Server>,
    pub(crate) granted: Arc<Granted>,
    /// The right that it takes.
    pub(crate) needs: Permission,
}

impl Watch {
    /// When to ask; the first time is now.
    pub(crate) fn looks() -> Interval {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        looks
    }

    /// Asks it.
    ///
    /// # Errors
    /// If it may not: the answer breaks off.
    pub(crate) async fn look(&self) -> io::Result<()> {
        match self.granted.lasts(&self.server.app, self.needs).await {
            true => Ok(()),
            false => Err(io::Error::other("it would not be granted any more")),
        }
    }

    /// The same bytes, for as long as they may go on.
    pub(crate) fn over(
        self,
        pieces: impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
    ) -> Body {
        Body::from_stream(stream::unfold(Some((self, pieces, Self::looks())), |state| async {
            let (watch, mut pieces, mut looks) = state?;
            loop {
                tokio::select! {
                    biased;
                    _ = looks.tick() => {
                        if let Err(over) = watch.look().await {
                            return Some((Err(over), None));
                        }
                    }
                    piece = pieces.next() => {
                        return piece.map(|piece| (piece, Some((watch, pieces, looks))));
                    }
                }
            }
        }))
    }
}
