//! axe finds nothing on any page that would keep people from using it: the rules of WCAG 2.0, 2.1 and 2.2 to level AA,
//! and what is good practice besides.

use crate::look::url;
use crate::port::port;
use serde::Deserialize;
use serde_json::json;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use tests::browser::Browser;
use tests::pages::{ACCESS_PAGES, PAGES, dressed};

/// Looks and languages in which every page is held against the rules. What a rule finds hangs on the one or on the
/// other, so two are as good as all four; a long run takes all.
const DRESSES: [(&str, &str); 4] = [("en", "light"), ("zh", "dark"), ("en", "dark"), ("zh", "light")];

/// States that a click leads to: the page, what is done there, and what is there then.
const OPENED: [(&str, &str, &str); 8] = [
    (
        "/alarms",
        "document.querySelector('[data-do=help]').click()",
        "return document.querySelector('dialog[open]') !== null",
    ),
    (
        "/alarms",
        "document.querySelector('tr[data-alarm] [data-pick=one]').click()",
        "return document.querySelector('tr[data-alarm][aria-selected=true]') !== null",
    ),
    (
        "/alarms",
        "document.querySelector('tr[data-alarm] [data-pick=one]').click(); \
         setTimeout(() => document.dispatchEvent(new KeyboardEvent('keydown', {key: 's', bubbles: true})), 100)",
        "return document.querySelector('[data-form=shelve]') !== null",
    ),
    (
        "/alarms?alarm={alarm}",
        "document.querySelector('dialog [data-action=shelve]').click()",
        "return document.querySelector('dialog [data-form=shelve]') !== null",
    ),
    (
        "/alarms/rules",
        "const field = [...document.querySelectorAll('main input')].find(field => /h|d|min|时|天|分/.test(field.value)); \
         field.value = '90 min'; field.dispatchEvent(new Event('change', {bubbles: true}))",
        "return document.querySelector('.bulk-bar') !== null",
    ),
    (
        "/clearance",
        "const above = document.querySelector('[data-chart] .chart-above'); above.focus(); \
         above.dispatchEvent(new KeyboardEvent('keydown', {key: 'End', bubbles: true}))",
        "return [...document.querySelectorAll('[data-chart] .crosshair')].some(line => line.checkVisibility())",
    ),
    (
        "/yard?block={block}&bay={bay}&colour=height",
        "document.querySelector('[data-do=nearer]').click()",
        "return document.querySelector('.cross-section') !== null",
    ),
    (
        "/containers?q=nothing-like-this",
        "",
        "return document.querySelector('main .empty') !== null",
    ),
];

/// What axe found wrong.
#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    impact: Option<String>,
    help: String,
    nodes: Vec<Node>,
}

/// Where.
#[derive(Debug, Deserialize)]
struct Node {
    target: serde_json::Value,
    html: String,
    #[serde(rename = "failureSummary")]
    summary: Option<String>,
}

/// axe's script: the one that a variable names, else the one that set-up installed.
fn axe() -> String {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/axe/node_modules/axe-core/axe.min.js");
    let file = env::var_os("AXE").filter(|named| !named.is_empty());
    let file = file.map_or(ours, PathBuf::from);
    fs::read_to_string(&file).unwrap_or_else(|error| {
        panic!(
            "axe is missing ({}: {error}); `cargo xtask test` installs it, or name its script in AXE",
            file.display()
        )
    })
}

/// Everything that opens in place is open, so that what it hides is looked at, too.
const OPEN_ALL: &str = "document.querySelectorAll('details:not([open])').forEach(part => part.open = true)";

/// Rows of a table are alike: a dozen of them are enough, and axe takes its time for each.
const SHORTEN: &str = "document.querySelectorAll('main tbody').forEach(body => \
                       [...body.rows].slice(12).forEach(row => row.remove()))";

const RUN: &str = "
    const done = arguments[arguments.length - 1];
    axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'], iframes: false, preload: false,
    }).then(found => done(found.violations), error => done(String(error)));";

/// Opens everything on the page, waits for it, and adds what axe finds to what is wrong.
fn judge(browser: &Browser, what: &str, wrong: &mut Vec<String>) {
    browser.run(OPEN_ALL);
    browser.until_complete();
    browser.run(SHORTEN);
    let found = browser.run_later(RUN, &[]);
    let found: Vec<Violation> =
        serde_json::from_value(found.clone()).unwrap_or_else(|_| panic!("axe failed at {what}: {found}"));
    for violation in found {
        let mut told = format!(
            "{what}: {} ({}): {}",
            violation.id,
            violation.impact.unwrap_or_default(),
            violation.help
        );
        for node in violation.nodes.iter().take(4) {
            let html: String = node.html.chars().take(160).collect();
            let summary = node
                .summary
                .as_deref()
                .unwrap_or_default()
                .replace('\n', "\n      ");
            told.push_str(&format!("\n    {} {html}\n      {summary}", node.target));
        }
        if violation.nodes.len() > 4 {
            told.push_str(&format!("\n    and {} more", violation.nodes.len() - 4));
        }
        wrong.push(told);
    }
}

