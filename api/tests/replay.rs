//! The yard as it was: of any moment it is what a plain look at all stays and alarms says, what changed in between leads
//! from one moment to another, and the yard of this moment is the yard now. With events that come late, are corrected,
//! retracted and ahead of the clock, boxes on top of each other, some stays only in the store and some in memory.
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
use api::engine::{Engine, Submission};
use api::routes::{App, app};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use feeding::taken;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::container::ContainerNumber;
use shared::event::{Classifier, Node};
use shared::size_type::SizeType;
use shared::time::{DAY, HOUR, MINUTE, Time};
use shared::wire::replay::{BlockThen, YardChanges, YardCounts, YardCourse, YardMoves, YardThen};
use shared::wire::yard::StandingBox;
use shared::yard::{Block, Layout, SlotPattern, SlotState, builtin};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt as _;

const SITES: [&str; 2] = ["CNTXG-TPCT", "DEHAM-1"];
const CONTAINERS: [&str; 6] = ["CSQU3054383", "TOLU4734787", "BOX1", "BOX2", "BOX3", "BOX4"];
const NODES: [&str; 10] = [
    "gate_in",
    "discharge",
    "stack",
    "stack",
    "shift",
    "shift",
    "release",
    "hold",
    "load",
    "gate_out",
];
/// The second lies over its neighbours; of the last three one is in a bay that the block does not have, one is no address.
const SLOTS: [&str; 8] = [
    "G010101.1",
    "G010201.1",
    "G010301.1",
    "G010401.1",
    "D010101.1",
    "R010101.1",
    "G019901.1",
    "quay",
];
/// 2022-02-20, midnight at the port.
const START: Time = Time(1_645_286_400_000);
/// Events are spread over so many hours.
const HOURS: i64 = 12 * 24;
/// The clock stands here; what is told of later is ahead of it.
const NOW: Time = Time(START.0 + 10 * DAY);
/// Nothing that is waited for takes as long as this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// One event: container, site, node, when, where, and what it states.
#[derive(Clone, Debug)]
struct Told {
    id: usize,
    container: usize,
    site: usize,
    node: usize,
    half_hour: i64,
    slot: Option<usize>,
    states: Value,
    retracted: bool,
}

impl Told {
    fn event(&self, version: i64) -> Value {
        let mut event = json!({
            "id": format!("e{}", self.id),
            "source": "tos-pacific",
            "site": SITES[self.site],
            "container": CONTAINERS[self.container],
            "node": NODES[self.node],
            "at": (START.plus(self.half_hour * 30 * MINUTE)).utc().to_string(),
            "updated_at": START.plus(version * DAY).utc().to_string(),
            "retracted": self.retracted,
        });
        let object = event.as_object_mut().unwrap();
        object.extend(self.states.as_object().unwrap().clone());
        if let Some(slot) = self.slot {
            object.insert("slot".to_owned(), json!(SLOTS[slot]));
        }
        event
    }
}

fn told() -> impl Strategy<Value = Told> {
    let states = select(vec![
        json!({}),
        json!({"direction": "import", "size_type": "22G1"}),
        json!({"direction": "export", "size_type": "45G1"}),
        json!({"dangerous": [{"class": "3"}]}),
        json!({"empty": true}),
    ]);
    let place = (0..CONTAINERS.len(), 0..6usize, 0..NODES.len());
    let slot = option::weighted(0.9, 0..SLOTS.len());
    let retracted = prop_oneof![9 => Just(false), 1 => Just(true)];
    (0..150usize, place, 0..HOURS * 2, slot, states, retracted).prop_map(
        |(id, (container, site, node), half_hour, slot, states, retracted)| Told {
            id,
            container,
            site: usize::from(site == 0),
            node,
            half_hour,
            slot,
            states,
            retracted,
        },
    )
}

fn start(folder: &Path) -> Arc<Engine> {
    let built_in = builtin::layout();
    let wanted = |block: &&Block| ["G01", "D01", "R01"].contains(&block.name.as_str());
    let blocks = built_in.blocks().iter().filter(wanted).cloned().collect();
    let first = Site {
        layout: Arc::new(Layout::new(SlotPattern::default(), blocks, Vec::new())),
        ..Site::default()
    };
    let second = Site {
        code: SITES[1].into(),
        zone: jiff::tz::TimeZone::get("Europe/Berlin").unwrap(),
        zone_name: "Europe/Berlin".to_owned(),
        ..first.clone()
    };
    let configuration = Arc::new(Configuration {
        sites: vec![first, second],
        ..Configuration::default()
    });
    let clock = Clock::simulated(NOW);
    Arc::new(Engine::start(folder, configuration, clock, true, &mut |_, _| {}).unwrap())
}

