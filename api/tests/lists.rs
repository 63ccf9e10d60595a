//! A list by cursor, in pages of any size, has each stay that a plain filter lets through exactly once and in order,
//! with some stays only in the store, some only in memory, and some in both but better known in memory.
//!
//! `QUAYLIGHT_LONG` in the environment runs many more cases, or as many as it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test says by failing what was not there"
)]

mod feeding;

use api::clock::Clock;
use api::config::{Configuration, Site};
use api::engine::container::StayDigest;
use api::engine::lists::By;
use api::engine::{Engine, Submission};
use api::routes::{App, app};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use feeding::taken;
use futures_util::StreamExt as _;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};
use shared::container::ContainerNumber;
use shared::event::{Direction, Node};
use shared::stay::{Cargo, SegmentName, Status};
use shared::time::{DAY, HOUR, Time};
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt as _;

const SITES: [(&str, &str); 2] = [("CNTXG-TPCT", "Asia/Shanghai"), ("DEHAM-1", "Europe/Berlin")];
const CONTAINERS: [&str; 12] = [
    "CSQU3054383",
    "CSQU3054384",
    "TOLU4734787",
    "TOLU47",
    "BOX1",
    "BOX2",
    "BOX3",
    "BOX4",
    "BOX10",
    "BOX11",
    "YARD1",
    "YARD2",
];
const NODES: [&str; 13] = [
    "gate_in",
    "rail_in",
    "discharge",
    "declare",
    "stack",
    "shift",
    "scan",
    "inspection_start",
    "release",
    "load",
    "gate_out",
    "rail_out",
    "hold",
];
/// In Berlin the clock is set within these days.
const START: i64 = 1_648_080_000_000;
const DAYS: i64 = 12;

/// One event: container, site, node, hour, and what it states.
#[derive(Clone, Debug)]
struct Told {
    id: usize,
    container: usize,
    site: usize,
    node: usize,
    hour: i64,
    states: Value,
}

impl Told {
    fn event(&self, version: u32) -> Value {
        let mut event = json!({
            "id": format!("e{}", self.id),
            "source": "tos-pacific",
            "site": SITES[self.site].0,
            "container": CONTAINERS[self.container],
            "node": NODES[self.node],
            "at": Time(START + self.hour * HOUR).utc().to_string(),
            "updated_at": Time(START + i64::from(version) * DAY).utc().to_string(),
        });
        let states = self.states.as_object().unwrap().clone();
        event.as_object_mut().unwrap().extend(states);
        event
    }
}

fn told() -> impl Strategy<Value = Told> {
    let states = select(vec![
        json!({}),
        json!({"direction": "import", "size_type": "22G1"}),
        json!({"direction": "export", "vessel_name": "Example Star"}),
        json!({"dangerous": [{"class": "3"}], "bill_of_lading": "BL-7"}),
        json!({"declaration": "D-1"}),
        json!({"voyage": "118E", "empty": true}),
    ]);
    // Few containers and whole hours: many moves at the same moment, and many in one stay.
    let place = (0..CONTAINERS.len(), 0..5usize, 0..NODES.len());
    (0..200usize, place, 0..DAYS * 24, states).prop_map(|(id, (container, site, node), hour, states)| Told {
        id,
        container,
        site: usize::from(site == 0),
        node,
        hour,
        states,
    })
}

/// What is asked of a list.
#[derive(Clone, Debug)]
struct Asked {
    site: usize,
    by: Option<By>,
    from: Option<i64>,
    to: Option<i64>,
    weekdays: Vec<i8>,
    hours: Vec<i8>,
    direction: Option<Direction>,
    cargo: Option<Cargo>,
    status: Vec<Status>,
    open: Option<bool>,
    segment: Option<SegmentName>,
    least: Option<u64>,
    most: Option<u64>,
    longest: bool,
    text: Option<&'static str>,
}

fn rarely<T: Clone + std::fmt::Debug + 'static>(
    values: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Option<T>> {
    option::weighted(0.25, values)
}

