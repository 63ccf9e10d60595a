//! To come.
use leptos::prelude::*;
/// To come.
#[component]
pub fn Stays() -> impl IntoView {}
/// To come.
#[component]
pub fn StayById(#[allow(unused)] id: String) -> impl IntoView {}
