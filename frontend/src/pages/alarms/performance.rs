//! stub
/// stub
pub fn performance() -> leptos::prelude::AnyView {
    super::alarms()
}
