//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Throughput() -> impl IntoView {}
