//! The search of the bar, and the parts of the page.

use crate::look::{LIVE, url};
use serde_json::json;
use tests::browser::Browser;
use tests::browser::keys::{DOWN, ENTER, ESCAPE};
use tests::messages::{at_site, container, event, now};
use tests::program::Server;

const OPTIONS: &str =
    "return [...document.querySelectorAll('#found [role=option]')].map(option => option.innerText)";

fn server() -> Server {
    let server = Server::start();
    let at = |minutes: i64| at_site(now().plus(-minutes * 60_000));
    let number = container(1);
    server.send(&[
        event(
            "1d",
            "discharge",
            &number,
            &at(60),
            json!({"bill_of_lading": "MDXU714336"}),
        ),
        event("1s", "stack", &number, &at(30), json!({"slot": "G120101.1"})),
    ]);
    server
}

#[test]
fn what_is_found_stands_there_as_one_types_and_the_keyboard_goes_to_it() {
    let server = server();
    let number = container(1);
    let browser = Browser::start();
    browser.open(&url(&server, "/feeds?lang=en"));
    browser.until("the page to be live", LIVE);
    browser.press(&['/']);
    browser.type_text(&number[..7]);
    browser.until(
        "the box to be found",
        &format!("return [...document.querySelectorAll('#found a')].some(item => item.innerText.includes('{number}'))"),
    );
    browser.press(&[DOWN, ENTER]);
    browser.until(
        "its trail",
        &format!("return location.pathname === '/containers/{number}'"),
    );
    assert_eq!(browser.run(OPTIONS), json!([]));
    // A page, by a part of its name, from anywhere.
    browser.press_with(tests::browser::keys::CONTROL, 'k');
    browser.type_text("clear");
    browser.until(
        "a page to be found",
        "return document.querySelector('#found a')?.getAttribute('href').startsWith('/clearance')",
    );
    browser.press(&[ESCAPE]);
    assert_eq!(
        browser.run("return document.querySelector('#found').hidden"),
        json!(true)
    );
    assert!(browser.errors().is_empty(), "{:#?}", browser.errors());
}

#[test]
fn an_address_fetches_its_own_parts_and_a_link_those_behind_it() {
    let server = server();
    let browser = Browser::start();
    let parts = || {
        let parts = browser.run(
            "return performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)\
             .filter(path => path.endsWith('.wasm')).map(path => path.slice(1).split('-')[0]).sort()",
        );
        let mut parts: Vec<String> = serde_json::from_value(parts).unwrap();
        parts.dedup();
        parts
    };
    browser.open(&url(&server, "/feeds"));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the senders",
        "return document.querySelector('main table') !== null",
    );
    assert_eq!(parts(), ["frontend", "lists"]);
    browser.run("document.querySelector('.bar nav a[href^=\"/yard\"]').click()");
    browser.until("the map", "return document.querySelector('.map canvas') !== null");
    assert_eq!(parts(), ["frontend", "lists", "map", "yard"]);
    assert!(browser.errors().is_empty(), "{:#?}", browser.errors());
}
