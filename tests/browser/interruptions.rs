//! Random interruptions between the server and an open page: the server is killed, the connection is cut or slow, a
//! message is lost on the way, the tab sleeps. In the end the page shows the alarms of the server, and each that was not
//! withdrawn meanwhile was shown at least once.

use crate::look::{LIVE, url};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::env;
use std::time::{SystemTime, UNIX_EPOCH};
use tests::browser::Browser;
use tests::messages::{container, event, with};
use tests::program::Server;
use tests::proxy::Proxy;
use tests::wait;

/// Interruptions of the suite, and of a long run.
const INTERRUPTIONS: [u32; 2] = [50, 1_000];
/// After so many the page and the server are compared, and old alarms are closed so that all stand on one screen.
const COMPARED_AFTER: u32 = 10;

/// Notes every alarm that the page ever shows.
const RECORD: &str = "
    window.everShown = new Set();
    const note = () => document.querySelectorAll('tr[data-alarm]').forEach(row => window.everShown.add(row.dataset.alarm));
    new MutationObserver(note).observe(document.body, {childList: true, subtree: true, attributes: true,
        attributeFilter: ['data-alarm']});
    note();";
const SHOWN: &str = "return [...document.querySelectorAll('tr[data-alarm]')].map(row => row.dataset.alarm)";
const EVER_SHOWN: &str = "return [...window.everShown]";

#[derive(Clone, Copy, Debug)]
enum Interruption {
    Killed,
    Cut,
    Slow,
    Lost,
    Asleep,
}

fn texts(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Some(item.as_str()?.to_owned()))
        .collect()
}

/// The `n`th box, discharged a minute behind the one before, so that its alarm stands above the others.
fn discharge(n: u32) -> Value {
    let at = format!(
        "2022-02-{:02}T{:02}:{:02}:00+08:00",
        1 + n / 1_440,
        n / 60 % 24,
        n % 60
    );
    event(
        &format!("{n}-discharge"),
        "discharge",
        &container(n),
        &at,
        json!({"direction": "import"}),
    )
}

/// It was stacked at once after all: its alarm should not have been.
fn stacked_at_once(n: u32) -> Value {
    let mut stacked = discharge(n);
    with(
        &mut stacked,
        json!({"id": format!("{n}-stack"), "node": "stack", "slot": null}),
    );
    stacked
}

#[test]
fn whatever_interrupts_the_page_in_the_end_it_shows_the_alarms_of_the_server_and_has_shown_each() {
    let interruptions = INTERRUPTIONS[usize::from(env::var_os("QUAYLIGHT_LONG").is_some())];
    let seed = match env::var("QUAYLIGHT_SEED").ok().and_then(|text| text.parse().ok()) {
        Some(seed) => seed,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| u64::from(since.subsec_nanos())),
    };
    // Told when it fails, and at the end of a long run.
    println!("seed {seed}: QUAYLIGHT_SEED={seed} runs the same again");
    let mut dice = Pcg32::seed_from_u64(seed);
    let mut roll = move |sides: u32| dice.next_u32() % sides;

    let mut server = Server::start();
    let proxy = Proxy::before(server.authority());
    let browser = Browser::start();
    let page = url(&server, "/alarms?kind=overtime").replace(server.authority(), proxy.authority());
    browser.open(&page);
    browser.until("the page to be live", LIVE);
    browser.run(RECORD);

    let mut told = 0;
    let mut lost = 0;
    for round in 1..=interruptions {
        let interruption = match roll(5) {
            0 => Interruption::Killed,
            1 => Interruption::Cut,
            2 => Interruption::Slow,
            3 => Interruption::Lost,
            _ => Interruption::Asleep,
        };
        match interruption {
            // What is told while the server is away is told when it is back.
            Interruption::Killed => server.kill(),
            Interruption::Cut => proxy.cut(),
            Interruption::Slow => proxy.slow(),
            Interruption::Lost => proxy.lose_one(),
            Interruption::Asleep => browser.freeze(),
        }
        if matches!(interruption, Interruption::Killed) {
            server.start_again();
        }
        let first = told;
        told += 1 + roll(2);
        server.send(&(first..told).map(discharge).collect::<Vec<_>>());
        if told > 3 && roll(4) == 0 {
            // One of the last few, which nobody has closed.
            server.send(&[stacked_at_once(told - 1 - roll(3))]);
        }
        if roll(3) == 0 {
            let newest = server.alarms("kind=overtime&open=true&limit=1");
            if let Some(alarm) = newest.first().filter(|alarm| !alarm.acknowledged) {
                assert_eq!(
                    server
                        .act(&alarm.id, "acknowledge", &json!({"by": "an officer"}))
                        .status,
                    200
                );
            }
        }
        lost += u32::from(matches!(interruption, Interruption::Lost));
        match interruption {
            Interruption::Asleep => browser.wake(),
            // The connection carries its loss on: what is lost is to be noticed without a new connection.
            Interruption::Lost => {}
            _ => proxy.mend(),
        }
        if round % COMPARED_AFTER == 0 || round == interruptions {
            proxy.mend();
            compare(&server, &browser, round);
        }
    }
    println!(
        "seed {seed}: {interruptions} interruptions, {told} boxes, {lost} times a message to lose, {} lost",
        proxy.lost()
    );
}

/// Waits until the page shows what the server has, and holds what it ever showed against what there was. Then the old
/// ones are closed.
fn compare(server: &Server, browser: &Browser, round: u32) {
    browser.until("the page to be live", LIVE);
    let open = server.alarms("kind=overtime&open=true");
    let expected: BTreeSet<String> = open.iter().map(|alarm| alarm.id.clone()).collect();
    let mut shown = BTreeSet::new();
    let started = std::time::Instant::now();
    while shown != expected {
        assert!(
            started.elapsed() < wait::PATIENCE,
            "round {round}: the page shows {shown:?}, the server has {expected:?}; {:?}\n{}",
            browser.console(),
            browser.run("return document.body.innerText")
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
        shown = texts(&browser.run(SHOWN));
    }
    let ever = texts(&browser.run(EVER_SHOWN));
    let all = server.alarms("kind=overtime");
    let never: Vec<_> = all.iter().filter(|alarm| !ever.contains(&alarm.id)).collect();
    assert!(never.is_empty(), "round {round}: never shown: {never:?}");
    for alarm in &open {
        assert_eq!(
            server
                .act(&alarm.id, "close", &json!({"by": "an officer"}))
                .status,
            200
        );
    }
}
