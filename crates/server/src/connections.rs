//! Taking connections and serving HTTP/1.1 on each. It does what `axum::serve` does, without the layers
//! that Rondo has no use for: HTTP/2, and a service that is made anew for each connection.

mod idle;
mod straight;
mod turns;
mod vigil;
mod wire;

use std::convert::Infallible;
use std::error::Error;
use std::future::{pending, poll_fn};
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use rustix::net::sockopt::set_tcp_user_timeout;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Server;
use idle::Begun;
use straight::Sending;
pub(crate) use straight::Straight;
use vigil::Vigil;
use wire::Wire;

/// How long taking rests after it failed for want of a file descriptor or of memory.
const REST: Duration = Duration::from_millis(100);

/// Serves until the server is to stop; then idle connections are closed, and those that are being
/// answered after that.
pub(crate) async fn serve(listener: TcpListener, server: Server) {
    let mut stopping = server.stopping.clone();
    let_go_of_the_deaf(&listener, server.app.policy().idle);
    let vigil = Arc::new(Vigil::default());
    let mut keeper = JoinSet::new();
    keeper.spawn({
        let vigil = Arc::clone(&vigil);
        async move { vigil.keep().await }
    });
    let mut connections = JoinSet::new();
    loop {
        let taken = tokio::select! {
            () = wish_to_stop(&mut stopping) => break,
            taken = listener.accept() => taken,
        };
        while connections.try_join_next().is_some() {}
        match taken {
            Ok((stream, peer)) => {
                let server = server.of_another_connection();
                connections.spawn(serve_one(stream, peer.ip(), server, Arc::clone(&vigil)));
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection could be taken");
                tokio::time::sleep(REST).await;
            }
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Has the system break off each connection whose client takes nothing of an answer for so long. Without it,
/// what is left to send would be kept for as long as the client likes.
fn let_go_of_the_deaf(listener: &TcpListener, long: Duration) {
    let long = u32::try_from(long.as_millis()).unwrap_or(u32::MAX);
    // Connections have it from what took them.
    if let Err(error) = set_tcp_user_timeout(listener, long) {
        tracing::warn!(%error, "clients that take nothing of their answers are kept");
    }
}

async fn wish_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a wish to stop as well.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Waits until a connection is to end: the server stops, or nothing was asked on it for long.
async fn wish_to_end(stopping: &mut watch::Receiver<bool>, begun: &Begun, idle: Duration) {
    tokio::select! {
        () = wish_to_stop(stopping) => {}
        () = begun.none_for(idle) => {}
    }
}

/// A client that went away before it was taken is nobody's trouble.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionRefused | Kind::ConnectionAborted | Kind::ConnectionReset
    )
}

/// Where an answer that goes past hyper is put down by whoever made it.
type Desk = Mutex<Option<Sending>>;

async fn serve_one(stream: TcpStream, peer: IpAddr, server: Server, vigil: Arc<Vigil>) {
    // An answer is written at once; waiting for more of it would only make it late.
    let _ = stream.set_nodelay(true);
    if let Err(error) = answer_all(Wire::new(stream), peer, &Arc::new(server), &vigil).await {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn answer_all(
    mut wire: Wire,
    peer: IpAddr,
    server: &Arc<Server>,
    vigil: &Vigil,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let (desk, is_behind) = (&Desk::default(), &wire.is_behind());
    let (begun, idle) = (Begun::default(), server.app.policy().idle);
    let (mut stopping, mut is_over) = (server.stopping.clone(), false);
    // As one of a set it is asked only once it has something to say: else each request would take a lock
    // that all connections share.
    let mut wishes = FuturesUnordered::from_iter([wish_to_end(&mut stopping, &begun, idle)]);
    while !is_over {
        let before = begun.count();
        let service = service_fn(|request| {
            let is_first = vigil.stir();
            begun.note();
            answer(server, (desk, is_behind), (peer, is_first), request)
        });
        let mut connection = http1::Builder::new().serve_connection(wire, service);
        let past_hyper = tokio::select! {
            // Else each turn draws lots.
            biased;
            past_hyper = until_past_hyper(&mut connection, desk) => past_hyper?,
            _ = wishes.next() => {
                // hyper would wait for its first request, whenever that comes.
                if begun.count() == before {
                    return Ok(());
                }
                is_over = true;
                Pin::new(&mut connection).graceful_shutdown();
                until_past_hyper(&mut connection, desk).await?
            }
        };
        let Some(sending) = past_hyper else { return Ok(()) };
        let parts = connection.into_parts();
        wire = parts.io.before(parts.read_buf);
        is_over |= !sending.send(wire.stream()).await? || *server.stopping.borrow();
    }
    Ok(wire.stream().shutdown().await?)
}

async fn answer(
    server: &Arc<Server>,
    (desk, is_behind): (&Desk, &AtomicBool),
    (peer, is_first): (IpAddr, bool),
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    let may_be = straight::may_be(&request);
    let mut answer = server.answer(peer, request).await;
    // What hyper holds of an earlier answer would be lost with it.
    if may_be
        && !is_behind.load(Ordering::Relaxed)
        && let Some(sending) = Sending::of(&mut answer)
    {
        *desk.lock().unwrap_or_else(PoisonError::into_inner) = Some(sending);
        // The connection is taken from hyper before it hears of an answer.
        return pending().await;
    }
    // One that may be alone has nobody to wait for.
    if !is_first {
        turns::let_others_go_first().await;
    }
    Ok(answer)
}

/// Lets hyper serve, until the connection ends or an answer is to go past it.
async fn until_past_hyper<C: Future<Output = hyper::Result<()>> + Unpin>(
    connection: &mut C,
    desk: &Desk,
) -> hyper::Result<Option<Sending>> {
    poll_fn(|cx| {
        if let Poll::Ready(ended) = Pin::new(&mut *connection).poll(cx) {
            return Poll::Ready(ended.map(|()| None));
        }
        match desk.lock().unwrap_or_else(PoisonError::into_inner).take() {
            None => Poll::Pending,
            sending => Poll::Ready(Ok(sending)),
        }
    })
    .await
}
