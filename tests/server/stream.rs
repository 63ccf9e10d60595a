//! The stream: snapshot and changes agree, and a reader goes on where it stopped.

use serde_json::{Value, json};
use shared::wire::List;
use shared::wire::alarm::Alarm;
use shared::wire::stream::{FeedChange, FiguresChange, Reset, Tick};
use shared::wire::yard::{BlockNow, YardChange};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::messages::{container, event, with};
use tests::program::Server;
use tests::stream::{Message, Stream};

const BLOCKS: [&str; 4] = ["G12", "G13", "D01", "R01"];

/// What a reader of the stream holds: alarms by id, and the boxes of some blocks by slot.
#[derive(Clone, Debug, Default, PartialEq)]
struct Held {
    alarms: BTreeMap<String, Value>,
    boxes: BTreeMap<String, (String, String, u8)>,
}

impl Held {
    /// A snapshot, with the position that it was taken at. Nothing is sent meanwhile.
    fn snapshot(server: &Server) -> (Held, String) {
        let mut held = Held::default();
        let list: List<Alarm> = server.get("/api/v1/alarms?limit=1000").ok();
        assert_eq!(list.next, None);
        for alarm in &list.items {
            held.alarms
                .insert(alarm.id.clone(), serde_json::to_value(alarm).unwrap());
        }
        for block in BLOCKS {
            let now: BlockNow = server.get(&format!("/api/v1/yard/blocks/{block}")).ok();
            assert_eq!(now.sequence, list.sequence);
            for own in now.boxes {
                held.boxes.insert(own.slot, (own.container, own.stay, own.state));
            }
        }
        (held, format!("{}:{}", list.epoch, list.sequence))
    }

    fn apply(&mut self, message: &Message) {
        match message.event.as_str() {
            "alarm" => {
                let id = message.data["id"].as_str().unwrap().to_owned();
                match message.data["withdrawn_at"].is_null() {
                    true => self.alarms.insert(id, message.data.clone()),
                    false => self.alarms.remove(&id),
                };
            }
            "yard" => {
                let change: YardChange = message.json();
                for slot in change.gone {
                    self.boxes.remove(&slot);
                }
                for placed in change.placed {
                    self.boxes
                        .insert(placed.slot, (placed.container, placed.stay, placed.state));
                }
            }
            _ => {}
        }
    }
}

/// Some traffic of boxes `from..from+30`, in which something of everything happens.
fn traffic(server: &Server, from: u32) {
    for n in from..from + 30 {
        let number = container(n);
        let id = |node: &str| format!("{n}-{node}");
        let at = |hour: u32, minute: u32| format!("2022-02-23T{hour:02}:{minute:02}:00+08:00");
        let (bay, row) = (n % 30 * 2 % 40 + 1 - n % 30 * 2 % 40 % 2, n % 6 + 1);
        let block = BLOCKS[n as usize % 2];
        let dangerous = if n % 3 == 0 {
            json!([{"class": "3"}])
        } else {
            json!([])
        };
        let stacked_at = if n % 4 == 0 { at(12, 0) } else { at(10, 30) };
        server.send(&[
            event(
                &id("a"),
                "discharge",
                &number,
                &at(10, 0),
                json!({"dangerous": dangerous, "size_type": "22G1"}),
            ),
            event(
                &id("b"),
                "stack",
                &number,
                &stacked_at,
                json!({"slot": format!("{block}{bay:02}{row:02}.1")}),
            ),
        ]);
        if n % 5 == 0 {
            server.send(&[event(
                &id("c"),
                "shift",
                &number,
                &at(14, 0),
                json!({"slot": format!("D01{:02}{:02}.1", bay % 20 + 1 - bay % 20 % 2, row % 4 + 1)}),
            )]);
        }
        if n % 7 == 0 {
            server.send(&[event(&id("d"), "gate_out", &number, &at(16, 0), Value::Null)]);
        }
        if n % 8 == 0 {
            // What made an alarm turns out to be wrong.
            let mut corrected = event(
                &id("b"),
                "stack",
                &number,
                &at(10, 40),
                json!({"slot": format!("{block}{bay:02}{row:02}.1")}),
            );
            with(&mut corrected, json!({"updated_at": "2022-02-24T00:00:00Z"}));
            server.send(&[corrected]);
        }
        if n % 9 == 0 {
            server.send(&[json!({"id": id("a"), "source": "tos-pacific", "retracted": true, "updated_at": "2022-02-24T00:00:00Z"})]);
        }
    }
    for alarm in server.alarms("").iter().step_by(3) {
        server.act(&alarm.id, "acknowledge", &json!({"by": "an officer"}));
    }
}

