//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Feeds() -> impl IntoView {}
