//! A bay as it is seen from its end: rows beside each other, tiers above each other.

use super::boxes::{Boxes, Standing};
use crate::address::Page;
use crate::components::markup::{Markup, all, nothing, tag, text};
use crate::context::Context;
use crate::i18n::Word;
use crate::live::Followed;
use crate::yard_map::palette::{Class, ColourBy};

/// The cross-section of the bay in the address; nothing without one.
pub fn cross_section(context: Context, boxes: Followed<Boxes>, rows: u16, tiers: u16) -> Markup {
    let query = context.address.query();
    let Some(bay) = query.get("bay").and_then(|bay| bay.parse().ok()) else {
        return nothing();
    };
    let (by, wanted) = (ColourBy::of(query.get("colour")), query.get("slot"));
    let lines = boxes.with(|boxes| {
        let line = |tier: u16| {
            let cells = (1..=rows).map(|row| {
                let found = boxes.iter().flat_map(|boxes| boxes.at(bay, row, tier));
                cell(context, by, wanted, &found.collect::<Vec<_>>())
            });
            tag("tr", &[], all([head("row", tier), all(cells)]))
        };
        // The highest tier stands on top, as it does in the yard.
        all((1..=tiers).rev().map(line))
    });
    let foot = all([
        tag("td", &[], nothing()),
        all((1..=rows).map(|row| head("col", row))),
    ]);
    let table = all([
        tag("caption", &[], text(&context.fill(Word::CrossSection, bay))),
        tag("tbody", &[], lines),
        tag("tfoot", &[], tag("tr", &[], foot)),
    ]);
    tag(
        "div",
        &[("class", "scroll")],
        tag("table", &[("class", "cross-section")], table),
    )
}

fn head(scope: &str, number: u16) -> Markup {
    tag("th", &[("scope", scope)], text(&number.to_string()))
}

fn cell(context: Context, by: ColourBy, wanted: Option<&str>, found: &[&Standing]) -> Markup {
    if found.is_empty() {
        let words = tag("span", &[("class", "unseen")], text(context.say(Word::EmptySlot)));
        return tag("td", &[("class", "slot"), ("data-class", "empty")], words);
    }
    let boxes = found.iter().map(|standing| {
        let href = context
            .address
            .link(&Page::Container(standing.container.clone()), &[]);
        let alarm = standing.state.has_alarm().then(|| context.say(Word::WithAlarm));
        let title = [
            Some(standing.slot.as_str()),
            Some(context.term(standing.state.cargo())),
            alarm,
        ];
        let title = title.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        let attributes = [
            ("href", href.as_str()),
            ("data-class", Class::of(by, standing.state).token()),
            ("data-slot", &standing.slot),
            (
                "class",
                if wanted == Some(standing.slot.as_str()) {
                    "wanted"
                } else {
                    ""
                },
            ),
            ("title", &title),
        ];
        tag("a", &attributes, text(&standing.container))
    });
    tag("td", &[("class", "slot")], all(boxes))
}
