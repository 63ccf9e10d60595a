//! A bay as it is seen from its end: rows beside each other, tiers above each other.

use super::boxes::{Boxes, Standing};
use crate::address::Page;
use crate::components::markup::{Markup, fill, join, nothing, text};
use crate::components::shell::say;
use crate::context::Context;
use crate::i18n::Word;
use crate::live::Followed;
use crate::yard_map::palette::{Class, ColourBy};

/// The cross-section of the bay in the address; nothing without one.
pub fn cross_section(context: Context, boxes: Followed<Boxes>, rows: u16, tiers: u16) -> Markup {
    let query = context.address.query();
    let Some(bay) = query.get("bay").and_then(|bay| bay.parse::<u16>().ok()) else {
        return nothing();
    };
    let (by, wanted) = (ColourBy::of(query.get("colour")), query.get("slot"));
    let mut lines = Vec::new();
    boxes.with(|boxes| {
        let Some(boxes) = boxes else {
            return;
        };
        // The highest tier stands on top, as it does in the yard.
        for tier in (1..=tiers).rev() {
            let mut line = vec![head("row", tier)];
            for row in 1..=rows {
                let mut found = Vec::new();
                for standing in boxes.at(bay, row, tier) {
                    found.push(link(context, by, wanted, standing));
                }
                line.push(cell(context, &found));
            }
            lines.push(fill("<tr>{}</tr>", &[join(&line)]));
        }
    });
    let mut foot = Vec::new();
    for row in 1..=rows {
        foot.push(head("col", row));
    }
    let title = context.fill(Word::CrossSection, bay.to_string());
    fill(
        "<div class=\"scroll\"><table class=\"cross-section\"><caption>{}</caption><tbody>{}</tbody>\
         <tfoot><tr><td></td>{}</tr></tfoot></table></div>",
        &[text(&title), join(&lines), join(&foot)],
    )
}

fn head(scope: &str, number: u16) -> Markup {
    let gaps = [text(scope), text(&number.to_string())];
    fill("<th scope=\"{}\">{}</th>", &gaps)
}

fn cell(context: Context, found: &[Markup]) -> Markup {
    if found.is_empty() {
        return fill(
            "<td class=\"slot\" data-class=\"empty\"><span class=\"unseen\">{}</span></td>",
            &[say(context.language, Word::EmptySlot)],
        );
    }
    fill("<td class=\"slot\">{}</td>", &[join(found)])
}

fn link(context: Context, by: ColourBy, wanted: Option<&str>, standing: &Standing) -> Markup {
    let page = Page::Container(standing.container.clone());
    let mut title = vec![standing.slot.as_str(), context.term(standing.state.cargo())];
    if standing.state.has_alarm() {
        title.push(context.say(Word::WithAlarm));
    }
    let is_wanted = wanted == Some(standing.slot.as_str());
    let (name, href) = if context.sees(&page) {
        let href = fill(" href=\"{}\"", &[text(&context.address.link(&page, &[]))]);
        ("a", href)
    } else {
        ("span", nothing())
    };
    let gaps = [
        text(name),
        href,
        text(Class::of(by, standing.state).token()),
        text(&standing.slot),
        text(if is_wanted { "wanted" } else { "" }),
        text(&title.join(" · ")),
        text(&standing.container),
        text(name),
    ];
    fill(
        "<{}{} data-class=\"{}\" data-slot=\"{}\" class=\"{}\" title=\"{}\">{}</{}>",
        &gaps,
    )
}