/// Reads up to a message that is sent at the end, and gives all before it.
#[track_caller]
fn until_mark(server: &Server, stream: &mut Stream, mark: &str) -> Vec<Message> {
    let marked = container(900_000 + mark.len() as u32);
    server.send(&[event(
        mark,
        "stack",
        &marked,
        "2022-02-23T10:00:00+08:00",
        json!({"slot": "H010101.1"}),
    )]);
    let mut messages = Vec::new();
    stream.until("the mark", |message| {
        let is_mark = message.event == "yard" && message.data["placed"][0]["container"] == json!(marked);
        if !is_mark {
            messages.push(message.clone());
        }
        is_mark.then_some(())
    });
    messages
}

#[test]
fn a_snapshot_and_the_messages_behind_it_give_a_later_snapshot() {
    let server = Server::start();
    traffic(&server, 0);
    let (mut held, since) = Held::snapshot(&server);
    assert!(
        held.alarms.len() > 5 && held.boxes.len() > 10,
        "{} {}",
        held.alarms.len(),
        held.boxes.len()
    );
    let mut stream = Stream::open(&server, &format!("topics=alarms,yard&since={since}"));
    traffic(&server, 15);
    traffic(&server, 30);
    let (later, _) = Held::snapshot(&server);
    let messages = until_mark(&server, &mut stream, "mark");
    for message in &messages {
        held.apply(message);
    }
    assert_eq!(held.alarms, later.alarms);
    assert_eq!(held.boxes, later.boxes);
    let marked = [("H010101.1", crate::yard::state(&server, "H01", "H010101.1"))];
    let boxes = held
        .boxes
        .iter()
        .map(|(slot, (_, _, state))| (slot.as_str(), *state));
    assert_eq!(
        crate::yard::states(&server),
        crate::yard::bytes(boxes.chain(marked))
    );
    // Applying again what is held already changes nothing.
    let again = messages.iter().fold(held.clone(), |mut held, message| {
        held.apply(message);
        held
    });
    assert_eq!(again, later);
}

#[test]
fn sequences_never_go_back_and_are_of_one_epoch() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "");
    traffic(&server, 0);
    let messages = until_mark(&server, &mut stream, "mark");
    assert!(messages.iter().map(|message| message.sequence).is_sorted());
    assert!(messages.iter().all(|message| message.epoch == messages[0].epoch));
    let kinds: std::collections::BTreeSet<&str> =
        messages.iter().map(|message| message.event.as_str()).collect();
    assert!(kinds.is_superset(&["alarm", "yard", "tick"].into()), "{kinds:?}");
}

