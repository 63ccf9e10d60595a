//! The parts of the page that come when an address needs them.
//!
//! The build cuts the wasm into what is there at once and parts (`xtask/src/page/split.rs`), and puts a function behind
//! the script that fetches those that a path needs. As `trunk serve` builds the page it is whole and has no such
//! function.

use crate::address::Page;
use crate::components::reactive::{effect, spawn};
use leptos::prelude::*;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// A part that did not come is asked for again after this long.
const RETRY: Duration = Duration::from_secs(5);

/// Whether the code of a page is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Here,
    /// It is on its way.
    Coming,
    /// It did not come; it is asked for again.
    Failed,
}

/// What is known of the parts. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Parts {
    known: RwSignal<Vec<(Discriminant<Page>, State)>>,
    page: Memo<Page>,
}

#[wasm_bindgen]
extern "C" {
    /// Fetches what a path needs.
    #[wasm_bindgen(catch, js_namespace = globalThis, js_name = quaylightParts)]
    fn fetch_parts(path: &str) -> Result<js_sys::Promise, JsValue>;
    /// Whether there is such a function at all.
    #[wasm_bindgen(thread_local_v2, js_namespace = globalThis, js_name = quaylightParts)]
    static FETCH_PARTS: JsValue;
}

impl Parts {
    /// Fetches what the page needs, whichever it becomes.
    pub fn follow(page: Memo<Page>) -> Parts {
        let parts = Parts {
            known: RwSignal::default(),
            page,
        };
        effect(move || {
            let page = page.get();
            if untrack(|| parts.find(&page)).is_none_or(|state| state == State::Failed) {
                parts.fetch(page);
            }
        });
        parts
    }

    /// Whether the code of a page is here; tracked.
    pub fn state(self, page: &Page) -> State {
        if is_whole() {
            return State::Here;
        }
        self.find(page).unwrap_or(State::Coming)
    }

    fn find(self, page: &Page) -> Option<State> {
        let kind = discriminant(page);
        self.known.with(|known| {
            let found = known.iter().find(|(other, _)| *other == kind);
            found.map(|(_, state)| *state)
        })
    }

    /// Fetches what a page needs, and again until it came or another page is looked at.
    pub fn fetch(self, page: Page) {
        if is_whole() {
            return;
        }
        self.set(&page, State::Coming);
        spawn(async move {
            let fetched = match fetch_parts(&page.path()) {
                Ok(promise) => wasm_bindgen_futures::JsFuture::from(promise).await,
                Err(error) => Err(error),
            };
            match fetched {
                Ok(_) => self.set(&page, State::Here),
                Err(error) => {
                    leptos::logging::warn!("a part of the page did not come: {error:?}");
                    self.set(&page, State::Failed);
                    let again = move || {
                        if self.page.get_untracked() == page {
                            self.fetch(page);
                        }
                    };
                    set_timeout(again, RETRY);
                }
            }
        });
    }

    fn set(self, page: &Page, state: State) {
        let kind = discriminant(page);
        self.known.update(|known| {
            known.retain(|(other, _)| *other != kind);
            known.push((kind, state));
        });
    }
}

/// Whether the page came in one piece.
fn is_whole() -> bool {
    FETCH_PARTS.with(JsValue::is_undefined)
}
