//! One block: what it is for, its bays, and its boxes.

use super::boxes::{Boxes, Standing};
use super::cross_section::cross_section;
use super::table::designation;
use crate::client::calls;
use crate::components::markup::{Markup, all, cell, mark, nothing, shown, table, tag, text};
use crate::components::number::container_link;
use crate::components::states::framed;
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::container::ContainerNumber;
use shared::yard::Block;

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
pub fn block_view(name: String, yard: Followed<Yard>) -> AnyView {
    let context = context();
    let layout = yard
        .data
        .with_untracked(|yard| yard.as_ref().map(|yard| yard.layout.clone()));
    let block = layout.as_ref().and_then(|layout| layout.block(&name).cloned());
    let (Some(layout), Some(block)) = (layout, block) else {
        return view! { <p class="empty">{context.say(Word::NoBlock)}</p> }.into_any();
    };
    let query = context.call();
    let pattern = layout.pattern.clone();
    let asked = name.clone();
    let boxes = follow(context.live, &[Topic::Yard], move || {
        let (name, query, pattern) = (asked.clone(), query.clone(), pattern.clone());
        async move { Ok(Boxes::new(pattern, calls::block(name, query).await?)) }
    });
    let title = format!("{} {name}", context.say(Word::Block));
    let list = context.fill(Word::BoxesInBlock, name);
    let (rows, tiers) = (block.rows, block.tiers);
    let content = move || {
        let list = list.clone();
        let open = RwSignal::new(false);
        let toggle = move |event: leptos::ev::Event| {
            open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
        };
        let table = move || open.get().then(|| shown("", move || box_table(context, boxes)));
        view! {
            {shown("", move || cross_section(context, boxes, rows, tiers))}
            <details on:toggle=toggle><summary>{list}</summary>{table}</details>
        }
        .into_any()
    };
    view! {
        <section class="card block-view" aria-labelledby="block-title">
            <h2 id="block-title">{title}</h2>
            <p>{context.say(Word::Designation)} ": " {designation(context, &block.designation)}</p>
            {bay_choice(context, &block)}
            {framed(boxes, content)}
        </section>
    }
    .into_any()
}

fn bay_choice(context: Context, block: &Block) -> AnyView {
    let bay = context.address.parameter("bay");
    let last = block.bays.saturating_mul(2).saturating_sub(1);
    let step = move |by: i32| {
        let now: i32 = bay.get_untracked().and_then(|bay| bay.parse().ok()).unwrap_or(0);
        let next = (now + by).clamp(1, i32::from(last)).to_string();
        context.address.replace(&[("bay", Some(&next)), ("slot", None)]);
    };
    let options = (1..=last).map(|bay| view! { <option value=bay>{bay}</option> }.into_any());
    let choose = move |event| {
        context
            .address
            .replace(&[("bay", Some(&event_target_value(&event))), ("slot", None)])
    };
    view! {
        <div class="bay-choice" role="group" aria-label=context.say(Word::ChooseBay)>
            <button type="button" aria-label=context.say(Word::PreviousBay) on:click=move |_| step(-1)>"‹"</button>
            <label>
                <span>{context.say(Word::Bay)}</span>
                <select name="bay" prop:value=move || bay.get().unwrap_or_default() on:change=choose>
                    <option value="">"—"</option>
                    {options.collect::<Vec<_>>()}
                </select>
            </label>
            <button type="button" aria-label=context.say(Word::NextBay) on:click=move |_| step(1)>"›"</button>
        </div>
    }
    .into_any()
}

fn box_table(context: Context, boxes: Followed<Boxes>) -> Markup {
    boxes.data.with(|boxes| {
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
