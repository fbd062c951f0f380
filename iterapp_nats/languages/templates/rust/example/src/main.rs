//! A board that all pods share: the page, its live events, and two actions.

mod board;
mod natsconn;
mod pod;

use std::convert::Infallible;
use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::stream::{self, iter};
use pod::Pod;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::interval;
use tokio_stream::wrappers::{BroadcastStream, IntervalStream};

const PAGE: &str = include_str!("../index.html");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_ansi(false).init();
    let Some(nats) = natsconn::connect("board").await else { return Ok(()) };
    let pod = Pod::start(nats).await?;
    let host = env::var("HOST").unwrap_or_else(|_| "0.0.0.0".into());
    let port = env::var("PORT").unwrap_or_else(|_| "8080".into());
    let listener = TcpListener::bind(format!("{host}:{port}")).await?;
    let routes = Router::new()
        .route("/", get(|| async { Html(PAGE) }))
        .route("/ready", get(ready))
        .route("/events", get(events))
        .route("/messages", post(say))
        .route("/jobs", post(run_job))
        .with_state(pod.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
    let ended = pod.nats.wait().await;
    serving.abort(); // pages reconnect to another pod
    ended
}

async fn ready(State(pod): State<Arc<Pod>>) -> impl IntoResponse {
    if pod.is_connected() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not connected\n")
    }
}

async fn say(State(pod): State<Arc<Pod>>, text: String) -> impl IntoResponse {
    match pod.say(text).await {
        Ok(()) => (StatusCode::ACCEPTED, format!("sent by {}\n", pod.name)),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

async fn run_job(State(pod): State<Arc<Pod>>, text: String) -> impl IntoResponse {
    match pod.run_job(text).await {
        Ok(result) => (StatusCode::OK, format!("{result}\n")),
        Err(error) => (StatusCode::GATEWAY_TIMEOUT, format!("{error}\n")),
    }
}

/// Send what is known, then what comes; the state every second.
async fn events(State(pod): State<Arc<Pod>>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let news = BroadcastStream::new(pod.news.subscribe());
    let known: Vec<_> = pod.memory().board.messages.iter().map(|each| json!(each)).collect();
    let known = iter(known).map(|message| event("message", &message));
    // A page that reads too slowly misses some, and sees them when it is loaded again.
    let live = news
        .filter_map(async |message| message.ok())
        .map(|message| event("message", &json!(message)));
    let every_second = IntervalStream::new(interval(Duration::from_secs(1)));
    let states = every_second.map(move |_| event("state", &state(&pod)));
    Sse::new(known.chain(stream::select(live, states)))
}

fn state(pod: &Pod) -> Value {
    let counts = pod.memory().board.counts;
    json!({
        "pod": pod.name,
        "connected": pod.is_connected(),
        "missed": counts.missed,
        "filled": counts.filled,
        "lost": counts.lost,
    })
}

fn event(kind: &str, data: &Value) -> Result<Event, Infallible> {
    Ok(Event::default().event(kind).data(data.to_string()))
}