async fn submit(engine: &Engine, told: &[Told], version: i64) {
    for told in told.chunks(40) {
        let events = taken(told.iter().map(|told| told.event(version)));
        let submission = Submission {
            events,
            ..Submission::default()
        };
        engine.submit(submission).await.unwrap();
    }
    let mut head = engine.head();
    let rung = async {
        while engine
            .state()
            .next_deadline()
            .is_some_and(|(next, _)| next <= NOW)
        {
            head.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, rung)
        .await
        .expect("deadlines never rang");
}

async fn get<T: DeserializeOwned>(router: &Router, path: &str) -> T {
    let request = Request::get(format!("/api/v1/yard{}", path.replace('+', "%2B")))
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&body));
    serde_json::from_slice(&body).unwrap()
}

/// What a page has of the yard.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    states: Vec<u8>,
    elsewhere: u64,
    counts: YardCounts,
}

impl Seen {
    fn of(yard: &YardThen) -> Seen {
        Seen {
            states: STANDARD.decode(&yard.states).unwrap(),
            elsewhere: yard.elsewhere,
            counts: yard.counts,
        }
    }
}

async fn seen(router: &Router, site: usize, at: Time) -> Seen {
    let yard: YardThen = get(router, &format!("?site={}&at={}", SITES[site], at.utc())).await;
    assert_eq!(yard.at.unwrap().at, at.min(NOW));
    Seen::of(&yard)
}

/// The yard of a moment by a plain look at every stay and alarm.
fn plain(engine: &Engine, site: usize, at: Time) -> (Vec<u8>, u64, u64, f64) {
    let at = if at < NOW { at } else { Time(i64::MAX) };
    let state = engine.state();
    let layout = &state.site(SITES[site]).unwrap().rules.newest().layout;
    let mut standing = Vec::new();
    for container in CONTAINERS {
        let number = ContainerNumber::parse(container).unwrap();
        let in_memory = state.containers.get(&number).map(|entry| (*entry.record).clone());
        let Some(record) = in_memory.or_else(|| state.stored_container(&number).unwrap()) else {
            continue;
        };
        for stay in state.stays_of(&record) {
            if stay.site != SITES[site] || stay.ended_at.is_some_and(|ended| ended.at <= at) {
                continue;
            }
            let happened = stay
                .nodes
                .iter()
                .filter(|node| node.classifier == Classifier::Actual && node.at.at <= at);
            let released = happened
                .clone()
                .rfind(|node| matches!(node.node, Node::Release | Node::Hold))
                .is_some_and(|node| node.node == Node::Release);
            let put: Vec<_> = happened
                .filter(|node| matches!(node.node, Node::Stack | Node::Shift) && node.slot.is_some())
                .collect();
            let Some(slot) = put.last().and_then(|node| node.slot.clone()) else {
                continue;
            };
            let same = put
                .iter()
                .rev()
                .take_while(|node| node.slot.as_ref() == Some(&slot));
            let since = same.last().unwrap().at.at;
            let alarm = state.alarms.of(&number).any(|record| {
                let occurrence = &record.occurrence;
                record.withdrawn_at.is_none()
                    && occurrence.about.stay.as_deref() == Some(&stay.id)
                    && occurrence.raised_at <= at
                    && occurrence.cleared_at.is_none_or(|cleared| at < cleared)
            });
            let byte = SlotState::of(stay.cargo, released, stay.direction, alarm);
            standing.push((since, container, slot, byte, stay.size_type));
        }
    }
    standing.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let (mut states, mut elsewhere, mut teu) = (vec![0; layout.slots()], 0, 0.0);
    for (_, _, slot, byte, size) in &standing {
        let halves = size.as_ref().and_then(|size| SizeType(size).half_teu());
        teu += f64::from(halves.unwrap_or(0)) / 2.0;
        match layout.pattern.read(slot).and_then(|slot| layout.index(&slot)) {
            None => elsewhere += 1,
            Some(index) => {
                states[index.near] = byte.0;
                if let Some(far) = index.far {
                    states[far] = byte.far_half().0;
                }
            }
        }
    }
    (states, elsewhere, standing.len() as u64, teu)
}

