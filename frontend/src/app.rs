//! The outermost component: everything the page shows hangs below it.

use leptos::prelude::*;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    view! {
        <main class="shell">
            <h1>"Quaylight"</h1>
        </main>
    }
}
