//! Whose turn it is. Of requests that come together, all but the first are not answered as soon as their
//! answer is made, but once all who wait for the same thread have had their turn: then the answers leave one
//! right after the other, and a client that reads them is woken for the first and finds the rest, instead of
//! being woken for each.

use std::future::poll_fn;
use std::task::Poll;

/// Waits until all that waits for this thread now has had its turn. It is not [`tokio::task::yield_now`],
/// which looks for new work first: that would be one more call of the operating system for each round.
pub(super) async fn let_others_go_first() {
    let mut went = false;
    poll_fn(|cx| {
        if std::mem::replace(&mut went, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn answers_leave_once_all_who_wait_have_theirs() {
        static SEEN: Mutex<Vec<(&str, u8)>> = Mutex::new(Vec::new());
        let see = |what, who| SEEN.lock().unwrap().push((what, who));
        let mut waiting = JoinSet::new();
        for who in 1..=2 {
            waiting.spawn(async move {
                see("made", who);
                let_others_go_first().await;
                see("sent", who);
            });
        }
        waiting.join_all().await;
        let expected = [("made", 1), ("made", 2), ("sent", 1), ("sent", 2)];
        assert_eq!(*SEEN.lock().unwrap(), expected);
    }
}
