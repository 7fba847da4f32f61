//! The server itself: connections in, requests through the guard, answers out, until it is told to stop.
//!
//! Whatever a client does, it takes up one of a fixed number of places for a bounded time: a head that does not
//! come, or is too large, ends its connection. Nothing here knows what is served.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use super::body::Body;
use super::guard::{Guard, Wanted};
use super::{Preview, answer, events};

/// How many connections are served at once; more wait until one ends.
const MOST_CONNECTIONS: u16 = 512;

/// How long the head of a request may take to come.
const LONGEST_HEAD: Duration = Duration::from_secs(10);

/// How large the head of a request may be, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// How many ports are tried when the first one is taken.
const TRIED_PORTS: u16 = 50;

/// How long connections have to end when the server stops.
const FAREWELL: Duration = Duration::from_millis(500);

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    guard: Guard,
}

impl Server {
    /// Listens on a host's address and port, or on the next free port after it; port 0 is any free one.
    ///
    /// # Errors
    /// Says that the host is not one of this machine's, or that no port is free.
    pub fn bind(host: &str, port: u16) -> io::Result<Self> {
        let ip = address_of(host)?;
        let mut taken = None;
        for port in port..=port.saturating_add(TRIED_PORTS) {
            match TcpListener::bind((ip, port)) {
                Ok(listener) => {
                    listener.set_nonblocking(true)?;
                    let address = listener.local_addr()?;
                    return Ok(Server { listener, address, guard: Guard::new(host, address) });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken = Some(error),
                Err(error) => return Err(error),
            }
        }
        Err(taken.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
    }

    /// Returns where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` comes, and then ends all connections.
    ///
    /// # Errors
    /// Says that the listening socket cannot be used.
    pub async fn run(self, preview: Arc<Preview>, stop: impl Future<Output = ()>) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let guard = Arc::new(self.guard);
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS.into()));
        let (stopping, stopped) = watch::channel(false);
        let mut stop = pin!(stop);
        loop {
            let place = Arc::clone(&places).acquire_owned();
            let next = async { (place.await, listener.accept().await) };
            let (place, accepted) = tokio::select! {
                () = &mut stop => break,
                next = next => next,
            };
            match accepted {
                Ok((stream, _)) => {
                    let connection = connection(stream, Arc::clone(&guard), Arc::clone(&preview), stopped.clone());
                    tokio::spawn(async move {
                        connection.await;
                        drop(place);
                    });
                }
                // A connection that is gone again, or too many open files: others may still come.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
        // Nobody may be connected; then there is nobody to tell.
        let _ = stopping.send(true);
        let _ = tokio::time::timeout(FAREWELL, places.acquire_many(MOST_CONNECTIONS.into())).await;
        Ok(())
    }
}

/// Returns the address that a host's name stands for on this machine.
fn address_of(host: &str) -> io::Result<IpAddr> {
    let host = host.trim_matches(['[', ']']);
    let mut addresses = (host, 0).to_socket_addrs()?.map(|address| address.ip());
    addresses.next().ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

/// Serves one connection to its end.
async fn connection(stream: TcpStream, guard: Arc<Guard>, preview: Arc<Preview>, mut stopped: watch::Receiver<bool>) {
    let told = stopped.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let response = respond(&guard, &preview, &told, request);
        async move { Ok::<_, Infallible>(response) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // A client that breaks off, or sends what is no HTTP, is its own affair.
        _ = &mut connection => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Answers one request.
fn respond(
    guard: &Guard,
    preview: &Arc<Preview>,
    stopped: &watch::Receiver<bool>,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, _) = request.into_parts();
    match guard.judge(&head) {
        Ok(Wanted { path, query, head_only: false }) if path == events::PATH => {
            events::follow(preview, &query, stopped.clone())
        }
        Ok(wanted) => preview.read(|shelf| answer::answer(shelf, &wanted, &head.headers)),
        Err(refusal) => answer::refused(refusal),
    }
}
