//! What a pod knows: the messages of all pods, and which it has missed.
//!
//! NATS delivers at most once, and in order per publisher. So each pod numbers its own messages,
//! and whoever sees a number left out asks the other pods for what is missing.

use std::collections::{BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

const LIMIT: usize = 1000;

/// `origin` is one life of one pod; `seq` counts its messages from 1.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Message {
    pub origin: String,
    pub pod: String,
    pub seq: u64,
    pub text: String,
    /// Whether it came as history, not live.
    #[serde(default)]
    pub filled: bool,
}

/// What a message was to the board.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrival {
    New,
    Known,
    AfterGap,
}

/// For each origin up to which number nothing is missing.
pub type Complete = HashMap<String, u64>;

#[derive(Default)]
struct Origin {
    complete: u64,
    ahead: BTreeSet<u64>,
    missing: BTreeSet<u64>,
}

/// How many messages did not come live.
#[derive(Clone, Copy, Default, Serialize)]
pub struct Counts {
    pub missed: usize,
    pub filled: usize,
    pub lost: usize,
}

/// The newest messages, in the order of their arrival.
#[derive(Default)]
pub struct Board {
    pub messages: VecDeque<Message>,
    pub counts: Counts,
    origins: HashMap<String, Origin>,
}

impl Board {
    /// Take a message once, and say whether others before it are missing.
    pub fn receive(&mut self, message: Message) -> Arrival {
        let origin = self.origins.entry(message.origin.clone()).or_default();
        let seq = message.seq;
        if seq <= origin.complete || origin.ahead.contains(&seq) {
            return Arrival::Known;
        }
        let gap: Vec<u64> = (origin.complete + 1..seq)
            .filter(|before| !origin.ahead.contains(before) && !origin.missing.contains(before))
            .collect();
        let was_missing = origin.missing.remove(&seq);
        self.counts.missed += gap.len() + usize::from(message.filled && !was_missing);
        self.counts.filled += usize::from(message.filled);
        origin.missing.extend(&gap);
        origin.ahead.insert(seq);
        origin.advance();
        self.messages.push_back(message);
        if self.messages.len() > LIMIT {
            self.messages.pop_front();
        }
        if gap.is_empty() { Arrival::New } else { Arrival::AfterGap }
    }

    pub fn complete(&self) -> Complete {
        self.origins.iter().map(|(name, origin)| (name.clone(), origin.complete)).collect()
    }

    /// What somebody lacks who has all up to these numbers.
    pub fn beyond(&self, complete: &Complete) -> Vec<Message> {
        let is_beyond =
            |message: &&Message| message.seq > complete.get(&message.origin).copied().unwrap_or(0);
        self.messages.iter().filter(is_beyond).cloned().collect()
    }

    /// Count as lost what nobody had, and go on.
    pub fn give_up(&mut self) {
        for origin in self.origins.values_mut() {
            self.counts.lost += origin.missing.len();
            origin.ahead.append(&mut origin.missing);
            origin.advance();
        }
    }
}

impl Origin {
    fn advance(&mut self) {
        while self.ahead.remove(&(self.complete + 1)) {
            self.complete += 1;
        }
    }
}
