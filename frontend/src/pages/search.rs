//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Search() -> impl IntoView {}
