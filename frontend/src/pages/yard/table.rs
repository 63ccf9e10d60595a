//! The blocks as a table: the same as the map, for keyboard and screen reader.

use crate::address::Page;
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::Followed;
use crate::yard_map::states::{Tally, Yard};
use leptos::prelude::*;
use shared::yard::{Block, Designation};

/// The table. Its rows are made when it is opened, and their figures follow the yard.
#[component]
pub fn BlockTable(
    /// The yard.
    yard: Followed<Yard>,
) -> impl IntoView {
    let context = context();
    let open = RwSignal::new(false);
    let toggle = move |event: leptos::ev::Event| {
        let element = event_target::<web_sys::Element>(&event);
        open.set(element.has_attribute("open"));
    };
    view! {
        <details on:toggle=toggle>
            <summary>{context.say(Word::Table)}</summary>
            {move || open.get().then(|| rows(context, yard))}
        </details>
    }
}

fn rows(context: Context, yard: Followed<Yard>) -> impl IntoView {
    let heads = [
        (Word::Block, ""),
        (Word::Designation, ""),
        (Word::Boxes, "number"),
        (Word::Slots, "number"),
        (Word::Use, "number"),
        (Word::WithAlarm, "number"),
    ];
    let heads = heads.map(|(word, class)| view! { <th scope="col" class=class>{context.say(word)}</th> });
    let layout = yard
        .data
        .with_untracked(|yard| yard.as_ref().map(|yard| yard.layout.clone()));
    let blocks = layout.into_iter().flat_map(move |layout| {
        let rows = layout
            .blocks()
            .iter()
            .enumerate()
            .map(|(index, block)| row(context, yard, index, block));
        rows.collect::<Vec<_>>()
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Yard)>
            <table class="data">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{blocks.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(context: Context, yard: Followed<Yard>, index: usize, block: &Block) -> impl IntoView + use<> {
    let tally = Memo::new(move |_| {
        yard.data.with(|yard| {
            let tally = yard.as_ref().and_then(|yard| yard.tallies.get(index).copied());
            tally.unwrap_or_default()
        })
    });
    let slots = block.slots() as u64;
    let name = block.name.to_string();
    let href = context.address.link(&Page::Yard, &[("block", &name)]);
    let data = name.clone();
    let share = move |tally: Tally| f64::from(tally.taken) / (slots.max(1) as f64);
    view! {
        <tr data-block=data>
            <th scope="row"><a href=href>{name}</a></th>
            <td>{designation(context, &block.designation)}</td>
            <td class="number">{move || format::whole(u64::from(tally.get().boxes))}</td>
            <td class="number">{format::whole(slots)}</td>
            <td class="number">{move || format::percent(share(tally.get()))}</td>
            <td class="number">{move || format::whole(u64::from(tally.get().alarms))}</td>
        </tr>
    }
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
