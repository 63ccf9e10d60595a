//! A container number with its link, and a mark when it is no valid one; a slot with its link.

use super::markup::{Markup, all, link, nothing, tag, text};
use crate::address::Page;
use crate::context::Context;
use crate::i18n::Word;

/// A number that leads to its trail, for those who may follow it. The mark beside an unverified one is drawn by the style sheet, so that
/// the text is the number and nothing else.
pub fn container_link(context: Context, number: &str, verified: bool) -> Markup {
    let page = Page::Container(number.to_owned());
    let number = if context.sees(&page) {
        let href = context.address.link(&page, &[]);
        let attributes = [("class", "container-number"), ("href", href.as_str())];
        tag("a", &attributes, text(number))
    } else {
        tag("span", &[("class", "container-number")], text(number))
    };
    all([number, if verified { nothing() } else { unverified(context) }])
}

/// The mark of an unverified number.
pub fn unverified(context: Context) -> Markup {
    let words = context.say(Word::Unverified);
    tag(
        "span",
        &[
            ("class", "unverified"),
            ("role", "img"),
            ("aria-label", words),
            ("title", words),
        ],
        nothing(),
    )
}

/// A slot that leads to its place on the map; the map reads its address by the layout's pattern.
pub fn slot_link(context: Context, slot: Option<&str>) -> Markup {
    match slot {
        Some(slot) => link(&context.address.link(&Page::Yard, &[("slot", slot)]), text(slot)),
        None => text("—"),
    }
}
