//! The blocks as a table: the same as the map, for keyboard and screen reader.

use crate::address::Page;
use crate::components::markup::{Markup, fill, join, shown, table, text};
use crate::components::reactive::opening;
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::states::{Tally, Yard};
use leptos::prelude::*;
use shared::yard::{Block, Designation};

const COLUMNS: [(Word, bool); 6] = [
    (Word::Block, false),
    (Word::Designation, false),
    (Word::Boxes, true),
    (Word::Slots, true),
    (Word::Use, true),
    (Word::WithAlarm, true),
];

/// The table. It is made when it is opened, and follows the yard from then on.
pub fn block_table(context: Context, yard: Followed<Yard>) -> AnyView {
    opening(context.say(Word::Table).to_owned(), move || {
        shown("", move || {
            yard.with(|yard| yard.map(|yard| rows(context, yard)).unwrap_or_default())
        })
    })
}

fn rows(context: Context, yard: &Yard) -> Markup {
    let mut rows = Vec::new();
    for (block, tally) in yard.layout.blocks().iter().zip(&yard.tallies) {
        rows.push(row(context, block, *tally));
    }
    table(context, Word::Yard, &COLUMNS, join(&rows))
}

fn row(context: Context, block: &Block, tally: Tally) -> Markup {
    const ROW: &str = "<tr data-block=\"{}\"><th scope=\"row\"><a href=\"{}\">{}</a></th><td>{}</td>\
                       <td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
                       <td class=\"number\">{}</td></tr>";
    let slots = block.slots() as u64;
    let name = text(&block.name);
    let whole = |number: u64| text(&format::whole(number));
    let gaps = [
        name.clone(),
        text(&context.address.link(&Page::Yard, &[("block", &block.name)])),
        name,
        text(&designation(context, &block.designation)),
        whole(u64::from(tally.boxes)),
        whole(slots),
        text(&format::percent(f64::from(tally.taken) / slots.max(1) as f64)),
        whole(u64::from(tally.alarms)),
    ];
    fill(ROW, &gaps)
}

/// What may stand in a block, in words.
pub fn designation(context: Context, designation: &Designation) -> String {
    let comma = context.language.choose(", ", "、");
    let mut words: Vec<&str> = Vec::new();
    for cargo in &designation.cargo {
        words.push(context.term(*cargo));
    }
    for direction in &designation.direction {
        words.push(context.term(*direction));
    }
    for class in &designation.classes {
        words.push(class.as_str());
    }
    if designation.power {
        words.push(context.say(Word::Power));
    }
    if words.is_empty() {
        words.push(context.term(shared::stay::Cargo::General));
    }
    words.join(comma)
}