fn asked() -> impl Strategy<Value = Asked> {
    let period = (
        0..2usize,
        option::of(select(By::ALL.to_vec())),
        option::of(0..DAYS * 24),
        option::of(0..DAYS * 24),
    );
    let hours = (
        prop_oneof![3 => Just(Vec::new()), 1 => subsequence((1..=7).collect::<Vec<i8>>(), 1..5)],
        prop_oneof![3 => Just(Vec::new()), 1 => subsequence((0..24).collect::<Vec<i8>>(), 1..20)],
    );
    let filter = (
        rarely(select(vec![Direction::Import, Direction::Export])),
        rarely(select(vec![Cargo::General, Cargo::Dangerous])),
        prop_oneof![3 => Just(Vec::new()), 1 => subsequence(vec![Status::InYard, Status::Released, Status::Left], 1..3)],
        rarely(any::<bool>()),
    );
    let lengths = (
        rarely(select(SegmentName::ALL.to_vec())),
        rarely(0..100_000u64),
        rarely(0..1_000_000u64),
        any::<bool>(),
        rarely(select(vec![
            "tolu-47", "example", "D-", "118", "bl-7", "3054", "B",
        ])),
    );
    (period, hours, filter, lengths).prop_map(
        |(
            (site, by, from, to),
            (weekdays, hours),
            (direction, cargo, status, open),
            (segment, least, most, longest, text),
        )| Asked {
            site,
            by,
            from,
            to,
            weekdays,
            hours,
            direction,
            cargo,
            status,
            open,
            segment,
            least,
            most,
            longest,
            text,
        },
    )
}

impl Asked {
    fn query(&self) -> String {
        let mut query = vec![format!("site={}", SITES[self.site].0)];
        let mut put = |name: &str, value: Option<String>| {
            query.extend(value.map(|value| format!("{name}={value}")));
        };
        let numbers = |numbers: &[i8]| {
            let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
            Some(texts.join(",")).filter(|text| !text.is_empty())
        };
        let time = |hour: Option<i64>| hour.map(|hour| Time(START + hour * HOUR).utc().to_string());
        put("by", self.by.map(|by| by.name().to_owned()));
        put("from", time(self.from).map(|text| text.replace('+', "%2B")));
        put("to", time(self.to).map(|text| text.replace('+', "%2B")));
        put("weekday", numbers(&self.weekdays));
        put("hour", numbers(&self.hours));
        put(
            "direction",
            self.direction.map(|direction| direction.name().to_owned()),
        );
        put("cargo", self.cargo.map(|cargo| cargo.name().to_owned()));
        let status: Vec<&str> = self.status.iter().map(|status| status.name()).collect();
        put("status", Some(status.join(",")));
        put("open", self.open.map(|open| open.to_string()));
        put("segment", self.segment.map(|segment| segment.name().to_owned()));
        put("min_seconds", self.least.map(|seconds| seconds.to_string()));
        put("max_seconds", self.most.map(|seconds| seconds.to_string()));
        put("sort", self.longest.then(|| "longest".to_owned()));
        put("q", self.text.map(str::to_owned));
        query.join("&")
    }

    /// The time by which a stay stands in the list, or `None`.
    fn time(&self, stay: &StayDigest) -> Option<i64> {
        let has_time =
            self.from.is_some() || self.to.is_some() || !self.weekdays.is_empty() || !self.hours.is_empty();
        let all = |nodes: &[Node]| -> Vec<Option<Time>> {
            let moves = stay.moves.iter().filter(|(node, _)| nodes.contains(node));
            moves.map(|(_, at)| Some(*at)).collect()
        };
        let times = match self.by {
            _ if self.open == Some(true) => vec![stay.clock_from],
            None if !has_time => vec![stay.began_at],
            None | Some(By::Released) => vec![stay.released_at],
            Some(By::Began) => vec![stay.began_at],
            Some(By::Left) => vec![stay.ended_at],
            Some(By::Moved) => all(&[Node::Discharge, Node::Load]),
            Some(By::Discharged) => all(&[Node::Discharge]),
            Some(By::Loaded) => all(&[Node::Load]),
            Some(By::GateIn) => all(&[Node::GateIn]),
            Some(By::GateOut) => all(&[Node::GateOut]),
            Some(By::RailIn) => all(&[Node::RailIn]),
            Some(By::RailOut) => all(&[Node::RailOut]),
            Some(By::Yard) => all(&[Node::Stack, Node::Shift]),
            Some(By::Clock) => unreachable!("no name leads there"),
        };
        let fits = |at: &i64| {
            let local = Timestamp::from_millisecond(*at)
                .unwrap()
                .in_tz(SITES[self.site].1)
                .unwrap();
            self.from.is_none_or(|from| START + from * HOUR <= *at)
                && self.to.is_none_or(|to| *at < START + to * HOUR)
                && (self.weekdays.is_empty()
                    || self.weekdays.contains(&local.weekday().to_monday_one_offset()))
                && (self.hours.is_empty() || self.hours.contains(&local.hour()))
        };
        times.into_iter().flatten().map(|at| at.0).filter(fits).max()
    }

