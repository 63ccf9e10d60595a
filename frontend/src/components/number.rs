//! A container number with its link, and a mark when it is no valid one.

use crate::address::Page;
use crate::context::Context;
use crate::i18n::Word;
use leptos::prelude::*;

/// A number that leads to its trail. The mark beside an unverified one is drawn by the style sheet, so that
/// the text is the number and nothing else.
pub fn container_link(context: Context, number: &str, verified: bool) -> impl IntoView + use<> {
    let href = context.address.link(&Page::Container(number.to_owned()), &[]);
    view! {
        <a class="container-number" href=href>{number.to_owned()}</a>
        {(!verified).then(|| unverified(context))}
    }
}

/// The mark of an unverified number.
pub fn unverified(context: Context) -> impl IntoView {
    let words = context.say(Word::Unverified);
    view! { <span class="unverified" role="img" aria-label=words title=words></span> }
}

/// A slot that leads to its place on the map.
pub fn slot_link(context: Context, slot: Option<&str>, block: Option<&str>) -> impl IntoView + use<> {
    let slot = slot.map(str::to_owned);
    match (slot, block) {
        (Some(slot), Some(block)) => {
            let href = context
                .address
                .link(&Page::Yard, &[("block", block), ("slot", &slot)]);
            view! { <a href=href>{slot}</a> }.into_any()
        }
        (Some(slot), None) => slot.into_any(),
        (None, _) => "—".into_any(),
    }
}
