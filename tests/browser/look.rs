//! What the tests read off the page.

use serde_json::Value;
use std::collections::BTreeMap;
use tests::browser::Browser;
use tests::program::Server;

/// Whether the page is live.
pub const LIVE: &str = "return document.querySelector('[data-connection=\"live\"]') !== null";

/// The page of a server.
pub fn url(server: &Server, path: &str) -> String {
    format!("http://{}{path}", server.authority())
}

/// One row of a list of alarms: the text of its cells, by column.
pub type Row = BTreeMap<String, String>;

/// The rows of a list, from the top.
#[track_caller]
pub fn rows(browser: &Browser, list: &str) -> Vec<Row> {
    let script = format!(
        "return [...document.querySelectorAll('[data-list=\"{list}\"] tr[data-alarm]')].map(row => \
           Object.fromEntries([...row.querySelectorAll('td[data-column]')].map(cell => \
             [cell.dataset.column, cell.innerText.trim()])))"
    );
    serde_json::from_value(browser.run(&script)).unwrap()
}

/// The columns of a list, from the left.
#[track_caller]
pub fn columns(browser: &Browser, list: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('[data-list=\"{list}\"] th[data-column]')].map(head => head.dataset.column)"
    );
    serde_json::from_value(browser.run(&script)).unwrap()
}

/// Waits until a container stands in a list.
#[track_caller]
pub fn wait_for_container(browser: &Browser, list: &str, container: &str) -> Value {
    browser.until(
        &format!("{container} to stand in the list {list}"),
        &format!(
            "return [...document.querySelectorAll('[data-list=\"{list}\"] td[data-column=\"container\"]')]\
             .some(cell => cell.innerText.trim() === '{container}')"
        ),
    )
}
