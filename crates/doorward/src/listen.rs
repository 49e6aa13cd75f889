//! The listener: TLS, HTTP/1.1, limits against slow and greedy clients, orderly stop.

mod timer;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};
use std::time::Duration;

use axum::BoxError;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tower::{Service, ServiceExt as _};

use timer::ConnectionTimer;

/// What one client, or all of them, may take up.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Connections at a time; more wait in the kernel's queue.
    connections: usize,
    /// Time for the TLS handshake, and for each request's headers.
    patience: Duration,
    /// Time for the whole body of a request, from when it is first waited for.
    body: Duration,
}

const LIMITS: Limits = Limits { connections: 4096, patience: Duration::from_secs(10), body: Duration::from_secs(30) };

/// What answers requests.
pub(crate) trait Routes: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static {}

impl<S> Routes for S where S: Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone + Send + 'static {}

/// Serves until `stop` changes, then gives requests in flight `grace` to finish.
pub(crate) async fn serve(
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    routes: impl Routes,
    stop: watch::Receiver<bool>,
    grace: Duration,
) {
    serve_within(LIMITS, listener, tls, routes, stop, grace).await;
}

async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    routes: impl Routes,
    mut stop: watch::Receiver<bool>,
    grace: Duration,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let permits = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    loop {
        // Both waits end at a stop: clients that hold every connection must not hold the server.
        let accepted = tokio::select! {
            accepted = accept(&listener, &permits) => accepted,
            _ = stop.changed() => break,
        };
        let (stream, peer, permit) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of file descriptors, most likely: what is open must close first.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (acceptor, routes, watcher) = (acceptor.clone(), routes.clone(), graceful.watcher());
        tokio::spawn(async move {
            match acceptor {
                None => http(limits, stream, peer, routes, watcher).await,
                Some(acceptor) => match tokio::time::timeout(limits.patience, acceptor.accept(stream)).await {
                    Ok(Ok(stream)) => http(limits, stream, peer, routes, watcher).await,
                    Ok(Err(error)) => tracing::debug!(%error, %peer, "TLS handshake failed"),
                    Err(_) => tracing::debug!(%peer, "TLS handshake took too long"),
                },
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
}

async fn accept(listener: &TcpListener, permits: &Arc<Semaphore>) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = permits.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    Ok((stream, peer, permit))
}

async fn http<S>(limits: Limits, stream: S, peer: SocketAddr, routes: impl Routes, watcher: hyper_util::server::graceful::Watcher)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request.map(|body| axum::body::Body::new(TimedBody::new(body, limits.body))))
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(ConnectionTimer::new(limits.patience))
        .header_read_timeout(limits.patience)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, %peer, "connection ended early");
    }
}

/// A body that must have come by a certain time: a client that sends a byte now and then holds its connection no longer.
struct TimedBody {
    body: Incoming,
    patience: Duration,
    /// Made when the body is first waited for, which few are.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl TimedBody {
    fn new(body: Incoming, patience: Duration) -> Self {
        Self { body, patience, alarm: None }
    }
}

impl Body for TimedBody {
    type Data = <Incoming as Body>::Data;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, BoxError>>> {
        let Self { body, patience, alarm } = &mut *self;
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let alarm = alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(*patience)));
        alarm.as_mut().poll(context).map(|()| Some(Err("the body of the request took too long".into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A socket on the address.
///
/// # Errors
/// Names the address and the likely cause.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        anyhow::anyhow!("cannot listen on {address}: {error}. Is another program using the port? Choose another with `listen` or --listen")
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};
    use std::time::Duration;

    use axum::Router;
    use axum::routing::post;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::watch;
    use tokio::task::JoinHandle;

    use super::{LIMITS, Limits, bind, serve_within};

    async fn start(limits: Limits) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = Router::new().route("/", post(|body: String| async move { body }));
        let server = tokio::spawn(serve_within(limits, listener, None, router, stopped, Duration::from_millis(10)));
        (address, stop, server)
    }

    /// Sends a request with a declared length of four bytes, and `sent` of its body.
    async fn request(address: SocketAddr, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n";
        stream.write_all(format!("{head}{sent}").as_bytes()).await.unwrap();
        stream
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn a_stop_does_not_wait_for_clients_that_hold_every_connection() {
        let (address, stop, server) = start(Limits { connections: 1, ..LIMITS }).await;
        let mut holding = request(address, "").await;
        // The server is reading the body: it has the connection.
        let mut interim = [0; 12];
        holding.read_exact(&mut interim).await.unwrap();
        assert_eq!(&interim, b"HTTP/1.1 100");
        let waiting = request(address, "full").await;
        stop.send(true).unwrap();
        server.await.unwrap();
        drop((holding, waiting));
    }

    #[tokio::test]
    async fn headers_that_do_not_come_end_the_connection() {
        let (address, _stop, _server) = start(Limits { patience: Duration::from_millis(200), ..LIMITS }).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        // The second is no whole request.
        stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nfullPOST / HTTP/1.1\r\n").await.unwrap();
        assert_eq!(answer(stream).await.matches("HTTP/1.1 200").count(), 1);
    }

    #[tokio::test]
    async fn a_body_that_does_not_come_ends_the_connection() {
        let (address, _stop, _server) = start(Limits { body: Duration::from_millis(50), ..LIMITS }).await;
        assert!(answer(request(address, "full").await).await.contains("HTTP/1.1 200"));
        assert!(answer(request(address, "ha").await).await.contains("HTTP/1.1 400"));
    }
}
