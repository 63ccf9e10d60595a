//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Overview() -> impl IntoView {}
