//! The wall: nobody touches it, and it is right for weeks.

use crate::look::{LIVE, url};
use serde_json::{Value, json};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tests::browser::Browser;
use tests::messages::{at_site, container, event, now, parcel};
use tests::program::Server;
use tests::wait::until;

/// How high a capital has to be for each metre, in millimetres.
const MM_PER_METRE: f64 = 4.65;
const INCHES: f64 = 65.0;

const SEEN: &str = "return document.querySelector('.scene[data-seen=\"true\"]:not(.takeover)')?.dataset.part";
const TAKEN: &str = "return document.querySelector('.takeover[data-seen=\"true\"]')?.innerText";
const GIVEN_BACK: &str = "return document.querySelector('.takeover[data-seen=\"false\"]') !== null";

/// What the server has known for so much longer than the connection stands was missed, whatever clocks are wrong by.
const OLDER: Duration = Duration::from_secs(2);

/// What is wrong with what is seen: text that is too small, that lies beyond the window, or on other text. Notes that
/// stay small are left out, and names on the map may lie on the map.
const WRONG: &str = "
    const smallest = ARGUMENT;
    const wrong = [], boxes = [];
    const walk = document.createTreeWalker(document.querySelector('.wall'), NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.parentElement;
        const words = node.data.trim();
        if (!words || element.closest('.wall-foot') || !element.checkVisibility({visibilityProperty: true})) continue;
        const size = parseFloat(getComputedStyle(element).fontSize);
        if (size < smallest - 0.1) wrong.push(`${words}: ${size} px are too small`);
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const around = [box.left >= -1, box.top >= -1, box.right <= innerWidth + 1, box.bottom <= innerHeight + 1];
            if (around.includes(false)) wrong.push(`${words}: beyond the window`);
            // The middle of the letters: lines stand closer than fonts reach.
            const inner = {left: box.left + 2, right: box.right - 2, top: box.top + box.height * 0.3,
                bottom: box.bottom - box.height * 0.3, words};
            if (!element.closest('svg')) boxes.push(inner);
        }
    }
    boxes.forEach((one, at) => boxes.slice(at + 1).forEach(other => {
        const apart = one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
        if (!apart) wrong.push(`${one.words} lies on ${other.words}`);
    }));
    for (const part of document.querySelectorAll('.scene[data-seen=\"true\"] .wall-body')) {
        if (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1)
            wrong.push(`${part.className} is cut off`);
    }
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push('the page can be scrolled');
    return wrong;";

/// Height of a capital at size one, as the browser has it.
const CAP: &str = "return document.querySelector('.wall-cap').getBoundingClientRect().height / 1000";

/// A port in which something stands and something is wrong.
fn port() -> Server {
    let server = Server::start();
    let at = |hours: i64| at_site(now().plus(-hours * 3_600_000));
    for n in 0..12 {
        let number = container(n);
        let id = |node: &str| format!("{n}-{node}");
        let slot = format!("G12{:02}01.1", n * 4 + 2);
        let goods = if n % 2 == 0 {
            json!([])
        } else {
            json!([{"class": "3", "un": "1993"}])
        };
        let first = json!({"size_type": "45G1", "direction": "import", "voyage": "2018", "dangerous": goods});
        server.send(&[
            event(&id("d"), "discharge", &number, &at(9), first),
            event(
                &id("s"),
                "stack",
                &number,
                &at(7),
                json!({"slot": slot, "dangerous": goods}),
            ),
            event(
                &id("c"),
                "declare",
                &number,
                &at(6),
                json!({"declaration": format!("D{n}")}),
            ),
        ]);
        if n % 3 == 0 {
            server.send(&[event(
                &id("r"),
                "release",
                &number,
                &at(1),
                json!({"declaration": format!("D{n}")}),
            )]);
        }
    }
    let parcels: Vec<Value> = (0..3).flat_map(|n| parcel(&format!("A-{n}"), &at(0))).collect();
    let (status, answer) = server.feed("parcels", json!(parcels).to_string());
    assert_eq!(status, 200, "{answer:?}");
    server
}