    fn seconds(&self, stay: &StayDigest) -> Option<u64> {
        let place = self
            .segment
            .map(|segment| SegmentName::ALL.iter().position(|name| *name == segment));
        stay.seconds[place.map_or(0, |place| 1 + place.unwrap())]
    }

    /// Where a stay stands in the list, or `None`.
    fn place(&self, container: &str, stay: &StayDigest) -> Option<(i64, String)> {
        let at = self.time(stay)?;
        let seconds = self.seconds(stay);
        let to = self.to.map_or(i64::MAX, |to| START + to * HOUR);
        let is_open = stay.clock_from.is_some() && stay.released_at.is_none_or(|released| released.0 >= to);
        let dimensions = stay.contribution.dimensions;
        let lengthless = self.segment.is_none() && self.least.is_none() && self.most.is_none();
        let text = self.text.is_none_or(|text| {
            let upper = text.to_uppercase();
            let texts = [
                &stay.bill_of_lading,
                &stay.voyage,
                &stay.vessel_name,
                &stay.vessel_imo,
            ];
            let texts = texts.into_iter().flatten().chain(&stay.declarations);
            container.starts_with(&upper.replace('-', ""))
                || texts
                    .map(|own| own.to_uppercase())
                    .any(|own| own.starts_with(&upper))
        });
        let fits = stay.site == self.site
            && self
                .direction
                .is_none_or(|wanted| dimensions.direction == Some(wanted))
            && self.cargo.is_none_or(|wanted| dimensions.cargo == wanted)
            && (self.status.is_empty() || self.status.contains(&stay.status))
            && self.open.is_none_or(|wanted| wanted == is_open)
            && seconds.map_or(lengthless, |seconds| {
                self.least.is_none_or(|least| seconds >= least)
                    && self.most.is_none_or(|most| seconds <= most)
            })
            && text;
        let rank = match (self.longest, seconds) {
            (false, _) => -at,
            (true, Some(seconds)) => -i64::try_from(seconds).unwrap(),
            (true, None) => i64::MAX,
        };
        fits.then(|| (rank, stay.id.to_string()))
    }
}

fn start(folder: &Path) -> Arc<Engine> {
    let first = Site::default();
    let second = Site {
        code: SITES[1].0.into(),
        locations: vec!["DEHAM".into()],
        zone: jiff::tz::TimeZone::get(SITES[1].1).unwrap(),
        zone_name: SITES[1].1.to_owned(),
        ..first.clone()
    };
    let configuration = Arc::new(Configuration {
        sites: vec![first, second],
        ..Configuration::default()
    });
    let clock = Clock::simulated(Time(START + 40 * DAY));
    Arc::new(Engine::start(folder, configuration, clock, true, &mut |_, _| {}).unwrap())
}

async fn submit(engine: &Engine, told: &[Told], version: u32) {
    let events: Vec<Value> = told.iter().map(|told| told.event(version)).collect();
    send(engine, &events).await;
}

async fn send(engine: &Engine, events: &[Value]) {
    let events = taken(events.iter().cloned());
    let submission = Submission {
        events,
        ..Submission::default()
    };
    engine.submit(submission).await.unwrap();
}

async fn get(router: &Router, query: &str, accept: &str) -> Vec<u8> {
    let request = Request::get(format!("/api/v1/stays?{query}"))
        .header(header::ACCEPT, accept)
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (status, body) = (
        response.status(),
        to_bytes(response.into_body(), usize::MAX).await.unwrap(),
    );
    assert_eq!(status, 200, "{query}: {}", String::from_utf8_lossy(&body));
    body.to_vec()
}

/// The ids of a list, in pages of these sizes.
async fn pages(router: &Router, query: &str, sizes: &[usize]) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = String::new();
    for size in sizes.iter().cycle() {
        let page: Value =
            serde_json::from_slice(&get(router, &format!("{query}&limit={size}{cursor}"), "*/*").await)
                .unwrap();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= *size);
        ids.extend(items.iter().map(|stay| stay["id"].as_str().unwrap().to_owned()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
        assert_eq!(items.len(), *size, "a page that is not the last is full");
    }
    ids
}

/// The ids that a plain filter over every stay lets through, in order.
fn filtered(engine: &Engine, asked: &Asked) -> Vec<String> {
    let state = engine.state();
    let mut found = Vec::new();
    for container in CONTAINERS {
        let number = ContainerNumber::parse(container).unwrap();
        let in_memory = state.containers.get(&number).map(|entry| (*entry.record).clone());
        let Some(record) = in_memory.or_else(|| state.stored_container(&number).unwrap()) else {
            continue;
        };
        let stays = state.digest_of(&record).stays;
        found.extend(stays.iter().filter_map(|stay| asked.place(container, stay)));
    }
    found.sort();
    found.into_iter().map(|(_, id)| id).collect()
}