#[test]
fn a_reader_goes_on_behind_what_it_has_without_a_hole() {
    let server = Server::start();
    let mut whole = Stream::open(&server, "topics=alarms,yard");
    traffic(&server, 0);
    let whole: Vec<Message> = until_mark(&server, &mut whole, "mark")
        .into_iter()
        .filter(|message| message.event != "tick")
        .collect();
    for seen in [0, 1, whole.len() / 2, whole.len() - 1] {
        let at = &whole[seen];
        let mut rest = Stream::open(
            &server,
            &format!("topics=alarms,yard&since={}:{}", at.epoch, at.sequence),
        );
        let expected: Vec<&Message> = whole
            .iter()
            .filter(|message| message.sequence > at.sequence)
            .collect();
        let mut found = Vec::new();
        while found.len() < expected.len() {
            let next = rest.next_within(Duration::from_secs(30)).unwrap();
            if next.event != "tick" {
                found.push(next);
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_restart_keeps_the_epoch_and_the_messages() {
    let mut server = Server::start();
    let mut stream = Stream::open(&server, "topics=alarms,yard");
    traffic(&server, 0);
    let messages = until_mark(&server, &mut stream, "mark");
    let (held, since) = Held::snapshot(&server);
    let middle = messages.iter().find(|message| message.event == "alarm").unwrap();
    let expected: Vec<&Message> = messages
        .iter()
        .filter(|message| message.event != "tick" && message.sequence > middle.sequence)
        .collect();
    for ending in ["ordered", "killed"] {
        match ending {
            "ordered" => assert!(server.stop().success(), "{}", server.log()),
            _ => server.kill(),
        }
        server.start_again();
        assert_eq!(Held::snapshot(&server), (held.clone(), since.clone()), "{ending}");
        let query = format!("topics=alarms,yard&since={}:{}", middle.epoch, middle.sequence);
        let mut rest = Stream::open(&server, &query);
        let mut found = Vec::new();
        while found.len() < expected.len() {
            let next = rest.next_within(Duration::from_secs(30)).unwrap();
            assert_ne!(next.event, "reset", "{ending}");
            if next.event != "tick" {
                found.push(next);
            }
        }
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{ending}");
    }
}

#[test]
fn a_position_of_another_epoch_or_of_the_future_is_reset() {
    let server = Server::start();
    let list: List<Alarm> = server.get("/api/v1/alarms").ok();
    for since in [
        format!("another:{}", list.sequence),
        format!("{}:{}", list.epoch, list.sequence + 1_000),
    ] {
        let mut stream = Stream::open(&server, &format!("since={since}"));
        let reset = stream.next_within(Duration::from_secs(30)).unwrap();
        assert_eq!(
            (reset.event.as_str(), reset.json::<Reset>().reason.as_str()),
            ("reset", "epoch"),
            "{since}"
        );
        assert_eq!((reset.epoch, reset.sequence), (list.epoch.clone(), list.sequence));
    }
}

#[test]
fn a_reader_that_is_too_far_behind_is_reset() {
    let server = Server::configured("[stream]\nkeep = 1000\n");
    let list: List<Alarm> = server.get("/api/v1/alarms").ok();
    for batch in 0..3 {
        let events: Vec<Value> = (0..500)
            .map(|n| {
                let n = batch * 500 + n;
                let slot = format!("G{:02}{:02}{:02}.1", n / 240 + 10, n % 40 * 2 + 1, n / 40 % 6 + 1);
                event(
                    &n.to_string(),
                    "stack",
                    &container(n),
                    "2022-02-23T10:00:00+08:00",
                    json!({"slot": slot}),
                )
            })
            .collect();
        server.send(&events);
    }
    let mut stream = Stream::open(&server, &format!("since={}:{}", list.epoch, list.sequence));
    let reset = stream.next_within(Duration::from_secs(30)).unwrap();
    assert_eq!(
        (reset.event.as_str(), reset.json::<Reset>().reason.as_str()),
        ("reset", "too_old")
    );
}

#[test]
fn a_reader_that_does_not_read_holds_nobody_up_and_is_reset() {
    let server = Server::configured("[stream]\nkeep = 1000\n");
    let mut asleep = Stream::open(&server, "topics=alarms,yard");
    let mut awake = Stream::open(&server, "topics=yard");
    // Each is an alarm, so that all of them are more than what lies between the server and a reader.
    const BOXES: u32 = 8_000;
    let boxes: Vec<u32> = (0..BOXES).collect();
    let (mut seen, mut ended) = (0, false);
    for some in boxes.chunks(400) {
        let events: Vec<Value> = some
            .iter()
            .map(|n| {
                let slot = format!("G{:02}{:02}{:02}.1", n / 240 + 10, n % 40 * 2 + 1, n / 40 % 6 + 1);
                let more = json!({"slot": slot, "dangerous": [{"class": "3", "un": "1993"}]});
                event(
                    &n.to_string(),
                    "stack",
                    &container(*n),
                    "2022-02-23T10:00:00+08:00",
                    more,
                )
            })
            .collect();
        server.send(&events);
        while seen < some[some.len() - 1] + 1 {
            let message = awake.next_within(Duration::from_secs(30)).unwrap();
            match message.event.as_str() {
                "yard" => seen += u32::try_from(message.json::<YardChange>().placed.len()).unwrap(),
                "tick" => {}
                other => panic!("`{other}` came to a reader that keeps up"),
            }
        }
    }
    let mut read = 0;
    while !ended {
        let message = asleep.next_within(Duration::from_secs(30)).unwrap();
        read += 1;
        if message.event == "reset" {
            assert_eq!(message.json::<Reset>().reason, "lagged");
            ended = true;
        }
    }
    assert!(read < 2 * BOXES, "nothing was left out");
    // It goes on from there.
    server.send(&[event(
        "last",
        "stack",
        &container(BOXES),
        "2022-02-23T10:00:00+08:00",
        json!({"slot": "H010101.1"}),
    )]);
    asleep.until("the last box", |message| {
        (message.event == "yard" && message.data["placed"][0]["slot"] == json!("H010101.1")).then_some(())
    });
}

#[test]
fn a_tick_tells_the_clock_and_comes_again() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "topics=alarms");
    let mut tick = || -> Tick {
        stream.until("a tick", |message| {
            (message.event == "tick").then(|| message.json())
        })
    };
    let first = tick();
    let off = tests::messages::now().0 - first.now.at.0;
    assert!(off.abs() < 5_000, "the clock is {off} ms off");
    let second = tick();
    let between = second.now.at.0 - first.now.at.0;
    assert!(
        (9_000..20_000).contains(&between),
        "{between} ms between two ticks"
    );
    assert_eq!(first.epoch, second.epoch);
}

#[test]
fn figures_and_sources_are_told_and_only_the_wanted_topics() {
    let server = Server::start();
    let mut stream = Stream::open(&server, "topics=figures,feeds");
    server.send(&[event(
        "1",
        "discharge",
        &container(1),
        "2022-02-23T10:00:00+08:00",
        json!({"size_type": "22G1"}),
    )]);
    let (mut figures, mut feed) = (None, None);
    stream.until("figures and feed", |message| {
        match message.event.as_str() {
            "figures" => figures = Some(message.json::<FiguresChange>()),
            "feed" => feed = Some(message.json::<FeedChange>()),
            "tick" => {}
            other => panic!("`{other}` was not asked for"),
        }
        (figures.is_some() && feed.is_some()).then_some(())
    });
    assert!(
        figures
            .unwrap()
            .changed
            .contains(&"/figures/throughput".to_owned())
    );
    let feed = feed.unwrap();
    assert_eq!((feed.source.as_str(), feed.events), ("tos-pacific", 1));
    let refused = Stream::try_open(&server, "topics=weather").unwrap_err();
    assert!(refused.contains("400"), "{refused}");
    assert!(
        Stream::try_open(&server, "since=nonsense")
            .unwrap_err()
            .contains("400")
    );
}

#[test]
fn a_stop_ends_the_streams_and_loses_nothing() {
    let mut server = Server::start();
    let mut stream = Stream::open(&server, "");
    stream.until("the first tick", |message| {
        (message.event == "tick").then_some(())
    });
    server.send(&[event(
        "1",
        "stack",
        &container(1),
        "2022-02-23T10:00:00+08:00",
        Value::Null,
    )]);
    assert!(server.stop().success(), "{}", server.log());
    while stream.next_within(Duration::from_secs(30)).is_some() {}
    server.start_again();
    assert_eq!(server.container(&container(1)).stays.len(), 1);
}
