//! The pages of figures: charts that lead to their stays, by pointer and by key, live, with a table behind each.

use crate::look::{LIVE, url};
use serde_json::{Value, json};
use shared::wire::figures::{ClearanceRow, Figures};
use tests::browser::Browser;
use tests::messages::{container, event};
use tests::program::Server;

const PERIOD: &str = "from=2022-02-23&to=2022-02-26&bucket=day";

/// A stay that is released on a day of February 2022, so many hours after its declaration.
fn stay(n: u32, day: u32, hours: u32) -> Vec<Value> {
    let at = |hour: u32| format!("2022-02-{day}T{hour:02}:00:00+08:00");
    let paper = || json!({"declaration": format!("D{n}"), "direction": "export"});
    let number = container(n);
    let begin = json!({"direction": "export", "size_type": "22G1"});
    vec![
        event(&format!("{n}-g"), "gate_in", &number, &at(1), begin),
        event(&format!("{n}-d"), "declare", &number, &at(2), paper()),
        event(&format!("{n}-r"), "release", &number, &at(2 + hours), paper()),
    ]
}

/// One stay on the first day, two on the second, three on the third.
fn server() -> Server {
    let server = Server::start();
    let mut n = 0;
    for (day, count) in [(23, 1), (24, 2), (25, 3)] {
        for _ in 0..count {
            n += 1;
            server.send(&stay(n, day, 2 * n));
        }
    }
    server
}

fn rows(server: &Server) -> Vec<ClearanceRow> {
    let answer: Figures<ClearanceRow> = server.get(&format!("/api/v1/figures/clearance?{PERIOD}")).ok();
    answer.rows
}

/// Opens the page and waits until its chart is drawn.
fn open(browser: &Browser, server: &Server, more: &str) {
    browser.open(&url(server, &format!("/clearance?{PERIOD}{more}")));
    browser.until("the page to be live", LIVE);
    wait_for_chart(browser);
}

fn wait_for_chart(browser: &Browser) {
    browser.until(
        "the chart to be drawn",
        "return document.querySelector('[data-chart=clearance] [data-series=median]') !== null",
    );
}

/// Presses a key on the chart.
fn press(browser: &Browser, key: &str) {
    browser.run(&format!(
        "const above = document.querySelector('[data-chart=clearance] .chart-above'); above.focus();\
         above.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"
    ));
}

/// Where the crosshair stands, in pixels from the left.
fn crosshair(browser: &Browser) -> i64 {
    let left = browser.run("return document.querySelector('[data-chart=clearance] .crosshair').offsetLeft");
    left.as_i64().unwrap()
}

/// Tells the chart of a pointer so far from its left.
fn point(browser: &Browser, events: &[(&str, i64)]) {
    for (name, x) in events {
        browser.run(&format!(
            "const above = document.querySelector('[data-chart=clearance] .chart-above');\
             const box = above.getBoundingClientRect();\
             above.dispatchEvent(new PointerEvent('{name}', {{bubbles: true, button: 0, pointerId: 1, \
               pointerType: 'mouse', clientX: box.left + {x}, clientY: box.top + 40}}))"
        ));
    }
}

/// Waits for the list of stays and counts it.
fn listed(browser: &Browser) -> usize {
    let count = browser.until(
        "the list of stays",
        "return location.pathname === '/stays' && (document.querySelectorAll('tr[data-stay]').length || null)",
    );
    usize::try_from(count.as_u64().unwrap()).unwrap()
}

fn address_has(browser: &Browser, what: &str) {
    browser.until(
        &format!("the address to have {what}"),
        &format!("return decodeURIComponent(location.search).includes('{what}')"),
    );
}

#[test]
fn keys_go_from_point_to_point_and_enter_opens_exactly_the_stays_of_a_point() {
    let server = server();
    let browser = Browser::start();
    let rows = rows(&server);
    open(&browser, &server, "&lang=en");
    press(&browser, "End");
    press(&browser, "ArrowLeft");
    let told = browser.run(
        "return document.querySelector('[data-chart=clearance] .chart-above').ariaValueText ?? \
              document.querySelector('[data-chart=clearance] .chart-above').getAttribute('aria-valuetext')",
    );
    assert!(told.as_str().unwrap().contains("2022-02-24"), "{told}");
    press(&browser, "Enter");
    assert_eq!(listed(&browser) as u64, rows[1].stays);

    open(&browser, &server, "&lang=en");
    press(&browser, "Home");
    press(&browser, "Enter");
    assert_eq!(listed(&browser) as u64, rows[0].stays);
    assert_eq!(browser.errors(), []);
}

