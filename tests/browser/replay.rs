//! The yard as it was, in a real browser.

use crate::look::{LIVE, url};
use serde_json::json;
use tests::browser::Browser;
use tests::messages::{at_site, container, event, now};
use tests::program::Server;

/// What the legend says of all boxes, and of empty slots.
const GENERAL: &str =
    "return document.querySelector('.legend [data-do=\"general\"] strong')?.innerText ?? null";

/// One box that stood from six hours ago to two hours ago, and one that stands since three hours ago.
fn server() -> Server {
    let server = Server::start();
    let at = |minutes: i64| at_site(now().plus(-minutes * 60_000));
    let (gone, stays) = (container(1), container(2));
    server.send(&[
        event("1d", "discharge", &gone, &at(380), json!({"size_type": "22G1"})),
        event("1s", "stack", &gone, &at(360), json!({"slot": "G120101.1"})),
        event("1r", "release", &gone, &at(200), json!({})),
        event("1g", "gate_out", &gone, &at(120), json!({})),
        event("2d", "discharge", &stays, &at(190), json!({"size_type": "22G1"})),
        event("2s", "stack", &stays, &at(180), json!({"slot": "G120301.1"})),
    ]);
    server
}

fn until_general(browser: &Browser, count: &str, what: &str) {
    browser.until(
        what,
        &format!("const told = (() => {{ {GENERAL} }})(); return told === '{count}'"),
    );
}

#[test]
fn a_moment_in_the_address_shows_the_yard_as_it_was_and_now_shows_it_as_it_is() {
    let server = server();
    let browser = Browser::start();
    let then = at_site(now().plus(-150 * 60_000)).replace('+', "%2B");
    browser.open(&url(&server, &format!("/yard?lang=en&at={then}")));
    until_general(&browser, "2", "both boxes to stand");
    let told = browser.run("return document.querySelector('.replay .past')?.innerText ?? ''");
    assert!(
        told.as_str().is_some_and(|told| told.contains("Not live")),
        "{told}"
    );
    // What happens now does not change what was.
    let late = container(3);
    server.send(&[
        event(
            "3d",
            "discharge",
            &late,
            &at_site(now().plus(-120_000)),
            json!({"size_type": "22G1"}),
        ),
        event(
            "3s",
            "stack",
            &late,
            &at_site(now().plus(-60_000)),
            json!({"slot": "G120501.1"}),
        ),
    ]);
    browser.run("document.querySelector('.replay [data-do=\"now\"]').click()");
    until_general(
        &browser,
        "2",
        "the box that left to be gone and the late one to be there",
    );
    browser.until(
        "the page to say that it is live",
        "return document.querySelector('.replay .live') !== null",
    );
    browser.until(
        "the address to follow",
        "return !new URL(location).searchParams.has('at')",
    );
    assert!(browser.errors().is_empty(), "{:#?}", browser.errors());
}

#[test]
fn playing_goes_through_every_change_and_ends_now() {
    let server = server();
    let browser = Browser::start();
    let then = at_site(now().plus(-350 * 60_000)).replace('+', "%2B");
    browser.open(&url(&server, &format!("/yard?lang=en&at={then}")));
    until_general(&browser, "1", "the first box to stand alone");
    browser.run(
        "window.seen = ['1']; \
         new MutationObserver(() => { \
            const told = document.querySelector('.legend [data-do=\"general\"] strong')?.innerText; \
            if (told && told !== window.seen.at(-1)) window.seen.push(told); \
         }).observe(document.querySelector('main'), {subtree: true, childList: true, characterData: true}); \
         const speed = document.querySelector('select[name=speed]'); \
         speed.value = '3600'; speed.dispatchEvent(new Event('change', {bubbles: true})); \
         document.querySelector('.replay [data-do=\"play\"]').click()",
    );
    browser.until(
        "it to be now",
        "return document.querySelector('.replay .live') !== null",
    );
    until_general(&browser, "1", "one box to stand");
    assert_eq!(browser.run("return window.seen"), json!(["1", "2", "1"]));
    assert!(browser.errors().is_empty(), "{:#?}", browser.errors());
}

#[test]
fn a_region_is_counted_and_a_legend_shows_only_what_is_asked_for() {
    let server = server();
    let browser = Browser::start();
    browser.open(&url(&server, "/yard?lang=en"));
    browser.until("the page to be live", LIVE);
    until_general(&browser, "1", "the box to stand");
    browser.run("document.querySelector('.map [data-do=\"sight\"]').click()");
    browser.until(
        "the region to be counted",
        "return document.querySelector('.region dd')?.innerText === '1'",
    );
    browser.run("document.querySelector('.region [data-do]').click()");
    browser.until(
        "the region to be gone",
        "return document.querySelector('.region') === null",
    );
    browser.run("document.querySelector('.legend [data-do=\"reefer\"]').click()");
    browser.until(
        "the address to say what is shown",
        "return new URL(location).searchParams.get('only') === 'reefer' \
         && document.querySelector('.legend [data-do=\"reefer\"]').ariaPressed === 'true'",
    );
}
