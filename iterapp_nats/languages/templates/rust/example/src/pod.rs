//! One pod of the board: what it publishes, what it answers, and how it makes up for losses.

use std::collections::{HashMap, VecDeque};
use std::env;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::{HeaderMap, Request};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::board::{Arrival, Board, Complete, Message};
use crate::natsconn::Connection;

const JOB_ID: &str = "Nats-Msg-Id";
const SYNC: Duration = Duration::from_secs(2);
const KNOWN_JOBS: usize = 1000;

/// Shared by the handlers of messages and of HTTP requests.
pub struct Pod {
    pub name: String,
    pub nats: Connection,
    /// The messages that are new to this pod.
    pub news: broadcast::Sender<Message>,
    origin: String,
    memory: Mutex<Memory>,
}

#[derive(Default)]
pub struct Memory {
    pub board: Board,
    sent: u64,
    done: HashMap<String, String>,
    done_order: VecDeque<String>,
    giving_up: Option<AbortHandle>,
}

impl Pod {
    /// Subscribe, and ask for what was said before.
    pub async fn start(nats: Connection) -> Result<Arc<Self>, Box<dyn Error>> {
        let name = env::var("HOSTNAME").unwrap_or_else(|_| "local".into());
        // A new life has a new origin: its numbers begin again.
        let origin = format!("{}-{:08x}", name.replace('.', "-"), rand::random::<u32>());
        let history = format!("board.history.{origin}");
        let (news, _) = broadcast::channel(1000);
        let pod = Arc::new(Self { name, nats, news, origin, memory: Mutex::default() });
        pod.on("board.message", None, Self::on_message).await?;
        pod.on(&history, None, Self::on_history).await?;
        pod.on("board.sync", None, Self::on_sync).await?;
        pod.on("board.job", Some("workers"), Self::on_job).await?;
        pod.on("board.done", None, Self::on_done).await?;
        pod.clone().fill_gaps_in_each_life();
        Ok(pod)
    }

    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().expect("no handler panics with the memory in its hands")
    }

    pub fn is_connected(&self) -> bool {
        self.nats.connection_state() == State::Connected
    }

    /// Tell all pods, this one too: what the page shows has been seen by the server.
    pub async fn say(&self, text: String) -> Result<(), Box<dyn Error>> {
        if !self.is_connected() {
            return Err("not connected".into());
        }
        let (origin, pod) = (self.origin.clone(), self.name.clone());
        let data = {
            let mut memory = self.memory();
            let message = Message { origin, pod, seq: memory.sent + 1, text, filled: false };
            let data = serde_json::to_vec(&message)?;
            if data.len() > self.nats.server_info().max_payload {
                return Err("too long for one message".into());
            }
            // Only what is sent has a number: the others would miss it.
            memory.sent += 1;
            data
        };
        self.nats.publish("board.message", data.into()).await?;
        Ok(())
    }

    /// Let one pod do it; a job that was not acknowledged is sent again under the same id.
    pub async fn run_job(&self, text: String) -> Result<String, Box<dyn Error>> {
        let id = format!("{:016x}", rand::random::<u64>());
        for _ in 0..5 {
            let request = Request::new()
                .payload(text.clone().into())
                .headers(job_headers(&id))
                .timeout(Some(SYNC));
            match self.nats.send_request("board.job", request).await {
                Ok(answer) => return Ok(String::from_utf8_lossy(&answer.payload).into_owned()),
                // Nobody there, or no answer in time.
                Err(_) => sleep(Duration::from_millis(500)).await,
            }
        }
        Err("no pod did the job".into())
    }

    async fn on<F, Done>(
        self: &Arc<Self>,
        subject: &str,
        queue: Option<&str>,
        handle: F,
    ) -> Result<(), async_nats::SubscribeError>
    where
        F: Fn(Arc<Self>, async_nats::Message) -> Done + Send + 'static,
        Done: Future<Output = ()> + Send + 'static,
    {
        let pod = self.clone();
        self.nats.handle(subject, queue, move |msg| handle(pod.clone(), msg)).await
    }

    /// Ask for what is missing at the start, and after each reconnect.
    fn fill_gaps_in_each_life(self: Arc<Self>) {
        let mut lives = self.nats.lives();
        tokio::spawn(async move {
            loop {
                self.fill_gaps().await;
                if lives.changed().await.is_err() {
                    return;
                }
            }
        });
    }

    /// Ask the other pods; what none of them has is given up after a while.
    async fn fill_gaps(self: &Arc<Self>) {
        let complete = serde_json::to_vec(&self.memory().board.complete());
        let reply = format!("board.history.{}", self.origin);
        if let Ok(request) = complete {
            let _ = self.nats.publish_with_reply("board.sync", reply, request.into()).await;
        }
        let pod = self.clone();
        let giving_up = tokio::spawn(async move {
            sleep(SYNC).await;
            pod.memory().board.give_up();
        });
        if let Some(earlier) = self.memory().giving_up.replace(giving_up.abort_handle()) {
            earlier.abort();
        }
    }

    async fn on_message(self: Arc<Self>, msg: async_nats::Message) {
        self.receive(&msg, false).await;
    }

    async fn on_history(self: Arc<Self>, msg: async_nats::Message) {
        self.receive(&msg, true).await;
    }

    async fn receive(self: &Arc<Self>, msg: &async_nats::Message, filled: bool) {
        let Ok(message) = serde_json::from_slice::<Message>(&msg.payload) else { return };
        let message = Message { filled, ..message };
        let arrival = self.memory().board.receive(message.clone());
        if arrival == Arrival::AfterGap {
            self.fill_gaps().await;
        }
        if arrival != Arrival::Known {
            let _ = self.news.send(message); // fails when no page is open
        }
    }

    async fn on_sync(self: Arc<Self>, msg: async_nats::Message) {
        let Some(reply) = msg.reply.filter(|reply| !reply.ends_with(&self.origin)) else { return };
        let Ok(complete) = serde_json::from_slice::<Complete>(&msg.payload) else { return };
        let missing = self.memory().board.beyond(&complete);
        for message in missing {
            if let Ok(payload) = serde_json::to_vec(&message) {
                let _ = self.nats.publish(reply.clone(), payload.into()).await;
            }
        }
    }

    /// Do a job and answer; the answer is the acknowledgement.
    async fn on_job(self: Arc<Self>, msg: async_nats::Message) {
        let id = job_id(&msg);
        let known = self.memory().done.get(&id).cloned();
        let result = match known {
            Some(result) => result,
            None => self.work(&id, &String::from_utf8_lossy(&msg.payload)).await,
        };
        if let Some(reply) = msg.reply {
            let _ = self.nats.publish(reply, result.into()).await;
        }
    }

    async fn work(&self, id: &str, text: &str) -> String {
        sleep(Duration::from_millis(20)).await; // here the work is done
        let result = format!("{} (by {})", text.to_uppercase(), self.name);
        if !id.is_empty() {
            // All pods know a finished job, in case it is sent again and comes to another.
            self.memory().remember(id.to_owned(), result.clone());
            let payload = result.clone().into();
            let _ = self.nats.publish_with_headers("board.done", job_headers(id), payload).await;
        }
        result
    }

    async fn on_done(self: Arc<Self>, msg: async_nats::Message) {
        let result = String::from_utf8_lossy(&msg.payload).into_owned();
        self.memory().remember(job_id(&msg), result);
    }
}

impl Memory {
    fn remember(&mut self, id: String, result: String) {
        if self.done.insert(id.clone(), result).is_some() {
            return;
        }
        self.done_order.push_back(id);
        if self.done_order.len() > KNOWN_JOBS {
            self.done_order.pop_front().and_then(|oldest| self.done.remove(&oldest));
        }
    }
}

fn job_id(msg: &async_nats::Message) -> String {
    let value = msg.headers.as_ref().and_then(|headers| headers.get(JOB_ID));
    value.map(|id| id.to_string()).unwrap_or_default()
}

fn job_headers(id: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(JOB_ID, id);
    headers
}
