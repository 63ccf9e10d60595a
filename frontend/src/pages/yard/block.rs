//! One block: what it is for, its bays, and its boxes.

use super::boxes::{Boxes, Standing};
use super::cross_section::cross_section;
use super::replay::Replay;
use super::table::designation;
use crate::client::{calls, understood};
use crate::components::markup::{Markup, fill, join, mark, shown, table, text};
use crate::components::number::container_link;
use crate::components::reactive::{button, effect, on_click, opening};
use crate::components::select::labelled;
use crate::components::shell::{part_with, say, written};
use crate::components::states::{empty, framed};
use crate::context::Context;
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use leptos::prelude::*;
use shared::container::ContainerNumber;
use shared::yard::{Block, Layout};

const COLUMNS: [(Word, bool); 7] = [
    (Word::Slot, false),
    (Word::ContainerNumber, false),
    (Word::SizeType, false),
    (Word::Cargo, false),
    (Word::DirectionColumn, false),
    (Word::Status, false),
    (Word::Since, false),
];

/// One block of a yard.
pub fn block_view(context: Context, replay: Replay, name: String, layout: &Layout) -> AnyView {
    let Some(block) = layout.block(&name).cloned() else {
        return written("contents", empty(context.say(Word::NoBlock)));
    };
    let query = context.call();
    let pattern = layout.pattern.clone();
    let asked = name.clone();
    let path = move || calls::block(&asked, &replay.ask(&query, replay.told.get_untracked()));
    let read = move |text: &str| Ok(Boxes::new(pattern.clone(), understood(text)?));
    let boxes = follow(context.live, &[Topic::Yard], path, read);
    let mut told = replay.told.get_untracked();
    effect(move || {
        let now = replay.told.get();
        if std::mem::replace(&mut told, now) != now {
            boxes.reload();
        }
    });
    let head = [
        say(context.language, Word::Block),
        text(&name),
        say(context.language, Word::Designation),
        text(&designation(context, &block.designation)),
    ];
    let head = fill("<h2 id=\"block-title\">{} {}</h2><p>{}: {}</p>", &head);
    let list = context.fill(Word::BoxesInBlock, name);
    let (rows, tiers) = (block.rows, block.tiers);
    let content = move || {
        let table = move || shown("", move || box_table(context, boxes));
        let section = shown("", move || cross_section(context, boxes, rows, tiers));
        vec![section, opening(list.clone(), table)].into_any()
    };
    let parts = vec![
        written("contents", head),
        bay_choice(context, &block),
        framed(boxes.core(), content),
    ];
    let named = [("aria-labelledby", Some("block-title")), ("role", None)];
    part_with("section", "card block-view", named, parts)
}

fn bay_choice(context: Context, block: &Block) -> AnyView {
    let bay = context.address.parameter("bay");
    let last = block.bays.saturating_mul(2).saturating_sub(1);
    let choose = move |bay: &str| context.address.replace(&[("bay", Some(bay)), ("slot", None)]);
    let step = move |by: i32| {
        on_click(move || {
            let now: i32 = bay.get_untracked().and_then(|bay| bay.parse().ok()).unwrap_or(0);
            choose(&(now + by).clamp(1, i32::from(last)).to_string());
        })
    };
    let mut options = vec![fill("<option value=\"\">—</option>", &[])];
    for bay in 1..=last {
        let bay = text(&bay.to_string());
        options.push(fill("<option value=\"{}\">{}</option>", &[bay.clone(), bay]));
    }
    let value = move || bay.get().unwrap_or_default();
    let label = context.say(Word::Bay);
    let parts = vec![
        button("", context.say(Word::PreviousBay), "‹", step(-1)),
        labelled(label, "bay", join(&options), Box::new(value), Box::new(choose)),
        button("", context.say(Word::NextBay), "›", step(1)),
    ];
    let label = Some(context.say(Word::ChooseBay));
    let named = [("role", Some("group")), ("aria-label", label)];
    part_with("div", "bay-choice", named, parts)
}

fn box_table(context: Context, boxes: Followed<Boxes>) -> Markup {
    let mut rows = Vec::new();
    boxes.with(|boxes| {
        if let Some(boxes) = boxes {
            for standing in &boxes.standing {
                rows.push(row(context, standing));
            }
        }
    });
    table(context, Word::Boxes, &COLUMNS, join(&rows))
}

fn row(context: Context, standing: &Standing) -> Markup {
    const ROW: &str = "<tr data-slot=\"{}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>\
                       <td>{}</td></tr>";
    let state = standing.state;
    let mut status = text(context.say(if state.is_released() {
        Word::Released
    } else {
        Word::NotReleased
    }));
    if state.has_alarm() {
        status = status.then(mark(context.say(Word::WithAlarm), true));
    }
    let slot = text(&standing.slot);
    let container = &standing.container;
    let gaps = [
        slot.clone(),
        slot,
        container_link(context, container, is_verified(container)),
        text(standing.size_type.as_deref().unwrap_or("—")),
        text(context.term(state.cargo())),
        text(state.direction().map_or("—", |direction| context.term(direction))),
        status,
        text(&format::stamp_or_dash(standing.since)),
    ];
    fill(ROW, &gaps)
}

/// Whether a number is valid: the page knows the rule itself.
fn is_verified(number: &str) -> bool {
    ContainerNumber::parse(number).is_ok_and(|number| number.is_verified())
}
