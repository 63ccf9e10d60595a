use crate::http::Client;
use crate::messages::{container, event};
use crate::program::Server;
use crate::wait::until;
use serde_json::{Value, json};
use shared::wire::container::Container;
use shared::wire::feeds::{FeedAnswer, Source};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

/// Senders at once.
const SENDERS: u32 = 3;
/// Boxes in one message.
const BOXES: u32 = 20;
/// What is told of each box, one message each, with the minutes after ten o'clock.
const NODES: [(&str, u32); 4] = [("discharge", 0), ("stack", 20), ("measure", 40), ("gate_out", 50)];

/// Senders that send at the same time, as fast as they are answered, until they are told to stop or the server
/// dies.
#[derive(Debug)]
pub struct Senders {
    acknowledged: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Vec<Message>>>,
}

/// A message that was sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its events.
    events: Vec<Value>,
    /// Whether the server said that it has them.
    acknowledged: bool,
}

impl Message {
    /// The same message, of which nobody knows whether a server has it.
    pub fn unsure(self) -> Message {
        Message {
            acknowledged: false,
            ..self
        }
    }
}

/// The message of one node of some boxes; `group` tells them from those of every other message.
fn message(group: u32, node: usize) -> Vec<Value> {
    let (name, minute) = NODES[node];
    let boxes = group * BOXES..(group + 1) * BOXES;
    boxes
        .map(|n| {
            let at = format!("2022-02-23T10:{minute:02}:{:02}+08:00", n % 60);
            event(
                &format!("{n}-{name}"),
                name,
                &container(n),
                &at,
                json!({"size_type": "22G1"}),
            )
        })
        .collect()
}

/// Sends a message. Answers whether the server said that it has it.
fn send(client: &Client, events: &[Value]) -> bool {
    let body = Value::from(events).to_string();
    match client.call("POST", "/api/v1/feeds/events", &[], body.as_bytes()) {
        Err(_) => false,
        Ok(answer) if answer.status == 200 => {
            let said: FeedAnswer = answer.json();
            assert_eq!(said.accepted + said.duplicate, events.len() as u64, "{said:?}");
            true
        }
        Ok(answer) => panic!(
            "a good message was answered with {}: {}",
            answer.status,
            answer.text()
        ),
    }
}

impl Senders {
    /// Starts them. `round` tells their boxes from those of other rounds.
    pub fn start(server: &Server, round: u32) -> Senders {
        let acknowledged = Arc::new(AtomicU64::new(0));
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..SENDERS)
            .map(|sender| {
                let client = Client::new(server.authority());
                let (acknowledged, stop) = (Arc::clone(&acknowledged), Arc::clone(&stop));
                thread::spawn(move || {
                    let mut sent = Vec::new();
                    for group in 0.. {
                        let group = round * 3_000 / BOXES + group * SENDERS + sender;
                        for node in 0..NODES.len() {
                            let events = message(group, node);
                            let has = send(&client, &events);
                            sent.push(Message {
                                events,
                                acknowledged: has,
                            });
                            if !has || stop.load(Ordering::Relaxed) {
                                return sent;
                            }
                            acknowledged.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    sent
                })
            })
            .collect();
        Senders {
            acknowledged,
            stop,
            threads,
        }
    }

    /// Waits until so many messages were acknowledged.
    #[track_caller]
    pub fn wait_for(&self, messages: u64) {
        until("messages to be acknowledged", || {
            (self.acknowledged.load(Ordering::Relaxed) >= messages).then_some(())
        });
    }

    /// Waits until every sender has seen that the server is gone, or tells them to stop. Answers all that was
    /// sent.
    #[track_caller]
    pub fn end(self) -> Vec<Message> {
        self.stop.store(true, Ordering::Relaxed);
        let ended = self.threads.into_iter().map(JoinHandle::join);
        ended
            .flat_map(|sent| sent.unwrap_or_else(|_| panic!("a sender died")))
            .collect()
    }
}

/// How often each event id stands among the reports of a container.
fn told(seen: &Container) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for report in seen
        .stays
        .iter()
        .flat_map(|stay| &stay.nodes)
        .flat_map(|node| &node.reports)
    {
        *told.entry(report.id.clone()).or_default() += 1;
    }
    told
}

/// Holds what the server has against what was sent: nothing acknowledged is lost, nothing is there twice, and
/// what is sent again afterwards is there once, too.
#[track_caller]
pub fn check(server: &Server, sent: &[Message]) {
    let held = |number: &str| -> BTreeMap<String, usize> {
        let answer = server.get(&format!("/api/v1/containers/{number}"));
        if answer.status == 404 {
            BTreeMap::new()
        } else {
            told(&answer.ok())
        }
    };
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    for again in [false, true] {
        let mut boxes: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
        for message in sent {
            if again && !message.acknowledged {
                // What was not acknowledged a sender sends again, whether or not the server has it.
                assert!(send(server, &message.events), "the server does not answer");
            }
            for event in &message.events {
                let events = boxes.entry(text(event, "container")).or_default();
                events.insert(text(event, "id"), again || message.acknowledged);
            }
        }
        for (number, events) in &boxes {
            let held = held(number);
            for (id, must) in events {
                let count = held.get(id).copied().unwrap_or(0);
                assert!(count <= 1, "{id} of {number} is there {count} times");
                assert!(
                    count == 1 || !must,
                    "{id} of {number} was acknowledged and is lost"
                );
            }
            assert!(
                held.keys().all(|id| events.contains_key(id)),
                "{number} has events that nobody sent: {held:?}"
            );
        }
    }
    let sources: Vec<Source> = server.list("/api/v1/feeds", "");
    let count: usize = sent.iter().map(|message| message.events.len()).sum();
    let taken: u64 = sources.iter().map(|source| source.events).sum();
    assert!(
        taken >= count as u64,
        "the server counts {taken} events of at least {count}"
    );
}
