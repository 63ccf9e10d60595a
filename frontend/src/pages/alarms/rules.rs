//! stub
/// stub
pub fn rules() -> leptos::prelude::AnyView {
    super::alarms()
}
