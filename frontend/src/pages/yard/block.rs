//! One block: what it is for, its bays, and its boxes.

use super::boxes::{Boxes, Standing};
use super::cross_section::cross_section;
use super::table::designation;
use crate::client::{calls, understood};
use crate::components::markup::{Markup, all, cell, mark, nothing, shown, table, tag, text};
use crate::components::number::container_link;
use crate::components::reactive::{button, on_click, opening};
use crate::components::select::labelled;
use crate::components::states::framed;
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
pub fn block_view(context: Context, name: String, layout: &Layout) -> AnyView {
    let Some(block) = layout.block(&name).cloned() else {
        return view! { <p class="empty">{context.say(Word::NoBlock)}</p> }.into_any();
    };
    let query = context.call();
    let pattern = layout.pattern.clone();
    let asked = name.clone();
    let path = move || calls::block(&asked, &query);
    let read = move |text: &str| Ok(Boxes::new(pattern.clone(), understood(text)?));
    let boxes = follow(context.live, &[Topic::Yard], path, read);
    let title = format!("{} {name}", context.say(Word::Block));
    let list = context.fill(Word::BoxesInBlock, name);
    let (rows, tiers) = (block.rows, block.tiers);
    let content = move || {
        let table = move || shown("", move || box_table(context, boxes));
        view! {
            {shown("", move || cross_section(context, boxes, rows, tiers))}
            {opening(list.clone(), table)}
        }
        .into_any()
    };
    let use_of = format!(
        "{}: {}",
        context.say(Word::Designation),
        designation(context, &block.designation)
    );
    view! {
        <section class="card block-view" aria-labelledby="block-title">
            <h2 id="block-title">{title}</h2>
            <p>{use_of}</p>
            {bay_choice(context, &block)}
            {framed(boxes.core(), content)}
        </section>
    }
    .into_any()
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
    let option = |value: &str, words: &str| tag("option", &[("value", value)], text(words));
    let options = (1..=last).map(|bay| option(&bay.to_string(), &bay.to_string()));
    let options = all([option("", "—"), all(options)]);
    let value = move || bay.get().unwrap_or_default();
    view! {
        <div class="bay-choice" role="group" aria-label=context.say(Word::ChooseBay)>
            {button("", context.say(Word::PreviousBay), "‹", step(-1))}
            {labelled(context.say(Word::Bay), "bay", options, Box::new(value), Box::new(choose))}
            {button("", context.say(Word::NextBay), "›", step(1))}
        </div>
    }
    .into_any()
}

fn box_table(context: Context, boxes: Followed<Boxes>) -> Markup {
    boxes.with(|boxes| {
        let rows = boxes
            .iter()
            .flat_map(|boxes| boxes.standing.values())
            .map(|standing| row(context, standing));
        table(context, Word::Boxes, &COLUMNS, all(rows))
    })
}

fn row(context: Context, standing: &Standing) -> Markup {
    let released = if standing.state.is_released() {
        Word::Released
    } else {
        Word::NotReleased
    };
    let alarm = if standing.state.has_alarm() {
        mark(context.say(Word::WithAlarm), true)
    } else {
        nothing()
    };
    let cells = [
        cell(text(&standing.slot)),
        cell(container_link(
            context,
            &standing.container,
            is_verified(&standing.container),
        )),
        cell(text(standing.size_type.as_deref().unwrap_or("—"))),
        cell(text(context.term(standing.state.cargo()))),
        cell(text(
            standing
                .state
                .direction()
                .map_or("—", |direction| context.term(direction)),
        )),
        cell(text(context.say(released)).then(alarm)),
        cell(text(&format::stamp_or_dash(standing.since))),
    ];
    tag("tr", &[("data-slot", &standing.slot)], all(cells))
}

/// Whether a number is valid: the page knows the rule itself.
fn is_verified(number: &str) -> bool {
    ContainerNumber::parse(number).is_ok_and(|number| number.is_verified())
}