/// So many cases; many more where the environment asks for them.
fn cases() -> u32 {
    std::env::var("QUAYLIGHT_LONG").map_or(10, |text| text.parse().unwrap_or(500))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn pages_of_any_size_have_each_stay_of_a_plain_filter_once_and_in_order(
        stored in vec(told(), 60..200),
        // Most boxes stay as they are stored.
        changed in vec(told(), 0..8),
        lists in vec((asked(), vec(1..6usize, 1..4)), 60),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let engine = start(folder.path());
            submit(&engine, &stored, 1).await;
            // The last checkpoint brings all of it into the store.
            engine.stop();
            drop(engine);
            let engine = start(folder.path());
            submit(&engine, &changed, 2).await;
            let state = App::open(Arc::clone(&engine));
            let router = app(state, Router::new());
            for (asked, sizes) in &lists {
                let query = asked.query();
                let expected = filtered(&engine, asked);
                assert_eq!(pages(&router, &query, sizes).await, expected, "{query}");
                let csv = String::from_utf8(get(&router, &query, "text/csv").await).unwrap();
                let ids: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
                assert_eq!(ids, expected, "CSV of {query}");
            }
            engine.stop();
        });
    }
}

/// More boxes than are looked at one by one: they are known before the walk, and others stand among them.
#[test]
fn a_text_that_very_many_stays_begin_with_is_found_among_others() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let event = |n: u32| {
            let vessel = if n.is_multiple_of(9) { "OTHER" } else { "Example Star" };
            json!({"id": format!("d{n}"), "source": "tos-pacific", "site": SITES[0].0, "node": "discharge", "container": format!("BOX{n:05}"),
                "at": Time(START + i64::from(n) * 1_000).utc().to_string(), "vessel_name": vessel})
        };
        let events: Vec<Value> = (0..5_000).map(event).collect();
        let engine = start(folder.path());
        for events in events.chunks(1_000) {
            send(&engine, events).await;
        }
        engine.stop();
        drop(engine);
        let engine = start(folder.path());
        let state = App::open(Arc::clone(&engine));
        let router = app(state, Router::new());
        let ids = pages(&router, "by=discharged&q=example", &[700]).await;
        let boxes: Vec<&str> = ids.iter().map(|id| id.rsplit_once('-').unwrap().0).collect();
        let expected: Vec<String> = (0..5_000u32)
            .rev()
            .filter(|n| !n.is_multiple_of(9))
            .map(|n| format!("BOX{n:05}"))
            .collect();
        assert!(boxes == expected, "{} boxes, not {}", boxes.len(), expected.len());
        let of_day = format!("by=discharged&q=other&sort=longest&to={}", Time(START + 900_000).utc().to_string().replace('+', "%2B"));
        assert_eq!(pages(&router, &of_day, &[30]).await.len(), 100);
        engine.stop();
    });
}

/// With one thread for all look-ups, a reader that holds one would keep everybody from theirs.
#[test]
fn slow_readers_of_a_csv_keep_nobody_from_a_look_up_and_get_all_of_it_when_they_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let event = |n: u32| {
            json!({"id": format!("d{n}"), "source": "tos-pacific", "site": SITES[0].0, "node": "discharge",
                "container": format!("BOX{n:05}"), "at": Time(START + i64::from(n) * 1_000).utc().to_string()})
        };
        let events: Vec<Value> = (0..2_000).map(event).collect();
        let engine = start(folder.path());
        send(&engine, &events).await;
        let router = app(App::open(Arc::clone(&engine)), Router::new());
        let mut slow = Vec::new();
        for _ in 0..4 {
            let request = Request::get("/api/v1/stays?by=discharged").header(header::ACCEPT, "text/csv");
            let request = request.body(Body::empty()).unwrap();
            let mut body = router.clone().oneshot(request).await.unwrap().into_body().into_data_stream();
            let begun = body.next().await.unwrap().unwrap();
            slow.push((begun.to_vec(), body));
        }
        let asked = get(&router, "by=discharged&limit=1", "*/*");
        let patience = std::time::Duration::from_secs(60);
        let answered = tokio::time::timeout(patience, asked).await;
        assert!(answered.is_ok(), "no thread is left for a look-up");
        for (mut lines, mut rest) in slow {
            while let Some(piece) = rest.next().await {
                lines.extend_from_slice(&piece.unwrap());
            }
            assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 2_001);
        }
        engine.stop();
    });
}
