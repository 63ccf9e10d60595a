//! The blocks as a table: the same as the map, for keyboard and screen reader.

use crate::address::Page;
use crate::components::markup::{Markup, all, cell, link, number, shown, table, tag, text};
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
    let blocks = yard.layout.blocks().iter().zip(&yard.tallies);
    table(
        context,
        Word::Yard,
        &COLUMNS,
        all(blocks.map(|(block, tally)| row(context, block, *tally))),
    )
}

fn row(context: Context, block: &Block, tally: Tally) -> Markup {
    let slots = block.slots() as u64;
    let href = context.address.link(&Page::Yard, &[("block", &block.name)]);
    let cells = [
        tag("th", &[("scope", "row")], link(&href, text(&block.name))),
        cell(text(&designation(context, &block.designation))),
        number(&format::whole(u64::from(tally.boxes))),
        number(&format::whole(slots)),
        number(&format::percent(f64::from(tally.taken) / slots.max(1) as f64)),
        number(&format::whole(u64::from(tally.alarms))),
    ];
    tag("tr", &[("data-block", &block.name)], all(cells))
}

/// What may stand in a block, in words.
pub fn designation(context: Context, designation: &Designation) -> String {
    let comma = context.language.choose(", ", "、");
    let mut words: Vec<String> = designation
        .cargo
        .iter()
        .map(|cargo| context.term(*cargo).to_owned())
        .collect();
    words.extend(
        designation
            .direction
            .iter()
            .map(|direction| context.term(*direction).to_owned()),
    );
    words.extend(designation.classes.iter().map(|class| class.to_string()));
    if designation.power {
        words.push(context.say(Word::Power).to_owned());
    }
    if words.is_empty() {
        context.term(shared::stay::Cargo::General).to_owned()
    } else {
        words.join(comma)
    }
}
