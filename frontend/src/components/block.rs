//! A block of a page: what stands together.

use leptos::html::Div;
use leptos::prelude::*;

/// Parts behind each other, under a class of their own.
pub fn block(class: &'static str, parts: Vec<AnyView>) -> AnyView {
    block_of(class, None, NodeRef::new(), parts)
}

/// The same with a name for whoever reads the page by program, and a way to reach it.
#[inline(never)]
pub fn block_of(
    class: &'static str,
    name: Option<&'static str>,
    node: NodeRef<Div>,
    parts: Vec<AnyView>,
) -> AnyView {
    view! { <div class=class data-part=name node_ref=node>{parts}</div> }.into_any()
}
