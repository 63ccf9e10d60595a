//! The trail of one box: what it shows, what stays when it changes, and what its address holds.

use crate::look::{LIVE, url};
use serde_json::json;
use tests::browser::Browser;
use tests::messages::{SOURCE, container, event};
use tests::program::Server;

/// An import box that came, was stacked too late, and left.
fn passage(server: &Server, number: &str, day: &str) {
    let at = |time: &str| format!("2022-02-{day}T{time}+08:00");
    server.send(&[
        event(
            &format!("{number}d"),
            "discharge",
            number,
            &at("13:00:00"),
            json!({"direction": "import", "seal": "S-1"}),
        ),
        event(
            &format!("{number}s"),
            "stack",
            number,
            &at("14:24:00"),
            json!({"slot": "G124405.1"}),
        ),
        event(
            &format!("{number}g"),
            "gate_out",
            number,
            &at("20:00:00"),
            json!({}),
        ),
    ]);
}

/// Opens the trail of a box and waits until its nodes are there.
fn opened(server: &Server, number: &str, query: &str) -> Browser {
    let browser = Browser::start();
    browser.open(&url(server, &format!("/containers/{number}?lang=en{query}")));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the nodes",
        "return document.querySelectorAll('.nodes .node').length >= 3",
    );
    browser
}

#[test]
fn the_time_line_and_the_list_carry_the_same_numbers_and_what_took_too_long_says_so() {
    let server = Server::start();
    let number = container(1);
    passage(&server, &number, "23");
    let browser = opened(&server, &number, "");
    let numbers = browser.until(
        "the time line with its limits",
        "if (!document.querySelector('.line .step.late')) return null; \
         return {line: [...document.querySelectorAll('.line .pill-words')].map(one => one.textContent), \
                 list: [...document.querySelectorAll('.nodes .node-number')].map(one => one.textContent), \
                 late: document.querySelector('.nodes .late-mark').innerText}",
    );
    assert_eq!(numbers["line"], json!(["1", "2", "3"]));
    assert_eq!(numbers["list"], numbers["line"]);
    assert_eq!(numbers["late"], json!("24 min over the limit"));
    assert_eq!(browser.errors(), Vec::new());
}

#[test]
fn a_correction_shows_what_was_and_what_is_and_a_retraction_is_struck_through() {
    let server = Server::start();
    let number = container(2);
    passage(&server, &number, "23");
    server.send(&[
        event(
            &format!("{number}s"),
            "stack",
            &number,
            "2022-02-23T14:30:00+08:00",
            json!({"slot": "G124406.1", "updated_at": "2022-02-23T15:00:00+08:00"}),
        ),
        event(
            "gone",
            "shift",
            &number,
            "2022-02-23T16:00:00+08:00",
            json!({"slot": "G010101.1"}),
        ),
    ]);
    server.send(&[json!({"id": "gone", "source": SOURCE, "retracted": true,
        "updated_at": "2022-02-23T17:00:00+08:00"})]);
    let browser = opened(&server, &number, "");
    let changes = browser.until(
        "the correction",
        "const node = document.querySelector('.nodes [data-node=stack]'); \
         const changes = [...node.querySelectorAll('.correction')].map(one => one.textContent); \
         return changes.length ? changes : null",
    );
    let changes = changes.to_string();
    browser.until(
        "the retracted report",
        "return document.querySelector('.retracted [data-retracted] s')?.textContent.includes('G010101.1')",
    );
    assert!(
        changes.contains("2022-02-23 14:24:00 → 2022-02-23 14:30:00 (+6 min)"),
        "{changes}"
    );
    assert!(changes.contains("G124405.1 → G124406.1"), "{changes}");
}

#[test]
fn a_node_that_comes_leaves_open_what_was_opened_and_the_page_where_it_was() {
    let server = Server::start();
    let number = container(3);
    passage(&server, &number, "23");
    server.send(&[event(
        &format!("{number}s"),
        "stack",
        &number,
        "2022-02-23T14:30:00+08:00",
        json!({"slot": "G124406.1", "updated_at": "2022-02-23T15:00:00+08:00"}),
    )]);
    let browser = opened(&server, &number, "");
    browser.until(
        "the versions to be opened",
        "const summary = document.querySelector('.nodes .versions summary'); if (!summary) return null; \
         summary.focus(); summary.click(); scrollTo(0, 300); return true",
    );
    // Any yard move of this box makes the page ask again.
    server.send(&[event(
        "later",
        "shift",
        &number,
        "2022-02-23T15:00:00+08:00",
        json!({"slot": "G010101.1"}),
    )]);
    let state = browser.until(
        "the new node",
        "if (document.querySelectorAll('.nodes .timeline > .node').length < 4) return null; \
         return {open: document.querySelector('.nodes .versions').open, \
                 focused: document.activeElement.tagName, scrolled: scrollY > 0}",
    );
    assert_eq!(
        state,
        json!({"open": true, "focused": "SUMMARY", "scrolled": true})
    );
}

#[test]
fn two_boxes_stand_below_each_other_with_their_differences() {
    let server = Server::start();
    let (first, second) = (container(4), container(5));
    passage(&server, &first, "23");
    passage(&server, &second, "24");
    let browser = opened(&server, &first, "");
    browser.run(&format!(
        "const form = document.querySelector('.compare-field'); form.querySelector('input').value = '{second}'; \
         form.querySelector('button').click()"
    ));
    let shown = browser.until(
        "both lines",
        "const lines = document.querySelectorAll('.line-card svg.line'); if (lines.length < 2) return null; \
         return {query: location.search, signs: [...document.querySelectorAll('.differences [data-sign]')]\
         .map(one => one.dataset.sign)}",
    );
    assert!(shown["query"].to_string().contains(&format!("with={second}")));
    let signs = shown["signs"].as_array().unwrap();
    assert!(
        !signs.is_empty() && signs.iter().all(|sign| sign == "same"),
        "{signs:?}"
    );
}

#[test]
fn a_number_that_was_never_seen_offers_those_that_begin_like_it() {
    let server = Server::start();
    let number = container(6);
    passage(&server, &number, "23");
    let browser = Browser::start();
    let wrong = format!("{}0000", &number[..7]);
    browser.open(&url(&server, &format!("/containers/{wrong}?lang=en")));
    let near = browser.until(
        "the numbers near to it",
        "return document.querySelector('.near a')?.textContent ?? null",
    );
    assert_eq!(near, json!(number));
}

#[test]
fn a_past_moment_says_that_it_is_one_and_leads_back_to_now() {
    let server = Server::start();
    let number = container(7);
    passage(&server, &number, "23");
    let browser = opened(&server, &number, "&known=2099-01-01T00:00:00%2B08:00");
    browser.until(
        "the banner",
        "return document.querySelector('.known-banner')?.innerText.includes('2099-01-01 00:00:00')",
    );
    browser.run("document.querySelector('.known-banner a').click()");
    browser.until(
        "the present",
        "return document.querySelector('.known-banner') === null && !location.search.includes('known')",
    );
}