/// A dangerous box, put where none may stand: an alarm that is urgent.
fn put_wrongly(server: &Server, n: u32) -> String {
    let number = container(n);
    let more = json!({"slot": format!("G14{:02}01.1", n % 10 * 4 + 2), "direction": "import", "size_type": "22G1",
        "dangerous": [{"class": "3", "un": "1993"}]});
    server.send(&[event(
        &format!("{n}-wrong"),
        "stack",
        &number,
        &at_site(now()),
        more,
    )]);
    number
}

/// What the window holds, kept by a page that is not loaded anew.
const MARK: &str = "window.stays = true; return true";
const STAYED: &str = "return window.stays === true";

#[test]
fn scenes_follow_each_other_without_a_reload_and_keep_their_parts() {
    let server = port();
    let browser = Browser::start();
    browser.open(&url(
        &server,
        "/wall?scenes=alarms,clearance,throughput&every=5&lang=en",
    ));
    browser.until("the page to be live", LIVE);
    browser.run(MARK);
    let count = "return document.querySelectorAll('.wall *').length";
    let mut seen = Vec::new();
    let mut nodes = Vec::new();
    let started = Instant::now();
    while seen.len() < 7 && started.elapsed() < Duration::from_secs(60) {
        let now = browser.run(SEEN);
        if seen.last() != Some(&now) {
            seen.push(now);
            nodes.push(browser.run(count).as_u64().unwrap_or_default());
        }
        sleep(Duration::from_millis(100));
    }
    let round = ["alarms", "clearance", "throughput"];
    let expected: Vec<Value> = round.iter().cycle().take(7).map(|name| json!(name)).collect();
    assert_eq!(seen, expected);
    assert_eq!(browser.run(STAYED), json!(true));
    // All scenes are there all the time: turning makes nothing and leaves nothing.
    let (first, last) = (nodes[3], nodes[6]);
    assert!(last <= first + 20, "{nodes:?}");
    assert!(browser.errors().is_empty());
}

#[test]
fn a_new_urgent_alarm_takes_the_screen_and_gives_it_back() {
    let server = port();
    let browser = Browser::start();
    browser.open(&url(
        &server,
        "/wall?scenes=clearance,throughput&every=600&takeover=8&distance=3&lang=en",
    ));
    browser.until("the page to be live", LIVE);
    browser.until(
        "a scene",
        "return document.querySelector('.scene[data-seen=\"true\"]') !== null",
    );
    let before = browser.run(SEEN);
    assert_eq!(
        browser.run(TAKEN),
        Value::Null,
        "what was there before is not new"
    );
    let number = put_wrongly(&server, 101);
    let text = browser.until("the alarm to take the screen", TAKEN);
    assert!(text.as_str().is_some_and(|text| text.contains(&number)), "{text}");
    // Another one joins it, and both are counted.
    let other = put_wrongly(&server, 102);
    let both = format!(
        "const text = document.querySelector('.takeover[data-seen=\"true\"]')?.innerText ?? '';\
         return text.includes('{number}') && text.includes('{other}') && text.includes('2')"
    );
    browser.until("both to have it", &both);
    browser.until("the screen to be given back", GIVEN_BACK);
    assert_eq!(browser.run(SEEN), before);
    assert!(browser.errors().is_empty());
}

