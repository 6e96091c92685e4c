//! Taking connections and serving HTTP/1.1 on each. It does what `axum::serve` does, without the layers
//! that Rondo has no use for: HTTP/2, and a service that is made anew for each connection.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower_service::Service;

/// How long taking rests after it failed for want of a file descriptor or of memory.
const REST: Duration = Duration::from_millis(100);

/// Serves until `stopping` turns true; then idle connections are closed, and those that are being
/// answered after that.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        let taken = tokio::select! {
            () = wish_to_stop(&mut stopping) => break,
            taken = listener.accept() => taken,
        };
        while connections.try_join_next().is_some() {}
        match taken {
            Ok((stream, peer)) => {
                connections.spawn(answer(stream, peer, router.clone(), stopping.clone()));
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

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    // An answer is written at once; waiting for more of it would only make it late.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(body),
        });
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().call(request)
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        // Else each turn draws lots.
        biased;
        ended = connection.as_mut() => ended,
        () = wish_to_stop(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}
