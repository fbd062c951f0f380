//! Connect to NATS on Iterapp: the same code with a plain local server and in production.
//!
//! Reads NATS_URL, NATS_CREDENTIALS (content) or else NATS_CREDENTIALS_FILE, and NATS_CA_FILE; an
//! empty variable counts as unset.

use std::env;
use std::error::Error;
use std::fs;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_nats::{Auth, AuthError, Client, ConnectOptions, Event, Message};
use data_encoding::BASE64URL_NOPAD;
use futures_util::StreamExt;
use nkeys::KeyPair;
use serde_json::Value;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

const RETRY: Duration = Duration::from_secs(2);
const DRAIN: Duration = Duration::from_secs(20);

/// A client that knows its subscriptions, and how it came to its end.
pub struct Connection {
    client: Client,
    stopping: CancellationToken,
    closed: CancellationToken,
    lives: watch::Receiver<u64>,
    handlers: TaskTracker,
}

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// Try until a server takes us. Returns `None` when SIGTERM or SIGINT came first.
pub async fn connect(app: &str) -> Option<Connection> {
    let stopping = stop_on_signals();
    let closed = CancellationToken::new();
    let (live, lives) = watch::channel(0);
    let live = Arc::new(live);
    let servers: Vec<String> = setting("NATS_URL")
        .unwrap_or_else(|| "127.0.0.1".into())
        .split(',')
        .map(|server| server.trim().into())
        .collect();
    loop {
        let options = options(app, live.clone(), closed.clone());
        match options.connect(&servers).await {
            Ok(client) => {
                info!("connected to NATS");
                let handlers = TaskTracker::new();
                return Some(Connection { client, stopping, closed, lives, handlers });
            }
            Err(error) => warn!("cannot connect to NATS, trying again: {}", reason(&error)),
        }
        tokio::select! {
            () = sleep(RETRY + jitter()) => {}
            () = stopping.cancelled() => return None,
        }
    }
}

impl Connection {
    /// Call `handle` for each message, one at a time. Members of a queue group share the messages.
    pub async fn handle<F, Done>(
        &self,
        subject: &str,
        queue: Option<&str>,
        mut handle: F,
    ) -> Result<(), async_nats::SubscribeError>
    where
        F: FnMut(Message) -> Done + Send + 'static,
        Done: Future<Output = ()> + Send,
    {
        let mut messages = match queue {
            Some(queue) => self.queue_subscribe(subject.to_owned(), queue.to_owned()).await?,
            None => self.subscribe(subject.to_owned()).await?,
        };
        let stopping = self.stopping.clone();
        self.handlers.spawn(async move {
            loop {
                tokio::select! {
                    message = messages.next() => match message {
                        Some(message) => handle(message).await,
                        None => return,
                    },
                    () = stopping.cancelled() => break,
                }
            }
            // Take no more, and handle those that have come.
            if messages.drain().await.is_ok() {
                while let Some(message) = messages.next().await {
                    handle(message).await;
                }
            }
        });
        Ok(())
    }

    /// Counts the connections to a server; a change is the moment to ask for what was missed.
    pub fn lives(&self) -> watch::Receiver<u64> {
        self.lives.clone()
    }

    /// Wait for SIGTERM or SIGINT, and until all that has arrived has been handled.
    ///
    /// # Errors
    ///
    /// The connection was closed for good: end the process, so that the platform starts it again.
    pub async fn wait(&self) -> Result<(), Box<dyn Error>> {
        tokio::select! {
            () = self.stopping.cancelled() => {}
            () = self.closed.cancelled() => {
                return Err("the NATS connection was closed for good".into());
            }
        }
        self.handlers.close();
        let is_connected = self.connection_state() == async_nats::connection::State::Connected;
        if is_connected && timeout(DRAIN, self.handlers.wait()).await.is_err() {
            return Err("drained too slowly".into());
        }
        // Answers are still on their way; without a server there is nobody to wait for.
        let _ = timeout(Duration::from_secs(2), self.flush()).await;
        Ok(())
    }
}

fn options(app: &str, live: Arc<watch::Sender<u64>>, closed: CancellationToken) -> ConnectOptions {
    let pod = setting("HOSTNAME").unwrap_or_else(|| "local".into());
    let options = match setting("NATS_CREDENTIALS").or(setting("NATS_CREDENTIALS_FILE")) {
        Some(_) => ConnectOptions::with_auth_callback(|nonce| async move {
            login(&nonce).map_err(|error| AuthError::new(error.to_string()))
        }),
        None => ConnectOptions::new(),
    };
    let lives = live.subscribe();
    let options = options
        .name(format!("{app}@{pod}"))
        .max_reconnects(None)
        // async-nats waits before the first try too, which is not wanted.
        .reconnect_delay_callback(move |_attempts| match *lives.borrow() {
            0 => Duration::ZERO,
            _ => RETRY + jitter(),
        })
        .ping_interval(Duration::from_secs(20))
        .event_callback(move |event| {
            match event {
                Event::Connected => live.send_modify(|lives| *lives += 1),
                Event::Closed => closed.cancel(),
                _ => {}
            }
            async move { warn!("NATS: {event}") }
        });
    match setting("NATS_CA_FILE") {
        // Roots alone would leave the choice of TLS to the server.
        Some(path) => options.add_root_certificates(path.into()).require_tls(true),
        None => options,
    }
}

/// Log in with what is there now, because the platform may have renewed it.
fn login(nonce: &[u8]) -> Result<Auth, Box<dyn Error>> {
    let text = match setting("NATS_CREDENTIALS") {
        Some(content) => content,
        None => fs::read_to_string(setting("NATS_CREDENTIALS_FILE").unwrap_or_default())?,
    };
    let jwt = block(&text, "NATS USER JWT")?;
    let seed = block(&text, "USER NKEY SEED")?;
    check_expiry(jwt)?;
    let mut auth = Auth::new();
    auth.jwt = Some(jwt.into());
    auth.signature = Some(KeyPair::from_seed(seed)?.sign(nonce)?);
    Ok(auth)
}

fn block<'a>(text: &'a str, title: &str) -> Result<&'a str, Box<dyn Error>> {
    text.split_once(&format!("BEGIN {title}"))
        .and_then(|(_, rest)| rest.trim_start_matches('-').split_whitespace().next())
        .ok_or_else(|| format!("the credentials have no {title}").into())
}

fn check_expiry(jwt: &str) -> Result<(), Box<dyn Error>> {
    let body = jwt.split('.').nth(1).ok_or("the JWT of the credentials is malformed")?;
    let claims: Value = serde_json::from_slice(&BASE64URL_NOPAD.decode(body.as_bytes())?)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    match claims["exp"].as_u64() {
        Some(expiry) if 0 < expiry && expiry < now => {
            Err(format!("the credentials expired {} s ago", now - expiry).into())
        }
        _ => Ok(()),
    }
}

fn stop_on_signals() -> CancellationToken {
    let stopping = CancellationToken::new();
    let token = stopping.clone();
    tokio::spawn(async move {
        let mut terminate = signal(SignalKind::terminate()).expect("SIGTERM can be handled");
        let mut interrupt = signal(SignalKind::interrupt()).expect("SIGINT can be handled");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        token.cancel();
    });
    stopping
}

/// Up to a second, so that the pods do not come back all at once.
fn jitter() -> Duration {
    Duration::from_millis(rand::random_range(0..1000))
}

fn reason(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", reason(source)),
        None => error.to_string(),
    }
}

fn setting(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
