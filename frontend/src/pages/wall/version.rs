//! A wall runs for weeks: when the server has another page than the one that runs, it loads that, once all of it can be
//! fetched.

use crate::client::file;
use crate::components::kept::{keep, kept};
use crate::components::reactive::spawn;
use leptos::prelude::*;

/// What says that an answer is the page, and no proxy's.
const OURS: &str = "data-words-en=";
/// For which page it was loaded anew last, and when.
const LOADED: &str = "quaylight-wall-loaded";
/// The same page is not tried again sooner than this, in milliseconds.
const AGAIN_MS: f64 = 600_000.0;

/// Looks whether the server has another page, and loads it then. An answer that does not come means nothing.
pub fn look() {
    spawn(async {
        let Some(runs) = running() else {
            return;
        };
        let Ok(page) = file("/".to_owned()).await else {
            return;
        };
        let missing: Vec<String> = missing(&page, &runs).into_iter().map(str::to_owned).collect();
        if missing.is_empty() {
            return;
        }
        let wanted = missing.join(" ");
        let now = js_sys::Date::now();
        if let Some((before, at)) = kept(LOADED).as_deref().and_then(|kept| kept.rsplit_once(' ')) {
            let at = at.parse::<i64>().unwrap_or_default() as f64;
            if before == wanted && (0.0..AGAIN_MS).contains(&(now - at)) {
                return;
            }
        }
        for path in missing {
            if file(path).await.is_err() {
                return;
            }
        }
        keep(LOADED, &[&wanted, " ", &(now as i64).to_string()].concat());
        if let Err(error) = window().location().reload() {
            leptos::logging::warn!("the page could not be loaded anew: {error:?}");
        }
    });
}

/// The head of the page that runs, with where its words are.
fn running() -> Option<String> {
    let root = document().document_element()?;
    let mut runs = root.query_selector("head").ok()??.inner_html();
    for words in ["data-words-en", "data-words-zh"] {
        runs.push_str(&root.get_attribute(words).unwrap_or_default());
    }
    Some(runs)
}

/// The files that a page names and the one that runs does not; none where it is no page of ours.
fn missing<'a>(page: &'a str, runs: &str) -> Vec<&'a str> {
    if !page.contains(OURS) {
        return Vec::new();
    }
    let named = page
        .split(['"', '\''])
        .filter(|text| text.starts_with('/') && text.contains('.') && !text.contains(char::is_whitespace));
    let mut missing: Vec<&str> = named.filter(|name| !runs.contains(name)).collect();
    missing.dedup();
    missing
}

#[cfg(test)]
mod tests {
    use super::missing;

    const PAGE: &str = "<html data-words-en=\"/words-1.txt\"><head><link href=\"/main-1.css\"/>\
                        <script>import init from '/page-1.js';</script></head>";

    #[test]
    fn the_same_page_misses_nothing() {
        assert!(missing(PAGE, PAGE).is_empty());
    }

    #[test]
    fn another_page_names_what_is_new() {
        let newer = PAGE.replace("page-1", "page-2").replace("words-1", "words-2");
        assert_eq!(missing(&newer, PAGE), ["/words-2.txt", "/page-2.js"]);
    }

    #[test]
    fn what_a_proxy_answers_is_no_page() {
        assert!(missing("<html><a href=\"/sign-in.html\">Sign in</a>", PAGE).is_empty());
    }
}
