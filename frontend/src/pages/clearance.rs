//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Clearance() -> impl IntoView {}
