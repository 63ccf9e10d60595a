//! Parcels: figures that move while documents come, the list behind a figure, and what differs in one parcel.

use crate::look::{LIVE, url};
use serde_json::{Value, json};
use shared::wire::parcels::{Parcel, ParcelState, ParcelsNow};
use tests::browser::Browser;
use tests::messages::{at_site, now, parcel, with};
use tests::program::Server;

#[track_caller]
fn send(server: &Server, documents: &[Value]) {
    let (status, answer) = server.feed("parcels", json!(documents).to_string());
    assert_eq!(status, 200, "{answer:?}");
}

/// A minute ago at the site.
fn lately() -> String {
    at_site(now().plus(-60_000))
}

fn figure(name: &str) -> String {
    format!("document.querySelector('[data-figure={name}] .figure-value')?.innerText")
}

/// A parcel that somebody else paid for.
fn held(order: &str) -> [Value; 4] {
    let mut documents = parcel(order, &lately());
    let payer = json!({"payer": {"name": "李雷", "identity": "440524188001010014"}});
    with(&mut documents[1], payer);
    documents
}

#[test]
fn figures_move_without_a_reload_and_each_opens_its_list() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/parcels?lang=en"));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the page to say how to begin",
        "return document.querySelector('[data-part=nothing] pre')?.innerText.includes('/api/v1/feeds/parcels')",
    );
    browser.run("window.notReloaded = true");
    let mut documents: Vec<Value> = parcel("A-1", &lately()).into();
    documents.extend(parcel("A-2", &lately()));
    send(&server, &documents);
    browser.until("two released", &format!("return {} === '2'", figure("released")));
    let value = browser.run(&format!("return {}", figure("value")));
    // Twice 299.00 without the discount of 20.00.
    assert_eq!(value, json!("CNY 558"));

    send(&server, &parcel("A-3", &lately()));
    send(&server, &held("A-4"));
    browser.until(
        "three released and one held",
        &format!(
            "return {} === '3' && {} === '1'",
            figure("released"),
            figure("queue")
        ),
    );
    let reason = "document.querySelector('[data-part=held] [data-key=payer_differs] a')";
    assert_eq!(browser.run(&format!("return {reason}?.innerText")), json!("1"));
    assert_eq!(browser.run("return window.notReloaded"), json!(true));

    let listed =
        "return [...document.querySelectorAll('tbody.rows tr[data-key]')].map(row => row.dataset.key).sort()";
    browser.run(&format!("{reason}.click()"));
    browser.until(
        "the parcel that is held",
        &format!("return JSON.stringify((() => {{ {listed} }})()) === '[\"A-4\"]'"),
    );
    browser.run("history.back()");
    browser.until(
        "the figures again",
        &format!("return {} === '3'", figure("released")),
    );
    browser.run("document.querySelector('[data-figure=released] .figure-value a').click()");
    browser.until(
        "those that were released",
        &format!("return JSON.stringify((() => {{ {listed} }})()) === '[\"A-1\",\"A-2\",\"A-3\"]'"),
    );
    let seen: ParcelsNow = server.get("/api/v1/parcels/now").ok();
    assert_eq!((seen.released, seen.queue), (3, 1));
    assert_eq!(browser.errors(), []);
}

#[test]
fn what_differs_is_marked_and_an_officer_releases_it_with_a_remark() {
    let server = Server::start();
    send(&server, &held("A-4"));
    let browser = Browser::start();
    browser.open(&url(&server, "/parcels?view=list&lang=en"));
    browser.until("the page to be live", LIVE);
    browser.until(
        "the list",
        "return document.querySelector('tr[data-key=\"A-4\"] a') !== null",
    );
    browser.run("document.querySelector('tr[data-key=\"A-4\"] a').click()");
    let marked = browser.until(
        "the documents side by side",
        "const rows = [...document.querySelectorAll('.compared tr[data-differs=true]')];\
         return location.pathname === '/parcels/A-4' && rows.length > 0 && rows.map(row => row.innerText).join('|')",
    );
    let marked = marked.as_str().unwrap_or_default();
    assert!(marked.contains("Somebody else paid"), "{marked}");
    // By a shape, too: the sign before the value comes from the style sheet.
    let sign = "return [...document.querySelectorAll('.compared [data-document=payment] .differs')]\
                .map(value => getComputedStyle(value, '::before').content).join()";
    let sign = browser.run(sign);
    assert!(sign.as_str().is_some_and(|sign| sign.contains('≠')), "{sign}");

    browser.until(
        "the form",
        "return document.querySelector('[data-form=act] [value=release]')?.hidden === false",
    );
    browser.run(
        "document.querySelector('[data-form=act] [name=by]').value = 'Li Na';\
         document.querySelector('[data-form=act] textarea').value = 'The father paid.';\
         document.querySelector('[data-form=act] [value=release]').click()",
    );
    browser.until(
        "it to be released",
        "return document.querySelector('h1 .parcel-state')?.dataset.state === 'released' \
         && document.querySelector('[data-part=history]').innerText.includes('The father paid.')",
    );
    let released: Parcel = server.get("/api/v1/parcels/A-4").ok();
    assert_eq!(released.item.state, ParcelState::Released);
    assert_eq!(browser.errors(), []);
}

#[test]
fn the_wall_counts_on_as_parcels_are_released() {
    let server = Server::start();
    send(&server, &parcel("A-1", &lately()));
    let browser = Browser::start();
    browser.open(&url(&server, "/wall?scenes=parcels&distance=3&lang=en"));
    browser.until("the page to be live", LIVE);
    let shows = |count: &str| {
        format!(
            "return document.querySelector('.scene[data-seen=\"true\"] [data-figure=parcels_released]')?.innerText === '{count}'"
        )
    };
    browser.until("one to be counted", &shows("1"));
    browser.run("window.notReloaded = true");
    send(&server, &parcel("A-2", &lately()));
    browser.until("two to be counted", &shows("2"));
    assert_eq!(browser.run("return window.notReloaded"), json!(true));
    assert_eq!(browser.errors(), []);
}