/// The dresses of a run.
fn dresses() -> &'static [(&'static str, &'static str)] {
    match env::var_os("QUAYLIGHT_LONG") {
        Some(_) => &DRESSES,
        None => &DRESSES[..2],
    }
}

#[track_caller]
fn check(wrong: &[String]) {
    assert!(
        wrong.is_empty(),
        "axe found {}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn axe_finds_nothing_wrong_on_any_page_in_both_languages_and_looks() {
    let (server, named) = port();
    let browser = Browser::start();
    browser.run_in_every_page(&axe());
    let mut wrong = Vec::new();
    for page in PAGES {
        for (language, theme) in dresses() {
            let address = page.dressed(&named, language, theme);
            browser.open(&url(&server, &address));
            browser.until_complete();
            judge(&browser, &address, &mut wrong);
        }
    }
    check(&wrong);
}

#[test]
fn axe_finds_nothing_wrong_in_what_a_click_opens() {
    let (server, named) = port();
    let browser = Browser::start();
    browser.run_in_every_page(&axe());
    let mut wrong = Vec::new();
    for (address, act, there) in OPENED {
        for (language, theme) in dresses() {
            let address = dressed(&named.fill(address), language, theme);
            browser.open(&url(&server, &address));
            browser.until_complete();
            // What is pressed may come behind the page around it.
            browser.until(
                "something to press",
                &format!("try {{ {act}; return true }} catch {{ return false }}"),
            );
            browser.until("what was opened", there);
            judge(&browser, &format!("{address} after {act}"), &mut wrong);
        }
    }
    check(&wrong);
}

/// What a click opens where accounts and keys are managed.
const MANAGED: [(&str, &str); 5] = [
    ("/access", "main [data-do=new]"),
    ("/access", "main [data-do^=\"change \"]"),
    ("/access?view=keys", "main [data-do=display]"),
    ("/access?view=keys", "main [data-do=sender]"),
    ("/access?view=keys", "main [data-do^=\"ask \"]"),
];

#[test]
fn axe_finds_nothing_wrong_where_one_signs_in_and_manages_access() {
    let (server, root) = crate::access::begun();
    let link = crate::access::link(&root, "mei", "analyst");
    let _sends = crate::access::sender(&server, &root);
    let nobody = Browser::start();
    for browser in [&root, &nobody] {
        browser.run_in_every_page(&axe());
    }
    let mut wrong = Vec::new();
    for (page, signed_in) in ACCESS_PAGES {
        let browser = if signed_in { &root } else { &nobody };
        for (language, theme) in dresses() {
            // Another address before: what stands behind `#` alone loads nothing anew.
            browser.open("about:blank");
            let address = dressed(page.address, language, theme).replace("{link}", &link);
            browser.open(&url(&server, &address));
            browser.until_complete();
            judge(browser, &address, &mut wrong);
        }
    }
    root.resize(390, 844);
    for (address, press) in MANAGED {
        for (language, theme) in dresses() {
            let address = dressed(address, language, theme);
            root.open(&url(&server, &address));
            root.until(
                "something to press",
                &format!("const button = document.querySelector('{press}'); button?.click(); return button !== null"),
            );
            judge(&root, &format!("{address} after {press}"), &mut wrong);
        }
    }
    nobody.open("about:blank");
    nobody.open(&url(&server, "/wall?scenes=yard&lang=en#display=revoked"));
    nobody.until(
        "the wall to say so",
        "return document.querySelector('.wall-closed') !== null",
    );
    judge(&nobody, "a wall whose token is not known", &mut wrong);
    check(&wrong);
}

#[test]
fn axe_finds_nothing_wrong_on_a_phone_and_without_any_data() {
    let (server, named) = port();
    let empty = tests::program::Server::start();
    let browser = Browser::start();
    browser.run_in_every_page(&axe());
    let mut wrong = Vec::new();
    for page in PAGES {
        browser.resize(390, 844);
        let address = page.dressed(&named, "en", "light");
        browser.open(&url(&server, &address));
        browser.until_complete();
        judge(&browser, &format!("{address} on a phone"), &mut wrong);
        if page.address.contains('{') {
            continue;
        }
        browser.resize(1_280, 800);
        browser.open(&url(&empty, &address));
        browser.until_complete();
        judge(&browser, &format!("{address} without data"), &mut wrong);
    }
    check(&wrong);
}

#[test]
fn axe_would_find_what_is_wrong() {
    let (server, _) = port();
    let browser = Browser::start();
    browser.run_in_every_page(&axe());
    browser.open(&url(&server, "/feeds?lang=en&theme=light"));
    browser.until_complete();
    browser.run(
        // The policy of the page takes no style from a text.
        "const main = document.querySelector('main'); \
         main.insertAdjacentHTML('beforeend', '<button></button><p>pale</p>'); \
         main.lastElementChild.style.color = '#ccc'",
    );
    let mut wrong = Vec::new();
    judge(&browser, "/feeds", &mut wrong);
    let told = json!(wrong).to_string();
    assert!(
        told.contains("button-name") && told.contains("color-contrast"),
        "{told}"
    );
}
