//! Every address of the page, in both languages and both looks.

use crate::look::{LIVE, url};
use crate::port::port;
use serde_json::json;
use tests::browser::Browser;
use tests::pages::PAGES;
use tests::program::Server;

#[test]
fn every_address_loads_without_an_error_in_both_languages_and_looks() {
    let (server, named) = port();
    let browser = Browser::start();
    let mut wrong = Vec::new();
    for page in PAGES {
        for (language, tag) in [("en", "en"), ("zh", "zh-CN")] {
            for theme in ["light", "dark"] {
                let address = page.dressed(&named, language, theme);
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
    let (server, named) = port();
    let browser = Browser::start();
    for page in PAGES {
        browser.open(&url(&server, &page.at(&named)));
        browser.until("the page to be live", LIVE);
        let foreign = browser.run(
            "return performance.getEntriesByType('resource').map(entry => entry.name)\
             .filter(name => !name.startsWith(location.origin + '/'))",
        );
        assert_eq!(foreign, json!([]), "{}", page.name);
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
