//! One block: what it is for, its bays, and its boxes.

use super::boxes::{Boxes, Standing};
use super::cross_section::CrossSection;
use super::table::designation;
use crate::client::calls;
use crate::components::number::container_link;
use crate::components::states::{empty, framed};
use crate::context::{Context, context};
use crate::i18n::{Word, format};
use crate::live::{Followed, Topic, follow};
use crate::yard_map::states::Yard;
use leptos::prelude::*;
use shared::container::ContainerNumber;
use shared::yard::Block;

/// One block.
#[component]
pub fn BlockView(
    /// Its name.
    name: String,
    /// The yard it lies in.
    yard: Followed<Yard>,
) -> impl IntoView {
    let context = context();
    let layout = yard
        .data
        .with_untracked(|yard| yard.as_ref().map(|yard| yard.layout.clone()));
    let Some(layout) = layout else {
        return ().into_any();
    };
    let Some(block) = layout.block(&name).cloned() else {
        return empty(context.say(Word::NoBlock)).into_any();
    };
    let query = context.call();
    let pattern = layout.pattern.clone();
    let fetch = {
        let name = name.clone();
        move || {
            let (name, query, pattern) = (name.clone(), query.clone(), pattern.clone());
            async move { Ok(Boxes::new(pattern, calls::block(name, query).await?)) }
        }
    };
    let boxes = follow(context.live, &[Topic::Yard], fetch);
    let bay = context.address.parameter("bay");
    let bay = Memo::new(move |_| bay.get().and_then(|bay| bay.parse::<u16>().ok()));
    let (rows, tiers) = (block.rows, block.tiers);
    let title = format!("{} {name}", context.say(Word::Block));
    view! {
        <section class="card block-view" aria-labelledby="block-title">
            <h2 id="block-title">{title}</h2>
            <p>{context.say(Word::Designation)} ": " {designation(context, &block.designation)}</p>
            <BayChoice block bay/>
            {framed(boxes, move || view! {
                {move || bay.get().map(|bay| view! { <CrossSection boxes bay rows tiers/> })}
                <BoxTable name=name.clone() boxes/>
            }.into_any())}
        </section>
    }
    .into_any()
}

#[component]
fn BayChoice(block: Block, bay: Memo<Option<u16>>) -> impl IntoView {
    let context = context();
    let last = block.bays.saturating_mul(2).saturating_sub(1);
    let choose = move |bay: Option<u16>| {
        let bay = bay.map(|bay| bay.to_string());
        context
            .address
            .replace(&[("bay", bay.as_deref()), ("slot", None)]);
    };
    let options = (1..=last).map(|number| {
        view! { <option value=number prop:selected=move || bay.get() == Some(number)>{number}</option> }
    });
    let step = move |by: i32| {
        let now = bay.get_untracked().map_or(0, i32::from);
        choose(u16::try_from((now + by).clamp(1, i32::from(last))).ok());
    };
    view! {
        <div class="bay-choice" role="group" aria-label=context.say(Word::ChooseBay)>
            <button type="button" aria-label=context.say(Word::PreviousBay) on:click=move |_| step(-1)>"‹"</button>
            <label>
                <span>{context.say(Word::Bay)}</span>
                <select name="bay" on:change=move |event| choose(event_target_value(&event).parse().ok())>
                    <option value="" prop:selected=move || bay.get().is_none()>"—"</option>
                    {options.collect_view()}
                </select>
            </label>
            <button type="button" aria-label=context.say(Word::NextBay) on:click=move |_| step(1)>"›"</button>
        </div>
    }
}

#[component]
fn BoxTable(name: String, boxes: Followed<Boxes>) -> impl IntoView {
    let context = context();
    let open = RwSignal::new(false);
    let toggle = move |event: leptos::ev::Event| {
        open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    };
    view! {
        <details on:toggle=toggle>
            <summary>{context.fill(Word::BoxesInBlock, name)}</summary>
            {move || open.get().then(|| rows(context, boxes))}
        </details>
    }
}

fn rows(context: Context, boxes: Followed<Boxes>) -> impl IntoView {
    let heads = [
        Word::Slot,
        Word::ContainerNumber,
        Word::SizeType,
        Word::Cargo,
        Word::DirectionColumn,
        Word::Status,
        Word::Since,
    ];
    let heads = heads.map(|word| view! { <th scope="col">{context.say(word)}</th> });
    let body = move || {
        boxes.data.with(|boxes| {
            let rows = boxes
                .iter()
                .flat_map(|boxes| boxes.standing.values())
                .map(|standing| row(context, standing));
            rows.collect_view()
        })
    };
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=context.say(Word::Boxes)>
            <table class="data">
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

fn row(context: Context, standing: &Standing) -> impl IntoView + use<> {
    let direction = standing
        .state
        .direction()
        .map_or("—", |direction| context.term(direction));
    let released = if standing.state.is_released() {
        Word::Released
    } else {
        Word::NotReleased
    };
    let alarm = standing
        .state
        .has_alarm()
        .then(|| view! { " " <span class="mark odd">{context.say(Word::WithAlarm)}</span> });
    view! {
        <tr data-slot=standing.slot.clone()>
            <td>{standing.slot.clone()}</td>
            <td>{container_link(context, &standing.container, is_verified(&standing.container))}</td>
            <td>{standing.size_type.clone().unwrap_or_else(|| "—".to_owned())}</td>
            <td>{context.term(standing.state.cargo())}</td>
            <td>{direction}</td>
            <td>{context.say(released)} {alarm}</td>
            <td>{format::stamp_or_dash(standing.since)}</td>
        </tr>
    }
}

/// Whether a number is valid: the page knows the rule itself.
pub fn is_verified(number: &str) -> bool {
    ContainerNumber::parse(number).is_ok_and(|number| number.is_verified())
}