#[test]
fn a_click_on_a_point_opens_exactly_its_stays() {
    let server = server();
    let browser = Browser::start();
    open(&browser, &server, "&lang=en");
    press(&browser, "End");
    let x = crosshair(&browser);
    point(&browser, &[("pointerdown", x), ("pointerup", x)]);
    assert_eq!(listed(&browser) as u64, rows(&server)[2].stays);
    assert_eq!(browser.errors(), []);
}

#[test]
fn a_name_in_the_legend_hides_its_series_and_shows_it_again() {
    let server = server();
    let browser = Browser::start();
    open(&browser, &server, "&lang=en");
    let toggle = "document.querySelector('[data-chart=clearance] [data-series=mean]')";
    browser.run(&format!("{toggle}.focus(); {toggle}.click()"));
    browser.until(
        "the series to be hidden",
        &format!("return {toggle}.getAttribute('aria-pressed') === 'false'"),
    );
    address_has(&browser, "hide=mean");
    let focused = browser.run("return document.activeElement.dataset.series");
    assert_eq!(focused, json!("mean"));
    browser.run(&format!("{toggle}.click()"));
    browser.until(
        "the series to be shown",
        &format!("return {toggle}.getAttribute('aria-pressed') === 'true'"),
    );
}

#[test]
fn dragging_zooms_in_the_address_and_escape_leads_back() {
    let server = server();
    let browser = Browser::start();
    open(&browser, &server, "&lang=en");
    press(&browser, "Home");
    let first = crosshair(&browser);
    press(&browser, "ArrowRight");
    let second = crosshair(&browser);
    point(
        &browser,
        &[
            ("pointerdown", first),
            ("pointermove", second),
            ("pointerup", second),
        ],
    );
    address_has(&browser, "from=2022-02-23&to=2022-02-25");
    address_has(&browser, "period=2022-02-23..2022-02-26");
    browser.until(
        "the figures of the part",
        "return document.querySelector('[data-figure=stays] .figure-value')?.innerText === '3'",
    );
    wait_for_chart(&browser);
    press(&browser, "Escape");
    browser.until(
        "the whole period",
        "return !new URLSearchParams(location.search).has('from') && \
         document.querySelector('[data-figure=stays] .figure-value')?.innerText === '6'",
    );
    assert_eq!(browser.errors(), []);
}

#[test]
fn the_table_behind_a_chart_has_what_the_call_answers_and_changes_by_itself() {
    let server = server();
    let browser = Browser::start();
    open(&browser, &server, "&lang=en");
    browser.run(
        "document.querySelector('[data-chart=clearance] details').open = true; window.notReloaded = true",
    );
    let table = "return [...document.querySelectorAll('[data-chart=clearance] tbody tr')].map(row => \
                 [row.querySelector('th').innerText, row.querySelector('[data-column=median]').innerText])";
    let expected = |server: &Server| -> Value {
        let rows = rows(server).into_iter().map(|row| {
            let day: String = row.bucket.unwrap().to_string().chars().take(10).collect();
            json!([day, format!("{} h", row.median_seconds.unwrap() / 3_600)])
        });
        rows.collect()
    };
    let shows = |what: &Value| format!("return JSON.stringify((() => {{ {table} }})()) === '{what}'");
    browser.until("the table", &shows(&expected(&server)));

    for n in 10..13 {
        server.send(&stay(n, 24, 20));
    }
    browser.until("the new figures", &shows(&expected(&server)));
    browser.until(
        "the new sum",
        "return document.querySelector('[data-figure=stays] .figure-value')?.innerText === '9'",
    );
    assert_eq!(browser.run("return window.notReloaded"), json!(true));
    assert_eq!(browser.errors(), []);
}

#[test]
fn every_part_speaks_both_languages_and_the_trail_says_what_is_usual() {
    let server = server();
    let browser = Browser::start();
    for (language, words) in [
        ("en", ["Median", "What is counted"]),
        ("zh", ["中位数", "指标口径"]),
    ] {
        open(
            &browser,
            &server,
            &format!("&lang={language}&group=direction&compare=before"),
        );
        for word in words {
            browser.until(
                word,
                &format!("return document.querySelector('main').innerText.includes('{word}')"),
            );
        }
        let parts = "return ['segments', 'groups', 'patterns', 'baselines', 'definition']\
                     .every(part => document.querySelector(`[data-part=${part}]`))";
        browser.until("every part", parts);
        let failed = browser.run("return document.querySelector('main .failed')?.innerText ?? null");
        assert_eq!(failed, Value::Null);
    }
    browser.open(&url(&server, &format!("/containers/{}?lang=en", container(1))));
    browser.until(
        "where the stay stands",
        "return document.querySelector('[data-usual=overall]')?.innerText.includes('longer than')",
    );
    assert_eq!(browser.errors(), []);
}
