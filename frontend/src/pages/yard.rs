//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Yard() -> impl IntoView {}