/// Does to a yard what the page does with changes.
async fn play(
    router: &Router,
    site: usize,
    seen: &mut Seen,
    (from, to): (Time, Time),
    limit: usize,
    layout: &Layout,
) {
    let find = |slot: &str| {
        let address = layout.pattern.read(slot).unwrap();
        layout.index(&address).unwrap()
    };
    let query = format!(
        "/changes?site={}&from={}&to={}&limit={limit}",
        SITES[site],
        from.utc(),
        to.utc()
    );
    let (mut cursor, mut last) = (String::new(), from);
    loop {
        let page: YardChanges = get(router, &format!("{query}{cursor}")).await;
        assert!(page.items.len() <= limit);
        for moment in &page.items {
            assert!(last < moment.at.at && moment.at.at <= to.min(NOW), "{moment:?}");
            last = moment.at.at;
            for slot in &moment.gone {
                find(slot).places().for_each(|place| seen.states[place] = 0);
            }
            for placed in &moment.placed {
                let index = find(&placed.slot);
                seen.states[index.near] = placed.state;
                if let Some(far) = index.far {
                    seen.states[far] = SlotState(placed.state).far_half().0;
                }
            }
            (seen.elsewhere, seen.counts) = (moment.elsewhere, moment.counts);
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
}

/// The boxes of each block, without the order of their alarms.
async fn boxes(router: &Router, site: usize, at: &str) -> BTreeMap<String, Vec<StandingBox>> {
    let mut found = BTreeMap::new();
    for block in ["G01", "D01", "R01"] {
        let path = format!("/blocks/{block}?site={}{at}", SITES[site]);
        let mut then: BlockThen = get(router, &path).await;
        then.boxes.iter_mut().for_each(|own| own.alarms.sort());
        found.insert(block.to_owned(), then.boxes);
    }
    found
}

async fn check(engine: &Arc<Engine>, moments: &[i64], limit: usize) {
    let state = App::open(Arc::clone(engine));
    let router = app(state, Router::new());
    let layout = Arc::clone(&engine.state().site(SITES[0]).unwrap().rules.newest().layout);
    let mut moments: Vec<Time> = moments.iter().map(|minute| START.plus(minute * MINUTE)).collect();
    moments.extend([NOW.plus(-1), NOW, NOW.plus(DAY)]);
    moments.sort();
    for (site, code) in SITES.iter().enumerate() {
        let mut before: Option<(Time, Seen)> = None;
        for at in &moments {
            let then = seen(&router, site, *at).await;
            let (states, elsewhere, count, teu) = plain(engine, site, *at);
            assert!(
                then.states == states,
                "the yard of {} at {}",
                SITES[site],
                at.utc()
            );
            assert_eq!(
                (then.elsewhere, then.counts.boxes, then.counts.teu),
                (elsewhere, count, teu),
                "{}",
                at.utc()
            );
            if let Some((from, mut played)) = before {
                play(&router, site, &mut played, (from, *at), limit, &layout).await;
                assert!(
                    played.states == then.states,
                    "played from {} to {}",
                    from.utc(),
                    at.utc()
                );
                assert_eq!((played.elsewhere, played.counts), (then.elsewhere, then.counts));
            }
            before = Some((*at, then));
        }
        let live: YardThen = get(&router, &format!("?site={code}")).await;
        assert_eq!(live.at, None);
        assert!(
            seen(&router, site, NOW).await == Seen::of(&live),
            "now is not now"
        );
        let now = format!("&at={}", NOW.utc());
        assert_eq!(boxes(&router, site, "").await, boxes(&router, site, &now).await);
        course(&router, site, &moments).await;
    }
}

/// What the course says at the end of a bucket is what the yard was just before.
async fn course(router: &Router, site: usize, moments: &[Time]) {
    for at in moments.iter().filter(|at| at.plus(HOUR) < NOW) {
        let query = format!(
            "site={}&from={}&to={}",
            SITES[site],
            at.utc(),
            at.plus(HOUR).utc()
        );
        let course: YardCourse = get(router, &format!("/course?{query}")).await;
        let mut moves = 0;
        for (row, end) in course
            .rows
            .iter()
            .zip(course.rows.iter().skip(1).map(|next| next.at))
        {
            let then = seen(router, site, end.at.plus(-1)).await;
            assert_eq!((row.boxes, row.alarms), (then.counts.boxes, then.counts.alarms));
            moves += row.moves;
        }
        moves += course.rows.last().map_or(0, |row| row.moves);
        let by_block: YardMoves = get(router, &format!("/moves?{query}")).await;
        let known: u64 = by_block
            .rows
            .iter()
            .map(|row| row.came + row.went + row.shifts)
            .sum();
        // A move from one block to another counts in both; one outside of all blocks in none.
        assert!(known <= 2 * moves, "{known} {moves}");
    }
}

/// So many cases; many more where the environment asks for them.
fn cases() -> u32 {
    std::env::var("QUAYLIGHT_LONG").map_or(12, |text| text.parse().unwrap_or(500))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_moment_is_what_a_plain_look_says_and_changes_lead_from_one_to_the_next(
        stored in vec(told(), 40..150),
        changed in vec(told(), 0..12),
        moments in vec(0..HOURS * 60, 6),
        limit in 1..9usize,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let engine = start(folder.path());
            submit(&engine, &stored, 1).await;
            check(&engine, &moments[..2], limit).await;
            // The last checkpoint brings all of it into the store.
            engine.stop();
            drop(engine);
            let engine = start(folder.path());
            submit(&engine, &changed, 2).await;
            check(&engine, &moments, limit).await;
            engine.stop();
        });
    }
}
