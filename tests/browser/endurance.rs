//! One tab, open for long, while a simulated port goes on sixty times as fast as a real one: what the page holds does not
//! grow. Held against each other are moments at which it shows the same page after the same things were done.

use crate::look::{LIVE, url};
use serde_json::json;
use std::env;
use std::time::{Duration, Instant};
use tests::browser::Browser;
use tests::browser::Memory;
use tests::program::Server;
use tests::wait::until_within;

/// How many times faster than a real port.
const SPEED: i64 = 60;
/// From when on, and until when it is measured: in the suite, and in a long run.
const COURSE: [(Duration, Duration); 2] = [
    (Duration::from_secs(40), Duration::from_secs(120)),
    (Duration::from_secs(5 * 60), Duration::from_secs(30 * 60)),
];
/// It may have grown by so many hundredths.
const GROWTH: u64 = 5;
/// What a page that comes and goes may leave for a moment: bytes of the heap, and nodes or listeners.
const NOISE: (u64, u64) = (32 * 1_024, 40);
/// The wasm's memory grows for the largest answer that there was so far, and never shrinks: so many bytes at once.
const STEP: u64 = 512 * 1_024;

/// Fills what the browser notes of every page for whoever may ask: 150 shifts of its layout with the elements that were
/// shifted, and 200 long frames and tasks with their scripts. Those elements live as long as the page, whatever it does
/// with them; so until these lists are full, every list that was ever shown seems to be kept.
const FILL: &str = "
    const done = arguments[0];
    const frame = document.createElement('div');
    frame.style.cssText = 'position: absolute; left: 0; top: 0; z-index: 99; width: 600px';
    const [above, below] = [0, 1].map(() => {
        const part = document.createElement('div');
        part.style.cssText = 'height: 100px; background: #888';
        frame.append(part);
        return part;
    });
    below.textContent = 'shifted';
    document.body.append(frame);
    let left = 220;
    const shift = () => {
        above.style.height = (left % 2) * 300 + 'px';
        const end = performance.now() + 55;
        while (performance.now() < end);
        left -= 1;
        if (left > 0) return requestAnimationFrame(shift);
        frame.remove();
        const noted = {};
        for (const type of ['layout-shift', 'long-animation-frame', 'longtask'])
            new PerformanceObserver(list => { noted[type] = list.getEntries().length; }).observe({type, buffered: true});
        setTimeout(() => done(noted), 500);
    };
    requestAnimationFrame(shift);";

/// A port that runs.
fn port() -> Server {
    let speed = SPEED.to_string();
    let server = Server::with_arguments(&["--demo", "--demo-days", "1", "--demo-speed", &speed]);
    until_within(300, "the port to run live", || {
        let sites = server.value("/api/v1/sites");
        let history = sites["items"][0]["history"].as_f64();
        history.is_none_or(|done| done >= 1.0).then_some(())
    });
    server
}

/// Waits until the clock of the page went on by so many minutes of the site, so that as much has come in.
fn let_come(browser: &Browser, minutes: i64) {
    let now = "new Date(document.querySelector('time.clock').innerText.replace(' ', 'T')).getTime()";
    let begin = browser.run(&format!("return {now}"));
    browser.until(
        "the clock of the page to go on",
        &format!("return {now} >= {begin} + {minutes} * 60000"),
    );
}

/// Goes to a page by its link, as a person does; the tab is never loaded again.
fn go(browser: &Browser, path: &str) {
    browser.run(&format!(
        "document.querySelector('.bar nav a[href^=\"{path}?\"], .bar nav a[href=\"{path}\"]').click()"
    ));
    browser.until("the page", &format!("return location.pathname === '{path}'"));
    browser.until_complete();
}

/// Looks at every page once, opens and closes what people open, and comes back to the yard.
fn round(browser: &Browser) {
    go(browser, "/alarms");
    let_come(browser, 4);
    browser.run("document.querySelector('tr[data-alarm] [data-column=action] *, tr[data-alarm] a')?.click()");
    browser.until_complete();
    go(browser, "/");
    let_come(browser, 3);
    go(browser, "/yard");
    browser.run("document.querySelector('[data-do=nearer]').click()");
    browser
        .run("document.querySelector('main > section > * > details summary, main details summary').click()");
    browser.until(
        "the blocks",
        "return document.querySelector('tr[data-block=G12] a') !== null",
    );
    browser.run("document.querySelector('tr[data-block=G12] a').click()");
    browser.until_complete();
    let_come(browser, 6);
    browser.run("document.querySelector('[data-do=whole]').click()");
    go(browser, "/clearance");
    go(browser, "/yard");
}

/// What grew from the one to the other, beyond what may.
fn grown(early: Memory, late: Memory) -> Vec<String> {
    let parts = [
        ("bytes of the heap", early.heap, late.heap, NOISE.0),
        ("bytes of wasm", early.wasm, late.wasm, STEP),
        ("nodes", early.nodes, late.nodes, NOISE.1),
        ("listeners", early.listeners, late.listeners, NOISE.1),
    ];
    let grown = parts
        .into_iter()
        .filter(|(_, early, late, noise)| *late > early + early * GROWTH / 100 + noise);
    grown
        .map(|(what, early, late, _)| format!("{what}: {early}, later {late}"))
        .collect()
}

#[test]
fn a_tab_that_is_open_for_long_holds_no_more_than_it_did() {
    let (from, to) = COURSE[usize::from(env::var_os("QUAYLIGHT_LONG").is_some())];
    let server = port();
    let browser = Browser::start();
    browser.open(&url(&server, "/yard?lang=en"));
    browser.until("the page to be live", LIVE);
    browser.until_complete();
    browser.run("window.notReloaded = true");
    let noted = browser.run_later(FILL, &[]);
    assert!(noted["layout-shift"].as_u64() >= Some(150), "{noted}");
    let begun = Instant::now();
    let mut course = Vec::new();
    let mut early = None;
    while begun.elapsed() < to {
        round(&browser);
        let memory = browser.memory();
        course.push((begun.elapsed().as_secs(), memory));
        if begun.elapsed() >= from {
            early.get_or_insert(memory);
        }
    }
    let told: Vec<String> = course
        .iter()
        .map(|(seconds, memory)| format!("{seconds:>5} s {memory:?}"))
        .collect();
    println!("{}", told.join("\n"));
    let last = course.last().map(|(_, memory)| *memory);
    let (early, late) = (early.unwrap(), last.unwrap());
    assert!(early.heap > 0 && early.nodes > 0 && early.wasm > 0, "{early:?}");
    let grown = grown(early, late);
    assert!(grown.is_empty(), "it grew: {grown:?}\n{}", told.join("\n"));
    assert_eq!(browser.run("return window.notReloaded"), json!(true));
    assert_eq!(browser.errors(), []);
}

#[test]
fn a_tab_that_keeps_what_it_needs_no_more_would_be_found() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/feeds?lang=en"));
    browser.until_complete();
    let early = browser.memory();
    browser.run(
        "window.kept = Array.from({length: 2000}, () => { const part = document.createElement('p'); \
         part.textContent = 'kept'.repeat(50) + Math.random(); part.addEventListener('click', () => {}); return part })",
    );
    let told = grown(early, browser.memory()).join(", ");
    for what in ["heap", "nodes", "listeners"] {
        assert!(told.contains(what), "{what} is not among what grew: {told}");
    }
}
