//! Every address of the page, in both languages and both looks.

use crate::look::{LIVE, url};
use serde_json::json;
use tests::browser::Browser;
use tests::messages::{at_site, container, event, now};
use tests::program::Server;

const PATHS: [&str; 11] = [
    "/",
    "/yard",
    "/alarms",
    "/feeds",
    "/clearance",
    "/throughput",
    "/stays",
    "/containers",
    "/containers/X",
    "/wall",
    "/wall/setup",
];

/// A server with something to show on every page.
fn server() -> Server {
    let server = Server::start();
    let at = |hours: i64| at_site(now().plus(-hours * 3_600_000));
    for n in 0..5 {
        let number = if n == 0 { "X".to_owned() } else { container(n) };
        let id = |node: &str| format!("{n}-{node}");
        server.send(&[
            event(
                &id("d"),
                "discharge",
                &number,
                &at(9),
                json!({"size_type": "45G1", "voyage": "2018", "bill_of_lading": "MDXU714336"}),
            ),
            event(
                &id("s"),
                "stack",
                &number,
                &at(7),
                json!({"slot": format!("G12{:02}01.1", n * 4 + 2)}),
            ),
            event(
                &id("c"),
                "declare",
                &number,
                &at(6),
                json!({"declaration": format!("D{n}")}),
            ),
            event(
                &id("r"),
                "release",
                &number,
                &at(1),
                json!({"declaration": format!("D{n}")}),
            ),
        ]);
    }
    server.feed("events", "this is no message");
    server
}

#[test]
fn every_address_loads_without_an_error_in_both_languages_and_looks() {
    let server = server();
    let browser = Browser::start();
    let mut wrong = Vec::new();
    for path in PATHS {
        for (language, tag) in [("en", "en"), ("zh", "zh-CN")] {
            for theme in ["light", "dark"] {
                let address = format!("{path}?lang={language}&theme={theme}");
                browser.open(&url(&server, &address));
                browser.until("the page to be live", LIVE);
                browser.until(
                    "the page to have what it asked for",
                    "return document.querySelector('main') !== null && document.querySelector('main .loading') === null",
                );
                let dressed = browser
                    .run("return [document.documentElement.lang, document.documentElement.dataset.theme]");
                assert_eq!(dressed, json!([tag, theme]), "{address}");
                let text = browser.run("return document.querySelector('main').innerText.trim().length");
                assert!(
                    text.as_u64().is_some_and(|letters| letters > 0),
                    "{address} shows nothing"
                );
                let failed = browser.run("return document.querySelector('main .failed')?.innerText ?? null");
                let errors = browser.errors();
                if !errors.is_empty() || !failed.is_null() {
                    wrong.push((address, errors, failed));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_comes_from_anywhere_but_the_program() {
    let server = server();
    let browser = Browser::start();
    for path in PATHS {
        browser.open(&url(&server, path));
        browser.until("the page to be live", LIVE);
        let foreign = browser.run(
            "return performance.getEntriesByType('resource').map(entry => entry.name)\
             .filter(name => !name.startsWith(location.origin + '/'))",
        );
        assert_eq!(foreign, json!([]), "{path}");
    }
    let page = server.get("/");
    let policy = page.field("content-security-policy").unwrap();
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval'"),
        "{policy}"
    );
    assert!(
        !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
        "{policy}"
    );
}

#[test]
fn an_address_that_leads_nowhere_says_so() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/nowhere?lang=en"));
    browser.until(
        "the page to say so",
        "return document.querySelector('main')?.innerText.includes('address')",
    );
    browser.open(&url(&server, "/containers/CSQU3054383?lang=en"));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the page to have its answer",
        "return document.querySelector('main .loading') === null && document.querySelector('main').innerText.length > 0",
    );
}
