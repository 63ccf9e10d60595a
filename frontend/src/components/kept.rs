//! What this browser keeps for the person: the name, whether sound is on.

use leptos::prelude::window;

/// Where the browser remembers the name of the person, where access is open.
const NAME_KEY: &str = "quaylight.by";

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under a name.
pub fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps something. A browser that keeps nothing only means that the person is asked again.
pub fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, value);
    }
}

/// The name of the person, where the browser remembers it.
pub fn remembered() -> String {
    kept(NAME_KEY).unwrap_or_default()
}

/// Lets the browser remember the name.
pub fn remember(name: Option<&str>) {
    if let Some(name) = name {
        keep(NAME_KEY, name);
    }
}