#[test]
fn a_restart_of_the_server_is_survived_and_what_it_missed_is_not_new() {
    let mut server = port();
    let browser = Browser::start();
    browser.open(&url(&server, "/wall?scenes=alarms&takeover=5&lang=en"));
    browser.until("the page to be live", LIVE);
    browser.run(MARK);
    server.kill();
    browser.until(
        "the wall to say that it is cut off",
        "return document.querySelector('.wall-over[data-state=\"lost\"]')?.innerText.includes('old')",
    );
    let kept = "return document.querySelectorAll('.wall-alarm').length > 0 \
                && document.querySelector('.wall-stage').dataset.state === 'lost'";
    assert_eq!(
        browser.run(kept),
        json!(true),
        "what was known stays, and is dimmed"
    );
    // The page finds the server again only behind the alarm, by more than two clocks differ.
    browser.connect(false);
    server.start_again();
    let number = put_wrongly(&server, 201);
    let put = Instant::now();
    until("the alarm to be older than the connection will be", || {
        (put.elapsed() > OLDER).then_some(())
    });
    browser.connect(true);
    browser.until("the page to be live again", LIVE);
    let listed = format!("return document.querySelector('.wall-alarms').innerText.includes('{number}')");
    browser.until("the alarm to stand in its list", &listed);
    assert_eq!(browser.run(TAKEN), Value::Null, "what came meanwhile is not new");
    assert_eq!(browser.run(STAYED), json!(true), "the page was loaded anew");
    let clear = "return document.querySelector('.wall-over') === null";
    browser.until("nothing to lie over the scene", clear);
}

#[test]
fn no_text_is_smaller_than_the_distance_asks_and_nothing_runs_over() {
    let server = port();
    let browser = Browser::start();
    let mut wrong = Vec::new();
    for (width, height) in [(3_840, 2_160), (1_920, 1_080), (1_280, 800), (1_080, 1_920)] {
        browser.resize(width, height);
        for distance in [3, 8] {
            for scene in [
                "yard",
                "alarms",
                "clearance",
                "throughput",
                "number",
                "feeds",
                "parcels",
            ] {
                for language in ["en", "zh"] {
                    let address =
                        format!("/wall?scenes={scene}&distance={distance}&screen={INCHES}&lang={language}");
                    browser.open(&url(&server, &address));
                    browser.until("the page to be live", LIVE);
                    let there = "return document.querySelector('.scene[data-seen=\"true\"]')?.innerText.trim().length > 0 \
                                 && document.querySelector('.scene[data-seen=\"true\"] .wall-wait') === null";
                    browser.until("the scene to have its data", there);
                    let cap = browser.run(CAP).as_f64().unwrap_or(0.7);
                    let diagonal = f64::from(width * width + height * height).sqrt();
                    let smallest = f64::from(distance) * MM_PER_METRE * diagonal / (INCHES * 25.4) / cap;
                    let found = browser.run(&WRONG.replacen("ARGUMENT", &smallest.to_string(), 1));
                    if found != json!([]) {
                        wrong.push(format!("{width} × {height}: {address}: {found}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_wall_without_data_says_so() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/wall?lang=en"));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the wall to say that there is nothing yet",
        "return document.querySelector('.wall-over[data-state=\"nothing\"]') !== null",
    );
    let hidden = "return [...document.querySelectorAll('.scene')].every(scene => getComputedStyle(scene).visibility === 'hidden')";
    assert_eq!(browser.run(hidden), json!(true));
}

#[test]
fn the_address_of_a_wall_is_made_at_a_desk() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/wall/setup?lang=en"));
    browser.until(
        "the form to be there",
        "return document.querySelector('.wall-form input') !== null",
    );
    browser.run(
        "const set = (name, value) => { const field = document.querySelector(`.wall-form [name=\"${name}\"]`);\
           field.value = value; field.dispatchEvent(new Event('change', {bubbles: true})); };\
         set('distance', '5'); set('screen', '98');\
         document.querySelector('.wall-form input[value=\"yard\"]').click();",
    );
    let address = browser.until(
        "the address to have it",
        "const address = document.querySelector('[data-part=\"address\"]').value;\
         return address.includes('distance=5') && address.includes('screen=98') && !address.includes('yard') && address",
    );
    let address = address.as_str().unwrap_or_default();
    assert!(
        address.starts_with(&url(&server, "/wall?")) && address.contains("lang=en"),
        "{address}"
    );
    assert!(
        address.contains("scenes=alarms,clearance,throughput"),
        "{address}"
    );
}
