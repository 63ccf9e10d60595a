//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Trail(#[allow(unused)] number: String) -> impl IntoView {}
