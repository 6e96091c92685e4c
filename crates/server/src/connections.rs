//! Taking connections and serving HTTP/1.1 on each. It does what `axum::serve` does, without the layers
//! that Rondo has no use for: HTTP/2, and a service that is made anew for each connection.

mod wire;

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Server;
use wire::Wire;

/// How long taking rests after it failed for want of a file descriptor or of memory.
const REST: Duration = Duration::from_millis(100);

/// Serves until the server is to stop; then idle connections are closed, and those that are being
/// answered after that.
pub(crate) async fn serve(listener: TcpListener, server: Server) {
    let mut stopping = server.stopping.clone();
    let mut connections = JoinSet::new();
    loop {
        let taken = tokio::select! {
            () = wish_to_stop(&mut stopping) => break,
            taken = listener.accept() => taken,
        };
        while connections.try_join_next().is_some() {}
        match taken {
            Ok((stream, peer)) => {
                connections.spawn(answer(stream, peer.ip(), server.of_another_connection()));
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

async fn wish_to_stop(stopping: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a wish to stop as well.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// A client that went away before it was taken is nobody's trouble.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionRefused | Kind::ConnectionAborted | Kind::ConnectionReset
    )
}

async fn answer(stream: TcpStream, peer: IpAddr, server: Server) {
    let mut stopping = server.stopping.clone();
    // An answer is written at once; waiting for more of it would only make it late.
    let _ = stream.set_nodelay(true);
    let server = &Arc::new(server);
    let service = service_fn(|request| server.answer(peer, request));
    let connection = http1::Builder::new().serve_connection(Wire::new(stream), service);
    let mut connection = pin!(connection);
    // As one of a set it is asked only once it has something to say: else each request would take a lock
    // that all connections share.
    let mut wishes = FuturesUnordered::from_iter([wish_to_stop(&mut stopping)]);
    let ended = tokio::select! {
        // Else each turn draws lots.
        biased;
        ended = connection.as_mut() => ended,
        _ = wishes.next() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
